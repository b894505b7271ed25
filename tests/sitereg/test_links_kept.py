"""The keeper keeps a world between its rounds: nothing that changes it is missed, and one changed person has nothing read anew."""
import time

import pytest

from sitereg import links
from sitereg.links import kept, runs, world
from sitereg.store import session as store
from tests import given
from tests.sitereg import analysing, linking

pytestmark = pytest.mark.db
BOTH = [(tier, question) for tier in (1, 2) for question in ("held", "buried")]


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "link_kept") as settings:
        made = linking.fill(settings)
        for tier in (1, 2):
            runs.run(settings, "held", tier, by="worker")
        yield settings, made
        kept.forget()


def read(opened, settings, tier, question):
    return runs.laid_out(settings, tier, question, world.load(world.tier(opened, tier), question, tier))


def believed(settings):
    """{(tier, question): whether the world that is kept is believed to stand}, as the keeper judges; what it is now is kept then."""
    answer = {}
    with store.unasked(settings) as opened:
        for tier in (1, 2):
            taken = opened.one("keeper_link_take", tier=tier)
            for question in ("held", "buried"):
                held, now = kept.find(settings, tier, question), read(opened, settings, tier, question)
                stands = bool(held) and not taken["sites"] and held.stands(opened, tier, taken["persons"])
                assert not stands or held.mark == now.mark, (tier, question, "a change was missed")
                answer[tier, question] = (stands, bool(held) and held.mark == now.mark)
                kept.keep(settings, tier, question, now)
    return answer


def said(name, *what, source="told"):
    """A change: something is said of a site or person."""
    return lambda opened, made: given.say(opened, made[name][0], *(one(made) if callable(one) else one for one in what), source=made[source])


def beside(name, other):
    return said(name, lambda made: {"predicate": "companion", "value": {"kind": "taken_together"}, "object": str(made[other][0])})


def tie(kind, other):
    return {"predicate": "relation", "value": {"kind": kind}, "object": str(other[0])}


CHANGES = {  # what is said: whether the world is another one
    "an arrest": (said("b", linking.arrested(37.2)), False),
    "a custody that is confirmed": (said("b", lambda made: linking.at_site(made["near"][0]), source="record"), True),
    "where somebody confirmed was taken": (said("known", linking.arrested(36.9, at="[2013-02-01,2013-02-02)"), source="record"), True),
    "taken together": (beside("a", "known"), True),
    "taken together with a case of tier 2": (beside("t2", "b"), True),
    "a release before the confirmed custody": (said("known", analysing.event("released", at="[2013-03-03,2013-03-04)"), source="record"), True),
    "a burial": (said("b", lambda made: linking.at_site(made["grave"][0], "buried_at"), source="record"), True),
    "days of use": (said("near", given.kind("prison_central", began="[2012-05-01,2012-06-01)")), True),
    "a further kind": (said("far", given.kind("military_base")), True),
    "a place": (said("hidden", given.place(36.4, 33.6, radius=10)), True),
    "a transfer": (said("near", lambda made: tie("transferred_detainees_to", made["far"])), True),
    "remains moved": (said("grave", lambda made: tie("remains_moved_to", made["second"])), True),
    "a name of a site": (said("near", given.name("Synthetic other name")), False),
}


def test_no_change_of_what_is_the_same_for_all_is_missed(filled):
    settings, made = filled
    believed(settings)
    assert set(believed(settings).values()) == {(True, True)}, "nothing moved"
    for name, (change, other) in CHANGES.items():
        with analysing.as_(settings, "worker")() as opened:
            change(opened, made)
        told = believed(settings)
        assert any(not same for _, same in told.values()) == other, (name, told)
        if not other and "site" not in name:
            assert all(stands for stands, _ in told.values()), (name, "a world is read anew for one who changed nothing of it")
    with analysing.dba(settings) as raw:
        raw.execute("update reg.admin_unit set radius_m = radius_m + 1 where pcode = (select min(pcode) from reg.admin_unit)")
    assert not any(stands for stands, _ in believed(settings).values())
    with analysing.dba(settings) as raw:
        raw.execute("insert into reg.authority(id, names, key, kind) select reg.new_id(), '{\"en\": \"Synthetic\"}', 'synthetic', code from vocab.authority_kind limit 1")
        assert all(stands for stands, _ in believed(settings).values()), "nobody stands above or below a new name"
        raw.execute("update reg.authority set names = '{\"en\": \"Synthetic two\"}' where key = 'synthetic'")
    assert not any(stands for stands, _ in believed(settings).values())


def test_a_case_that_leaves_a_tier_leaves_the_companions_with_it(filled):
    settings, made = filled
    believed(settings)
    with analysing.dba(settings) as raw:
        raw.execute("update reg.person set scope = (select max(id) from reg.scope) where face = 1 and id = %s", [made["known"][0]])
    told = believed(settings)
    assert not told[1, "held"][1] and told[2, "held"] == (True, True)
    with analysing.dba(settings) as raw:
        raw.execute("update reg.person set scope = 0 where face = 1 and id = %s", [made["known"][0]])
    assert not believed(settings)[1, "held"][1]


def test_one_changed_person_has_no_world_read(filled, monkeypatch):
    settings, made = filled
    runs.renew(settings)
    for tier in (1, 2):
        runs.run(settings, "held", tier, by="worker")
    before = [kept.find(settings, tier, "held") for tier in (1, 2)]
    monkeypatch.setattr(world, "load", None)
    with analysing.as_(settings, "worker")() as opened:
        given.say(opened, made["a"][0], linking.arrested(36.8, at="[2013-03-02,2013-03-03)"), source=made["told"])
    assert sorted(runs.renew(settings).values()) == [1, 1]
    assert [kept.find(settings, tier, "held") for tier in (1, 2)] == before
    monkeypatch.undo()
    with analysing.as_(settings, "worker", "reading")() as session:
        live = links.candidates(session, person=made["a"][1])
        rows = links.frame(session, persons=[made["a"][1]])
    assert rows["total"].tolist() == pytest.approx([one.total for one in live.candidates], abs=1e-9)


def test_a_world_is_read_again_after_an_hour(filled, monkeypatch):
    settings, made = filled
    with store.unasked(settings) as opened:
        held = read(opened, settings, 1, "held")
        assert held.stands(opened, 1, [made["a"][0]])
        now = time.monotonic() + kept.AGE + 1
        monkeypatch.setattr(time, "monotonic", lambda: now)
        assert not held.stands(opened, 1, [made["a"][0]])


def test_what_is_kept_fits_into_its_room(filled, monkeypatch):
    settings, _ = filled
    kept.forget()
    with store.unasked(settings) as opened:
        four = [read(opened, settings, tier, question) for tier, question in BOTH]
        for held in four:
            held.engine.rank(world.persons(held.read))
        assert all(held.bytes() > 0 for held in four)
        monkeypatch.setattr(kept, "ROOM", sum(held.bytes() for held in four) - 1)
        for (tier, question), held in zip(BOTH, four, strict=True):
            kept.keep(settings, tier, question, held)
        assert not four[0].engine.rows.held and four[3].engine.rows.held, "rows go first, the oldest ones"
        for held in four:
            held.engine.rows.held.clear()
        monkeypatch.setattr(kept, "ROOM", four[-1].bytes())
        kept.keep(settings, 2, "buried", four[3])
    assert [bool(kept.find(settings, *one)) for one in BOTH] == [False, False, False, True]
    kept.forget()
