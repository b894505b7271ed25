"""What the twins count by can fail: a plan inside that reads another face's part is seen."""
import psycopg
import pytest

from sitereg.store import cluster
from tests.sitereg import analysing
from tests.twins import counting

pytestmark = pytest.mark.db
LEAK = """
    create function api.looks_at_more(n int) returns bigint stable security definer set search_path = pg_catalog, pg_temp language plpgsql as $$
    begin return (select count(*) from reg.site where face = {}); end $$;
    grant execute on function api.looks_at_more(int) to public"""
ASKED = "select api.looks_at_more(n) from generate_series(1, 500) n"


@pytest.mark.parametrize(("face", "seen"), [(1, set()), (2, {"leak"})])
def test_a_read_inside_is_seen(committed, face, seen):
    with analysing.sql_login(committed, "analyst1") as login, psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute(LEAK.format(face))
        found = counting.told_inside(raw, login.info.user, [("refused", "select * from reg.site", None), ("leak", ASKED, None)])
    assert {name for name, _line in found} == seen
