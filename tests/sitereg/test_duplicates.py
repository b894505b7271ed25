"""Possible duplicates: found in one's own rows, linked, told apart, undone; names never leave; what is hidden is absent."""
import pytest

from sitereg import decisions, duplicates, errors, sites
from tests import given
from tests.sitereg.cases import case, event, named, read_log, settle
from tests.sitereg.test_search import site

pytestmark = pytest.mark.db
WHY = "the same gate on both photographs"


@pytest.fixture
def twins(registry):
    for n in range(6):
        site(registry, ("en", f"{('North', 'South', 'Old', 'Lower', 'Upper', 'New')[n]} Orchard {n + 20}"))
    return site(registry, ("en", "Saydal Mill Barracks Khazzan")), site(registry, ("ar", "ثكنة طاحونة صيدال خزان"), ("en", "Seidal Mil Barrack Khazan"))


def pairs(registry, kind="sites", **more):
    return [{one.one, one.other} for one in duplicates.find(registry, kind, **more)]


def test_they_are_found_and_explained(registry, twins):
    made = duplicates.find(registry, "sites")[0]
    assert {made.one, made.other} == {*twins} and made.suggests == "same_as"
    assert duplicates.show(registry, "sites", *twins).bits == made.bits and any(what == "name" for what, _bits, _said in made.parts)


@pytest.mark.parametrize("to", ["same_as", "different", "part_of"])
def test_they_are_settled_undone_and_nothing_is_merged(registry, twins, to):
    before = [sites.show(registry, code)["version"] for code in twins]
    assert duplicates.settle(registry, "sites", *twins, to=to, reason=WHY).state == "decided"
    row = duplicates.settled(registry, "sites")[0]
    assert {row["one"], row["other"]} == {*twins} and (row["state"], row["reason"], row["by"]) == (to, WHY, "Worker")
    assert to != "part_of" or (row["one"], row["other"]) == twins
    assert {*twins} not in pairs(registry)
    assert [sites.show(registry, code)["version"] for code in twins] == before
    duplicates.settle(registry, "sites", *twins[::-1], to="open", reason="looked again")
    assert duplicates.settled(registry, "sites") == [] and {*twins} in pairs(registry)


def test_what_was_told_apart_comes_back_when_one_has_changed(registry, twins):
    duplicates.settle(registry, "sites", *twins, to="different", reason=WHY)
    assert {*twins} not in pairs(registry)
    subject = sites.show(registry, twins[0])["id"]
    given.say(registry, subject, {"predicate": "name", "value": {"lang": "en", "text": "Saydal Mill Barrack Khazan"}})
    assert {*twins} in pairs(registry)


def test_part_of_goes_one_way(registry, twins):
    duplicates.settle(registry, "sites", *twins, to="part_of", reason=WHY)
    with pytest.raises(errors.Refused), registry.savepoint():
        duplicates.settle(registry, "sites", *twins[::-1], to="part_of", reason=WHY)


def test_it_stands_in_the_history_of_decisions(registry, twins):
    duplicates.settle(registry, "sites", *twins, to="same_as", reason=WHY)
    told = [row for code in twins for row in decisions.history(registry, sites.show(registry, code)["id"], machine="duplicate")]
    assert [(row["to_state"], row["reason"]) for row in told] == [("same_as", WHY)]


def test_hidden_records_are_absent(registry, twins):
    hidden = site(registry, ("en", "Saydal Mill Barracks Khazzan"), tier=2)
    assert {hidden, twins[0]} in pairs(registry)
    duplicates.settle(registry, "sites", hidden, twins[0], to="same_as", reason=WHY)
    with registry.as_("investigator1"):
        assert not [one for one in pairs(registry) if hidden in one] and duplicates.settled(registry, "sites") == []
        assert decisions.history(registry, sites.show(registry, twins[0])["id"], machine="duplicate") == []
        for other in (hidden, "SYS-222222-2"):
            with pytest.raises(errors.NotFound), registry.savepoint():
                duplicates.settle(registry, "sites", twins[0], other, to="same_as", reason=WHY)
    with registry.as_("viewer"):
        assert pairs(registry) == []


def linked(registry, code):
    return [(one["kind"], one["direction"], one["code"], one["reason"]) for one in sites.show(registry, code)["linked"]]


@pytest.mark.parametrize(("to", "back"), [("same_as", "same_as"), ("part_of", "part_of"), ("different", None)])
def test_the_page_of_each_names_the_other(registry, twins, to, back):
    duplicates.settle(registry, "sites", *twins, to=to, reason=WHY)
    ways = [one["direction"] for code in twins for one in sites.show(registry, code)["linked"]]
    assert linked(registry, twins[0]) == ([(to, ways[0], twins[1], WHY)] if back else [])
    assert linked(registry, twins[1]) == ([(back, ways[1], twins[0], WHY)] if back else []) and sorted(ways) == (["from", "to"] if back else [])
    assert to != "part_of" or ways == ["to", "from"]
    rows = [row for row in registry.rows("all_relations") if row["basis"] == "decision"]
    assert [(row["kind"], {row["site_code"], row["other_code"]}, row["class"]) for row in rows] == ([(to, {*twins}, None)] if back else [])
    duplicates.settle(registry, "sites", *twins, to="open", reason="looked again")
    assert linked(registry, twins[0]) == linked(registry, twins[1]) == []
    assert not [row for row in registry.rows("all_relations") if row["basis"] == "decision"]


def test_no_page_names_a_record_that_is_hidden(registry, twins):
    hidden = site(registry, ("en", "Saydal Mill Barracks Khazzan"), tier=2)
    duplicates.settle(registry, "sites", hidden, twins[0], to="part_of", reason=WHY)
    assert [one["code"] for one in sites.show(registry, twins[0])["linked"]] == [hidden]
    with registry.as_("investigator1"):
        assert sites.show(registry, twins[0])["linked"] == []
        assert not [row for row in registry.rows("all_relations") if row["basis"] == "decision"]


@pytest.mark.parametrize("who", ["officer", "verifier", "viewer", "auditor"])
def test_only_some_roles_settle(registry, twins, who):
    with registry.as_(who), pytest.raises((errors.Denied, errors.NotFound)):
        duplicates.settle(registry, "sites", *twins, to="same_as", reason=WHY)


@pytest.mark.parametrize("wrong", [{"to": "merged"}, {"reason": " "}, {"other": "itself"}])
def test_what_cannot_be_settled_is_said(registry, twins, wrong):
    asked = {"to": "same_as", "reason": WHY} | {name: value for name, value in wrong.items() if name != "other"}
    with pytest.raises(errors.BadInput):
        duplicates.settle(registry, "sites", twins[0], twins[0] if "other" in wrong else twins[1], **asked)


@pytest.fixture
def persons(registry):
    for n in range(8):
        case(registry, event("arrested"), named(f"{('أحمد', 'محمد', 'سمير', 'نبيل')[n % 4]} {('خالد', 'علي')[n % 2]} {('الوهمي', 'الخيالي', 'المثالي')[n % 3]}"))
    when = "[2012-05-02,2012-05-09)"
    return case(registry, event("arrested", when), named("فاضل خالد المجرب")), case(registry, event("arrested", when), named("Fadil Khaled Mujarrab"))


def test_persons_are_compared_without_a_name_leaving(registry, persons):
    codes = {code for _id, code in persons}
    found = duplicates.find(registry, "persons", reason=WHY)
    assert {found[0].one, found[0].other} == codes
    rows = registry.rows("duplicate_persons", reason=WHY)
    assert "فاضل" not in repr((found, rows)) and "fadil" not in repr((found, rows)).lower()
    assert registry.rows("duplicate_persons", reason=WHY)[0]["names"] != rows[0]["names"]  # marks are made anew at each asking
    assert read_log(registry, "duplicates_persons")[-1]["reason"] == WHY


def test_persons_ask_for_the_compartment_and_a_reason(registry, persons):
    with pytest.raises(errors.BadInput), registry.savepoint():
        duplicates.find(registry, "persons")
    with registry.as_("investigator1"), pytest.raises(errors.Denied):
        duplicates.find(registry, "persons", reason=WHY)


def test_a_suspended_case_is_compared_with_nobody(registry, persons):
    duplicates.settle(registry, "persons", persons[0][1], persons[1][1], to="same_as", reason=WHY)
    settle(registry, persons[0][0], "case", "suspended_security")
    assert not [one for one in pairs(registry, "persons", reason=WHY) if persons[0][1] in one] and duplicates.settled(registry, "persons") == []


def test_the_page_of_a_case_names_the_other(registry, persons):
    codes = [code for _id, code in persons]
    duplicates.settle(registry, "persons", *codes, to="same_as", reason=WHY)
    told = [(one["kind"], one["code"], one["names"], one["by"]) for one in registry.value("person_page", code=codes[0])["linked"]]
    assert told == [("same_as", codes[1], {}, "Worker")]
    settle(registry, persons[1][0], "case", "suspended_security")
    assert registry.value("person_page", code=codes[0])["linked"] == []


def test_a_person_is_no_part_of_another(registry, persons):
    with pytest.raises(errors.BadInput):
        duplicates.settle(registry, "persons", persons[0][1], persons[1][1], to="part_of", reason=WHY)


def test_too_many_are_said_to_be(registry, twins):
    with pytest.raises(errors.BadInput, match="too many"):
        duplicates.find(registry, "sites", most=3)
