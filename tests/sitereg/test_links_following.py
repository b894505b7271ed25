"""A run whose world changed a little is moved on by the keeper, in its place, and says what is computed live; else it is made anew."""
import pytest

from sitereg import claims, links, sources
from sitereg.links import kept, runs, world
from sitereg.links.engine import Engine
from sitereg.links.model import BARS
from sitereg.links.slots import Slots
from sitereg.links.sums import Summing, Weights
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


def test_whoever_was_taken_with_somebody_whose_link_is_confirmed_is_ranked_whole(filled):
    settings, made, _ = filled
    before = known(settings)
    with analysing.as_(settings, "worker")() as opened:
        record = sources.new(opened, "official_record", {"en": "Synthetic register 2"}, reliability="A", reason="test", terms=given.TERMS)
        given.say(opened, made["k1"][0], linking.at_site(made[33][0], at="[2014-05-09,2014-05-10)"), source=record)
    runs.renew(settings)
    assert known(settings)["id"] == before["id"]
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


def test_a_confirmed_link_is_moved_on_and_so_is_one_that_is_taken_back(filled, monkeypatch):
    settings, made, _ = filled
    before, first = known(settings), framed(settings)
    whole, rank = [], Summing.rank
    monkeypatch.setattr(Summing, "rank", lambda self, persons, top=20: (whole.extend(persons), rank(self, persons, top))[1])
    with analysing.as_(settings, "worker")() as opened:
        record = sources.new(opened, "official_record", {"en": "Synthetic list"}, reliability="A", reason="test", terms=given.TERMS)
        late = analysing.person(opened, linking.arrested(36.9, at="[2014-03-04,2014-03-05)"),
                                linking.at_site(made[32][0], at="[2014-03-09,2014-03-10)"), source=record)
    runs.renew(settings)
    runs.renew(settings)
    assert known(settings)["id"] == before["id"] and not known(settings)["stale_since"]
    assert {one.code for one in whole} < {code for _, code in made.values()} | {late[1]}, "not everybody is ranked whole"
    from_nothing(settings)
    now = framed(settings)
    both = first.merge(now, on=["person", "site"])
    assert (abs(both["load_x"] - both["load_y"]) > 1e-6).any(), "the load of all others is another"
    same(settings, made)
    with analysing.dba(settings) as raw:
        said = [one for one, in raw.execute("select id from reg.claim where subject = %s and predicate = 'event' and value ? 'site'", [late[0]])]
    with analysing.as_(settings, "worker")() as opened:
        claims.end(opened, said[0], why="taken back")
    whole.clear()
    runs.renew(settings)
    assert known(settings)["id"] == before["id"] and len({one.code for one in whole}) < PERSONS + KNOWN + 1
    from_nothing(settings)
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


MOVES = {  # of a site that a person's arrest is placed by alone: it goes elsewhere, is no candidate any more, is one again
    "elsewhere": "update reg.site set shown = st_translate(shown, .02, .05), centre = st_translate(centre, .02, .05) where face = 1 and id = %s",
    "gone": "update reg.site_kind set verification = 'refuted' where face = 1 and site = %s",
    "there again": "update reg.site_kind set verification = 'probable' where face = 1 and site = %s"}


def test_a_new_site_is_moved_on_and_so_is_one_that_is_gone_or_elsewhere(filled, monkeypatch):
    settings, made, source = filled
    before, whole, rank = known(settings), [], Summing.rank
    monkeypatch.setattr(Summing, "rank", lambda self, persons, top=20: (whole.extend(persons), rank(self, persons, top))[1])
    with analysing.as_(settings, "worker")() as opened:
        given.say(opened, made["p2"][0], linking.at_site(made[20][0], "arrested", at="[2013-02-01,2013-02-02)"), source=source)
    runs.renew(settings)
    whole.clear()
    with analysing.as_(settings, "worker")() as opened:
        given.site(opened, given.kind("security_branch"), given.place(36.35, 33.55), source=source)
    told = runs.renew(settings)
    assert known(settings)["id"] == before["id"] and not known(settings)["stale_since"] and len(whole) < len(framed(settings)["person"].unique())
    assert told.keys() == {str(before["id"])}
    from_nothing(settings)
    same(settings, made)
    for what, change in MOVES.items():
        first = framed(settings)
        with analysing.dba(settings) as raw:
            raw.execute(change, [made[20][0]])
            raw.execute("update reg.site set version = version + 1 where face = 1 and id = %s", [made[20][0]])
        runs.renew(settings)
        assert known(settings)["id"] == before["id"], what
        from_nothing(settings)
        same(settings, made)
        now = framed(settings)
        both = first.merge(now, on=["person", "site"])
        assert (abs(both["space_x"] - both["space_y"]) > 1e-6).any(), "what was near is so much nearer or farther"
        assert (made[20][1] in set(now["site"])) == (what != "gone"), what


def test_whoever_names_a_site_that_was_none_is_ranked_whole(filled, monkeypatch):
    settings, made, _ = filled
    call = store.Session.call
    monkeypatch.setattr(store.Session, "call", lambda self, name, **asked: [] if name == "keeper_link_naming" else call(self, name, **asked))
    for change in (MOVES["gone"], MOVES["there again"]):
        with analysing.dba(settings) as raw:
            raw.execute(change, [made[20][0]])
            raw.execute("update reg.site set version = version + 1 where face = 1 and id = %s", [made[20][0]])
        runs.renew(settings)
    with pytest.raises(AssertionError):
        from_nothing(settings)
    monkeypatch.undo()
    kept.forget()
    runs.run(settings, "held", 1, by="worker")
    from_nothing(settings)


def test_what_moves_with_every_site_stands_in_few_rows_and_a_link_that_is_gone_leaves_nobody(filled):
    settings, made, source = filled
    kept.forget()
    runs.run(settings, "held", 1, by="worker", top=5)
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
    from_nothing(settings, top=5)
    now = framed(settings)
    around = ["cohort", "companion"]
    table = now.assign(more=now["p"] / first["p"] - 1, other=(now[around] != first[around]).any(axis=1))[now["person"].isin(still)]
    assert known(settings)["id"] == run and (abs(table["more"]) > 1e-6).any() and table["other"].any(), "whose order stands is not written again"


def test_rows_of_what_moves_are_written_whole_and_say_of_others_what_they_said(filled):
    settings, run = filled[0], known(filled[0])["id"]
    with analysing.dba(settings) as raw:
        rows = lambda: {(n, at): one for n, *row in raw.execute("select n, whole, half, most, leans, lift, gain from reg.link_part"  # noqa: E731
                        " where run = %s", [run]) for at, one in enumerate(zip(*row, strict=True), 1)}
        raw.execute("delete from reg.link where run = %s and slot = 1", [run])
        before, place = rows(), dict(raw.execute("select person, (part, slot) from reg.link where run = %s", [run]).fetchall())
        with store.unasked(settings) as opened:
            slots, (one, other) = Slots(opened, run), list(place)[-2:]
            told = Weights([other, one], [7.5, 8.5], [3, 4], [5, 6], [True, False], [0.5, 0.25], [[1, 2, 3], [4, 5, 6]])
            slots.write(opened, slots.put(told))
        at = {person: tuple(map(int, place[person])) for person in (one, other)}
        assert place.keys() == slots.at.keys() and len(before) > len(place) > 2, "whose link is gone is not there"
        assert rows() == {**before, at[other]: (7.5, 3, 5, True, 0.5, [1.0, 2.0, 3.0]), at[one]: (8.5, 4, 6, False, 0.25, [4.0, 5.0, 6.0])}
