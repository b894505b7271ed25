"""Consent use by use: one no ends that use where it happens, in its transaction; the stricter of two holds and it is said who decided."""
from datetime import date

import pytest

from sitereg import agreements, consent, errors, packages, sites, sources, statistics, succession
from sitereg.store import verification
from tests import given
from tests.sitereg.cases import case
from tests.sitereg.test_agreements import agree, refusal, theirs
from tests.sitereg.test_packages import RECIPIENT, RISK, later, opened, pack  # noqa: F401 (a fixture)
from tests.sitereg.test_packages import key as _key  # noqa: F401 (a fixture, used by all)

pytestmark = pytest.mark.db
GIVEN = {**given.TERMS, "permitted_uses": [*given.TERMS["permitted_uses"], "hand_over"]}


@pytest.fixture
def witness(registry):
    return sources.new(registry, "testimony_survivor", {"en": "A survivor"}, reliability="B", reason="test", terms=GIVEN)


@pytest.fixture
def grave(registry, witness):
    return given.site(registry, given.kind("mass_grave"), given.name("North field"), given.place(36.123456, 33.123456), source=witness)


def say(registry, source=None, partner=None, **answers):
    return consent.record(registry, answers, version="leaflet 3, Arabic", how="oral", before="the field team", on=date.today(),
                          why="they were asked", source=source, partner=partner)


def use(registry, source, name):
    return next(one for one in consent.uses(registry, source=source)["uses"] if one["use"] == name)


def tasks(registry, what):
    with registry.dba() as raw:
        return [row[0] for row in raw.execute("select data from reg.task where what = %s and done_at is null", [what]).fetchall()]


def leaves(registry, code):
    return code in {row["code"] for row in sharing_rows(registry)}


def sharing_rows(registry):
    return registry.rows("leaving_sites", face=1, filter=given.registry_json({}))


def partner_of(registry, source):
    with registry.dba() as raw:
        return raw.execute("select partner from reg.source where id = %s", [source]).fetchone()[0]


def test_what_was_not_asked_is_as_the_terms_said_and_marked_as_such(registry, witness, grave):
    for name in ("search", "linking", "partners", "hand_over", "recontact"):
        one = use(registry, witness, name)
        assert (one["allows"], one["decided"], one["person"]) == (True, ["terms"], "not_asked"), name
    bare = sources.new(registry, "testimony_survivor", {"en": "Another"}, reliability="B", reason="test",
                       terms={**given.TERMS, "permitted_uses": ["search_for_missing"]})
    assert use(registry, bare, "partners")["decided"] == ["terms"] and not use(registry, bare, "partners")["allows"]
    say(registry, bare, partners="yes", statistics="yes")
    assert not use(registry, bare, "partners")["allows"] and use(registry, bare, "partners")["decided"] == ["terms"]  # a yes widens no terms
    _, code, _ = given.site(registry, given.kind("prison_central"), given.place(36.4, 33.4), source=bare)
    assert not leaves(registry, code)


def test_a_no_to_sharing_ends_it_at_once_and_who_received_it_is_told(registry, witness, grave, pack):  # noqa: F811
    opened(registry, grave[1])
    package, *_ = pack([grave[1]])
    assert leaves(registry, grave[1])
    before = consent.downstream(registry, "partners", source=witness)
    assert [one["recipient"] for one in before["left"]] == ["A court"] and before["tasks"] == 0
    assert say(registry, witness, partners="no")["narrowed"] == ["partners"]
    assert not leaves(registry, grave[1]) and consent.downstream(registry, "partners", source=witness)["tasks"] == 1
    assert [one["recipient"] for one in tasks(registry, "tell_recipient")] == ["A court"]
    assert [(one["what"], one["package"]) for one in packages.notices.listed(registry)] == [("retracted", package)]
    assert (use(registry, witness, "partners")["decided"], use(registry, witness, "search")["allows"]) == (["person"], True)
    assert sites.show(registry, grave[1])["code"] == grave[1]  # inside nothing changed
    assert say(registry, witness, partners="yes")["widened"] == ["partners"] and leaves(registry, grave[1])


def test_partners_and_authorities_are_two_answers(registry, witness, grave, pack):  # noqa: F811
    theirs_ = partner_of(registry, witness)
    opened(registry, grave[1], recipient="A union")
    say(registry, witness, authorities="no")
    assert not leaves(registry, grave[1])  # to whom a file goes is anybody's guess
    _, _, folder = pack([grave[1]], recipient="A union", partner=theirs_)
    assert "mass_grave" in (folder / "sites.csv").read_text()
    opened(registry, grave[1])
    _, _, folder = pack([grave[1]], name="court")
    assert "mass_grave" not in (folder / "sites.csv").read_text()


def test_a_no_to_search_hides_it_and_a_yes_brings_it_back(registry, witness, grave):
    assert say(registry, witness, search="no")["narrowed"] == ["search"]
    with pytest.raises(errors.NotFound):
        sites.show(registry, grave[1])
    assert refusal(given.say, registry, grave[0], given.name("again"), source=witness) == "consent"
    say(registry, witness, search="yes")
    assert sites.show(registry, grave[1])["code"] == grave[1]
    with registry.dba() as raw:
        assert verification.faults_in(raw) == [] and raw.execute("select * from api._resolved_differences()").fetchall() == []


def test_a_no_to_linking_takes_it_out_of_joins_and_lines_of_inquiry(registry, witness, grave):
    person = case(registry, {"predicate": "event", "value": {"kind": "held_at", "site": str(grave[0])}, "geom": given.point(36.124, 33.124),
                             "uncertainty_m": 50, "place_kind": "exact", "method": "source_coordinates", "at": "[2013-03-05,2013-03-06)"})[0]
    assert len(registry.rows("event_site_near", km=10)) == 1
    read = lambda: ([row["site_code"] for row in registry.rows("link_events", question="held", person=person)],  # noqa: E731
                    {row["code"] for row in registry.rows("link_sites", question="buried")})
    assert read() == ([grave[1]], {grave[1]})
    assert say(registry, witness, linking="no")["narrowed"] == ["linking"]
    assert len(registry.rows("event_site_near", km=10)) == 0 and read()[1] == set()
    say(registry, witness, linking="yes")
    assert read() == ([grave[1]], {grave[1]})


def test_a_no_to_statistics_is_not_counted_and_what_was_counted_is_not_published(registry, witness, grave):
    made = statistics.propose(registry, "Sites")
    say(registry, witness, statistics="no")
    with registry.as_("releaser"):
        assert refusal(statistics.settle, registry, made, "published", why="fine") == "narrowed"
    with pytest.raises(errors.Refused):
        statistics.counted(registry)
    assert leaves(registry, grave[1])  # the other uses stand


def test_a_no_to_a_hand_over_and_to_being_asked_again(registry, witness, grave):
    row = lambda: next(one for one in succession.answers(registry) if one["source"] == witness)  # noqa: E731
    with registry.as_("handler"):
        assert row()["allows"]
        say(registry, witness, hand_over="no", recontact="no")
        assert (row()["allows"], row()["reason"]) == (False, "refused")
        assert refusal(succession.ask, registry, witness, answer="waiting", asked="source", on=date.today()) == "recontact"


def test_of_a_person_and_an_organisation_the_stricter_holds_and_it_is_said_which(registry):
    agree(registry)
    source = theirs(registry, "ngo_report", legal_class="passed_on")
    _, code, _ = given.site(registry, given.kind("mass_grave"), given.place(36.4, 33.4), source=source)
    union = partner_of(registry, source)
    say(registry, source, partners="yes")
    assert (use(registry, source, "partners")["decided"], use(registry, source, "partners")["stricter"]) == (["person"], False)
    assert say(registry, partner=union, partners="no")["narrowed"] == ["partners"]
    one = use(registry, source, "partners")
    assert (one["allows"], one["decided"], one["person"], one["organisation"], one["stricter"]) == (False, ["organisation"], "yes", "no", True)
    assert next(row for row in consent.holds_for(registry, code) if row["use"] == "partners")["decided"] == ["organisation"]
    agreements.withdraw(registry, agreements.find(registry)[0]["agreement"], by="by_them", why="over")
    assert "withdrawn" in use(registry, source, "partners")["decided"]


def test_what_individuals_gave_themselves_is_not_the_organisations_to_refuse(registry, witness, grave):
    say(registry, partner=partner_of(registry, witness), partners="no")
    assert leaves(registry, grave[1])
    say(registry, partner=partner_of(registry, witness), search="yes")
    assert use(registry, witness, "partners")["organisation"] is None


def test_each_record_says_version_how_and_when_and_answers_do_not_go_back_to_never_asked(registry, witness):
    say(registry, witness, partners="yes", recontact="no")
    for wrong, field in (({"partners": "not_asked"}, "use_partners"), ({"partners": "perhaps"}, "use_partners"), ({"money": "yes"}, "uses"), ({}, "uses")):
        with pytest.raises(errors.BadInput) as refused:
            say(registry, witness, **wrong)
        assert refused.value.problems[0]["field"] == field
    whole = {"version": "3", "how": "proxy", "before": "a guardian", "on": date.today(), "why": "x", "source": witness}
    for name, value in (("version", " "), ("how", "by_pigeon"), ("before", None), ("on", date(2099, 1, 1)), ("why", "")):
        with pytest.raises(errors.BadInput) as refused:
            consent.record(registry, {"partners": "no"}, **{**whole, name: value})
        assert refused.value.problems[0]["field"] == {"on": "on_day"}.get(name, name)
    records = consent.uses(registry, source=witness)["records"]
    assert [(one["version"], one["how"], one["before"], one["uses"]["partners"]) for one in records] == [("leaflet 3, Arabic", "oral", "the field team", "yes")]


def test_who_may(registry, witness):
    for who in ("releaser", "viewer", "analyst1", "verifier"):
        with registry.as_(who), pytest.raises((errors.Denied, errors.NotFound)):
            say(registry, witness, partners="no")
    hidden = sources.new(registry, "testimony_survivor", {"en": "S"}, reliability="B", reason="test", terms=given.TERMS, tier=2)
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        say(registry, hidden, partners="no")
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        consent.downstream(registry, "partners", source=hidden)


def test_what_partners_refuse_is_asked_once_however_many_sources_there_are(registry, witness):
    reports = [sources.new(registry, "ngo_report", {"en": f"Report {n}"}, reliability="B", reason="test", terms=given.TERMS) for n in range(5)]
    say(registry, partner=partner_of(registry, witness), search="no")
    with registry.dba() as raw:
        raw.execute("set track_functions = 'all'")
        with raw.transaction():
            refused = raw.execute("select api._uses_refused('search')").fetchone()[0]
            calls = dict(raw.execute("select funcname, calls from pg_stat_xact_user_functions").fetchall())
    assert (set(reports) <= set(refused), calls["_partners_refusing"]) == (True, 1)
