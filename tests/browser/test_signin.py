"""Signing in as people do: a passkey on a real browser with an authenticator that software plays, a lock that loses nothing."""
from contextlib import contextmanager

import pytest

from tests.browser.langs import ENGLISH

PASSWORD = "demo.{}-sees-only-invented-places"


@contextmanager
def authenticator(page):
    """The browser has a telephone's authenticator, whose owner shows his finger when asked."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True}})["authenticatorId"]
    yield lambda verified: devtools.send("WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": verified})
    devtools.detach()


@pytest.fixture
def named(live):
    """The web by its name: a number cannot have passkeys."""
    live.url = live.url.replace("127.0.0.1", "localhost")
    return live


def make_passkey(visit, who, name):
    page = visit.page
    page.goto(visit.url + "/me")
    page.fill("#key-name", name)
    page.fill("#key-password", PASSWORD.format(who))
    page.click("#new-passkey button")
    page.wait_for_selector(f"li:has-text('{name}')")


def sign_out(page):
    page.click("details.menu > summary")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")


@ENGLISH
def test_a_passkey_is_made_signs_in_unlocks_and_is_removed(named, lang):
    visit = named.visit(lang)
    visit.sign_in("verifier")
    page = visit.page
    with authenticator(page) as verified:
        make_passkey(visit, "verifier", f"My telephone {lang}")
        visit.accessible()
        sign_out(page)
        page.click("#use-passkey")
        page.wait_for_url(visit.url + "/")
        assert page.locator("html").get_attribute("lang") == lang

        page.goto(visit.url + "/holdings")
        page.evaluate("() => fetch('/lock', {method: 'POST', headers: {'X-CSRFToken': document.querySelector('[name=csrf_token]').value}})")
        page.goto(visit.url + "/holdings")
        assert page.url.endswith("/unlock")
        visit.accessible()
        visit.expected = ("422", "401")
        verified(False)
        page.click("#use-passkey")
        page.wait_for_selector("#passkey-said:not([hidden])", timeout=20000)
        verified(True)
        page.click("#use-passkey")
        page.wait_for_url(visit.url + "/holdings")

        page.goto(visit.url + "/me")
        page.click("li:has-text('My telephone') summary")
        page.fill("li:has-text('My telephone') input[type=password]", PASSWORD.format("verifier"))
        page.click("li:has-text('My telephone') button")
        page.wait_for_load_state()
        assert page.locator("li:has-text('My telephone')").count() == 0
        sign_out(page)
        page.click("#use-passkey")
        page.wait_for_selector("#passkey-said:not([hidden])", timeout=20000)
        assert page.url.endswith("/sign-in")


def test_a_number_has_no_passkeys_and_says_so(live):
    visit = live.visit()
    visit.sign_in("verifier")
    visit.page.goto(visit.url + "/me")
    assert "localhost" in visit.text() and visit.page.locator("#new-passkey").count() == 0
    visit.accessible()


def first_code(live):
    with live.as_("investigator") as opened:
        return opened.rows("site_list", limit=1)[0]["code"]


def test_an_idle_page_covers_itself_and_gives_back_what_was_typed(live):
    visit = live.visit()
    page = visit.page
    page.clock.install()
    visit.sign_in("officer")
    code = first_code(live)
    page.goto(f"{visit.url}/sites/{code}")
    page.click("summary:has(+ #visit)")
    page.fill("#visit-team", "Two of us, by the north road")
    page.fill("#visit-findings", "العشب مقلوب عند البئر")
    page.clock.fast_forward("16:00")
    page.wait_for_url("**/unlock")
    content = page.content()
    for told in (code, "north road", "البئر", "officer"):
        assert told not in content, told
    stored = page.evaluate("() => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)])")
    assert code not in stored and "north road" not in stored and "sealed" in stored
    page.go_back()
    page.wait_for_load_state()
    assert page.url.endswith("/unlock") and code not in page.content()
    visit.accessible()
    visit.expected = ("422",)
    page.fill("#password", "not the password at all")
    page.click("main button[type=submit]")
    page.wait_for_selector("[role=alert]")
    page.fill("#password", PASSWORD.format("officer"))
    page.click("main form[action='/unlock'] button[type=submit]")
    page.wait_for_url(f"**/sites/{code}")
    page.wait_for_selector("text=What you had typed is back")
    assert page.input_value("#visit-team") == "Two of us, by the north road"
    assert page.input_value("#visit-findings") == "العشب مقلوب عند البئر" and page.is_visible("#visit-findings")
    assert page.evaluate("() => sessionStorage.getItem('kept')") is None
    visit.accessible()


def test_what_is_worked_at_in_one_tab_does_not_lock_in_another(live):
    visit = live.visit()
    page = visit.page
    page.clock.install()
    visit.sign_in("officer")
    page.goto(visit.url + "/me")
    for _turn in range(4):
        page.clock.fast_forward("05:00")
        with page.expect_response("**/stay"):  # else it may arrive after the seat was locked
            page.keyboard.press("Shift")
    assert page.url.endswith("/me")
    page.clock.fast_forward("16:00")
    page.wait_for_url("**/unlock")


def test_another_seat_does_not_read_what_one_left(live):
    visit = live.visit()
    page = visit.page
    page.clock.install()
    visit.sign_in("officer")
    page.goto(visit.url + "/me")
    page.click("summary:has-text('Freeze a colleague')")
    page.fill("#freeze-why", "Not to be read by the next one")
    page.clock.fast_forward("16:00")
    page.wait_for_url("**/unlock")
    page.click("text=Sign out instead")
    page.wait_for_url("**/sign-in")
    assert page.evaluate("() => sessionStorage.length + localStorage.length") == 0
