"""A run whose world changed a little is moved on by the keeper, in its place, and says what is computed live; else it is made anew."""
import pytest

from sitereg import links, sources
from sitereg.links import kept, runs, world
from sitereg.links.engine import Engine
from sitereg.links.model import BARS
from sitereg.links.sums import Summing
from sitereg.store import people
from sitereg.store import session as store
from tests import given
from tests.sitereg import analysing, linking

pytestmark = pytest.mark.db
SITES, PERSONS, KNOWN = 36, 4, 2


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "link_following") as settings:
        analysing.bind(settings)
        source, made = analysing.sources(settings)["B"], {}
        with analysing.dba(settings) as raw:
            people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        with analysing.as_(settings, "worker")() as opened:
            record = sources.new(opened, "official_record", {"en": "Synthetic register"}, reliability="A", reason="test", terms=given.TERMS)
            for n in range(SITES):
                used = {"began": f"[20{10 + n % 4}-01-01,20{10 + n % 4}-02-01)", "ended": f"[20{14 + n % 3}-01-01,20{14 + n % 3}-02-01)"}
                made[n] = given.site(opened, given.kind("security_branch", **used), given.place(36 + n * 0.03, 33.5 + n % 5 * 0.04),
                                     source=source)[:2]
            for n in range(PERSONS):
                made[f"p{n}"] = analysing.person(opened, linking.arrested(36.1 + n * 0.2, at=f"[201{1 + n}-03-01,201{1 + n}-03-02)"), source=source)
            for n in range(KNOWN):  # neighbours of the same days whose custody is confirmed, one of them taken together with p3
                made[f"k{n}"] = analysing.person(opened, linking.arrested(36.32 + n * 0.4, at=f"[201{2 + 2 * n}-03-04,201{2 + 2 * n}-03-05)"),
                                                 linking.at_site(made[5 + 9 * n][0], at=f"[201{2 + 2 * n}-03-09,201{2 + 2 * n}-03-10)"), source=record)
            given.say(opened, made["p3"][0], {"predicate": "companion", "value": {"kind": "taken_together"}, "object": str(made["k1"][0])}, source=source)
        runs.run(settings, "held", 1, by="worker")
        yield settings, made, source
        kept.forget()


def stored(settings, person):
    with analysing.as_(settings, "analyst1", "reading")() as session:
        return links.frame(session, persons=[person]), links.candidates(session, person=person)


def framed(settings):
    with analysing.as_(settings, "analyst1", "reading")() as session:
        return links.frame(session)


def from_nothing(settings, top=20):
    """What is stored is what a run from nothing would store."""
    with store.unasked(settings) as opened:
        read = world.load(world.tier(opened, 1), "held", 1)
        (found,) = Engine(read.world).run(world.persons(read), top=top)
    table = framed(settings)
    assert table["site"].tolist() == [read.world.sites.codes[one] for one in found.sites]
    bars = table[["person_fit" if name == "person" else name for name in BARS]].to_numpy()
    assert bars == pytest.approx(found.parts, abs=1e-9) and (bars.cumsum(axis=1)[:, -1] == table["total"]).all()
    assert table["p"].to_numpy() == pytest.approx(found.p, rel=1e-9, abs=1e-12)
    first = table[table["rank"] == 1]
    assert [first[name].tolist() for name in ("half", "most", "leans")] == [one.tolist() for one in (found.half, found.most, found.leans)]


def same(settings, made):
    """What is stored is what a run from nothing would store, and what is computed live, for everybody."""
    from_nothing(settings)
    for n in range(PERSONS):
        table, live = stored(settings, made[f"p{n}"][1])
        assert table["site"].tolist() == [one.site for one in live.candidates] and not table["stale"].any()
        for name in BARS:
            column = table["person_fit" if name == "person" else name]
            assert column.tolist() == pytest.approx([one.bars[name] for one in live.candidates], abs=1e-9), name
        assert table["total"].tolist() == pytest.approx([one.total for one in live.candidates], abs=1e-9)


def known(settings):
    """The run that is shown."""
    with analysing.as_(settings, "analyst1", "reading")() as session:
        return next(one for one in links.find(session) if one["state"] == "done")


def closed(opened, made, source, n=7, year=2013):
    given.say(opened, made[n][0], given.kind("security_branch", began=f"[{year}-05-01,{year}-06-01)"), source=source)


def test_changed_days_of_use_are_moved_on_in_the_same_run(filled, monkeypatch):
    settings, made, source = filled
    before, first = known(settings), stored(settings, made["p2"][1])[0]
    whole, rank = [], Summing.rank
    monkeypatch.setattr(Summing, "rank", lambda self, persons, top=20: (whole.extend(persons), rank(self, persons, top))[1])
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source)
    told = runs.renew(settings)
    assert told.keys() == {str(before["id"])} and len(whole) < min(told.values()), "not everybody is ranked whole"
    assert runs.renew(settings) == {}
    after = known(settings)
    assert (after["id"], after["stale_since"]) == (before["id"], None) and after["cutoff"] > before["cutoff"]
    same(settings, made)
    assert abs(stored(settings, made["p2"][1])[0]["p"] - first["p"]).max() > 1e-6


def test_a_person_and_a_site_that_change_at_once(filled):
    settings, made, source = filled
    before = known(settings)
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source, n=11, year=2013)
        given.say(opened, made["p0"][0], analysing.event("resident_at", lon=36.9, lat=33.6), source=source)
    assert runs.renew(settings).keys() == {str(before["id"])}
    same(settings, made)
    kept.find(settings, 1, "held").engine.drop([made["p1"][0]])  # of whom nothing is kept is ranked whole
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source, n=12, year=2013)
    assert runs.renew(settings).keys() == {str(before["id"])} and known(settings)["id"] == before["id"]
    same(settings, made)


def test_a_transfer_ranks_those_once_in_custody_alone(filled):
    settings, made, source = filled
    with analysing.as_(settings, "worker")() as opened:
        given.say(opened, made["p1"][0], linking.at_site(made[3][0], "seen_by_exdetainee"), source=source)
    runs.renew(settings)
    before = known(settings)
    with analysing.as_(settings, "worker")() as opened:
        given.say(opened, made[3][0], {"predicate": "relation", "value": {"kind": "transferred_detainees_to"}, "object": str(made[30][0])}, source=source)
    assert runs.renew(settings) == {str(before["id"]): 1 + KNOWN} and known(settings)["id"] == before["id"]
    same(settings, made)


def test_what_breaks_off_is_made_anew(filled, monkeypatch):
    settings, made, source = filled
    before = known(settings)
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source, n=15)
    monkeypatch.setattr(runs, "counts", None)
    with pytest.raises(TypeError):
        runs.renew(settings)
    assert known(settings)["stale_since"] is not None
    monkeypatch.undo()
    assert set(runs.renew(settings).values()) == {PERSONS + KNOWN} and known(settings)["id"] != before["id"]
    same(settings, made)


def test_a_case_that_moved_meanwhile_stays_away(filled, monkeypatch):
    settings, made, source = filled
    load, gone = runs.world.load, made["p2"]

    def moved(*asked):
        read = load(*asked)
        with analysing.dba(settings) as raw:
            raw.execute("update reg.person set scope = (select max(id) from reg.scope) where face = 1 and id = %s", [gone[0]])
        return read
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source, n=16)
    monkeypatch.setattr(runs.world, "load", moved)
    runs.renew(settings)
    with analysing.dba(settings) as raw:
        assert raw.execute("select count(*) from reg.link where person = %s", [gone[0]]).fetchone() == (0,)


def test_a_new_site_is_a_run_anew(filled):
    settings, _, source = filled
    before = known(settings)
    with analysing.as_(settings, "worker")() as opened:
        given.site(opened, given.kind("security_branch"), given.place(36.35, 33.55), source=source)
    runs.renew(settings)
    assert known(settings)["id"] != before["id"]


def test_what_moves_with_every_site_stands_in_few_rows_and_a_link_that_is_gone_leaves_nobody(filled):
    settings, made, source = filled
    kept.forget()
    runs.run(settings, "held", 1, by="worker", top=4)
    first = framed(settings)
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source, n=34, year=2014)
    with analysing.dba(settings) as raw:
        run = known(settings)["id"]
        written = lambda: dict(raw.execute("select person, xmin::text from reg.link where run = %s", [run]).fetchall())  # noqa: E731
        before = written()
        runs.renew(settings)
        after = written()
        still = [code for one, code in made.values() if one in before and before[one] == after[one]]
        assert raw.execute("select count(*) from reg.link_part t where t.run = %s and not exists (select 1 from reg.link l where l.run = t.run"
                           " and l.part = t.n)", [run]).fetchone() == (0,)
        columns = raw.execute("select attname from pg_attribute where attrelid = 'reg.link_part'::regclass and attnum > 0").fetchall()
        assert not {name for name, in columns} & {"person", "sites"}
    from_nothing(settings, top=4)
    now = framed(settings)
    around = ["cohort", "companion"]
    table = now.assign(more=now["p"] / first["p"] - 1, other=(now[around] != first[around]).any(axis=1))[now["person"].isin(still)]
    assert known(settings)["id"] == run and (abs(table["more"]) > 1e-6).any() and table["other"].any(), "whose order stands is not written again"
