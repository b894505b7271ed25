"""What may be said to a family on its page, in both languages: unsaid with its ground, signed by another, told, owed again."""
from uuid import uuid4

import pytest

from sitereg import consent, telling
from sitereg.sentences import said
from tests import given
from tests.sitereg.cases import event

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])


@pytest.fixture
def sought(house):
    """(code, the family that told of it, another source of it): held as the family says, seen as another says, and a notice of death."""
    with house.as_("worker") as opened:
        sources = [opened.call("new_source", type=kind, label=given.Json({"en": f"{kind} {uuid4()}"}), terms=given.Json(given.TERMS), reliability="B", reason="test")
                   for kind in ("testimony_family", "testimony_survivor")]
        said = ({**event("held_at", "[2014-03-05,2014-03-09)", (36.5, 33.5)), "source": str(sources[0])},
                {**event("seen_by_exdetainee", "[2015-06-10,2015-06-11)", (36.1, 33.1)), "source": str(sources[1])},
                {**event("death_notice_issued", "[2018-07-01,2018-08-01)"), "source": str(sources[1])})
        row = opened.rows("record_claims", claims=given.Json([{"credibility": "2", "subject_key": "p", **one} for one in said]),
                          subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))[0]
        opened.call("decide", subject=row["subject"], machine="case", aspect="", to="open_missing", reason="the family asked", basis=[row["claim"]])
    return row["code"], *sources


def today(house):
    return str(house.rows("select reg.today()")[0][0])


@LANGS
def test_said_signed_told_and_owed_again(house, sought, lang):
    code, source, other = sought
    handler, releaser, at = house.visitor("handler", lang), house.visitor("releaser", lang), f"/persons/{sought[0]}/tell"
    assert at in handler.get(f"/persons/{code}").text and at not in house.visitor("worker", lang).get(f"/persons/{code}").text
    page = handler.get(at).text
    for words in ("was seen in custody in June 2015, in the governorate of Unit SY01.", "محافظة وحدة SY01", said(telling.WITHHELD["death"], lang), said(telling.WITHHELD["always"], lang)):
        assert words in page
    assert said(telling.WITHHELD["alive"], lang) not in page
    releaser.post(at, 403)
    handler.post(at, 303)
    made = house.rows("select id from reg.telling order by recorded_at desc limit 1")[0][0]
    assert 'value="signed"' not in handler.get(at).text and 'value="signed"' in releaser.get(at).text
    handler.post(f"/tellings/{made}", 409, act="signed", why="mine")
    handler.post(f"/tellings/{made}/told", 409, contact=str(source), how="telephone", on=today(house))
    releaser.post(f"/tellings/{made}", 422, act="signed", why="")
    assert code in releaser.get("/tellings").text
    releaser.post(f"/tellings/{made}", 303, act="signed", why="read aloud")
    releaser.post(f"/tellings/{made}/told", 403, contact=str(source), how="telephone", on=today(house))
    handler.post(f"/tellings/{made}/told", 422, contact=str(other), how="telephone", on=today(house))
    handler.post(f"/tellings/{made}/told", 303, contact=str(source), how="telephone", on=today(house))
    assert str(source)[-12:] in handler.get(at).text and code not in handler.get("/tellings").text
    with house.as_("worker") as opened:
        consent.change(opened, other, consent="withdrawn", why="asked for it")
    for who in (handler, releaser):
        owed = who.get("/tellings").text
        assert code in owed and "was seen in custody" in owed and "شوهد في الاحتجاز" in owed
    handler.post(f"/tellings/{uuid4()}", 404, act="signed", why="x")
    handler.get("/persons/SYP-222222-2/tell", 404)
