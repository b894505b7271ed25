"""Giving out documents and printed pages, and consent that changes, in the web: recorded before the first byte, in both languages."""
import html
import io
import json
import re
import zipfile
from uuid import uuid4

import pypdfium2
import pytest

from sitereg import entering, inquiries, scans, sharing, sources
from tests import given
from tests.sitereg.entering import line, send
from tests.sitereg.test_pages import png
from tests.web.test_hidden import still

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])
FORM = {"recipient": "A commission", "purpose": "the search", "legal_basis": "", **{f"risk_{one}": "none" for one in sharing.RISKS}}


def disclosed(house, recipient):
    return house.rows("select format, face, risk from reg.disclosure where recipient = %s", recipient)


@pytest.fixture
def scan(house, tmp_path):
    def make(tier=1):
        path = tmp_path / f"page-{tier}.png"
        path.write_bytes(png(12, 16, note=str(uuid4()).encode()))
        with house.as_("worker") as opened:
            return scans.keep(opened, pages=[path], terms=given.TERMS, tier=tier, shows="a page", living="none")

    return make


@LANGS
def test_a_document_is_given_out_once_it_is_recorded(house, scan, lang):
    document, who, worker = scan(), f"commission {uuid4()}", house.visitor("worker", lang)
    assert f"/documents/{document}/release" in worker.get(f"/documents/{document}").text
    refused = worker.post(f"/documents/{document}/release", 422, **{**FORM, "recipient": who, "risk_families": ""}).text
    assert who in refused and disclosed(house, who) == []
    answer = worker.post(f"/documents/{document}/release", 200, **{**FORM, "recipient": who})
    assert answer.data == png(12, 16) and "attachment" in answer.headers["Content-Disposition"] and "page" not in answer.headers["Content-Disposition"]
    assert disclosed(house, who)[0][:2] == ("image/png", 1)


@LANGS
def test_a_confidential_one_waits_for_a_releaser(house, scan, lang):
    document, who = scan(tier=2), f"commission {uuid4()}"
    house.visitor("worker", lang).post(f"/documents/{document}/release", 303, **{**FORM, "recipient": who})
    assert disclosed(house, who) == []
    task = house.rows("select id from reg.task where what = 'release_document' and data->>'recipient' = %s", who)[0][0]
    releaser = house.visitor("releaser", lang)
    assert who in releaser.get("/releases").text and "/releases" in releaser.get("/desk").text
    assert releaser.post(f"/releases/{task}", 200).data == png(12, 16)
    assert disclosed(house, who)[0][1] == 2
    releaser.post(f"/releases/{task}", 404)


@LANGS
def test_a_site_a_case_and_an_inquiry_are_printed_stamped_and_recorded(house, lang):
    worker, who = house.visitor("worker", lang), f"commission {uuid4()}"
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        site, code, _ = given.site(opened, given.kind("mass_grave"), given.place(36.123456, 33.123456), exact_tier=2, source=source)
        made = inquiries.open_(opened, site, "Who has the keys?", due=opened.value("today"))
    assert f"/print/{code}" in worker.get(f"/sites/{code}").text and f"/inquiries/{made}/print" in worker.get(f"/inquiries/{made}").text
    refused = worker.post(f"/print/{code}", 422, **{**FORM, "recipient": who, "purpose": ""}).text
    assert who in refused and disclosed(house, who) == []
    page = worker.post(f"/print/{code}", 200, **{**FORM, "recipient": who}).text
    reference = house.rows("select id from reg.disclosure where recipient = %s", who)[0][0]
    for word in ({"en": "UNVERIFIED", "ar": "غير مؤكَّد"}[lang], {"en": "RESTRICTED", "ar": "مقيَّد"}[lang], "TLP:AMBER", str(reference), who, code):
        assert word in page, word
    assert "36.12" not in page
    assert "Who has the keys?" in worker.post(f"/inquiries/{made}/print", 200, **{**FORM, "recipient": who}).text
    assert [one[0] for one in disclosed(house, who)] == ["print", "print"]
    reader = house.visitor("investigator1", lang)
    secret = house.sites["secret"]["code"]
    assert still(reader.post(f"/print/{secret}", 404, **FORM)) == still(reader.post("/print/SYS-222222-2", 404, **FORM))


@LANGS
def test_who_received_it_is_told_before_consent_is_changed_and_it_goes_and_comes_back(house, lang):
    who, worker, handler = f"commission {uuid4()}", house.visitor("worker", lang), house.visitor("handler", lang)
    with house.as_("worker") as opened:
        source = sources.new(opened, "testimony_survivor", {"en": "A survivor"}, reliability="C", reason="x", terms=given.TERMS)
        site, code, _ = given.site(opened, given.kind("court"), given.name("Told court"), source=source)
        sharing.disclose(opened, recipient=who, purpose="x", format="csv", precision="x", face=1, rows=1, sha256=b"x" * 32, subjects=[site])
    page = worker.get(f"/sources/{source}/consent").text
    assert who in page and code in page
    worker.post(f"/sources/{source}/consent", 422, consent="", why="")
    worker.post(f"/sources/{source}/consent", 303, consent="withdrawn", why="they asked")
    worker.get(f"/sites/{code}", 404)
    assert f"/sources/{source}/withdrawn" in handler.get("/withdrawn").text and "/withdrawn" in handler.get("/desk").text
    assert "Told court" in handler.get(f"/sources/{source}/withdrawn").text
    assert house.rows("select count(*) from reg.read_log where action = 'withdrawn_claims' and object = %s", source)[0][0] == 1
    handler.post(f"/sources/{source}/review", 422, outcome="keep", why="evidence", legal_basis="")
    handler.post(f"/sources/{source}/review", 422, outcome="erase", why="asked", legal_basis="")
    handler.post(f"/sources/{source}/review", 303, outcome="keep", why="evidence", legal_basis="public_interest")
    worker.post(f"/sources/{source}/consent", 303, consent="given", why="asked again")
    assert "Told court" in worker.get(f"/sites/{code}").text
    absent = "00000000-0000-7000-8000-000000000000"
    worker.get(f"/sources/{absent}/consent", 404), handler.get(f"/sources/{absent}/withdrawn", 404)


def test_a_receipt_leads_to_the_consent_of_its_teller(house):
    with house.as_("worker") as opened:
        made = send(opened, "testimony", rows=[line("Samer Halabi")])
        source = entering.of_receipt(opened, made.receipt)["source"]
    assert f"/sources/{source}/consent" in house.visitor("worker").post("/receipts/find", 200, receipt=made.receipt).text


@LANGS
def test_the_sites_of_a_list_leave_as_an_archive_with_their_manifest_once_it_is_recorded(house, lang):
    who, worker = f"commission {uuid4()}", house.visitor("worker", lang)
    page = worker.get("/sites?group=burial").text
    address = html.unescape(re.search('href="(/export[^"]*)" id="export"', page)[1])
    assert {"en": "Sites as a file", "ar": "المواقع كملف"}[lang] in worker.get(address).text
    refused = worker.post(address, 422, **{**FORM, "recipient": who, "format": "xlsx", "risk_staff": ""}).text
    assert who in refused and disclosed(house, who) == []
    answer = worker.post(address, 200, **{**FORM, "recipient": who, "format": "csv"})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        assert sorted(bundle.namelist()) == ["sites.csv", "sites.csv.manifest.json"]
        about, rows = json.loads(bundle.read("sites.csv.manifest.json")), bundle.read("sites.csv").decode("utf-8-sig").splitlines()
    assert about["recipient"] == who and about["filter"] == {"groups": ["burial"]} and about["rows"] == len(rows) - 2
    assert disclosed(house, who)[0][:2] == ("csv", 1) and "site: none" in disclosed(house, who)[0][2]


@LANGS
def test_what_the_map_shows_is_printed_once_it_is_recorded_and_no_address_tells_where_it_was(house, lang):
    who, worker = f"commission {uuid4()}", house.visitor("worker", lang)
    assert 'action="/export/map"' in worker.get("/sites").text
    asked = worker.post("/export/map", 303, area="30.000000, 30.000000\n40.000000, 45.000000").headers["Location"]
    assert asked.startswith("/export?w=") and "30.0" not in asked and "45" not in asked.split("w=")[0]
    page = worker.get(asked).text
    assert page.index('value="pdf"') < page.index('value="geojson"')
    answer = worker.post(asked.replace("&format=pdf", ""), 200, **{**FORM, "recipient": who, "format": "pdf", "language": lang})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        about, sheet = json.loads(bundle.read("sites.pdf.manifest.json")), pypdfium2.PdfDocument(bundle.read("sites.pdf"))
    words = "".join(one.get_textpage().get_text_range() for one in sheet)
    assert about["filter"] == {"bbox": [30, 30, 45, 40]} and about["language"] == lang and who in words and "TLP" in words
    assert disclosed(house, who)[0][:2] == ("pdf", 1)


def test_the_map_is_asked_for_with_corners_and_nothing_else(house):
    worker, viewer = house.visitor("worker", "en"), house.visitor("viewer", "en")
    assert "An area has two corners" in worker.post("/export/map", 422, area="somewhere").text
    assert "/export?" in worker.post("/export/map", 303, w="").headers["Location"]
    viewer.post("/export/map", 403, area="")
    assert 'action="/export/map"' not in viewer.get("/sites").text


def test_a_file_never_holds_other_sites_than_the_list_that_was_looked_at(house):
    who, worker = f"commission {uuid4()}", house.visitor("worker", "en")
    told = worker.post("/export?from=2012", 422, **{**FORM, "recipient": who, "format": "csv"}).text
    assert "Take this filter off the list first" in told or "filtered by group" in told
    assert worker.post("/export?group=burial&verification=identified", 422, **{**FORM, "recipient": who, "format": "doc"}) and disclosed(house, who) == []
    viewer = house.visitor("viewer", "en")
    assert 'id="export"' not in viewer.get("/sites").text
    viewer.post("/export", 403, **{**FORM, "format": "csv"})
