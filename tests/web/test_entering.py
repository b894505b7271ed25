"""The four forms in the web: nothing typed is lost, nothing is guessed, nothing is written twice; and the desk of reports."""
import re
from uuid import uuid4

import pytest

from sitereg import entering, persons, sites
from tests.sitereg.entering import HEAD, NAMES
from tests.web.conftest import sealed

pytestmark = pytest.mark.db
FORM = {**HEAD, "act": "send"}
FORMS = ("report", "site", "person", "testimony")


def lines(*rows):
    """Lines of a testimony as the form sends them."""
    return {f"r{number}_{name}": one for number, row in enumerate(rows, 1) for name, one in row.items()}


def said(person, **more):
    return {"person": person, "what": "seen_by_exdetainee", "place": "the long cell", "when": "May 2013", "how": "saw", **more}


def once_in(page):
    return re.search(r'name="once" value="([0-9a-f-]{36})"', page.text)[1]


def number(house, answer, who="worker", lang="en"):
    """The number on the receipt to which an answer leads."""
    page = house.visitor(who, lang).get(answer.headers["Location"])
    return re.search(r'receipt-number"><bdi[^>]*>(\d{4}) (\d{4})<', page.text).group(1, 2)


def count(house, table):
    return house.rows(f"select count(*) from reg.{table}")[0][0]


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_whole_in_both_languages_and_no_consent_is_ticked_beforehand(house, form, lang):
    page = house.visitor("worker", lang).get(f"/enter/{form}")
    assert entering.labels.label("who_type", lang) in page.text and " checked" not in page.text
    assert len(set(re.findall(r'name="once" value="([^"]+)"', page.text))) == 1
    house.visitor("worker", lang).get("/enter")


def test_a_report_is_sent_once_its_place_was_shown_back(house):
    worker, once = house.visitor("worker"), str(uuid4())
    typed = {**FORM, "once": once, "words": "Lorries came at night", "place": "geo:33.5138,36.2765", "when": "May 2013", "callback": "yes"}
    look = worker.post("/enter/report", 200, **typed)
    assert "33.51380, 36.27650\u2069 ± 30 m" in look.text and "We read: May 2013." in look.text and count(house, "report") == 0
    answer = worker.post("/enter/report", **typed, place_seen=typed["place"])
    first = number(house, answer)
    again = worker.post("/enter/report", **typed, place_seen=typed["place"])
    assert number(house, again) == first and count(house, "report") == 1
    changed = worker.post("/enter/report", 409, **{**typed, "words": "Other words"}, place_seen=typed["place"])
    assert "".join(first) in changed.text and "Other words" in changed.text and once_in(changed) != once


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_what_is_refused_stands_there_with_the_error_beside_its_field(house, lang):
    typed = {**FORM, "once": str(uuid4()), "words": "My own words", "place": "33.5138, 36.2765", "when": "31 February 2013", "consent": ""}
    page = house.visitor("worker", lang).post("/enter/report", 422, **typed)
    assert "My own words" in page.text and 'value="33.5138, 36.2765"' in page.text and 'value="31 February 2013"' in page.text
    for name in ("consent", "when", "place"):
        assert re.search(rf'id="f-{name}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="f-{name}"', page.text) or f'id="f-{name}-e"' in page.text
    assert 'value="33.513800,36.276500"' in page.text and 'name="place_pick" value="words"' in page.text
    assert re.findall(r'name="uses" value="([a-z_]+)" checked', page.text) == HEAD["uses"], "what was ticked stays ticked"


def test_the_draft_is_kept_at_each_step_comes_back_and_is_gone_once_sent(house):
    worker, once = house.visitor("worker", "ar"), str(uuid4())
    typed = {**HEAD, "once": once, "language": "ar", "words": "", **lines(said(NAMES[0]))}
    answer = worker.post("/enter/testimony", act="save", **typed)
    assert answer.headers["Location"] == f"/drafts/{once}"
    page = worker.get(f"/drafts/{once}")
    assert NAMES[0] in page.text and once_in(page) == once and f"/drafts/{once}" in worker.get("/enter").text
    house.visitor("handler").get(f"/drafts/{once}", 404)
    more = worker.post("/enter/testimony", 200, act="more", **typed)
    assert len(re.findall(r'class="line"', more.text)) == 5 + 1 and f"/drafts/{once}?lang=en" in more.text
    number(house, worker.post("/enter/testimony", act="send", agreed="yes", **typed), lang="ar")
    worker.get(f"/drafts/{once}", 404)


def test_the_page_keeps_the_draft_by_itself(house):
    worker, once = house.visitor("worker"), str(uuid4())
    data = {"csrf_token": worker.token(), "once": once, "form": "report", "words": "Half a sent", "uses": ["analysis", "statistics"]}
    assert sealed(worker.client.post("/enter/draft", data=data)).status_code == 204
    page = worker.get(f"/drafts/{once}")
    assert "Half a sent" in page.text and re.findall(r'name="uses" value="([a-z_]+)" checked', page.text) == ["analysis", "statistics"]
    worker.post(f"/drafts/{once}/drop")
    worker.get(f"/drafts/{once}", 404)
    assert worker.client.post("/enter/draft", data={**data, "form": "none"}).status_code == 422


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_testimony_is_written_only_after_it_was_read_aloud(house, lang):
    worker, before = house.visitor("worker", lang), count(house, "entry")
    typed = {**HEAD, "once": str(uuid4()), "language": "ar", **lines(said(NAMES[0], place="33.5138 N 36.2765 E"), said(NAMES[1], how="told"), said(""), {}),
             "r1_place_seen": "33.5138 N 36.2765 E"}
    del typed["r3_place"], typed["r3_what"], typed["r3_when"], typed["r3_how"]
    back = worker.post("/enter/testimony", 200, act="aloud", **typed)
    assert NAMES[0] in back.text and "السطر 1." in back.text and "Line 2." in back.text and "33.51380" in back.text
    unagreed = worker.post("/enter/testimony", 422, act="send", **typed)
    assert 'name="agreed"' in unagreed.text and count(house, "entry") == before
    again = worker.post("/enter/testimony", 200, act="back", **typed)
    assert f'value="{NAMES[0]}"' in again.text
    worker.post("/enter/testimony", act="send", agreed="yes", **typed)
    assert count(house, "entry") == before + 1


def test_the_same_name_twice_is_asked_about_beside_its_line(house):
    typed = {**HEAD, "once": str(uuid4()), "language": "ar", **lines(said(NAMES[2]), said(NAMES[2]))}
    page = house.visitor("worker").post("/enter/testimony", 422, act="aloud", **typed)
    assert 'name="r2_same"' in page.text and 'name="r1_same"' not in page.text
    back = house.visitor("worker").post("/enter/testimony", 200, act="aloud", **typed, r2_same="same")
    assert "The same person as in line 1" in back.text


def test_a_site_and_a_person_go_through_the_web(house):
    worker = house.visitor("worker")
    worker.post("/enter/site", **{**FORM, "once": str(uuid4()), "kind": "security_branch", "name": "A branch of the web"})
    worker.post("/enter/person", **{**FORM, "once": str(uuid4()), "name": "Web Invented", "sex": "female", "asked": "yes"})
    with house.as_("worker") as opened:
        assert sites.count(opened, q="A branch of the web") == 1
        assert persons.count(opened, states=["open_missing"]) == 1


def test_how_a_place_is_read_comes_as_a_part_of_the_page(house):
    worker = house.visitor("worker")

    def read(**asked):
        answer = sealed(worker.client.post("/enter/reading", data={"csrf_token": worker.token(), **asked}))
        assert answer.status_code == 200 and "<html" not in answer.text
        return answer.text

    assert "33.51380, 36.27650\u2069 ± 30 m" in read(name="r4_place", kind="place", text="geo:33.5138,36.2765")
    several = read(name="place", kind="place", text="33.5138, 36.2765")
    assert several.count("radio") == 3 and "outside Syria" in several
    assert "12 May 2013" in read(name="when", kind="when", text="12 أيار 2013")
    assert "&lt;script" in read(name="place", kind="place", text="<script>alert(1)</script>") and "<script" not in read(
        name="<script>", kind="place", text="<script>alert(1)</script>")
    assert house.rows("select count(*) from reg.read_log where action = 'enter_place'")[0][0] > 0


def test_the_receipt_is_the_same_page_whatever_was_said(house):
    pages = []
    for typed in ({"words": "x"}, {"words": "y" * 3000, "who_name": "Somebody"}):
        answer = house.visitor("worker").post("/enter/report", **{**FORM, "once": str(uuid4()), **typed})
        page = house.visitor("worker").get(answer.headers["Location"])
        pages.append(re.sub(r'nonce="[^"]+"|value="[^"]+"|\d{4} \d{4}|href="\?[^"]*"|entry=[^"]+|/receipts/[0-9a-f-]{36}', "", page.text))
        house.visitor("handler").get(answer.headers["Location"], 404)
    assert pages[0] == pages[1]


def test_terms_are_offered_again_and_consent_never(house):
    page = house.visitor("worker").get("/enter/report")
    assert 'value="Our office"' in page.text and 'name="uses" value="search_for_missing" checked' in page.text
    assert not re.search(r'name="scope" value="[a-z_]+" checked', page.text) and not re.search(r'<option value="given" selected', page.text)


def test_a_report_is_sorted_from_its_desk_and_what_is_lacking_is_told_there(house):
    worker = house.visitor("worker")
    worker.post("/enter/report", **{**FORM, "once": str(uuid4()), "words": "It is by the dry well", "place": "behind it"}, place_seen="behind it")
    report = str(house.rows("select id from reg.report order by recorded_at desc limit 1")[0][0])
    assert "It is by the dry well" in worker.get("/reports").text and "wait" in worker.get("/desk").text
    page = worker.post(f"/reports/{report}", 422, to="attached", code="SYS-222222-2", note="My own note", why="x", seen="new")
    assert "My own note" in page.text and "There is no such site for you" in page.text
    code = house.sites["grave"]["code"]
    worker.post(f"/reports/{report}", to="attached", code=code, note="It is by the dry well", why="the same", seen="new")
    again = worker.post(f"/reports/{report}", 409, to="attached", code=code, note="twice", why="the same", seen="new")
    assert "Somebody sorted this report already" in again.text
    assert code in worker.get("/reports?state=attached").text and worker.get("/reports?state=x", 422)
    assert house.rows("select count(*) from reg.read_log where action = 'reports'")[0][0] > 0


def test_a_number_leads_to_what_was_drawn_from_a_sheet_and_it_can_be_taken_back(house):
    worker = house.visitor("worker")
    typed = {**FORM, "once": str(uuid4()), "kind": "security_branch", "name": "Taken back later", "who_name": "Somebody Invented"}
    found = " ".join(number(house, worker.post("/enter/site", **typed)))
    page = worker.post("/receipts/find", 200, receipt=found)
    code = re.search(r"SYS-[0-9A-Z-]+", page.text)[0]
    worker.post("/receipts/find", 404, receipt="00000000") and worker.post("/receipts/find", 422, receipt="x")
    worker.post("/receipts/take-back", 422, receipt=found, why="")
    worker.post("/receipts/take-back", receipt=found, why="They changed their mind")
    assert code not in worker.post("/receipts/find", 200, receipt=found).text



def test_who_may_not_see_reports_does_not(house):
    house.visitor("officer").get("/reports", 403)
    assert "It is by the dry well" not in house.visitor("investigator1").get("/reports").text
    report = str(house.rows("select id from reg.report limit 1")[0][0])
    hidden, absent = (house.visitor("investigator1").post(f"/reports/{one}", 404, to="closed", why="x") for one in (report, uuid4()))
    assert len(hidden.text) == len(absent.text)
    assert "/reports" not in house.visitor("officer").get("/enter").text and "/enter" not in house.visitor("viewer").get("/desk").text
