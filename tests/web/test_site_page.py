"""The page of one site: where it is in words, and how it stands to others, each said once."""
import re
from datetime import date

import pytest

from sitereg import claims
from web import words

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def joined(house):
    """A prison with a wing in it, from which bodies were brought to the grave."""
    with house.as_("worker") as opened:
        told = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]

        def say(predicate, value, **more):
            return claims.said(predicate, value, source=told, credibility="2", **more)

        wing = claims.record(opened, [
            say("kind", {"code": "prison_military"}, subject_key="w"), say("name", {"text": "West Wing", "lang": "en"}, subject_key="w"),
            say("relation", {"kind": "part_of"}, subject_key="w", object=house.sites["prison"]["id"])],
            subjects=[claims.new_subject("w", "site")], reason="test")[0]
        claims.record(opened, [say("relation", {"kind": "transferred_bodies_to"}, subject=house.sites["prison"]["id"],
                                   object=house.sites["grave"]["id"], began=date(2013, 5, 2), ended=date(2013, 5, 2)),
                               ], reason="test")
    return wing.code


def flat(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


def test_a_part_is_named_once_and_its_whole_from_the_part(house, joined):
    whole = house.visitor("worker").get(f"/sites/{house.sites['prison']['code']}")
    assert whole.text.count(f'href="/sites/{joined}"') == 1 and "Parts of this site" in whole.text
    assert "part of → Hill Prison" in flat(house.visitor("worker").get(f"/sites/{joined}"))


def test_what_others_did_is_told_from_them(house, joined):
    assert "transferred bodies to → Dry Well began 2 May 2013" in flat(house.visitor("worker").get(f"/sites/{house.sites['prison']['code']}"))
    assert "Hill Prison: transferred bodies to → this site" in flat(house.visitor("worker").get(f"/sites/{house.sites['grave']['code']}"))
    assert "هذا الموقع" in flat(house.visitor("worker", "ar").get(f"/sites/{house.sites['grave']['code']}"))


@pytest.mark.parametrize(("lang", "told"), [("en", ["Homs", "Syria"]), ("ar", ["حمص", "سوريا"])])
def test_a_country_that_no_unit_stands_for_has_its_name(house, lang, told):
    homs, syria = {"pcode": "SY04", "en": "Homs", "ar": "حمص"}, {"pcode": "SY", "en": "Syria", "ar": "سوريا"}
    with house.app.test_request_context(f"/?lang={lang}", headers={"Accept-Language": lang}):
        assert words.units({"country": "SY", "units": [homs]}) == words.units({"country": "SY", "units": [syria, homs]}) == told
        assert words.units({"country": None, "units": []}) == []


@pytest.mark.parametrize(("family", "kind", "connection", "told"), [
    ("media", "video", None, "picture of it"), ("imagery", "satellite_imagery", None, "picture of it"),
    ("media", "news_media", "second_hand", "heard of it"), ("media", "social_media", None, "not said"), ("testimony", None, "first_hand", "saw it")])
def test_only_a_picture_is_called_one(house, family, kind, connection, told):
    row = {"source_family": family, "source_type": kind, "connection": connection, "first_hand": None}
    with house.app.test_request_context("/?lang=en", headers={"Accept-Language": "en"}):
        assert words.hand(row) == told
