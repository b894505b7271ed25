"""What would settle a site: the guards read backwards in pieces, the very ones that refuse; only from what the caller may see."""
from datetime import timedelta

import pytest

from sitereg import decisions, errors, protection
from tests import given
from tests.sitereg.deciding import DAY, GRAVE, PRISON, lacks, put, refusal, source

pytestmark = pytest.mark.db


def speak(registry, site, *, of=GRAVE, grade="C", kind="testimony_survivor", **more):
    return given.say(registry, site, given.kind(of, credibility="2", **more), source=source(registry, grade, kind))


def suspected(registry, of=GRAVE, **more):
    """A site of that kind, suspected."""
    site, code = given.site(registry, given.kind(of), given.place(36.5, 33.5), **more)[:2]
    put(registry, site, "verification", "suspected", aspect=of)
    return site, code


def step(registry, code, to, aspect=GRAVE):
    return next(one for one in decisions.settle(registry, code) if (one["aspect"], one["to_state"]) == (aspect, to))


def pieces(found, guard="probable_basis"):
    ways = next(one["ways"] for one in found["guards"] if one["guard"] == guard)
    return {one["part"]: (one["have"], one["want"]) for way in ways for one in way}


def test_a_step_says_how_much_of_each_piece_there_is_and_is_ready_exactly_where_the_guard_holds(registry):
    site, code = suspected(registry)
    found = step(registry, code, "probable")
    assert pieces(found)["origins"] == (1, 2) and found["short"] == 2 and found["up"] and found["barred"]
    speak(registry, site)
    assert pieces(step(registry, code, "probable"))["origins"] == (2, 2)
    speak(registry, site, kind="ngo_report")
    ready = step(registry, code, "probable")
    assert ready["lacking"] == ready["barred"] == [] and ready["short"] == 0 and ready["guards"][0]["met"]
    cited = [one["claim"] for one in registry.rows("site_why", code=code, field="kind")]
    assert lacks(registry, "probable_basis", site, cited) is None
    assert decisions.decide(registry, site, "verification", "probable", aspect=GRAVE, reason="two of them", basis=cited).state == "decided"


def test_accounts_that_agree_on_the_place_are_counted_up_to_three(registry):
    site, code = suspected(registry)
    for n in range(3):
        assert pieces(step(registry, code, "probable"))["agreeing_accounts"] == (n, 3)
        given.say(registry, site, given.place(36.5 + n / 1000, 33.5, 200, first_hand=True),
                  source=source(registry, "C", "testimony_survivor"))
    assert step(registry, code, "probable")["barred"] == []


def test_what_the_form_says_is_no_missing_evidence(registry):
    _site, code = suspected(registry)
    back = step(registry, code, "refuted")
    assert pieces(back, "negative_or_contrary") == {"negative_visit": (0, 1), "contrary": (0, 1)}
    reported, other = given.site(registry, given.kind(GRAVE))[:2]
    put(registry, reported, "verification", "reported", aspect=GRAVE)
    aside = step(registry, other, "inconclusive")
    assert aside["lacking"] and aside["barred"] == [] and aside["guards"][0]["in_form"], "a reason is typed, not found"
    assert refusal(registry, lambda: decisions.decide(registry, reported, "verification", "inconclusive", aspect=GRAVE, reason="x"))


def test_protection_stands_beside_the_kinds_and_a_waiting_proposal_is_told(registry):
    site, code = suspected(registry)
    rows = decisions.settle(registry, code)
    assert {one["machine"] for one in rows} == {"verification", "protection"}
    protected = next(one for one in rows if one["to_state"] == "protected")
    assert [one["guard"] for one in protected["barred"]] == ["i14_protected"] and not protected["proposed"]
    contrary = speak(registry, site, grade="A", kind="un_report")[0]
    decisions.decide(registry, site, "verification", "refuted", aspect=GRAVE, reason="it is a quarry", basis=[contrary],
                     value={"contrary": str(contrary)})
    assert step(registry, code, "probable")["proposed"]


def test_guards_of_protection_tell_their_pieces_and_refuse_by_the_same(registry):
    site, code = suspected(registry)
    protection.decide(registry, site, "unprotected", reason="x", observed_on=DAY)
    found = step(registry, code, "protected", "")
    assert pieces(found, "i14_protected") == {"active_measure": (0, 1), "answers": (0, 1), "review": (0, 1)}
    assert [one["needs"] for one in found["lacking"]] == ["Record an active measure first."]
    protection.record_measure(registry, site, "guard", reason="x")
    found = step(registry, code, "protected", "")
    assert pieces(found, "i14_protected") == {"active_measure": (1, 1), "answers": (0, 1), "review": (0, 1)} and found["short"] == 1
    protection.record_measure(registry, site, "guard", reason="x", agent_kind="residents_or_committee")
    found = step(registry, code, "protected", "")
    assert pieces(found, "i14_protected")["answers"] == (1, 1) and found["barred"] == [] and found["guards"][0]["in_form"]
    review = registry.value("today") + timedelta(days=90)
    ready = next(one for one in decisions.options(registry, site, "protection", due=review) if one["to_state"] == "protected")
    assert ready["lacking"] == [] and pieces(ready, "i14_protected")["review"] == (1, 1)
    protection.decide(registry, site, "protected", reason="guarded", observed_on=DAY, due=review)


def test_it_is_judged_on_what_the_caller_sees_and_a_hidden_site_has_no_answer(registry):
    site, code = suspected(registry, tier=1)
    speak(registry, site, kind="ngo_report", tier=2)
    assert pieces(step(registry, code, "probable"))["source_types"] == (2, 2)
    with registry.as_("officer1"):
        assert pieces(step(registry, code, "probable"))["source_types"] == (1, 2)
    hidden = suspected(registry, tier=2)[1]
    with registry.as_("officer1"):
        with pytest.raises(errors.NotFound):
            decisions.settle(registry, hidden)
        assert hidden not in {one["code"] for one in decisions.nearest(registry)}
        told = decisions.nearest(registry)
    assert told[0]["fit"] < decisions.nearest(registry)[0]["fit"], "what is hidden is not counted"
    with registry.as_("viewer"):
        assert decisions.nearest(registry) == []


def test_the_nearest_come_first_and_the_list_is_narrowed(registry):
    near, near_code = suspected(registry)
    speak(registry, near, kind="ngo_report")
    _far, far_code = suspected(registry, PRISON)
    order = [one["code"] for one in decisions.nearest(registry)]
    assert order.index(near_code) < order.index(far_code)
    assert [one["code"] for one in decisions.nearest(registry, kinds=[PRISON], states=["suspected"])] == [far_code]
    assert decisions.nearest(registry, kinds=[PRISON], states=["probable"]) == []
    assert decisions.nearest(registry, adm1=["none"]) == [] and len(decisions.nearest(registry, adm1=["SY01"], limit=1)) == 1
    with pytest.raises(errors.BadInput):
        decisions.nearest(registry, kinds=["castle"])
