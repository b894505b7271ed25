"""What satisfies a guard and what does not, to the letter of the rules; on the rows of the one who asks."""

import pytest

from sitereg import decisions, errors
from sitereg import protection as guarding
from tests import given
from tests.sitereg.deciding import DAY, GRAVE, PRISON, activity, lacks, put, remains, source

pytestmark = pytest.mark.db


@pytest.fixture
def site(registry):
    return given.site(registry, given.name("a place"))[0]


def speak(registry, site, of=GRAVE, *, credibility="2", first_hand=None, tier=None, **who):
    return given.say(registry, site, given.kind(of, credibility=credibility, first_hand=first_hand,
                                                tier=tier),
                     source=source(registry, **who))


def probable(registry, site, *said):
    return lacks(registry, "probable_basis", site, [claim for one in said for claim in one])


def test_probable_needs_two_origins_of_two_types_one_at_least_c3(registry, site):
    survivor = speak(registry, site, grade="C", kind="testimony_survivor", credibility="3")
    assert probable(registry, site, survivor)
    assert probable(registry, site, survivor, speak(registry, site, grade="B", kind="testimony_family"))
    with registry.dba() as raw:
        origin = raw.execute("select origin from reg.claim where id = %s", survivor).fetchone()[0]
    assert probable(registry, site, survivor, speak(registry, site, grade="B", kind="ngo_report",
                                                    origin=origin))
    assert probable(registry, site, survivor, speak(registry, site, grade="F", kind="ngo_report"))
    assert probable(registry, site, survivor, speak(registry, site, grade="A", kind="ngo_report",
                                                    credibility="6"))
    weak = speak(registry, site, grade="D", kind="testimony_survivor"), speak(registry, site, grade="B",
                                                                              kind="photo", credibility="4")
    assert probable(registry, site, *weak)
    assert probable(registry, site, survivor, weak[1]) is None
    other_kind = speak(registry, site, PRISON, grade="A", kind="un_report")
    assert probable(registry, site, survivor, other_kind)


def accounts(registry, site, *spots, first_hand=True):
    return [given.say(registry, site, given.place(*spot, first_hand=first_hand), source=source(registry, "C",
                                                                                               "testimony_survivor"))
            for spot in spots]


def test_three_first_hand_accounts_that_agree_on_the_place_make_it_probable(registry, site):
    near = accounts(registry, site, (36.5, 33.5, 200), (36.501, 33.5, 200), (36.502, 33.5, 200))
    assert probable(registry, site, *near) is None
    assert probable(registry, site, *near[:2])
    far = accounts(registry, site, (36.6, 33.5, 200))
    assert probable(registry, site, *near[:2], *far)
    hearsay = accounts(registry, site, (36.5, 33.5, 200), first_hand=False)
    assert probable(registry, site, *near[:2], *hearsay)
    chain = accounts(registry, site, (36.5, 33.6, 100), (36.502, 33.6, 100), (36.504, 33.6, 100))
    assert probable(registry, site, *chain)  # the first and the last do not meet


def test_one_origin_told_three_times_is_one_account(registry, site):
    with registry.dba() as raw:
        origin = raw.execute("select reg.new_id()").fetchone()[0]
    said = [given.say(registry, site, given.place(36.5, 33.5, 200, first_hand=True), source=source(registry,
                                                                                                   "C",
                                                                                                   "testimony_survivor", origin=origin))
            for _ in range(3)]
    assert probable(registry, site, *said)


@pytest.mark.parametrize(("grade", "credibility", "stops"), [("A", "2", True), ("B", "4", True), ("C", "2",
                                                                                                  False),
                                                                                                  ("A", "6",
                                                                                                   False)])
def test_a_source_of_grade_a_or_b_that_contradicts_stops_probable(registry, site, grade, credibility, stops):
    good = speak(registry, site, grade="C", kind="testimony_survivor"), speak(registry, site, grade="C",
                                                                              kind="photo")
    given.say(registry, site, {"predicate": "official_status", "value": {"scheme": "body", "code": "refuted",
                                                                         "text": "nothing there"},
                               "credibility": credibility}, source=source(registry, grade, "ngo_report"))
    assert (probable(registry, site, *good) is not None) is stops


def test_a_negative_visit_contradicts(registry, site):
    good = speak(registry, site, grade="C", kind="testimony_survivor"), speak(registry, site, grade="C",
                                                                              kind="photo")
    guarding.inspect(registry, site, visited_on=DAY, covered="all of it", negative=True)
    assert "contradicts" in probable(registry, site, *good)


def test_a_guard_knows_only_what_its_caller_may_see(registry, site):
    good = speak(registry, site, grade="C", kind="testimony_survivor"), speak(registry, site, grade="C",
                                                                              kind="photo")
    given.say(registry, site, {"predicate": "official_status", "value": {"code": "refuted"}, "tier": 2},
              source=source(registry, "A", "un_report"))
    hidden = speak(registry, site, grade="A", kind="court_record", tier=2)
    assert probable(registry, site, *good)
    with registry.as_("analyst1"):
        assert probable(registry, site, *good) is None
        assert probable(registry, site, good[0], hidden)
        put(registry, site, "verification", "suspected", aspect=GRAVE)
        with pytest.raises(errors.BadInput) as said, registry.savepoint():
            decisions.decide(registry, site, "verification", "probable", aspect=GRAVE, reason="two origins",
                             basis=good[0] + hidden)
        assert said.value.problems[0]["field"] == "basis"
        with pytest.raises(errors.BadInput) as absent, registry.savepoint():
            decisions.decide(registry, site, "verification", "probable", aspect=GRAVE, reason="two origins",
                             basis=[site])
        assert [{**p, "value": None} for p in absent.value.problems] == [{**p, "value": None} for p in said.value.problems]


def confirmed(registry, site, *said, kind=GRAVE, **value):
    return lacks(registry, "confirmed_basis", site, [claim for one in said for claim in one], aspect=kind,
                 value=value)


def test_a_grave_is_confirmed_by_remains_seen_in_place_or_a_record_of_excavation(registry, site):
    seen = guarding.inspect(registry, site, visited_on=DAY, remains="in_place")["claims"]
    assert confirmed(registry, site, seen) is None
    assert confirmed(registry, site, guarding.inspect(registry, site, visited_on=DAY)["claims"])
    told = given.say(registry, site, remains("in_place"), source=source(registry, "B", "testimony_resident"))
    assert confirmed(registry, site, told)
    dug = given.say(registry, site, activity("recovery_complete"), source=source(registry, "B",
                                                                                 "official_record"))
    assert confirmed(registry, site, dug) is None
    doubtful = given.say(registry, site, activity("recovery_complete"), source=source(registry, "D",
                                                                                      "official_record"))
    assert confirmed(registry, site, doubtful)


def test_documented_destruction_confirms_a_grave_only_with_all_its_parts(registry, site):
    image = given.say(registry, site, given.kind(GRAVE, at="[2014-03-01,2014-03-01]"),
                      source=source(registry, "B", "satellite_imagery"))
    hands = [speak(registry, site, grade="C", first_hand=True) for _ in range(2)]
    note = speak(registry, site, grade="B", kind="derived_analysis", connection="expert")
    parts = [image, *hands, note]
    assert confirmed(registry, site, *parts, evidence_in_place="no") is None
    assert confirmed(registry, site, *parts)
    for left_out in parts:
        assert confirmed(registry, site, *(p for p in parts if p is not left_out), evidence_in_place="no")
    undated = speak(registry, site, grade="B", kind="satellite_imagery")
    assert confirmed(registry, site, undated, *hands, note, evidence_in_place="no")


def test_a_facility_is_confirmed_by_a_record_or_visit_and_somebody_who_was_there(registry, site):
    record = speak(registry, site, PRISON, grade="B", kind="leaked_record")
    survivor = speak(registry, site, PRISON, grade="C", kind="testimony_survivor", first_hand=True)
    assert confirmed(registry, site, record, survivor, kind=PRISON) is None
    assert confirmed(registry, site, record, kind=PRISON)
    assert confirmed(registry, site, record, survivor, kind=GRAVE)  # not for the grave on the same site
    hearsay = speak(registry, site, PRISON, grade="C", kind="testimony_family", first_hand=False)
    assert confirmed(registry, site, record, hearsay, kind=PRISON)
    visit = guarding.inspect(registry, site, visited_on=DAY)["claims"]
    assert confirmed(registry, site, visit, survivor, kind=PRISON) is None
    assert confirmed(registry, site, visit, kind=PRISON)  # the visitor is no second origin of his own visit
    with registry.dba() as raw:
        origin = raw.execute("select origin from reg.claim where id = %s", record).fetchone()[0]
    same = speak(registry, site, PRISON, grade="C", kind="testimony_insider", first_hand=True, origin=origin)
    assert confirmed(registry, site, record, same, kind=PRISON)


def test_grades_that_say_nothing_never_make_it_suspected(registry, site):
    given.say(registry, site, given.place(36.5, 33.5))
    for who, credibility in (({"grade": "F"}, "2"), ({"grade": "A"}, "6")):
        claim = speak(registry, site, credibility=credibility, **who)
        assert lacks(registry, "graded_source_and_place", site, claim)
    assert lacks(registry, "graded_source_and_place", site, speak(registry, site, grade="E",
                                                                  credibility="5")) is None


def test_a_place_known_as_an_admin_unit_is_a_place_with_an_uncertainty(registry, site):
    claim = speak(registry, site)
    assert "place" in lacks(registry, "graded_source_and_place", site, claim)
    given.say(registry, site, {"predicate": "place", "pcode": "SY010000", "place_kind": "admin_unit"})
    assert lacks(registry, "graded_source_and_place", site, claim) is None


def test_a_lower_grade_of_the_source_is_support_gone_and_a_higher_one_is_not(registry, site):
    for grade, gone in (("B", False), ("D", True), ("F", True)):
        who = source(registry, "C", "testimony_survivor")
        claim = given.say(registry, site, given.kind(GRAVE), source=who)
        put(registry, site, "verification", "probable", aspect=GRAVE, basis=claim)
        registry.call("grade_source", source=who, reliability=grade, reason="looked at again")
        assert (lacks(registry, "support_gone", site) is None) is gone


def test_a_confirmation_falls_too_where_a_claim_under_it_is_named_invalid(registry, site):
    claim = speak(registry, site)
    other = speak(registry, site)
    put(registry, site, "verification", "confirmed", aspect=GRAVE, basis=claim)
    assert lacks(registry, "confirming_evidence_gone", site)
    assert lacks(registry, "confirming_evidence_gone", site, value={"invalid": str(claim[0])}) is None
    assert lacks(registry, "confirming_evidence_gone", site, value={"invalid": str(other[0])})
