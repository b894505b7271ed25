"""Cases in the browser: references first, two facts apart, what may not be concluded, a name once and logged."""
import json
import re
from urllib.parse import unquote

import pytest

from sitereg import cautions
from tests import given
from tests.sitereg.cases import event, named
from web import sentences

pytestmark = pytest.mark.db
NAME, WHY = "أحمد المتخيَّل", "the family gave a list"
FAR = (36.123456, 33.543217)


@pytest.fixture(scope="module")
def people(house):
    """{who: (id, code)}: known (four events, a companion hidden from most), friend (T2), quiet (suspended), listed."""
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    found = {}

    def put(opened, key, *said, tier=1):
        claims = [{"credibility": "2", "source": str(source), "subject_key": "p", **one} for one in said]
        row = opened.rows("record_claims", claims=given.Json(claims), subjects=given.Json([{"key": "p", "kind": "person", "tier": tier}]))[0]
        found[key] = (row["subject"], row["code"])

    with house.as_("worker") as opened:
        put(opened, "friend", event("arrested"), tier=2)
        put(opened, "known", {**event("arrested", "[2012-05-02,2012-05-03)", FAR), "verbatim": "الخميس قبل العيد"},
            {"predicate": "event", "value": {"kind": "held_at", "site": str(house.sites["prison"]["id"])}, "began": "[2012-06-01,2012-07-01)",
             "ended": "[2013-01-01,2014-01-01)"},
            event("death_notice_issued", "[2018-07-01,2018-08-01)"), event("seen_by_exdetainee"),
            {"predicate": "sex", "value": {"code": "female"}}, {"predicate": "birth", "at": "[1980-01-01,1981-01-01)"},
            {"predicate": "fate_indication", "value": {"code": "death_notice"}},
            {"predicate": "companion", "value": {"kind": "taken_together"}, "object": str(found["friend"][0])}, named(NAME))
        put(opened, "quiet", event("seen_alive_after", "[2024-02-03,2024-02-04)", (41.5, 36.5)), named("سلمى الصامتة"))
        for key, state in (("known", "open_missing"), ("quiet", "open_missing"), ("quiet", "suspended_security")):
            opened.call("decide", subject=found[key][0], machine="case", aspect="", to=state, reason="met far away",
                        basis=[row["claim"] for row in opened.rows("person_why", code=found[key][1], field="event")][:1])
    return found


def test_the_list_shows_references_and_coarse_facts_and_no_name(house, people):
    page = house.visitor("worker").get("/persons").text
    assert people["known"][1] in page and "missing (search open)" in page and "fate unknown" in page and "1980" in page
    assert "متخيَّل" not in page and "33.54" not in page
    assert people["friend"][1] in page and people["friend"][1] not in house.visitor("investigator1").get("/persons").text
    nothing = house.visitor("viewer").get("/persons").text
    assert "No case here in what you may see." in nothing and "SYP-" not in nothing.replace("SYP-…", "")


def test_filters_lead_to_an_address_without_the_reference(house, people):
    visitor = house.visitor("worker")
    sent = visitor.post("/persons", q=people["known"][1].lower(), state="open_missing").headers["Location"]
    assert people["known"][1] not in sent.upper().replace("%2D", "-") and "open_missing" not in sent
    page = visitor.get(sent).text
    assert people["known"][1] in page and people["friend"][1] not in page and "1 case" in page
    none = visitor.get("/persons?fate=dead").text
    assert "No case here in what you may see." in none and people["known"][1] not in none
    for form in ({"fate": "gone"}, {"governorate": "33.5"}, {"from": "12"}, {"bbox": "1,2,3,4"}):
        visitor.post("/persons", 422, **form)


def test_a_name_is_sought_with_a_reason_and_stands_in_no_address_and_no_log(house, people):
    visitor = house.visitor("worker")
    visitor.post("/persons", 422, name="احمد")
    sent = visitor.post("/persons", name="احمد", reason=WHY).headers["Location"]
    assert "احمد" not in unquote(sent)
    page = visitor.get(sent).text
    assert people["known"][1] in page and people["friend"][1] not in page and "متخيَّل" not in page
    logged = house.rows("select detail from reg.read_log where action = 'person_named' order by at")[-1][0]
    assert logged["reason"] == WHY and set(logged) == {"reason", "mark", "found"} and "حمد" not in json.dumps(logged, ensure_ascii=False)
    house.visitor("handler").get(sent, 422)
    assert house.visitor("officer").get("/persons").text.count("f-name") == 0
    answer = house.visitor("officer").post("/persons", name="احمد", reason=WHY).headers["Location"]
    house.visitor("officer").get(answer, 403)
    assert "No case here" in visitor.get(visitor.post("/persons", name="سلمى", reason=WHY).headers["Location"]).text


def test_a_case_tells_two_facts_apart_and_what_may_not_be_concluded(house, people):
    page = house.visitor("worker").get(f"/persons/{people['known'][1]}").text
    assert re.search(r'id="h-fate">Fate</h2>\s*<p class="axis-value">fate unknown', page)
    assert re.search(r'id="h-whereabouts">Whereabouts</h2>\s*<p class="axis-value">whereabouts unknown', page)
    assert "Presumed alive." in page and "It is not a death" in page and "does not prove that this person was there" in page
    assert "What became of a companion" in page and people["friend"][1] in page and "الخميس قبل العيد" in page
    assert page.count('class="time-bar"') == 3 and "Without any day: 4." in page and "~" in page
    assert "متخيَّل" not in page and "sitereg.trail(" in page
    table = page.split('class="table events"')[1]
    assert "speaks for being alive" in table and "began June 2012; ended 2013" in table


def test_below_t2_the_page_shows_cells_and_no_words_and_no_hidden_companion(house, people):
    page = house.visitor("investigator1").get(f"/persons/{people['known'][1]}").text
    assert "10 km cell" in page and "anywhere in it, not at its middle" in page
    assert "36.123" not in page and "33.543" not in page and "الخميس" not in page
    assert people["friend"][1] not in page and "What became of a companion" not in page
    assert people["friend"][1] not in house.visitor("investigator1").get(f"/persons/{people['known'][1]}/why/companion").text


def test_the_claims_behind_an_event_and_the_history(house, people):
    visitor = house.visitor("worker")
    page = visitor.get(f"/persons/{people['known'][1]}").text
    link = re.search(rf'href="(/persons/{people["known"][1]}/why/event:[^"]+)"', page)[1]
    why = visitor.get(link).text
    assert "Why: arrest" in why and "usually reliable; probably true" in why
    assert "1980" in visitor.get(f"/persons/{people['known'][1]}/why/birth").text
    history = visitor.get(f"/persons/{people['known'][1]}/history").text
    assert "missing (search open)" in history and "met far away" in history
    visitor.get(f"/persons/{people['known'][1]}/why/person_name", 422)


def test_a_name_is_shown_once_with_a_reason_that_is_logged(house, people):
    visitor, path = house.visitor("worker"), f"/persons/{people['known'][1]}"
    page = visitor.post(path + "/names", 200, reason=WHY)
    assert NAME in page.text and "Shown this once." in page.text and page.headers["Cache-Control"] == "private, no-store"
    assert NAME not in visitor.get(path).text
    who, subject, detail = house.rows("select a.name, r.object, r.detail from reg.read_log r join reg.account a on a.id = r.actor"
                                      " where r.action = 'person_names' order by r.at desc limit 1")[0]
    assert (who, subject, detail) == ("worker", people["known"][0], {"reason": WHY})
    for who in ("officer", "investigator1", "viewer"):
        house.visitor(who).post(path + "/names", 403, reason=WHY)
    assert 'id="show-name"' in visitor.get(path).text and 'id="show-name"' not in house.visitor("officer").get(path).text


def test_without_a_reason_the_form_comes_back_and_nothing_is_opened(house, people):
    before = house.rows("select count(*) from reg.read_log where action = 'person_names'")
    page = house.visitor("worker").post(f"/persons/{people['known'][1]}/names", 422, reason=" ").text
    assert 'role="alert"' in page and NAME not in page
    assert house.rows("select count(*) from reg.read_log where action = 'person_names'") == before


@pytest.mark.parametrize("who", ["worker", "investigator1", "officer"])
def test_a_suspended_case_shows_that_and_nothing_of_where(house, people, who):
    visitor, code = house.visitor(who), people["quiet"][1]
    pages = [visitor.get(path).text for path in ("/persons", f"/persons/{code}", f"/persons/{code}/why/event", f"/persons/{code}/history")]
    assert "suspended for security" in pages[1] and "nothing may be concluded from that" in pages[1]
    for page in pages:
        for clue in ("seen alive", "2024", "41.5", "met far away", "Presumed alive"):
            assert clue not in page.split(code, 1)[-1].split("</tr>")[0] if page is pages[0] else clue not in page, clue


def test_what_is_hidden_reads_like_what_is_not_there(house, people):
    texts = {re.sub(r'"[^"]*"|SYP-\w+-\w', "", house.visitor("investigator1").get(f"/persons/{code}", 404).text)
             for code in (people["friend"][1], "SYP-222222-2")}
    viewer = house.visitor("viewer").get(f"/persons/{people['known'][1]}", 404).text
    assert len({re.sub(r"[0-9a-f]{16}", "", text) for text in texts}) == 1 and people["known"][1] not in viewer


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("who", ["worker", "investigator1", "viewer"])
def test_pages_are_whole_in_both_languages(house, people, who, lang):
    visitor = house.visitor(who, lang)
    visitor.get("/persons")
    visitor.get("/persons?state=open_missing&age=age_18_59&governorate=SY01")
    for _key, code in people.values():
        if visitor.client.get(f"/persons/{code}").status_code == 200:
            visitor.get(f"/persons/{code}")
            visitor.get(f"/persons/{code}/history")
            visitor.get(f"/persons/{code}/why/event")


def test_every_caution_is_known_to_translators():
    assert tuple(cautions.ENGLISH.values()) == sentences.CAUTIONS


def test_pages_go_on(house, people, monkeypatch):
    from web.views import persons as view

    monkeypatch.setattr(view, "PAGE", 2)
    visitor = house.visitor("worker")
    page = visitor.get("/persons").text
    onward = visitor.get(re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")).text
    assert re.findall(r'class="code" href="([^"]+)"', onward) != re.findall(r'class="code" href="([^"]+)"', page)
    assert 'rel="prev"' in onward
