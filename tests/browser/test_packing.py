"""A releaser's story: the gate agreed to, a package and a hand-over settled, notices followed; whom one asked about a hand-over; axe on each page."""
import os
from datetime import timedelta
from pathlib import Path

import pytest

from sitereg import packages, sealing, sources, witness
from tests import given
from tests.browser.langs import ARABIC

pytestmark = [pytest.mark.db, pytest.mark.browser]
RISKS = ("site", "sources", "families", "staff")
RECIPIENT = sealing.identity()
KEY = witness.Ed25519PrivateKey.generate()


@pytest.fixture
def told(live):
    """A court with a name that only this story knows: its code, a claim of it, a day to come."""
    with live.as_("investigator") as opened:
        source = sources.new(opened, "ngo_report", {"en": "A report (invented)", "ar": "تقرير (متخيَّل)"}, reliability="C", reason="x", terms=given.TERMS)
        code, said = given.site(opened, given.kind("court"), given.name("Invented court of packages"), given.place(37.5, 34.5), source=source)[1:]
        return code, said[1], (opened.value("today") + timedelta(days=40)).isoformat()


def shot(visit, name):
    """For somebody to look at, where SITEREG_PICTURES names a folder; axe and the width are asked in any case."""
    visit.accessible()
    folder = os.environ.get("SITEREG_PICTURES")
    for width in (1440, 390) if folder else ():
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
        visit.page.screenshot(path=Path(folder) / f"{name}-{visit.lang}-{width}.png", full_page=True)


def settle(page, kind, act, field, words):
    """The first form of the page that offers this act is answered."""
    form = page.locator(f"form.act:has(button[value={act}])").first
    form.locator(f"[name={field}]").fill(words)
    form.locator(f"button[value={act}]").click()
    page.wait_for_url(f"**/{kind}")


@ARABIC
def test_a_releaser_settles_what_leaves_and_follows_it(live, told, lang, tmp_path, monkeypatch):
    code, claim, day = told
    worker, releaser = live.visit(lang), live.visit(lang)
    worker.sign_in("investigator")
    releaser.sign_in("releaser")
    page, desk = worker.page, releaser.page
    page.goto(f"{live.url}/sites/{code}")
    page.click("#head-more > summary")
    page.click(f"a[href='/gates/{code}']")
    page.fill("#gate-recipient", "محكمة متخيَّلة")
    page.select_option("#gate-precision", "cell_10km")
    page.fill("#gate-until", day)
    for question in page.locator("fieldset:has(input[value=yes])").all():
        question.locator("input[value=yes]").check()
        question.locator("textarea").fill("نظرنا فيه")
    page.fill("#gate-reason", "للمحاكمة")
    shot(worker, "gate")
    page.click("#gate button[type=submit]")
    page.wait_for_url("**/gates")
    desk.goto(f"{live.url}/gates")
    shot(releaser, "gates")
    settle(desk, "gates", "agreed", "why", "نوافق")
    page.goto(f"{live.url}/packages/new")
    page.fill("#package-recipient", "محكمة متخيَّلة")
    page.fill("#package-codes", code)
    page.check("#package-field_place")
    page.check("#package-field_kinds")
    page.fill("#package-key", RECIPIENT[1])
    page.fill("#package-expires_on", day)
    page.fill("#package-purpose", "للمحاكمة")
    for one in RISKS:
        page.fill(f"#package-risk_{one}", "لا شيء: لا أسماء")
    shot(worker, "package")
    page.click("#package button[type=submit]")
    page.wait_for_url("**/packages")
    desk.goto(f"{live.url}/packages")
    settle(desk, "packages", "agree", "why", "نوافق")
    with live.as_("investigator") as opened:
        package = next(one["id"] for one in packages.listed(opened, kind="package") if one["state"] == "agreed")
        settings = opened.settings
    monkeypatch.setattr(witness, "signing_key", lambda _settings: KEY)
    packages.parcels.make(lambda: live.as_("investigator"), settings, tmp_path / "out", package)
    desk.goto(f"{live.url}/packages")
    settle(desk, "packages", "delivered", "why", "بالبريد")
    shot(releaser, "packages")
    with live.as_("investigator") as opened:
        opened.call("end_claim", claim=claim, why="خطأ")
    desk.goto(f"{live.url}/notices")
    shot(releaser, "notices")
    settle(desk, "notices", "delivered", "how", "باليد")
    settle(desk, "notices", "acknowledged", "how", "برسالة")
    desk.goto(f"{live.url}/packages/hand-over")
    shot(releaser, "hand-over")


@ARABIC
def test_whom_one_asked_about_a_hand_over(live, told, lang):
    handler = live.visit(lang)
    handler.sign_in("handler")
    handler.page.goto(f"{live.url}/hand-over")
    shot(handler, "sources")
    handler.page.locator("article h2 a").first.click()
    handler.page.select_option("#hand_over_ask-asked", "organisation")
    handler.page.select_option("#hand_over_ask-answer", "given")
    shot(handler, "source")
    handler.page.click("#hand_over_ask button[type=submit]")
    handler.page.wait_for_url("**/hand-over")
