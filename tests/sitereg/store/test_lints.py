"""The lints of the access rules over the whole catalogue: every table, function, view and policy that there is."""

import pytest

from sitereg.store.lints import LINTS, spoken

pytestmark = pytest.mark.db

# What makes each lint speak: done in a transaction that is rolled back
BREAKS = {
    "table without row-level security, or not forced": "alter table reg.claim no force row level security",
    "a table of faces that is not parted by face": "create table reg.bare(site uuid, face int); alter table reg.bare enable row level security",
    "a grant on the part of one face": "grant select on reg.site_2 to sr_reader",
    "the part of one face with another policy than its table": "alter policy see on reg.site_2 using (true)",
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
        assert spoken(raw, lint) == []


@pytest.mark.parametrize("lint", LINTS)
def test_each_lint_speaks_when_its_rule_is_broken(registry, lint):
    with registry.dba() as raw:
        raw.execute(BREAKS[lint])
        assert spoken(raw, lint)
