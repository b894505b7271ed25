"""A registry that asks for a second factor, on a real browser: from the first password to an open map, in both languages."""
import os
import re
import threading
import time
from dataclasses import replace

import pytest
from passlib.totp import TOTP
from werkzeug.serving import make_server

from tests.browser.conftest import Quiet
from tests.browser.langs import ARABIC
from web import create_app

WHO = {"en": "steward", "ar": "handler"}


@pytest.fixture(scope="module")
def strict(served):
    """The same registry by another web, which asks everybody for a second factor."""
    app = create_app(replace(served[1], second_factor=("all",)))
    made = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{made.server_port}"
    made.shutdown()
    thread.join()
    app.extensions["signin"].get_bind().dispose()


def looked_at(visit, name):
    """The page is accessible; with SITEREG_SHOTS it is also drawn into that folder, wide and narrow."""
    visit.accessible()
    if folder := os.environ.get("SITEREG_SHOTS"):
        for width in (390, 1440):
            visit.page.set_viewport_size({"width": width, "height": 900})
            visit.page.screenshot(path=f"{folder}/{name}-{visit.lang}-{width}.png", full_page=True)


def give_password(visit, who):
    page = visit.page
    page.goto(visit.url + "/sign-in")
    page.fill("#email", f"demo.{who}@demo.invalid")
    page.fill("#password", f"demo.{who}-sees-only-invented-places")
    page.click("main form[action='/sign-in'] button")


@ARABIC
def test_from_the_first_password_to_an_open_map(live, strict, lang):
    live.url = strict
    visit = live.visit(lang)
    visit.expected = ("422", "401")  # tiles of a map that is left while its seat ends
    page, who = visit.page, WHO[lang]
    page.goto(visit.url + "/sign-in")
    looked_at(visit, "sign-in")
    give_password(visit, who)
    page.wait_for_url("**/second/new")
    assert page.title() == "sitereg" and page.is_visible("img.qr") and page.is_visible("#new-passkey")
    looked_at(visit, "set-up")
    page.click("details:has(.key) summary")
    app = TOTP(re.sub("[^A-Z2-7]", "", page.inner_text(".key")))
    page.fill("#code", "000000")
    page.click("form[action='/second/new'] button")
    page.wait_for_selector("[role=alert]")
    page.fill("#code", app.generate(time.time()).token)
    page.click("form[action='/second/new'] button")
    page.wait_for_selector(".codes")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    looked_at(visit, "codes")
    page.click("main a.btn")
    page.wait_for_url(visit.url + "/")
    page.goto(visit.url + "/me")
    looked_at(visit, "me")
    page.click("details.menu > summary")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")

    give_password(visit, who)
    page.wait_for_url("**/second")
    looked_at(visit, "second")
    page.fill("#code", app.generate(time.time() + 30).token)  # each opens once: this is the next one, if little time passed
    page.click("form[action='/second'] button")
    page.wait_for_url(visit.url + "/")
    page.evaluate("() => fetch('/lock', {method: 'POST', headers: {'X-CSRFToken': document.querySelector('[name=csrf_token]').value}})")
    page.goto(visit.url + "/me")
    looked_at(visit, "locked")
    assert page.url.endswith("/unlock")
