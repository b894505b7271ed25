"""The lints of the access rules over the whole catalogue: every table, function, view and policy that there is."""

import pytest

pytestmark = pytest.mark.db

LINTS = {
    "table without row-level security, or not forced": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('reg', 'vocab', 'vault') and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)""",
    "a grant on a table to a login": """
        select table_schema || '.' || table_name || ' to ' || grantee from information_schema.role_table_grants
        where table_schema in ('reg', 'vocab', 'vault') and grantee in ('PUBLIC', 'sr_web', 'sr_sql', 'sr_keeper')""",
    "a definer function without its own search_path ending in pg_temp": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('api', 'reg') and p.prosecdef
          and not exists (select 1 from unnest(p.proconfig) c where c like 'search\\_path=%pg_temp')""",
    "a function that the public may execute": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('api', 'reg') and p.prokind = 'f' and has_function_privilege('public', p.oid, 'execute')""",
    "an inner function that a login may execute": """
        select p.oid::regprocedure::text || ' by ' || r from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
          unnest(array['sr_web', 'sr_sql', 'sr_keeper']) r
        where n.nspname = 'api' and p.prokind = 'f' and p.proname like '\\_%' and has_function_privilege(r, p.oid, 'execute')""",
    "a change that a SQL login may execute": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'api' and p.prokind = 'f' and p.provolatile = 'v' and has_function_privilege('sr_sql', p.oid, 'execute')""",
    "a keeper's function that the web may execute": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'api' and p.proname like 'keeper\\_%' and has_function_privilege('sr_web', p.oid, 'execute')""",
    "more than one permissive policy for a table and command": """
        select schemaname || '.' || tablename || ' ' || cmd from pg_policies where permissive = 'PERMISSIVE'
        group by schemaname, tablename, cmd having count(*) > 1""",
    "a policy that calls a function for each row": """
        select schemaname || '.' || tablename from pg_policies
        where regexp_replace(coalesce(qual, '') || coalesce(with_check, ''), 'SELECT api\\.\\w+\\(\\)', '', 'g') ~ 'api\\.'""",
    "something stored that depends on a function of api": """
        select pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d join pg_proc p on d.refclassid = 'pg_proc'::regclass
          and p.oid = d.refobjid join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'api' and d.classid in ('pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass)""",
    "a materialised view": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('api', 'reg') and c.relkind = 'm'""",
    "a view that would look with its owner's rights": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
        where n.nspname = 'api' and c.relkind = 'v' and (r.rolsuper or r.rolbypassrls)
          and not coalesce('security_invoker=true' = any (c.reloptions), false)""",
    "a public function without a comment": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'api' and p.prokind = 'f' and p.proname not like '\\_%' and obj_description(p.oid, 'pg_proc') is null""",
    "a statistics function that anybody may ask": """
        select p.oid::regprocedure::text from pg_proc p where p.proname in
          ('st_estimatedextent', '_postgis_index_extent', '_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity',
           'pg_relation_size', 'pg_total_relation_size', 'pg_stat_get_live_tuples') and has_function_privilege('public', p.oid, 'execute')""",
    "a table whose rows are sealed but not frozen": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('reg', 'vault') and c.relkind = 'r'
          and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'digest')
          and 3 > (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgname in ('a_seal', 'b_frozen', 'c_frozen'))""",
}

# What makes each lint speak: done in a transaction that is rolled back
BREAKS = {
    "table without row-level security, or not forced": "alter table reg.claim no force row level security",
    "a grant on a table to a login": "grant select on reg.claim to sr_web",
    "a definer function without its own search_path ending in pg_temp": "alter function api.account() reset search_path",
    "a function that the public may execute": "grant execute on function api.account() to public",
    "an inner function that a login may execute": "grant execute on function api._missing() to sr_web",
    "a change that a SQL login may execute": "grant execute on function api.end_claim(uuid, text) to sr_sql",
    "a keeper's function that the web may execute": "grant execute on function api.keeper_head() to sr_web",
    "more than one permissive policy for a table and command": "create policy more on reg.claim for select to sr_policed using (true)",
    "a policy that calls a function for each row": "create policy slow on reg.token_key for select to sr_policed using (api.level() = 2)",
    "something stored that depends on a function of api": "alter table reg.place add column bad text default api.today()::text",
    "a materialised view": "create materialized view api.kept as select 1",
    "a view that would look with its owner's rights": "create view api.v_bad as select 1 as one",
    "a public function without a comment": "comment on function api.account() is null",
    "a statistics function that anybody may ask": "grant execute on function pg_relation_size(regclass, text) to public",
    "a table whose rows are sealed but not frozen": "drop trigger b_frozen on reg.claim",
}


@pytest.mark.parametrize("lint", LINTS)
def test_no_lint_speaks(registry, lint):
    with registry.dba() as raw:
        assert raw.execute(LINTS[lint]).fetchall() == []


@pytest.mark.parametrize("lint", LINTS)
def test_each_lint_speaks_when_its_rule_is_broken(registry, lint):
    with registry.dba() as raw:
        raw.execute(BREAKS[lint])
        assert raw.execute(LINTS[lint]).fetchall()
