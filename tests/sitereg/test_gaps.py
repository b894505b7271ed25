"""Lists of sites where protection is lacking: who stands on which, in which order, and of whose rows."""
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from sitereg import decisions, errors, sharing
from sitereg import protection as guarding
from tests import given
from tests.sitereg.deciding import DAY, GRAVE
from tests.sitereg.test_protection_records import freeze
from web import words_protection

pytestmark = pytest.mark.db
SOON = date.today() + timedelta(days=60)
DOC = Path(__file__).resolve().parents[2] / "docs" / "protection.md"


@pytest.fixture
def site(registry):
    return given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5), exact_tier=2)[0]


def ids(registry, list="to_do", **more):
    return [one["id"] for one in guarding.gaps(registry, list=list, **more)]


def lists(registry, site):
    return {one for one in ("to_do", "not_reachable", "in_doubt", "review_overdue", "due_soon", "disturbed", "no_measure") if site in ids(registry, one)}


def guarded(registry, site, **more):
    guarding.record_measure(registry, site, "guard", reason="x", agent_kind="mukhtar", **more)
    guarding.decide(registry, site, "protected", reason="guarded", observed_on=DAY, due=SOON)


def test_what_is_well_is_on_no_list_until_its_review_comes_near_and_passes(registry, site):
    assert lists(registry, site) == {"to_do", "no_measure"}
    guarded(registry, site)
    assert lists(registry, site) == set()
    freeze(registry, SOON - timedelta(days=30))
    assert lists(registry, site) == {"due_soon"}
    freeze(registry, SOON + timedelta(days=8))
    assert lists(registry, site) == {"to_do", "review_overdue"}
    found = guarding.gaps(registry, list="review_overdue")[0]
    assert (found["overdue_days"], found["points"]["overdue"], found["measures"]) == (8, 2, ["guard"])


def test_harm_comes_before_neglect_and_neglect_before_what_is_looked_after(registry, site):
    watched = given.site(registry, given.kind(GRAVE), given.place(36.6, 33.5), key="w")[0]
    harmed = given.site(registry, given.kind(GRAVE), given.place(36.7, 33.5), key="h")[0]
    guarding.record_measure(registry, watched, "perimeter_fence", reason="x", agent_kind="mukhtar")
    guarding.inspect(registry, watched, visited_on=date.today())
    visit = guarding.inspect(registry, harmed, visited_on=date.today())["visit"]
    guarding.record_disturbance(registry, harmed, "looting", "severe", observed=(date.today(), date.today()), visit=visit)
    guarding.record_disturbance(registry, harmed, "natural_decay", "minor", observed=(DAY, DAY), visit=visit)
    assert ids(registry) == [harmed, site, watched]
    first = guarding.gaps(registry)[0]
    assert first["points"] == {"disturbance": 45, "recent": 10, "status": 25, "no_measure": 15, "stake": 2}
    assert first["urgency"] == 97 and (first["worst"]["kind"], first["worst"]["severity"]) == ("looting", "severe")
    assert ids(registry, "disturbed") == [harmed] and [ids(registry, limit=1, skip=n) for n in range(4)] == [[harmed], [site], [watched], []]


def test_whom_nobody_can_reach_safely_does_not_bury_the_others(registry, site):
    given.say(registry, site, {"predicate": "access_condition", "value": {"code": "unsafe_mines"}, "at": "[2025-03-01,2025-03-02)"})
    assert lists(registry, site) == {"not_reachable", "no_measure"}
    found = guarding.gaps(registry, list="not_reachable")[0]
    assert (found["access"], found["reachable"]) == ("unsafe_mines", False)


def test_a_list_is_of_an_area_and_of_those_who_answer_for_it(registry, site):
    other = given.site(registry, given.kind(GRAVE), given.place(36.6, 33.5), key="o")[0]
    guarding.record_measure(registry, other, "guard", reason="x", agent_kind="mukhtar")
    assert ids(registry, body="mukhtar") == [other] and ids(registry, body="none") == [site] and ids(registry, body="police") == []
    assert guarding.gaps(registry, body="mukhtar")[0]["bodies"] == [{"body": "mukhtar", "kind": "mukhtar", "names": None}]
    told = guarding.gap_counts(registry)
    assert {code: one["n"] for code, one in told["body"].items()} == {"mukhtar": 1, "none": 1} and told["list"]["to_do"]["n"] == 2
    assert guarding.gap_counts(registry, body="mukhtar")["list"]["to_do"]["n"] == 1
    area = next(iter(told["adm1"]))
    assert set(ids(registry, areas=[area])) == {site, other} and guarding.gap_counts(registry, areas=["none"])["list"] == {}
    for asked in ({}, {"body": "mukhtar"}, {"areas": [area]}, {"list": "disturbed"}):
        counted = guarding.gap_counts(registry, **{name: value for name, value in asked.items() if name != "list"})
        assert guarding.gap_page(registry, **asked) == (guarding.gaps(registry, **asked), counted), "a page is the list with its counts"


@pytest.mark.parametrize("asked", [{"list": "all"}, {"areas": ["XX99"]}, {"body": "somebody"}])
def test_what_is_no_list_no_area_or_no_body_is_refused(registry, site, asked):
    with pytest.raises(errors.BadInput), registry.savepoint():
        guarding.gaps(registry, **asked)


def test_hidden_sites_stand_on_no_list_and_in_no_count(registry, site):
    hidden = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.6), tier=2, key="h")[0]
    with registry.as_("officer1"):
        assert ids(registry) == [site] and guarding.gap_counts(registry)["list"]["to_do"]["n"] == 1
        shown = guarding.gaps(registry)[0]
        assert shown["shown_as"] == "cell_1km" and shown["shape"]["type"] == "Polygon"
    assert set(ids(registry)) == {site, hidden}


def harmed(registry, site):
    visit = guarding.inspect(registry, site, visited_on=DAY)
    guarding.record_disturbance(registry, site, "looting", "severe", observed=(date.today(), date.today()), visit=visit["visit"])
    return visit["source"]


def test_harm_and_measures_of_a_hidden_place_that_became_part_of_one_that_is_seen_move_no_list(registry, site):
    hidden = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.6), tier=2, key="h")[0]
    with registry.as_("officer1"):
        before = guarding.gap_page(registry), guarding.gaps(registry), guarding.gap_counts(registry)
    harmed(registry, hidden)
    guarding.record_measure(registry, hidden, "guard", reason="x", agent_kind="mukhtar")
    merged = decisions.merge(registry, site, hidden, reason="one place")
    with registry.as_("verifier"):
        decisions.approve(registry, merged.proposal)
    with registry.as_("officer1"):
        assert (guarding.gap_page(registry), guarding.gaps(registry), guarding.gap_counts(registry)) == before
    found = guarding.gaps(registry)[0]
    assert (found["worst"]["severity"], found["measures"]) == ("severe", ["guard"])


def test_harm_that_a_frozen_source_told_of_moves_no_list(registry, site):
    source = harmed(registry, site)
    with registry.as_("officer1"):
        assert ids(registry, "disturbed") == [site]
    sharing.freeze(registry, "source", source=source, reason="somebody was followed", review_on=SOON)
    with registry.as_("officer1"):
        assert (ids(registry, "disturbed"), guarding.gaps(registry)[0]["worst"]) == ([], None)


def test_what_is_said_most_stands_first_as_far_as_one_sees_it(registry, site):
    hidden = given.site(registry, given.kind(GRAVE), given.place(36.5, 33.6), tier=2, key="h")[0]
    for _ in range(2):
        guarding.record_measure(registry, hidden, "perimeter_fence", reason="x")
    guarding.record_measure(registry, site, "guard", reason="x")
    guarding.record_disturbance(registry, site, "looting", "minor", visit=guarding.inspect(registry, site, visited_on=DAY)["visit"])
    mine = guarding.said_most(registry)
    assert mine["measure_kind"] == ["perimeter_fence", "guard"] and mine["disturbance_kind"] == ["looting"]
    with registry.as_("officer1"):
        assert guarding.said_most(registry)["measure_kind"] == ["guard"]


def test_the_points_are_those_of_the_page_and_of_the_document(registry):
    told = dict(re.findall(r"^\| ([a-z_]+) \| [^|]+ \| ([0-9-]+) \|$", DOC.read_text(encoding="utf-8"), re.M))
    assert told == words_protection.ORDER
    with registry.dba() as raw:
        rows = raw.execute("""
            select api._gap_points(p, r, f, d, m, o, u, v) from unnest(array['protected', 'compromised', 'unprotected', 'unassessed', 'measures_planned',
              'partially_protected']) p, generate_series(0, 4) r, unnest(array[true, false]) f, unnest(array[true, false]) d, generate_series(0, 1) m,
              unnest(array[null, -3, 0, 1, 7, 8, 900]) o, unnest(array[null, 0, 29, 30, 900]) u, unnest(array['suspected', 'probable', 'confirmed']) v
        """).fetchall()
    seen = {}
    for (points,) in rows:
        for reason, n in points.items():
            seen.setdefault(reason, set()).add(n)
    assert {reason: "-".join(str(n) for n in sorted({min(all_), max(all_)})) for reason, all_ in seen.items()} == told
