"""Lines of inquiry in the web: sentences before bits, burial by an act with a reason, references alone on a site's page, reviews."""
import re
from datetime import date, timedelta

import pytest

from tests import given
from tests.sitereg import analysing, linking
from tests.sitereg.matrix_house import stands

pytestmark = pytest.mark.db
WHY = "the family asked the office"
NAME = "سليم المتخيَّل"


@pytest.fixture(scope="module")
def people(house):
    """{who: code}: known (asked for, taken near the prison), deep (T2), listed, quiet (suspended); and sites `yard` (T1), `far`, and `deeper` (T2)."""
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    found, ids = {}, {}
    with house.as_("worker") as opened:
        for name, kind, lon, more in (("yard", "security_branch", 36.61, {}), ("far", "prison_central", 37.4, {}), ("deeper", "prison_central", 36.605, {"tier": 2}),
                                      ("field", "mass_grave", 36.7, {"exact_tier": 2})):
            found[name] = given.site(opened, given.kind(kind, **linking.USED), given.name(f"Synthetic {name}"), given.place(lon, 33.2), source=source, **more)[1]
        ids["blank"], found["blank"] = analysing.person(opened, analysing.event("reported_missing_filed"), source=source)
        for name, more in (("known", {}), ("deep", {"tier": 2}), ("listed", {}), ("quiet", {})):
            ids[name], found[name] = analysing.person(opened, analysing.event("arrested", lon=36.6, lat=33.2, radius=400, at="[2013-03-01,2013-03-02)"),
                                                      {"predicate": "person_name", "value": {"text": NAME, "script": "Arab"}}, source=source, **more)
    with analysing.dba(house.settings) as raw:
        for name in ("known", "deep", "blank"):
            stands(raw, ids[name], "open_missing")
        stands(raw, ids["quiet"], "suspended_security")
    found["id"] = ids["known"]
    return found


def links_of(people, who="known"):
    return f"/persons/{people[who]}/links"


def candidates(page):
    """The codes of the candidates in their order."""
    return re.findall(r'<h3><bdi class="num place-number">\d+</bdi>.*?href="/sites/(SYS-[^"]+)"', page)


def test_sentences_come_before_bits_and_nothing_is_a_finding(house, people):
    page = house.visitor("investigator1").get(links_of(people)).text
    assert candidates(page)[0] == people["yard"] or candidates(page)[0] == house.sites["prison"]["code"]
    first = page.split('id="c1"')[1].split('id="c2"')[0]
    assert first.index("look here first") < first.index("km from the site") < first.index("In bits, for analysts") < first.index("<svg")
    assert "this speaks for it" in first and "In use" not in first and "presumed alive" in page and "No probability is told" in page
    assert "wrong about every second time" in page and " % " not in page and "match" not in page.lower() and "found" not in first.lower()
    assert NAME not in page and "look here next" in page and "Where this person may have been held" in page
    for lacking in ("Who took this person.", "Where this person was last seen in custody.", "It could change the whole order."):
        assert lacking in page
    assert page.count('class="bar bar-total"') == len(candidates(page)) and "bar-lacking" in first


def test_each_drawing_sums_and_is_mirrored_in_arabic(house, people):
    english, arabic = (house.visitor("worker", lang).get(links_of(people)).text for lang in ("en", "ar"))
    rows = [[(float(x), float(width)) for x, width in re.findall(r'class="bar-(?:for|against)" x="([\d.]+)" y="3" width="([\d.]+)"', one.split('id="c2"')[0])]
            for one in (english, arabic)]
    assert rows[0] and len(rows[0]) == len(rows[1])
    for (x, width), (other, same) in zip(*rows, strict=True):
        assert width == same and abs(x + width + other - 200) < 0.2, "what reaches to the right in the one reaches to the left in the other"
    for page in (english, arabic):
        signed = [float(one.replace("−", "-")) for one in re.findall(r'bar-bits" dir="ltr">([+−][\d.]+|0)<', page.split('id="c2"')[0])]
        assert sum(signed[:-1]) == pytest.approx(signed[-1], abs=0.5), "rounded to a tenth each"
    assert "ابحثوا هنا أولاً" in arabic and not re.search(r"speaks|look here", arabic.split("<main")[1].split("</main>")[0])


def test_where_nothing_is_known_no_order_is_pretended(house, people):
    page = house.visitor("worker").get(links_of(people, "blank")).text
    assert "they stand in no order" in page and "look here first" not in page and "half of the weight" not in page
    assert "they stand in no order" not in house.visitor("worker").get(links_of(people)).text


def test_each_reader_sees_the_lines_of_his_own_face(house, people):
    seen = {who: candidates(house.visitor(who).get(links_of(people)).text) for who in ("worker", "investigator1")}
    assert people["deeper"] in seen["worker"] and people["deeper"] not in seen["investigator1"] and people["far"] in seen["investigator1"]
    for who in ("viewer", "admin"):
        house.visitor(who).get(links_of(people), 404)
        house.visitor(who).post(links_of(people), 404, question="buried", reason=WHY)
    house.visitor("investigator1").get(links_of(people, "deep"), 404)
    house.visitor("investigator1").get("/persons/SYP-222222-2/links", 404)
    quiet = house.visitor("worker").get(links_of(people, "quiet")).text
    asked = house.visitor("worker").post(links_of(people, "quiet"), 200, question="buried", reason=WHY).text
    assert all("suspended for security" in one and "SYS-" not in one for one in (quiet, asked))


def test_burial_opens_by_an_act_with_a_reason_that_is_logged(house, people):
    visitor = house.visitor("investigator1")
    count = "select count(*) from reg.read_log where action = 'link_buried'"
    before = house.rows(count)[0][0]
    assert people["field"] not in visitor.get(links_of(people)).text
    refused = visitor.post(links_of(people), 422, question="buried").text
    assert "The question of burial is asked with a reason" in refused and people["field"] not in refused and house.rows(count)[0][0] == before
    page = visitor.post(links_of(people), 200, question="buried", reason=WHY).text
    assert people["field"] in candidates(page) and WHY in page and "Where this person may be buried" in page and "five to seven times in ten" in page
    assert house.rows("select detail->>'reason', detail->>'about' from reg.read_log where action = 'link_buried' order by id desc limit 1") == [
        (WHY, people["known"])]
    listed = visitor.post(links_of(people, "listed"), 409, question="buried", reason=WHY).text
    assert "Nobody has asked for this person" in listed and people["field"] not in listed
    visitor.post(links_of(people), 422, question="where", reason=WHY)
    assert house.rows("select count(*) from reg.read_log where action = 'link_page'")[0][0] > 0


def test_two_places_are_compared(house, people):
    visitor = house.visitor("worker")
    page = visitor.post(links_of(people), 200, question="held", one=people["yard"], other=people["far"]).text
    apart = page.split('id="contrast"')[1]
    assert 'class="bar-for"' in apart and "All together" in apart and "<b>1.</b>" in apart and "<b>2.</b>" in apart
    assert "Choose two different places" in visitor.post(links_of(people), 422, question="held", one=people["yard"], other=people["yard"]).text
    visitor.post(links_of(people), 404, question="held", one=people["yard"], other="SYS-222222-2")
    house.visitor("investigator1").post(links_of(people), 404, question="held", one=people["yard"], other=people["deeper"])


def test_a_site_tells_references_and_bands_and_no_name(house, people):
    page = house.visitor("investigator1").get(f"/sites/{people['yard']}/links").text
    assert people["known"] in page and people["deep"] not in page and NAME not in page and "1-4" in page and "presumed alive" in page
    assert people["blank"] not in page, "where nothing is known of somebody no place comes first"
    assert people["deep"] in house.visitor("worker").get(f"/sites/{people['yard']}/links").text
    house.visitor("viewer").get(f"/sites/{people['yard']}/links", 404)
    visitor, where = house.visitor("investigator1"), f"/sites/{people['field']}/links"
    assert people["known"] not in visitor.get(where).text
    assert people["known"] not in visitor.post(where, 422, question="buried").text
    told = visitor.post(where, 200, question="buried", reason="a visit is planned").text
    assert people["known"] in told and people["listed"] not in told and NAME not in told
    assert house.rows("select detail->>'reason' from reg.read_log where action = 'link_buried' order by id desc limit 1") == [("a visit is planned",)]
    assert "Nobody asks about detention or burial here" in visitor.get(f"/sites/{house.sites['nowhere']['code']}/links").text
    assert f"{where}" in visitor.get(f"/sites/{people['field']}").text and f"/persons/{people['known']}/links" in visitor.get(f"/persons/{people['known']}").text


def lead(people, **more):
    return {"site": people["far"], "question": "held", "to": "lead", "reason": "two say so", "would_show": "the synthetic register",
            "asks": "we ask the archive", "due": (date.today() + timedelta(days=40)).isoformat(), **more}


def test_a_lead_opens_its_four_lines_and_stands_on_the_page_with_who_and_why(house, people):
    visitor, review = house.visitor("worker"), links_of(people) + "/review"
    short = visitor.post(review, 409, **lead(people, would_show="")).text
    assert "Say what else would show it" in short and "two say so" in short, "what was typed is kept"
    visitor.post(review, 422, **lead(people, reason=""))
    visitor.post(review, 404, **lead(people, site="SYS-222222-2"))
    house.visitor("officer").post(review, 403, **lead(people))
    where = visitor.post(review, 303, **lead(people)).headers["Location"]
    assert where.startswith("/inquiries/") and "No digging." in visitor.get(where).text
    assert "لا حفر." in house.visitor("worker", "ar").get(where).text
    page = visitor.get(links_of(people)).text
    for told in ("Worker", "two say so", "No digging.", "before a second reviewer", "the synthetic register", "we ask the archive", where):
        assert told in page
    assert "two say so" not in house.visitor("investigator1").get(links_of(people)).text, "what T2 settled is not T1's"
    visitor.post(review, 303, **lead(people, site=people["yard"], to="excluded", reason="never held anybody"))
    assert "It waits for approval." in visitor.get(links_of(people)).text and "Presumed alive." in visitor.get(f"/persons/{people['known']}").text
    visitor.post(review, 303, **lead(people, site=house.sites["prison"]["code"], to="set_aside", reason="too far"))
    assert "set aside" in visitor.get(links_of(people)).text


def test_a_review_of_burial_that_is_refused_shows_the_question_again_only_with_its_reason(house, people):
    visitor, review = house.visitor("worker"), links_of(people) + "/review"
    sent = lead(people, site=people["field"], question="buried", to="", asked=WHY)
    assert people["field"] in candidates(visitor.post(review, 422, **sent).text)
    assert people["field"] not in visitor.post(review, 422, **{**sent, "asked": ""}).text
    short = visitor.post(review, 409, **{**sent, "to": "lead", "asks": ""}).text
    assert people["field"] in candidates(short) and "Say who asks whom" in short and "two say so" in short
