"""Lines of inquiry on a page: sentences first, bits on request, burial by an act with a reason, nothing of what is hidden."""
import re

import pytest

from tests import given
from tests.sitereg.cases import event

pytestmark = pytest.mark.db
FIRST_AR = "يُبدأ البحث هنا"


@pytest.fixture(scope="module")
def person(house):
    """The id and code of an invented open case, taken near the prison of the house."""
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    with house.as_("worker") as opened:
        given.site(opened, given.kind("prison_central"), given.name("Synthetic far prison"), given.place(36.9, 33.9), source=source)
        claims = [{"credibility": "2", "source": str(source), "subject_key": "p", **one}
                  for one in (event("arrested", "[2012-05-02,2012-05-03)", (36.4, 33.5)), {"predicate": "sex", "value": {"code": "male"}})]
        row = opened.rows("record_claims", claims=given.Json(claims), subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))[0]
        opened.call("decide", subject=row["subject"], machine="case", aspect="", to="open_missing", reason="asked for",
                    basis=[one["claim"] for one in opened.rows("person_why", code=row["code"], field="event")][:1])
    return row["subject"], row["code"]


def looked(house):
    return house.rows("select action, detail->>'reason' from reg.read_log where action in ('link_buried', 'person_lines') order by id")


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_sentences_come_first_and_nothing_is_called_a_finding(house, person, lang):
    page = house.visitor("worker", lang).get(f"/persons/{person[1]}/lines").text
    assert house.sites["prison"]["code"] in page and house.sites["grave"]["code"] not in page
    first, bits = (page.index(said) for said in {"en": ("look here first", "In bits"), "ar": (FIRST_AR, "بالبِتّات")}[lang])
    assert first < bits
    if lang == "en":
        assert "not findings" in page and "presumed alive" in page and "No probability is told" in page and "from the place of the arrest" in page
        assert "Who took the person." in page and not re.search(r"\bfound\b", page)
    assert f'href="/persons/{person[1]}/lines"' in house.visitor("worker", lang).get(f"/persons/{person[1]}").text


def test_burial_opens_by_an_act_with_a_reason_that_is_logged(house, person):
    visitor = house.visitor("worker")
    assert "This is needed" in visitor.post(f"/persons/{person[1]}/lines", 422, reason="").text
    assert "link_buried" not in [one[0] for one in looked(house)]
    page = visitor.post(f"/persons/{person[1]}/lines", 200, reason="the family asks").text
    assert "Where this person may be buried" in page and house.sites["prison"]["code"] not in page
    assert ("link_buried", "the family asks") in [tuple(one) for one in looked(house)]


def test_who_does_not_see_the_case_sees_no_lines(house, person):
    house.visitor("viewer").get(f"/persons/{person[1]}/lines", 404)
    assert "person_lines" in [one[0] for one in looked(house)]
