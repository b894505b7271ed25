"""Search: spellings, scripts, numbers and slips; what matched is said; whoever may not see finds nothing, suggestions included."""
from datetime import date, timedelta

import pytest

from sitereg import errors, search, sharing
from tests import given
from tests.sitereg.cases import case, event, named

pytestmark = pytest.mark.db
WHY = "arranged"


def site(registry, *names, tier=1, compartments=None):
    """The code of a new site with these names, (language, text) each."""
    source = str(given.source_of(registry, "B"))
    claims = [{"credibility": "2", "source": source, "subject_key": "s", "predicate": "name", "value": {"lang": lang, "text": text}} for lang, text in names]
    return registry.rows("record_claims", claims=given.registry_json(claims), subjects=given.registry_json(
        [{"key": "s", "kind": "site", "tier": tier, "exact_tier": 2, "compartments": compartments}]))[0]["code"]


@pytest.fixture
def mill(registry):
    return site(registry, ("en", "Saydal Mill Prison"), ("ar", "سجن طاحونة صيدال"))


@pytest.fixture
def branch(registry):
    return site(registry, ("ar", "الفرع 7215 عند التل الوهمي"))


def codes(registry, words, **more):
    return [one["code"] for one in search.find(registry, words, kinds=["sites"], **more)["sites"]]


@pytest.mark.parametrize("typed", [
    "Saydal", "Sidal prison", "saydal mil", "طاحونة صيدال", "طاحونه صيدال", "سجن صيدل", "صيدال سجن", "Seidal", "ṢAYDĀL", "Saidal Mill Prison", "Sayadl Mill", "طاحوبة صيدال"])
def test_a_site_is_found_however_it_is_written(registry, mill, branch, typed):
    assert codes(registry, typed) == [mill]


@pytest.mark.parametrize("typed", ["Branch 7215", "فرع ٧٢١٥", "7215", "branch7215", "الفرع 7215", "al-Fara 7215"])
def test_a_branch_is_found_by_its_number_in_either_script(registry, mill, branch, typed):
    assert codes(registry, typed) == [branch]


@pytest.mark.parametrize("typed", ["Branch 7216", "7251", "فرع 721", "Orchard", "%", "مستشفى"])
def test_another_number_or_name_finds_none(registry, mill, branch, typed):
    assert codes(registry, typed) == []


def test_what_was_met_is_said(registry, mill):
    one = search.find(registry, "صيدال")["sites"][0]
    assert (one["written"], one["lang"], one["code"]) == ("سجن طاحونة صيدال", "ar", mill) and one["names"]["en"] == "Saydal Mill Prison"
    exact, other = search.find(registry, "saydal mill prison")["sites"][0], search.find(registry, "seydal mil prison")["sites"][0]
    assert exact["score"] > 0.97 > other["score"] > 0.7 and exact["written"] == "Saydal Mill Prison"
    by_code = search.find(registry, mill.lower())["sites"][0]
    assert by_code["code"] == mill and by_code["written"] is None


def test_kinds_stand_apart(registry, mill):
    somebody = case(registry, event("arrested"), named("صيدال المخترع"))
    found = search.find(registry, somebody[1])
    assert [one["code"] for one in found["persons"]] == [somebody[1]] and found["sites"] == [] and set(found) == set(search.KINDS)
    assert search.find(registry, "صيدال")["persons"] == []  # by name only with a reason
    assert set(search.find(registry, "صيدال", kinds=["places"])) == {"places"}


@pytest.mark.parametrize(("words", "kinds"), [("", search.KINDS), ("  ", search.KINDS), ("x" * 201, search.KINDS), ("a\0", search.KINDS), ("a", ["graves"])])
def test_what_cannot_be_asked_is_said(registry, words, kinds):
    with pytest.raises(errors.BadInput):
        search.find(registry, words, kinds=kinds)


@pytest.mark.parametrize(("typed", "expected"), [("sayd", True), ("saydal mi", True), ("صيد", True), ("طاح", True), ("seyd", True), ("s", False), ("", False), ("zz", False)])
def test_what_may_be_meant_as_one_types(registry, mill, branch, typed, expected):
    found = search.suggest(registry, typed)
    assert [one["code"] for one in found["sites"]] == ([mill] if expected else []) and set(found) == {"sites", "places"}


def test_whoever_may_not_see_it_finds_nothing(registry, mill):
    hidden = [site(registry, ("en", "Hiddendale Mill"), tier=2), site(registry, ("en", "Hiddendale Quarry"), compartments=["names"])]
    assert sorted(codes(registry, "hiddendale")) == sorted(hidden)
    for who in ("investigator1", "viewer"):
        with registry.as_(who):
            assert codes(registry, "hiddendale") == [] and search.suggest(registry, "hidden")["sites"] == []
            assert codes(registry, hidden[0]) == []
    with registry.as_("investigator1"):
        assert codes(registry, "saydal") == [mill]
    with registry.as_("viewer"):
        assert codes(registry, "saydal") == []


def test_words_of_hidden_names_have_marks_of_their_own(registry, mill):
    """Nobody below asks for them, so neither finding nor time tells: the same word is another mark in another class."""
    site(registry, ("en", "Saydal Cellar"), tier=2)
    with registry.dba() as raw:
        rows = raw.execute("select tier, id, near from reg.name_token where kind = 'site' and word = 'saydal' order by 1").fetchall()
        assert [row[0] for row in rows] == [1, 2] and len({row[1] for row in rows}) == 2
        assert not {*rows[0][2]} & {*rows[1][2]}
        asked = raw.execute("select id from api._words_like('site', '{1}', '{0}', 'saydal', true)").fetchall()
        assert rows[0][1] in {row[0] for row in asked} and rows[1][1] not in {row[0] for row in asked}
        assert raw.execute("select count(*) from api._words_like('site', '{1}', '{0}', 'cellar', true)").fetchone()[0] == 0


def test_a_name_that_is_retracted_is_found_no_more(registry, mill):
    with registry.dba() as raw:
        claim = raw.execute("select c.id from reg.claim c join reg.subject s on s.id = c.subject where s.code = %s and c.value->>'lang' = 'en'", [mill]).fetchone()[0]
    registry.call("end_claim", claim=claim, why="a mistake")
    assert search.find(registry, "prison")["sites"][0]["written"] == "سجن طاحونة صيدال" and codes(registry, "saydal mill") == []


def test_what_is_frozen_is_absent_but_for_releasers(registry, mill):
    sharing.freeze(registry, "site", code=mill, reason="somebody was followed", review_on=date.today() + timedelta(days=9))
    assert codes(registry, "saydal") == [] and search.suggest(registry, "sayd")["sites"] == []
    with registry.as_("releaser"):
        assert codes(registry, "saydal") == [mill]


def test_names_that_change_their_class_are_sought_there(registry):
    who = case(registry, event("arrested"), named("فاضل المتحول"))
    with registry.dba() as raw:
        raw.execute("update reg.name_key set tier = 2 where person = %s", [who[0]])
        found = "select count(*) from api._found('person', %s, array(select id from reg.scope), %s, false, 10)"
        assert [raw.execute(found, [level, "Fadil Mutahawwil"]).fetchone()[0] for level in (1, 2)] == [0, 1]


def test_words_of_an_erased_person_are_forgotten(registry):
    case(registry, event("arrested"), named("فاضل الباقي"))
    gone = case(registry, event("arrested"), named("فاضل الممحو"))
    with registry.dba() as raw:
        words = "select word from reg.name_token where kind = 'person' and word = any ('{فاضل,باقي,ممحو}') order by 1"
        assert len(raw.execute(words).fetchall()) == 3
        assert raw.execute("select api._erase(%s)", [gone[0]]).fetchone()[0]
        assert [row[0] for row in raw.execute(words).fetchall()] == ["باقي", "فاضل"]


def test_rows_that_do_not_follow_from_names_are_found_and_made_anew(registry, mill):
    somebody = case(registry, event("arrested"), named("فاضل المتبدل"))
    told = "select tbl from api._sought_faults() order by 1"
    with registry.dba() as raw:
        assert raw.execute(told).fetchall() == []
        raw.execute("update reg.site_name set text = 'Other' where text = 'Saydal Mill Prison'")
        raw.execute("update reg.name_key set key_strict = 'x', sets = '{5}' where person = %s", [somebody[0]])
        raw.execute("update reg.name_token set sound = 'x' where word = 'فاضل'")
        raw.execute("update reg.name_token set alike = '{}' where word = 'متبدل'")
        raw.execute("delete from reg.name_token where word = 'صيدال'")
        assert [row[0] for row in raw.execute(told).fetchall()] == ["name_key", *["name_token"] * 4, "site_name"]
        assert codes(registry, "طاحونة صيدال") == []
        assert raw.execute("select api._seek_again()").fetchone()[0] == 6
        assert raw.execute(told).fetchall() == [] and codes(registry, "طاحونة صيدال") == [mill]
