"""A run whose world changed a little is moved on by the keeper, in its place, and says what is computed live; else it is made anew."""
import pytest

from sitereg import links
from sitereg.links import kept, runs
from sitereg.links.model import BARS
from sitereg.links.sums import Summing
from sitereg.store import people
from tests import given
from tests.sitereg import analysing, linking

pytestmark = pytest.mark.db
SITES, PERSONS = 36, 4


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "link_following") as settings:
        analysing.bind(settings)
        source, made = analysing.sources(settings)["B"], {}
        with analysing.dba(settings) as raw:
            people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        with analysing.as_(settings, "worker")() as opened:
            for n in range(SITES):
                used = {"began": f"[20{10 + n % 4}-01-01,20{10 + n % 4}-02-01)", "ended": f"[20{14 + n % 3}-01-01,20{14 + n % 3}-02-01)"}
                made[n] = given.site(opened, given.kind("security_branch", **used), given.place(36 + n * 0.03, 33.5 + n % 5 * 0.04),
                                     source=source)[:2]
            for n in range(PERSONS):
                made[f"p{n}"] = analysing.person(opened, linking.arrested(36.1 + n * 0.2, at=f"[201{1 + n}-03-01,201{1 + n}-03-02)"), source=source)
        runs.run(settings, "held", 1, by="worker")
        yield settings, made, source
        kept.forget()


def stored(settings, person):
    with analysing.as_(settings, "analyst1", "reading")() as session:
        return links.frame(session, persons=[person]), links.candidates(session, person=person)


def same(settings, made):
    """What is stored is what is computed live, for everybody."""
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
    before, first = known(settings), stored(settings, made["p3"][1])[0]
    whole, rank = [], Summing.rank
    monkeypatch.setattr(Summing, "rank", lambda self, persons, top=20: (whole.extend(persons), rank(self, persons, top))[1])
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source)
    assert runs.renew(settings) == {str(before["id"]): PERSONS} and runs.renew(settings) == {}
    assert len(whole) < PERSONS, "not everybody is ranked whole"
    after = known(settings)
    assert (after["id"], after["stale_since"]) == (before["id"], None) and after["cutoff"] > before["cutoff"]
    same(settings, made)
    assert stored(settings, made["p3"][1])[0]["p"].tolist() != first["p"].tolist()


def test_a_person_and_a_site_that_change_at_once(filled):
    settings, made, source = filled
    before = known(settings)
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source, n=11, year=2013)
        given.say(opened, made["p0"][0], analysing.event("resident_at", lon=36.9, lat=33.6), source=source)
    assert runs.renew(settings) == {str(before["id"]): PERSONS}
    same(settings, made)
    kept.find(settings, 1, "held").engine.drop([made["p1"][0]])  # of whom nothing is kept is ranked whole
    with analysing.as_(settings, "worker")() as opened:
        closed(opened, made, source, n=12, year=2013)
    assert runs.renew(settings) == {str(before["id"]): PERSONS} and known(settings)["id"] == before["id"]
    same(settings, made)


def test_a_transfer_ranks_those_once_in_custody_alone(filled):
    settings, made, source = filled
    with analysing.as_(settings, "worker")() as opened:
        given.say(opened, made["p1"][0], linking.at_site(made[3][0], "seen_by_exdetainee"), source=source)
    runs.renew(settings)
    before = known(settings)
    with analysing.as_(settings, "worker")() as opened:
        given.say(opened, made[3][0], {"predicate": "relation", "value": {"kind": "transferred_detainees_to"}, "object": str(made[30][0])}, source=source)
    assert runs.renew(settings) == {str(before["id"]): 1} and known(settings)["id"] == before["id"]
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
    assert set(runs.renew(settings).values()) == {PERSONS} and known(settings)["id"] != before["id"]
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
