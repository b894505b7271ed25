"""A partner submits a report with files through a bad line, gets a receipt, and a handler opens it; nothing stays on the device."""
import hashlib

import pytest

from tests.browser.langs import ARABIC

pytestmark = [pytest.mark.db, pytest.mark.browser]
WORDS = {"ar": ("رسالة أولى", "رأوه من الطريق قرب الطاحونة (مختلق)"), "en": ("A first letter", "They saw it from the road by the mill (invented)")}
BIG = hashlib.sha256(b"seed").digest() * 10_000  # three parts
LIST = b"name,lat,lon\nA (synthetic),34.1,39.4\n"
KEPT = "() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])"


def chosen(page):
    page.set_input_files("#d-files", [{"name": "list.csv", "mimeType": "text/csv", "buffer": LIST},
                                      {"name": "big.bin", "mimeType": "application/octet-stream", "buffer": BIG}])


@ARABIC
def test_a_partner_submits_through_a_bad_line_and_a_handler_opens_it(live, lang):
    partner, (title, text) = live.visit(lang, width=390), WORDS[lang]
    partner.expected = ("net::ERR_", "Failed to load resource")
    page = partner.page
    page.goto(f"{live.url}/door/enter" + ("" if lang == "ar" else "?lang=en"))
    assert page.locator("html").get_attribute("lang") == lang
    page.fill("#email", "demo.partner@demo.invalid")
    page.fill("#password", "demo.partner-sees-only-invented-places")
    page.click("main button[type=submit]")
    page.wait_for_url(f"{live.url}/door")
    partner.looked_at("door")
    partner.follow("main a[href='/door/new']")
    page.wait_for_selector("#sealed-form:not([hidden])")
    partner.looked_at("door-form")
    page.fill("#d-title", title)
    page.fill("#d-text", text)
    page.fill("#d-places", "34.1131, 39.4765")
    chosen(page)
    bodies, cut = [], []
    page.on("request", lambda one: bodies.append(one.post_data_buffer or b""))
    page.route("**/door/*/2/1", lambda route: (cut.append(1), route.abort()))
    page.click("#door button[type=submit]")
    page.wait_for_function("() => /\\u0627\\u0646\\u0642\\u0637\\u0639|line broke/.test(document.getElementById('d-said').textContent)")
    partner.looked_at("door-cut")
    page.goto(f"{live.url}/door")
    page.unroute("**/door/*/2/1")
    assert cut
    partner.follow(f".proposal:has-text('{title}') a")
    page.wait_for_selector("#sealed-form:not([hidden])")
    assert page.locator("#d-title").input_value() == title and page.locator("#d-text").input_value() == ""
    partner.looked_at("door-again")
    page.fill("#d-text", text)
    page.fill("#d-places", "34.1131, 39.4765")
    page.set_input_files("#d-files", [{"name": "other.txt", "mimeType": "text/plain", "buffer": b"x"}])
    page.click("#door button[type=submit]")
    page.wait_for_function("() => document.getElementById('d-said').textContent.length > 20")
    chosen(page)
    sent = []
    page.on("request", lambda one: sent.append(one.url.rsplit("/", 2)[1:]) if one.method == "POST" else None)
    page.click("#door button[type=submit]")
    page.wait_for_selector("#receipt")
    partner.looked_at("door-receipt")
    assert ["2", "1"] in sent and ["1", "0"] not in sent and ["2", "0"] not in sent
    assert not any(word in body for body in bodies for word in (text.encode(), b"list.csv", LIST, BIG[:64]))
    receipt, kept = page.inner_text("#receipt"), page.evaluate(KEPT)
    assert text not in kept and "list.csv" not in kept and title not in kept
    handler = live.visit(lang)
    handler.sign_in("handler")
    handler.page.goto(f"{live.url}/submissions")
    assert receipt in handler.text() and text not in handler.text()
    handler.looked_at("submissions")
    handler.follow(f".proposal:has-text('{receipt}') a")
    handler.looked_at("submission-sealed")
    handler.page.fill("#vault_open-passphrase", "demo.handler-sees-only-invented-places")
    handler.follow("#vault_open button")
    assert text in handler.text() and "big.bin" in handler.text() and "34.1131, 39.4765" in handler.text()
    assert handler.page.locator("main li b").count() == 0, "each file is the one that was named"
    handler.looked_at("submission-open")


def test_without_scripts_nothing_is_sent_in_clear(live):
    partner = live.visit("ar", scripts=False)
    page = partner.page
    page.goto(f"{live.url}/door/enter")
    page.fill("#email", "demo.partner@demo.invalid")
    page.fill("#password", "demo.partner-sees-only-invented-places")
    page.click("main button[type=submit]")
    page.goto(f"{live.url}/door/new")
    assert page.locator("noscript .strip-problem").is_visible() and not page.locator("#door").is_visible()
