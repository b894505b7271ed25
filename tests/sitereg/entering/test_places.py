"""Where: in any form; shown back with its uncertainty; offered where it is not settled, never guessed."""
import pytest

from sitereg.entering import places
from tests import given

pytestmark = pytest.mark.db


@pytest.fixture
def gazetteer(registry):
    with registry.dba() as raw:
        for en, ar, lon, lat in (("Saydnaya", "صيدنايا", 36.38, 33.69), ("Saydnaya Farm", "مزرعة صيدنايا", 36.5, 33.8)):
            raw.execute("insert into reg.place(id, names, geom, extent_m, kind, source, source_id) values (reg.new_id(),"
                        " jsonb_build_object('en', %s::text, 'ar', %s::text), st_setsrid(st_makepoint(%s, %s), 4326), 1500, 'populated_place',"
                        " 'test', %s)", [en, ar, lon, lat, en])
        raw.execute("select api._name_places('test')")
    return registry


@pytest.mark.parametrize("text", [
    "https://maps.example/?q=33.5138,36.2765", "geo:33.5138,36.2765", "33.5138 N 36.2765 E", "33°30'49.7\"N 36°16'35.4\"E",
    "٣٣٫٥١٣٨ شمال ٣٦٫٢٧٦٥ شرق", "37S BT 47014 11487"])
def test_one_reading_is_read_back_with_how_far_off_it_may_be(registry, text):
    found = places.read(registry, text)
    assert found.state == "read" and found.place.kind == "point"
    assert (found.place.lat, found.place.lon) == (pytest.approx(33.5138, abs=0.3), pytest.approx(36.2765, abs=0.3))
    assert found.place.uncertainty_m >= 30 and found.claim()["uncertainty_m"] == found.place.uncertainty_m


def test_two_bare_numbers_are_offered_the_one_in_a_known_unit_first(registry):
    found = places.read(registry, "33.5138, 36.2765")
    assert found.state == "choose" and found.place is None and found.claim() == {}
    first, second = found.choices
    assert (first.lat, first.unit["en"], second.lat, second.unit) == (33.5138, "Unit SY0100", 36.2765, None)
    assert places.read(registry, "33.5138, 36.2765", first.key).place == first
    assert places.read(registry, "33.5138, 36.2765", "words").state == "words"
    assert places.read(registry, "33.5138, 36.2765", "0.000000,0.000000").state == "choose", "nothing that was not offered is taken"


def test_a_name_is_offered_and_stays_words_until_it_is_picked(gazetteer):
    found = places.read(gazetteer, "صيدنايا")
    assert found.state == "words" and [one.names["en"] for one in found.choices] == ["Saydnaya", "Saydnaya Farm"]
    chosen = places.read(gazetteer, "صيدنايا", found.choices[0].key)
    assert chosen.state == "read" and chosen.claim()["place_kind"] == "toponym" and chosen.claim()["uncertainty_m"] == 1500
    assert chosen.claim()["shape"].x == 36.38


def test_a_site_is_taken_by_its_code_and_only_offered_by_its_name(registry):
    _, code, _ = given.site(registry, given.kind("security_branch"), given.name("Branch of the test"), given.place(36.3, 33.5))
    assert places.read(registry, f"the one on your list, {code.lower()}").place.code == code
    found = places.read(registry, "Branch of the test")
    assert found.state == "words" and [one.code for one in found.choices] == [code]
    assert places.read(registry, "Branch of the test", code).place.kind == "site"


def test_a_site_that_one_may_not_see_is_as_one_that_is_not_there(registry):
    _, code, _ = given.site(registry, given.kind("mass_grave"), given.name("Hidden Hollow"), tier=2)
    with registry.as_("investigator1"):
        hidden, absent = (places.read(registry, one) for one in (code, "SYS-222222-2"))
        assert (hidden.state, hidden.why, hidden.choices) == (absent.state, absent.why, absent.choices) == ("choose", places.NO_SITE, ())
        assert places.read(registry, "Hidden Hollow").choices == ()


@pytest.mark.parametrize("text", ["https://maps.app.goo.gl/abc123", "95.5 N 36.2 E", "0, 0"])
def test_what_cannot_be_used_says_why_and_may_be_kept_as_words(registry, text):
    found = places.read(registry, text)
    assert found.state == "choose" and found.why
    assert places.read(registry, text, "words").state == "words"


@pytest.mark.parametrize("text", ["", "   ", None])
def test_nothing_said_is_nothing(registry, text):
    assert places.read(registry, text).state == "none"


@pytest.mark.parametrize("text", ["behind the mill " * 12, "'; drop table reg.site; --", "%%%", "\u202e33.5138 N 36.2765 E\u202c"])
def test_no_words_break_it(registry, text):
    assert places.read(registry, text).state in ("words", "read")
