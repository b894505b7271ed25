"""Each cell of the matrix, asked through functions, pages and SQL: what should be seen is seen as precisely as it says, the rest is absent."""
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest

from sitereg.errors import Refused
from sitereg.matrix import CELLS, WHAT, WHO
from sitereg.store import cluster, logins
from tests.sitereg import analysing, matrix_house, matrix_probes, matrix_probes_work

pytestmark = pytest.mark.db
PROBES = {**matrix_probes.PROBES, **matrix_probes_work.PROBES}


@pytest.fixture(scope="module")
def house(server, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched, analysing.house(server, "matrix") as settings:
        made = matrix_house.made(settings, tmp_path_factory.mktemp("matrix"), patched)
        yield made
        made.app.extensions["signin"].get_bind().dispose()


@pytest.fixture(scope="module")
def asking(house):
    """What makes one connection the SQL login of a row: somebody of that clearance who is an analyst, too; none for partners.

    One login is handed from account to account: whose it is decides what it sees.
    """
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        login = logins.make_sql_login(raw, "analyst1", records=True)
        raw.execute("set search_path = api, public")

        @contextmanager
        def as_(who):
            raw.execute("update reg.account set sql_login = null where sql_login = %s", [login])
            raw.execute("update reg.account set sql_login = %s where name = %s", [login, house.account(f"sql_{who}")])
            raw.execute(f"set session authorization {login}")
            try:
                yield raw
            finally:
                raw.execute("reset session authorization")

        yield {who.code: partial(as_, who.code) for who in WHO if "partner" not in who.roles}
        raw.execute("update reg.account set sql_login = null where sql_login = %s", [login])
        raw.execute("update reg.account set sql_login = %s where name = 'analyst1'", [login])
        logins.drop_sql_login(raw, "analyst1")


def test_every_column_is_asked_through_at_least_one_door():
    assert {what.code for what in WHAT} == {*PROBES, "sql"}
    assert set(CELLS) == {(who.code, what.code) for who in WHO for what in WHAT}


@pytest.mark.parametrize(("who", "what"), [cell for cell in CELLS if cell[1] != "sql"])
def test_the_cell_holds_through_every_door(house, asking, who, what):
    probe, meant = PROBES[what], CELLS[who, what]
    with house.acting(who) as session:
        assert probe.function(house, session, who) == meant
    if "partner" in next(one for one in WHO if one.code == who).roles:
        assert [house.get(who, path)[0] for path in ("/sites", "/persons", "/holdings", "/reports")] == [404] * 4, "his pages are the door's"
    elif probe.page:
        seen = probe.page(house, who)  # some pages cannot tell two rules apart
        assert seen == meant or (isinstance(seen, tuple) and meant in seen), seen
    if who in asking:
        with asking[who]() as connection:
            seen = probe.sql(house, connection, who)
        assert seen in (meant, None)  # None: no login may ask it at all, which the probe asserts


@pytest.mark.parametrize("who", WHO, ids=lambda one: one.code)
def test_a_login_for_sql_is_for_analysts_alone_and_reads_no_table(house, asking, who):
    with analysing.dba(house.settings) as raw:
        for name, roles in ((who.code, who.roles), (f"sql_{who.code}", (*who.roles, "analyst"))):
            if "partner" in roles or "analyst" not in roles:
                with pytest.raises(Refused):
                    logins.make_sql_login(raw, house.account(name))
                assert name != who.code or CELLS[who.code, "sql"] == "refused"
        assert CELLS[who.code, "sql"] == ("login" if "analyst" in who.roles else "refused")
    if who.code in asking:
        for table in ("reg.site", "reg.claim", "reg.account", "vault.source_identity"):
            with asking[who.code]() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select count(*) from {table}")
