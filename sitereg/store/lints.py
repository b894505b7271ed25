"""The access rules asked of a living database's catalogue: each lint answers what breaks it. Tests and `doctor` ask the same."""

LINTS = {
    "table without row-level security, or not forced": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('reg', 'vocab', 'vault') and c.relkind in ('r', 'p')
          and not (c.relrowsecurity and c.relforcerowsecurity)""",
    "a table of faces that is not parted by face": """
        select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'face'
        where not a.attisdropped and c.relnamespace = 'reg'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname <> 'disclosure' and pg_get_partkeydef(c.oid) is distinct from 'LIST (face)'""",
    "a grant on the part of one face": """
        select c.oid::regclass::text || ' to ' || x.grantee::regrole from pg_class c cross join aclexplode(c.relacl) x
        where c.relnamespace = 'reg'::regnamespace and c.relispartition and c.relkind = 'r' and x.grantee <> c.relowner""",
    "the part of one face with another policy than its table": """
        select i.inhrelid::regclass::text from pg_inherits i join pg_class c on c.oid = i.inhrelid and c.relkind = 'r'
        where c.relnamespace = 'reg'::regnamespace and (select array_agg((p.polname, p.polcmd, p.polpermissive, p.polroles,
              pg_get_expr(p.polqual, p.polrelid)) order by p.polname) from pg_policy p where p.polrelid = i.inhrelid)
          is distinct from (select array_agg((p.polname, p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid))
              order by p.polname) from pg_policy p where p.polrelid = i.inhparent)""",
    "a grant on a table to a login": """
        select table_schema || '.' || table_name || ' to ' || grantee from information_schema.role_table_grants
        where table_schema in ('reg', 'vocab', 'vault')
          and grantee in ('PUBLIC', 'sr_web', 'sr_sql', 'sr_sql_records', 'sr_keeper')""",
    "a definer function without its own search_path ending in pg_temp": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('api', 'reg') and p.prosecdef
          and not exists (select 1 from unnest(p.proconfig) c where c like 'search\\_path=%pg_temp')""",
    "a function that the public may execute": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('api', 'reg') and p.prokind = 'f' and has_function_privilege('public', p.oid, 'execute')""",
    "an inner function that a login may execute": """
        select p.oid::regprocedure::text || ' by ' || r from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
          unnest(array['sr_web', 'sr_sql', 'sr_sql_records', 'sr_keeper']) r
        where n.nspname = 'api' and p.prokind = 'f' and p.proname like '\\_%' and has_function_privilege(r, p.oid, 'execute')""",
    "a change that a SQL login may execute": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'api' and p.prokind = 'f' and p.provolatile = 'v'
          and (has_function_privilege('sr_sql', p.oid, 'execute') or has_function_privilege('sr_sql_records', p.oid, 'execute'))""",
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
        select pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d
          join pg_proc p on d.refclassid = 'pg_proc'::regclass
          and p.oid = d.refobjid join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'api' and d.classid in ('pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass)""",
    "a materialised view": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('api', 'reg') and c.relkind = 'm'""",
    "a view that would look with its owner's rights": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
          join pg_roles r on r.oid = c.relowner
        where n.nspname = 'api' and c.relkind = 'v' and (r.rolsuper or r.rolbypassrls)
          and not coalesce('security_invoker=true' = any (c.reloptions), false)""",
    "a public function without a comment": """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'api' and p.prokind = 'f' and p.proname not like '\\_%' and obj_description(p.oid, 'pg_proc') is null""",
    "a statistics function that anybody may ask": """
        select p.oid::regprocedure::text from pg_proc p where p.proname in
          ('st_estimatedextent', '_postgis_index_extent', '_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity',
           'pg_relation_size', 'pg_total_relation_size', 'pg_stat_get_live_tuples')
          and has_function_privilege('public', p.oid, 'execute')""",
    "a table whose rows are sealed but not frozen": """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('reg', 'vault') and c.relkind = 'r'
          and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'digest')
          and 3 > (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgname in ('a_seal', 'b_frozen', 'c_frozen'))""",
}

DO = "Run `sitereg upgrade`, which writes grants, policies and functions anew; ask who changed them."

__all__ = ["DO", "LINTS", "spoken"]


def spoken(raw, lint):
    """What breaks that lint, as a list of words; [] where nothing does."""
    return [str(next(iter(row.values())) if isinstance(row, dict) else row[0]) for row in raw.execute(LINTS[lint]).fetchall()]
