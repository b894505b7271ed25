"""The page of one site: where it is in words, and how it stands to others, each said once."""
import re
from datetime import date

import pytest

from sitereg import claims
from web import pages_network, words

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


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_several_relations_are_drawn_before_and_after_in_the_direction_of_reading(house, joined, lang):
    codes = [house.sites[one]["code"] for one in ("prison", "grave")]
    page = house.visitor("worker", lang).get(f"/sites/{codes[0]}").text
    assert 'class="chart network"' not in page, "one relation needs no drawing"
    with house.app.test_request_context(f"/?lang={lang}", headers={"Accept-Language": lang}):
        there = {"kinds": ["mass_grave"], "began": "[2013-05-02,2013-05-03)", "ended": "[2014-01-01,2015-01-01)", "origins": 1}
        drawn = pages_network.drawn({"code": "SYS-1", "names": {"en": "Mill", "ar": "طاحونة"}, "kinds": [{"kind": "prison_military"}], "relations": [
            {**there, "kind": "transferred_bodies_to", "direction": "to", "code": "SYS-2", "names": {"en": "Well"}},
            {**there, "kind": "transferred_detainees_to", "direction": "from", "code": "SYS-3", "names": {}, "origins": 3},
            {**there, "kind": "adjacent_to", "direction": "from", "code": "SYS-4", "names": {"en": "x" * 90}},
            {**there, "kind": "part_of", "direction": "from", "code": "SYS-5", "names": {}}]})
    at = {one["code"]: one for one in drawn["nodes"]}
    assert at.keys() == {"SYS-1", "SYS-2", "SYS-3", "SYS-4"} and at["SYS-1"]["here"] and drawn["left_out"] == 0
    order = ["SYS-3", "SYS-1", "SYS-2"]
    assert sorted(order, key=lambda code: at[code]["x"]) == (order if lang == "en" else order[::-1])
    assert at["SYS-3"]["name"] == "SYS-3" and len(at["SYS-4"]["name"]) == pages_network.LETTERS and at["SYS-4"]["y"] > at["SYS-1"]["y"]
    assert [(one["once"], one["plain"]) for one in drawn["edges"]] == [(False, False), (True, False), (True, True)]
    assert all("2013–2014" in one["said"] for one in drawn["edges"])
    start, end = re.match(r"M(\d+) .* (\d+) \d+$", drawn["edges"][1]["path"]).groups()
    assert (int(start) < int(end)) == (lang == "en"), "an arrow goes from where they were taken"
