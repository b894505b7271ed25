"""The vault on a real browser: who told a report is opened with a passphrase, colleagues are shared with, in both languages."""
from uuid import uuid4

import psycopg

from sitereg import entering, sealing, vault
from sitereg.actors import Actor
from sitereg.store import cluster, people, session
from tests import vault_keys
from tests.browser.langs import ARABIC, ENGLISH
from tests.browser.test_second import looked_at
from tests.sitereg.entering import HEAD

PASSPHRASE = "demo.handler-sees-only-invented-places"
TELLER = {"en": "Somebody Invented", "ar": "شخص مُختلَق"}


def colleague(live, lang):
    """Another source handler has a key, and something that his key does not open."""
    name = f"demo.keeps_{lang}"
    with psycopg.connect(cluster.dsn(live.settings)) as raw:
        made = people.account(raw, name, display={"en": "Second handler (invented)", "ar": "مسؤول ثانٍ (مُختلَق)"}[lang], demo=True)
        people.clearance(raw, made, tier=2, roles=("source_handler",), reason="story")
    with live.as_("investigator") as opened:
        sheet = entering.read(opened, "report", {
            **HEAD, "who_type": "testimony_insider", "words": "I drove there myself (invented)", "paraphrase": "Machines were there (invented)",
            "when": "12 May 2013", "who_name": TELLER[lang], "who_contact": "no such number (invented)"}, once=uuid4())
        report = entering.write(opened, sheet).report
    secret, public = sealing.identity()
    with session.acting(live.settings, Actor(name, "system", "story")) as opened:
        opened.call("vault_new_key", public=public, secret=vault_keys.cheaply_locked(secret, vault_keys.PASSPHRASE))
    return name, public, report


@ENGLISH
def test_a_sheet_is_opened_and_a_colleague_is_shared_with(live, lang):
    name, public, report = colleague(live, lang)
    visit = live.visit(lang)
    visit.expected = ("422",)
    visit.sign_in("handler")
    page = visit.page
    page.goto(f"{visit.url}/reports")
    page.click(f"a[href='/vault/open/report/{report}']")
    looked_at(visit, "vault-ask")
    page.fill("#open-passphrase", "not the right words")
    page.click("#open button")
    assert page.is_visible("#trouble") and page.input_value("#open-passphrase") == ""
    looked_at(visit, "vault-wrong")
    page.fill("#open-passphrase", PASSPHRASE)
    page.click("#open button")
    assert TELLER[lang] in page.inner_text("main") and "I drove there myself" in page.inner_text("main")
    looked_at(visit, "vault-opened")
    page.goto(f"{visit.url}/vault")
    assert sealing.fingerprint(public) in page.inner_text("main")
    looked_at(visit, "vault")
    page.fill("#share-passphrase", PASSPHRASE)
    page.click("#share button")
    with session.acting(live.settings, Actor(name, "system", "story")) as opened:
        key = vault.unlock(opened, vault_keys.PASSPHRASE)
        assert any(one.said.get("name") == TELLER[lang] for one in vault.open_(opened, key, "report", report))


@ARABIC
def test_an_insider_is_told_of_in_other_words(live, lang):
    visit = live.visit(lang)
    visit.expected = ("422",)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(f"{visit.url}/enter/report")
    page.select_option("#f-who_type", "testimony_insider")
    page.fill("#f-words", "I drove there myself (invented)")
    page.click("button[value=send]")
    assert page.is_visible("#f-paraphrase"), "what is asked for is in sight"
    looked_at(visit, "vault-insider")
