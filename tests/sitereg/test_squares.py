"""Sites are counted by square as their rows stand, whatever is done to them; far tiles drawn from counts are those from rows."""
from datetime import date, timedelta

import psycopg
import pytest
from shapely import box

from sitereg import claims, decisions, disclosing, protection, sharing, tiles
from sitereg.actors import Actor
from sitereg.store import cluster, session, verification
from tests import given
from tests.sitereg import mvt
from tests.sitereg.publishing import annul, confirmed, disclose

pytestmark = pytest.mark.db
READERS = ("worker", "investigator1", "viewer")
SOON = date.today() + timedelta(days=30)
HERE, THERE = (36.5, 33.5), (38.2, 35.1)
SUMS = ("select face, sum(confirmed + probable + suspected + reported + inconclusive + refuted)::int from reg.site_square"
        " where zoom = 5 group by face order by face")


def follows(registry):
    """Squares count what rows say, every reader's far tiles are those of all his sites asked for by id; {reader: how many}."""
    counted = {}
    for reader in READERS:
        with registry.as_(reader):
            mine = [row["id"] for row in registry.rows("site_list", limit=1000)]
            for z in (0, 3, 5, 6, 7, 8):
                for at in {tuple(mvt.tile(*spot, z).items()) for spot in (HERE, THERE)}:
                    assert tiles.sites(registry, **dict(at)) == tiles.sites(registry, **dict(at), ids=mine), (reader, at)
            counted[reader] = len(mine)
    with registry.dba() as raw:
        assert raw.execute("select * from api._square_faults()").fetchall() == []
    return counted


@pytest.fixture
def world(registry):
    """A grave that tier 1 is shown as a cell, a court, one that only tier 2 sees, one in compartments."""
    source = given.source_of(registry, "B")
    grave = given.site(registry, given.kind("mass_grave"), given.place(*HERE), exact_tier=2, source=source)
    court = given.site(registry, given.kind("court"), given.kind("mass_grave"), given.place(36.52, 33.51),
                       source=given.source_of(registry, "A"))
    hidden = given.site(registry, given.kind("court"), given.place(*THERE), tier=2, source=source)
    named = given.site(registry, given.kind("court"), given.place(36.51, 33.52), compartments=["names"], source=source)
    return {"grave": grave, "court": court, "hidden": hidden, "named": named, "source": source}


def test_what_is_recorded_is_counted_for_whoever_sees_it(registry, world):
    assert follows(registry) == {"worker": 4, "investigator1": 2, "viewer": 0}
    given.say(registry, world["grave"][0], given.place(*THERE), source=given.source_of(registry, "A"))
    given.say(registry, world["court"][0], given.kind("prison_central"), source=given.source_of(registry, "A"))
    given.say(registry, world["court"][0], given.name("Court"))
    follows(registry)
    claims.end(registry, world["court"][2][2], why="another court was meant")
    assert follows(registry)["worker"] == 4


def test_a_decision_moves_a_site_to_another_level(registry):
    site, _code, said = confirmed(registry, given.name("Old court"))
    follows(registry)
    disclose(registry, site, said["kind"], said["name"])
    assert follows(registry)["viewer"] == 1


def test_a_restriction_takes_it_away_and_its_end_brings_it_back(registry, world):
    done = disclosing.restrict(registry, world["court"][0], reason="it is watched")
    assert follows(registry)["investigator1"] == 1
    annul(registry, done.decision)
    assert follows(registry)["investigator1"] == 2


@pytest.mark.parametrize("way", ["site", "source", "area"])
def test_a_freeze_takes_them_out_and_lifting_puts_them_back(registry, world, way):
    what = {"site": {"code": world["grave"][1]}, "source": {"source": world["source"]},
            "area": {"area": box(36.4, 33.4, 36.6, 33.6)}}[way]
    before = follows(registry)
    with registry.as_("investigator1"):
        made = sharing.freeze(registry, way, reason="somebody was followed", review_on=SOON, **what)
    assert follows(registry)["worker"] < before["worker"]
    with registry.as_("releaser"):
        sharing.ask_unfreeze(registry, made, why="it was nothing")
    with registry.as_("releaser2"):
        sharing.settle_unfreeze(registry, made, agrees=True, why="looked at")
    assert follows(registry) == before


def test_what_is_merged_is_one_and_what_is_split_two(registry, world):
    merged = decisions.merge(registry, world["court"][0], world["grave"][0], reason="one place")
    with registry.as_("verifier"):
        decisions.approve(registry, merged.proposal)
    assert follows(registry)["worker"] == 3
    parted = decisions.split(registry, world["court"][0], [("the grave", world["grave"][2])], reason="two places")
    with registry.as_("verifier"):
        decisions.approve(registry, parted.proposal)
    assert follows(registry)["worker"] == 4


def test_what_stands_alone_in_its_square_is_told_by_its_code(registry, world):
    with registry.as_("investigator1"):
        (one,) = mvt.layers(tiles.sites(registry, z=0, x=0, y=0))["sites"]
        assert one.props["n"] == 2
    disclosing.restrict(registry, world["court"][0], reason="it is watched")
    with registry.as_("investigator1"):
        (one,) = mvt.layers(tiles.sites(registry, z=0, x=0, y=0))["sites"]
        assert one.props["c"] == world["grave"][1], "of two that were counted the one that is left"


def test_gathered_rows_say_the_same_and_are_few(registry, world):
    for _ in range(3):
        done = disclosing.restrict(registry, world["court"][0], reason="it is watched")
        annul(registry, done.decision)
    with registry.dba() as raw:
        before, sums = raw.execute("select count(*) from reg.site_square").fetchone()[0], raw.execute(SUMS).fetchall()
        assert raw.execute("select api._gather_squares()").fetchone()[0] == before
        after = raw.execute("select count(*), count(*) filter (where loose) from reg.site_square").fetchone()
        assert raw.execute(SUMS).fetchall() == sums and after[0] < before and after[1] == 0, "what was taken away has no row left"
        assert raw.execute("select api._gather_squares()").fetchone() == (0,)
    follows(registry)


def test_nobody_waits_for_who_gathers_and_nothing_is_lost_or_counted_twice(committed):
    """One records while another gathers, and gathers again before the first commits."""
    settings = committed

    def faults():
        with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
            return raw.execute(
                "select (select count(*) from api._square_faults()), (select count(*) from reg.site_square)").fetchone()

    actor = Actor("worker", "local", "test")
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        (source,) = raw.execute("select g.source from reg.source_grade g where g.reliability = 'B' limit 1").fetchone()
    with session.acting(settings, actor) as opened:
        given.site(opened, given.kind("court"), given.place(*HERE), source=source)
    with session.acting(settings, actor) as opened, psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        given.site(opened, given.kind("court"), given.place(*HERE), source=source)
        raw.execute("set statement_timeout = '5s'")
        assert raw.execute("select api._gather_squares()").fetchone()[0] > 0
    found, rows = faults()
    assert found == 0
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        raw.execute("select api._gather_squares()")
    assert faults()[0] == 0 and faults()[1] < rows


def test_verify_names_a_square_that_does_not_count_what_is_there_and_it_is_mended(registry, world):
    with registry.dba() as raw:
        assert verification.faults_in(raw, ["records"]) == []
        for change in ("update reg.site_square set confirmed = confirmed + 1 where face = 1 and zoom = 6",
                       "delete from reg.site_square where face = 2",
                       "update reg.site_square set id_low = id_low # 1 where zoom = 8",
                       "update reg.site_square set x = x + 1 where zoom = 5",
                       "insert into reg.site_square select * from reg.site_square where zoom = 7"):
            with raw.transaction(force_rollback=True):
                raw.execute(change)
                assert {one["tbl"] for one in verification.faults_in(raw, ["records"])} == {"site_square"}, change
                assert raw.execute("select api._square_again()").fetchone()[0] > 0
                assert verification.faults_in(raw, ["records"]) == []


def test_an_auditor_has_them_counted_anew(registry, world):
    with registry.dba() as raw:
        raw.execute("delete from reg.site_square where face = 1")
    with registry.as_("auditor"):
        assert registry.value("resolve_again") > 0 and registry.value("resolve_again") == 0
    follows(registry)


def test_a_status_writes_no_square(registry, world):
    with registry.dba() as raw:
        before = raw.execute("select count(*) from reg.site_square").fetchone()
    protection.decide(registry, world["court"][0], "unprotected", reason="seen from the road", observed_on=date(2026, 1, 10))
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.site_square").fetchone() == before
