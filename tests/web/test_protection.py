"""An officer changes a status: refused with the guard, satisfied, overtaken; what was typed is never lost."""
import re
from datetime import timedelta

import psycopg
import pytest

from sitereg import decisions, disclosing, protection, sites
from sitereg.store import cluster
from tests import given
from tests.sitereg.publishing import ANSWERS, confirm
from web import language

pytestmark = pytest.mark.db
SITES = {}


@pytest.fixture
def place(house):
    """A fresh suspected site, exact for everybody of T1: {id, code}, and its version now."""
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        number = len(SITES)
        subject, code, claims = given.site(opened, given.kind("prison_central"), given.name(f"Prison {number}"),
                                           given.place(36.2 + number / 100, 33.8), source=source)
    SITES[code] = subject
    return {"id": subject, "code": code, "claims": claims, "url": f"/sites/{code}"}


def status(house, place):
    with house.as_("worker") as opened:
        return sites.show(opened, place["code"])


def seen(page):
    return re.search(r'name="seen" value="(\d+)"', page.text)[1]


def test_a_status_is_changed_and_the_page_follows(house, place):
    officer = house.visitor("officer")
    page = officer.get(place["url"])
    answer = officer.post(place["url"] + "/protection", to="unprotected", reason="Seen from the road", observed_on="2026-03-01",
                          basis=[str(place["claims"][0])], seen=seen(page))
    assert answer.headers["Location"] == place["url"] + "#protection"
    assert "The status is changed." in officer.get(place["url"]).text
    assert status(house, place)["protection"] == "unprotected"
    assert "Seen from the road" in officer.get(place["url"] + "/history").text


def test_what_is_lacking_is_said_before_it_bites_and_again_when_it_does(house, place):
    officer = house.visitor("officer")
    page = officer.get(place["url"])
    assert "Not yet: Record an active measure first." in page.text
    assert re.search(r'value="protected" required disabled', page.text) and re.search(r'value="unprotected" required(?! disabled)', page.text)
    refused = officer.post(place["url"] + "/protection", 409, to="protected", reason="Fence, agreed with “residents”", due="2026-12-31",
                           observed_on="2026-03-01", seen=seen(page))
    assert "i14_protected" not in refused.text and refused.text.count("Record an active measure first.") >= 2
    assert "Fence, agreed with “residents”" in refused.text and 'value="2026-03-01"' in refused.text
    assert re.search(r'value="protected" required checked', refused.text)
    assert status(house, place)["protection"] == "unassessed"
    assert house.rows("select 1 from reg.read_log where action = 'refused' and detail->>'guard' = 'i14_protected'")


def test_a_measure_satisfies_the_guard(house, place):
    officer, today = house.visitor("officer"), house.rows("select reg.today()")[0][0]
    officer.post(place["url"] + "/measures", kind="perimeter_fence", state="active", agent_kind="residents_or_committee",
                 began="2026-01-01", reason="agreed")
    officer.post(place["url"] + "/protection", to="protected", reason="Fenced", visit_today="yes", due=str(today + timedelta(days=90)))
    now = status(house, place)
    assert now["protection"] == "protected" and [visit["visited_on"] for visit in now["visits"]] == [str(today)]
    decided = house.rows("select basis from reg.decision where subject = %s and machine = 'protection' order by seq desc", place["id"])
    assert len(decided[0][0]) == 1


def test_somebody_was_faster(house, place):
    officer = house.visitor("officer")
    old = seen(officer.get(place["url"]))
    with house.as_("worker") as opened:
        protection.decide(opened, place["id"], "unprotected", reason="The other one", observed_on=house.rows("select reg.today()")[0][0])
    answer = officer.post(place["url"] + "/protection", 409, to="compromised", reason="My own long words", seen=old)
    assert "What changed meanwhile" in answer.text and "My own long words" in answer.text
    assert "not yet assessed" in answer.text or "unassessed" in answer.text
    assert seen(answer) != old
    assert status(house, place)["protection"] == "unprotected"


@pytest.mark.parametrize(("form", "fields", "field"), [
    ("protection", {"to": "nonsense", "reason": "x"}, "to"), ("protection", {"to": "unprotected"}, "reason"),
    ("protection", {"to": "unprotected", "reason": "x", "observed_on": "2026-02-30"}, "observed_on"),
    ("protection", {"to": "unprotected", "reason": "x\x00"}, "reason"), ("visits", {"method": "on_site"}, "visited_on"),
    ("measures", {"kind": "perimeter_fence", "state": "active"}, "reason")])
def test_what_is_wrong_is_said_at_its_field(house, place, form, fields, field):
    answer = house.visitor("officer").post(f"{place['url']}/{form}", 422, **fields)
    assert f'name="{field}"' in answer.text and answer.text.count("field-wrong") >= 1
    assert status(house, place)["version"] == 1


def test_a_disturbance_needs_the_visit_that_saw_it(house, place):
    page = house.visitor("officer").post(place["url"] + "/disturbances", 422, kind="construction", severity="slight")
    assert "Record the visit or remote review first that saw it." in page.text


def test_a_field_that_the_form_has_not_is_refused(house, place):
    answer = house.visitor("officer").post(place["url"] + "/protection", 422, to="unprotected", reason="x", tier="0")
    assert "This form has no such field" in answer.text


def test_a_disturbance_seen_by_us_makes_the_site_compromised_and_its_end_needs_a_remedy(house, place):
    officer, today = house.visitor("officer"), str(house.rows("select reg.today()")[0][0])
    officer.post(place["url"] + "/visits", method="on_site", visited_on=today, team="Unit 2", findings="Fresh digging")
    visit = status(house, place)["visits"][0]["id"]
    officer.post(place["url"] + "/disturbances", kind="construction", severity="moderate", visit=visit)
    now = status(house, place)
    assert now["protection"] == "compromised"
    refused = officer.post(place["url"] + "/protection", 409, to="unprotected", reason="Filled in", observed_on=today)
    assert "End each disturbance first, saying what was done about it (remedy)." in refused.text
    officer.post(f"{place['url']}/disturbances/{now['disturbances'][0]['id']}", why="Filled in", remedy="Earth put back")
    officer.post(place["url"] + "/visits", method="on_site", visited_on=today, damage_assessed="yes")
    officer.post(place["url"] + "/protection", to="unprotected", reason="Filled in", observed_on=today)
    assert status(house, place)["protection"] == "unprotected"


def test_a_measure_ends_and_another_sites_measure_is_not_there(house, place):
    officer = house.visitor("officer")
    officer.post(place["url"] + "/measures", kind="perimeter_fence", state="active", reason="agreed")
    measure = status(house, place)["measures"][0]["id"]
    other = house.sites["prison"]["code"]
    officer.post(f"/sites/{other}/measures/{measure}", 422, to="removed", reason="x")
    officer.post(f"{place['url']}/measures/{measure}", to="removed", reason="Stolen")
    assert status(house, place)["measures"][0]["state"] == "removed"


def test_what_needs_a_second_pair_of_eyes_waits_on_the_desk(house, place):
    officer, verifier, today = house.visitor("officer"), house.visitor("verifier"), str(house.rows("select reg.today()")[0][0])
    officer.post(place["url"] + "/visits", method="on_site", visited_on=today)
    visit = status(house, place)["visits"][0]["id"]
    officer.post(place["url"] + "/disturbances", kind="construction", severity="total", visit=visit)
    officer.post(place["url"] + "/protection", to="destroyed", reason="Nothing is left", observed_on=today, basis=[str(place["claims"][0])])
    proposal = house.rows("select id from reg.proposal where subject = %s", place["id"])[0][0]
    assert place["code"] in verifier.get("/desk").text and "It waits for approval." in officer.get(place["url"]).text
    own, theirs = officer.get("/desk").text, verifier.get("/desk").text
    assert 'value="approve"' not in own and "(needed to withdraw)" in own and "(needed to refuse)" not in own
    mine = theirs[theirs.index(place["code"]):]
    mine = mine[:mine.index("</article>")]
    assert "(needed to refuse)" in mine and "withdraw" not in mine
    kind = language.terms("site_kind", "en")["prison_central"]
    assert [one for one in (f"Prison {len(SITES) - 1}", f"{kind}: ", "Unit SY01", "source B", "usually reliable; probably true") if one not in mine] == []
    form = officer.get(place["url"]).text
    assert "A proposal on the status waits already." in form and re.search(r'value="destroyed" required disabled', form)
    again = verifier.post(f"/proposals/{proposal}", 422, act="refuse")
    assert "Say why you do not agree" in again.text
    verifier.post(f"/proposals/{proposal}", act="approve", reason="Looked at the imagery")
    assert status(house, place)["protection"] == "destroyed"
    late = verifier.post(f"/proposals/{proposal}", 409, act="approve")
    assert "no longer open" in late.text


def test_somebody_was_faster_in_arabic_too_and_no_heading_of_the_translations_is_shown(house, place):
    officer = house.visitor("officer", "ar")
    old = seen(officer.get(place["url"]))
    with house.as_("worker") as opened:
        given.say(opened, place["id"], given.name("said meanwhile"),
                  source=house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0])
    answer = officer.post(place["url"] + "/protection", 409, to="unprotected", reason="x", seen=old)
    assert "ما تغيّر" in answer.text


def test_history_names_the_measure_what_was_recorded_and_who_set_the_rule_off(house, place):
    officer, today = house.visitor("officer"), str(house.rows("select reg.today()")[0][0])
    officer.post(place["url"] + "/measures", kind="perimeter_fence", state="active", reason="agreed")
    officer.post(place["url"] + "/visits", method="on_site", visited_on=today)
    visit = status(house, place)["visits"][0]["id"]
    officer.post(place["url"] + "/disturbances", kind="construction", severity="moderate", visit=visit)
    told = officer.get(place["url"] + "/history").text
    fence, built, bad = (language.terms(scheme, "en")[code] for scheme, code in (
        ("measure_kind", "perimeter_fence"), ("disturbance_kind", "construction"), ("severity", "moderate")))
    assert f"Measure ({fence})" in told and f"Disturbance: {built}, {bad}" in told
    assert re.search(r"upon an act of <bdi>Officer", told) and re.search(r"things were recorded: [a-z ,()\d]*kind", told)
    arabic = house.visitor("officer", "ar")
    told = arabic.get(place["url"] + "/history").text
    assert "Disturbance" not in told and "construction" not in told and language.terms("disturbance_kind", "ar")["construction"] in told
    assert "زيارة" in arabic.get(place["url"] + "/why/activity").text


def test_the_lists_of_gaps_are_gone_through_page_by_page_and_say_why(house, place):
    officer = house.visitor("officer")
    page = officer.get("/protection").text
    assert place["code"] in page and "no active measure" in page and "nobody is named" in page and "points" in page
    assert place["code"] not in officer.get("/protection?list=review_overdue").text
    assert place["code"] in officer.get("/protection?body=none&area=SY01").text
    told = house.visitor("officer", "ar").get("/protection").text
    assert "لا زيارة مسجلة" in told and "لم تُذكر أي جهة" in told
    for wrong in ("list=bogus", "area=Homs", "body=No+one", "after=1"):
        officer.get("/protection?" + wrong, 422)


def test_the_desk_of_an_officer_lists_what_lacks_protection(house, place):
    assert "Where protection is lacking" in house.visitor("officer").get("/desk").text
    assert "Where protection is lacking" not in house.visitor("verifier").get("/desk").text


def test_an_old_code_leads_to_what_it_became(house, place):
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        _other, code, _claims = given.site(opened, given.kind("prison_central"), given.place(36.9, 33.9), source=source)
        made = decisions.merge(opened, place["id"], _other, reason="The same wall")
    with house.as_("verifier") as opened:
        decisions.approve(opened, made.proposal)
    officer = house.visitor("officer")
    for tail in ("", "/history", "/why/kind"):
        assert officer.get(f"/sites/{code}{tail}", 303).headers["Location"] == place["url"] + tail
    assert officer.post(f"/sites/{code}/protection", 303, to="unprotected", reason="x").headers["Location"] == place["url"]


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("Publication, nothing → published", "nothing else of the site", "Court of the old town", "Risk to families", "they asked for it", "for everybody")),
    ("ar", ("النشر", "منشور", "ولا شيء غيرها عن الموقع", "Court of the old town", "الخطر على العائلات", "they asked for it", "للجميع"))])
def test_a_releaser_reads_what_would_be_published_and_what_it_risks(house, language, said):
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    with house.as_("worker") as opened:
        site, code, claims = given.site(opened, given.kind("court"), given.name("Court of the old town"), given.name("Never shown"), source=source)
    with psycopg.connect(cluster.dsn(house.settings)) as raw:
        confirm(raw, site)
    with house.as_("worker") as opened:
        made = disclosing.disclose(opened, site, claims[:2], ANSWERS, reason="families asked where it was")
    releaser, verifier = house.visitor("releaser", language), house.visitor("verifier")
    page = releaser.get("/desk").text
    mine = page[page.index(code):]
    mine = mine[:mine.index("</article>")]
    assert [words for words in said if words not in mine] == [] and "Never shown" not in mine and 'value="approve"' in mine
    theirs = verifier.get("/desk").text
    theirs = theirs[theirs.index(code):]
    assert 'value="approve"' not in theirs[:theirs.index("</article>")]
    refused = verifier.post(f"/proposals/{made.proposal}", 409, act="approve")
    assert "A releaser approves what moves a tier." in refused.text
    releaser.post(f"/proposals/{made.proposal}", act="approve")
    assert code in house.visitor("viewer").get(f"/sites/{code}").text
    with house.as_("worker") as opened:
        place = disclosing.restrict(opened, site, place=True, reason="looters asked")
        disclosing.lift(opened, place.decision, reason="they are gone")
        decisions.annul(opened, decisions.history(opened, site, machine="disclosure")[0]["id"], reason="it was a mistake")
    page = releaser.get("/desk").text
    assert page.count(code) == 4 and "Never shown" not in page
