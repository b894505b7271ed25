"""Claims that once got in by a back door: what record_claims refuses, no other road lets in."""
from datetime import date
from uuid import UUID, uuid4

import pytest

from sitereg import errors
from tests import given
from tests.sitereg.store.breaking import correct, event, person, underneath

pytestmark = pytest.mark.db


@pytest.mark.parametrize("change", [{"value": {"code": "no_such_kind"}}, {"at": "[2099-01-01,2099-01-02)"}, {"credibility": "1"}],
                         ids=["unknown code", "in the future", "credibility 1 alone"])
def test_a_correction_is_checked_like_a_new_claim(registry, change):
    claim = given.site(registry, given.kind("prison_central"))[2][0]
    with pytest.raises(errors.BadInput):
        correct(registry, claim, **change)


def test_a_correction_never_writes_sealed_words_in_the_clear(registry):
    claim = person(registry, {"predicate": "person_name", "value": {"text": "Somebody"}})[1][0]
    with pytest.raises(errors.BadInput):
        correct(registry, claim, value={"text": "Somebody Else"})


def test_the_words_around_a_sealed_claim_are_sealed_too(registry):
    claim = person(registry, {"predicate": "person_name", "value": {"text": "A B"}, "verbatim": "A B, Esq.", "quote": "I knew A B"})[1][0]
    assert underneath(registry, "select verbatim, quote from reg.claim where id = %s", claim) == [(None, None)]


def test_a_visit_cannot_claim_credibility_1_by_itself(registry):
    site = given.site(registry, given.kind("prison_central"))[0]
    with pytest.raises(errors.BadInput):
        registry.call("record_visit", site=site, method="on_site", visited_on=date(2025, 1, 1), credibility="1")


def test_an_origin_that_no_source_has_does_not_make_a_claim_independent(registry):
    site = given.site(registry, given.kind("prison_central"))[0]
    with pytest.raises(errors.BadInput):
        given.say(registry, site, given.kind("prison_central", origin=str(UUID(int=1))))


def test_a_beginning_in_the_future_does_not_hide_behind_a_past_day(registry):
    with pytest.raises(errors.BadInput):
        given.site(registry, given.kind("prison_central", at="[2020-01-01,2020-01-02)", began="[2099-01-01,2099-01-02)"))


def test_parts_do_not_contain_one_another(registry):
    one, other = (given.site(registry, given.kind("prison_central"))[0] for _ in range(2))
    third = given.site(registry, given.kind("prison_central"))[0]

    def part_of(whole):
        return {"predicate": "relation", "value": {"kind": "part_of"}, "object": str(whole)}

    given.say(registry, one, part_of(other))
    given.say(registry, other, part_of(third))
    with pytest.raises(errors.BadInput):
        given.say(registry, third, part_of(one))


def test_a_ring_of_parts_is_seen_within_one_call(registry):
    source = str(given.source_of(registry, "B"))
    claims = [{"subject_key": key, "predicate": "kind", "value": {"code": "prison_central"}, "source": source} for key in "ab"]
    one, other = [row["subject"] for row in registry.rows("record_claims", claims=given.Json(claims), subjects=given.Json(
        [{"key": key, "kind": "site", "tier": 1} for key in "ab"]))]
    ring = [{"subject": str(a), "predicate": "relation", "value": {"kind": "part_of"}, "object": str(b), "source": source}
            for a, b in ((one, other), (other, one))]
    with pytest.raises(errors.BadInput):
        registry.call("record_claims", claims=given.Json(ring))


def test_an_event_names_only_sites_that_one_sees(registry):
    hidden = given.site(registry, given.kind("prison_central"), tier=2)[0]
    answers = []
    for site in (hidden, UUID(int=1)):
        with registry.as_("investigator1"), pytest.raises(errors.BadInput) as refused:
            person(registry, event(value={"site": str(site)}))
        answers.append(str(refused.value).replace(str(site), ""))
    assert answers[0] == answers[1]


def test_an_item_of_another_subject_is_not_taken_over(registry):
    taken = person(registry, event(), tier=2)[1][0]
    with registry.as_("investigator1"), pytest.raises(errors.BadInput):
        person(registry, event(item=str(taken)))


@pytest.mark.parametrize("road", ["another call", "the same call", "the claim's own id"])
def test_an_event_is_never_shared_by_two_persons(registry, road):
    """The record of events is kept by item: one that two persons held would stop every later resolve of both."""
    one, (taken,) = person(registry, event(at="[2013-01-01,2013-02-01)"))
    other, _said = person(registry, event("seen_alive_after"))
    before = underneath(registry, "select count(*), (select count(*) from reg.audit_event) from reg.claim")
    said = {"predicate": "event", "value": {"kind": "arrested"}, "source": str(given.source_of(registry, "B")), "credibility": "2"}
    new = str(uuid4())
    claims = {"another call": [{**said, "subject": str(other), "item": str(taken)}],
              "the same call": [{**said, "subject": str(one), "id": new}, {**said, "subject": str(other), "item": new}],
              "the claim's own id": [{**said, "subject": str(other), "id": str(taken)}]}[road]
    with pytest.raises((errors.BadInput, errors.Conflict)) as refused:
        registry.rows("record_claims", claims=given.Json(claims))
    if road != "the claim's own id":
        assert [(problem["code"], problem["field"]) for problem in refused.value.problems] == [("not_found", "item")]
    assert underneath(registry, "select count(*), (select count(*) from reg.audit_event) from reg.claim") == before
    assert underneath(registry, "select distinct person from reg.person_event where id = %s", taken) == [(one,)]


def test_two_accounts_of_one_event_are_one_item_of_one_person(registry):
    one, (first,) = person(registry, event())
    given.say(registry, one, event(item=str(first)), source=given.source_of(registry, "C"))
    assert underneath(registry, "select cardinality(claims), face from reg.person_event where person = %s and face = 1", one) == [(2, 1)]


def test_a_claim_cites_only_documents_that_one_sees(registry):
    with pytest.raises(errors.BadInput):
        given.site(registry, given.kind("prison_central", document=str(UUID(int=1))))


def test_nobody_writes_a_source_into_a_compartment_that_he_does_not_hold(registry):
    with registry.as_("investigator1"), pytest.raises(errors.BadInput):
        registry.call("new_source", type="testimony_resident", label=given.Json({"en": "x"}), reliability="B", reason="x", compartments=["names"],
                      terms=given.Json(given.TERMS))


def test_the_origin_of_a_hidden_source_is_as_unknown_as_none(registry):
    with registry.dba() as raw:
        hidden = given.source(raw, "hidden", "B", tier=2)
    with registry.as_("investigator1"), pytest.raises(errors.BadInput):
        registry.call("new_source", type="testimony_resident", label=given.Json({"en": "x"}), reliability="B", reason="x", origin_root=hidden,
                      terms=given.Json(given.TERMS))


@pytest.mark.parametrize("said", [{"predicate": "name", "value": {}}, {"predicate": "name", "value": []},
                                  {"predicate": "external_id", "value": {"scheme": "p"}}], ids=["no text", "no object", "no value"])
def test_a_name_without_words_is_no_name(registry, said):
    with pytest.raises(errors.BadInput):
        given.site(registry, given.kind("prison_central"), said)
