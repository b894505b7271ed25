"""Giving out and taking back: a printed page, a document by two persons, consent withdrawn and reviewed; axe on each page, both languages."""
import os
from pathlib import Path

import pytest

from sitereg import scans, sources
from tests import given
from tests.browser.langs import ENGLISH
from tests.sitereg.test_pages import png

pytestmark = [pytest.mark.db, pytest.mark.browser]
RISKS = ("site", "sources", "families", "staff")


@pytest.fixture
def told(live, tmp_path):
    """A survivor's source, a court known from it alone, a confidential document."""
    with live.as_("investigator") as opened:
        source = sources.new(opened, "testimony_survivor", {"en": "A survivor (invented)", "ar": "ناجٍ (متخيَّل)"}, reliability="C", reason="x",
                             terms=given.TERMS)
        code = given.site(opened, given.kind("court"), given.name("Invented court"), given.place(37.5, 34.5), source=source)[1]
        (tmp_path / "p.png").write_bytes(png(60, 40))
        document = scans.keep(opened, pages=[tmp_path / "p.png"], terms=given.TERMS, tier=2, shows="a register", living="none")
    return source, code, document


def shot(visit, name):
    """For somebody to look at, where SITEREG_PICTURES names a folder."""
    folder = os.environ.get("SITEREG_PICTURES")
    for width in (1440, 390) if folder else ():
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
        visit.page.screenshot(path=Path(folder) / f"{name}-{visit.lang}-{width}.png", full_page=True)


def fill(page, who):
    page.fill("#leaving-recipient", who)
    page.fill("#leaving-purpose", "the search")
    for name in RISKS:
        page.fill(f"#leaving-risk_{name}", "none: nobody is named")


@ENGLISH
def test_a_page_and_a_document_leave_and_consent_is_withdrawn_and_reviewed(live, told, lang):
    source, code, document = told
    worker = live.visit(lang)
    worker.sign_in("investigator")
    page = worker.page
    page.goto(f"{live.url}/print/{code}")
    shot(worker.accessible(), "print-form")
    fill(page, "A commission")
    page.click("#leaving button[type=submit]")
    page.wait_for_selector(".printed")
    shot(worker.accessible(), "printed")
    page.emulate_media(media="print")
    assert not page.is_visible(".top") and page.is_visible(".printed .stamp >> nth=0") and not page.is_visible(".no-print")
    page.emulate_media(media="screen")
    page.goto(f"{live.url}/documents/{document}/release")
    shot(worker.accessible(), "release-form")
    fill(page, "A laboratory")
    page.click("#leaving button[type=submit]")
    page.wait_for_selector(".strip-said")
    releaser = live.visit(lang)
    releaser.sign_in("releaser")
    releaser.page.goto(f"{live.url}/releases")
    shot(releaser.accessible(), "releases")
    page.goto(f"{live.url}/sources/{source}/consent")
    assert "A commission" in worker.text()
    shot(worker.accessible(), "consent")
    page.select_option("#consent-consent", "withdrawn")
    page.fill("#consent-why", "the witness asked")
    page.click("#consent button[type=submit]")
    page.wait_for_selector(".strip-said")
    shot(worker.accessible(), "consent-withdrawn")
    handler = live.visit(lang)
    handler.sign_in("handler")
    handler.page.goto(f"{live.url}/withdrawn")
    shot(handler.accessible(), "withdrawn")
    handler.page.goto(f"{live.url}/sources/{source}/withdrawn")
    shot(handler.accessible(), "review")
