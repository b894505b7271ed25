"""A witness tells of twelve people in ten minutes: typed by keyboard, read back, agreed to, sent; timed, and looked up afterwards."""
import math
import os
import time
from dataclasses import dataclass, field

import pytest

from sitereg import entering, persons, places
from tests.browser.langs import ARABIC, ENGLISH

pytestmark = [pytest.mark.db, pytest.mark.browser]
KEYS_A_SECOND = 2.5  # 30 words a minute: somebody who types while listening
TURN_SECONDS = 1.2  # to go to a field and to know what it asks, once for each field that is touched
CHOICE_SECONDS = 2.5  # to find a word in a list
READ_SECONDS = 9.0  # to read a line aloud and to hear whether it is right
TEN_MINUTES = 600
WITNESS = [("سامر المثال الأول", "2013"), ("خالد المثال الثاني", "ربيع 2013"), ("محمود المثال الثالث", "أيار 2013"), ("عبد الرحمن المثال", "أيار 2013"),
           ("يوسف المثال الخامس", "حزيران 2013"), ("إبراهيم المثال", "2013"), ("نزار المثال السابع", "2013"), ("وليد المثال الثامن", "صيف 2013"),
           ("حسن المثال التاسع", "صيف 2013"), ("رامي المثال العاشر", "آب 2013"), ("غسان المثال", "2014"), ("فادي المثال الأخير", "حوالي 2014")]


@dataclass
class Hands:
    """A person at the keyboard: everything typed and chosen is counted, and what it would take them is reckoned."""

    page: object
    keys: int = 0
    fields: int = 0
    chosen: int = 0
    began: float = field(default_factory=time.monotonic)

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.fields += 1

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += len(key.split("+"))

    def choose(self, code):
        """In the list that has the focus: the word is found and taken."""
        self.page.locator("*:focus").select_option(code)
        self.keys += 4
        self.fields += 1
        self.chosen += 1

    def tick(self, selector):
        self.page.locator(selector).focus()
        self.press("Space")
        self.fields += 1

    def seconds(self, lines):
        return self.keys / KEYS_A_SECOND + self.fields * TURN_SECONDS + self.chosen * CHOICE_SECONDS + lines * READ_SECONDS


def fill_once(hands, page):
    """Who tells it, consent and terms, by keyboard from the first field on."""
    page.focus("#f-who_type")
    hands.choose("testimony_survivor")
    for name, code in (("who_connection", "eyewitness"), ("language", "ar")):
        page.focus(f"#f-{name}")
        hands.choose(code)
    page.focus("#f-consent")
    hands.choose("given")
    for code in ("store", "analyse", "share_iimp_internal", "recontact"):
        hands.tick(f"input[name=scope][value={code}]")
    page.focus("#f-partner")
    hands.type("Our office")
    page.focus("#f-terms")
    hands.type("told in person, for the search")
    hands.tick("input[name=uses][value=search_for_missing]")


def test_twelve_detainees_are_told_of_in_ten_minutes(live):
    """Shown by: what stands in the registry afterwards; the reckoning is printed (pytest -s)."""
    visit = live.visit("ar")
    visit.sign_in("investigator")
    page = visit.page
    with live.as_("investigator") as opened:
        before, town = persons.count(opened), places.named(opened, name="حمص", limit=1)[0]
    page.goto(live.url + "/enter/testimony")
    hands = Hands(page)
    fill_once(hands, page)
    page.focus("[name=r1_person]")
    for number, (name, when) in enumerate(WITNESS, 1):
        hands.type(name)
        if number == 1:
            hands.press("Tab")
            hands.choose("seen_by_exdetainee")
            hands.press("Tab")
            hands.type("حمص")
            with page.expect_response("**/enter/reading"):
                hands.press("Tab")
            page.wait_for_selector(".cell-place input[type=radio]")
            page.locator("input[name=r1_place_pick][value^='place:']").first.focus()
            hands.press("Space")
            hands.chosen += 1
            page.focus("[name=r1_when]")
            hands.type(when)
            page.focus("[name=r1_how]")
            hands.choose("saw")
        elif WITNESS[number - 2][1] != when:
            page.focus(f"[name=r{number}_when]")
            hands.press("Control+a")
            hands.type(when)
        if number in (5, 11):
            page.focus(f"[name=r{number}_how]")
            hands.choose("heard" if number == 5 else "told")
        elif number in (6, 12):
            page.focus(f"[name=r{number}_how]")
            hands.choose("saw")
        if number < len(WITNESS):
            hands.press("Control+Enter")
    page.focus("button[value=aloud]:visible")
    hands.press("Enter")
    page.wait_for_selector(".aloud, #trouble")
    assert not page.locator("#trouble").count(), page.inner_text("#trouble")
    told = page.inner_text(".aloud[lang=ar]")
    assert all(name in told for name, _when in WITNESS) and "السطر 12." in told
    visit.accessible()
    hands.tick("input[name=agreed]")
    page.focus("button[value=send]")
    hands.press("Enter")
    page.wait_for_selector(".receipt-number")
    took, reckoned = time.monotonic() - hands.began, hands.seconds(len(WITNESS) + 6)
    print(f"\ntwelve detainees: {hands.keys} keys, {hands.fields} fields, {hands.chosen} words from lists; reckoned"
          f" {math.ceil(reckoned / 60)} min ({reckoned:.0f} s), of that {(len(WITNESS) + 6) * READ_SECONDS:.0f} s reading aloud; the run itself took {took:.1f} s")
    assert reckoned < TEN_MINUTES
    with live.as_("investigator") as opened:
        assert persons.count(opened) == before + len(WITNESS)
        rows = persons.find(opened, kinds=["seen_by_exdetainee"], states=["draft"], limit=200)
        events = [persons.show(opened, one["code"])["events"][0] for one in rows]
        mine = [one for one in events if one["reliability"] == "F"]
        assert len(mine) == len(WITNESS) and all(one["uncertainty_m"] == town["extent_m"] for one in mine), "each at the town that was picked"
        drafts = entering.drafts.listed(opened)
        assert drafts == []


@ARABIC
def test_a_report_goes_from_the_phone_to_a_new_site(live, lang):
    visit = live.visit(lang, width=390, height=844)
    visit.sign_in("investigator")
    page = visit.page
    page.click("a[href='/enter']")
    visit.accessible()
    page.click("a[href='/enter/report']")
    visit.accessible()
    page.select_option("#f-who_type", "testimony_resident")
    page.fill("#f-words", f"Invented: lorries behind the mill / شاحنات خلف الطاحونة {lang}")
    page.fill("#f-place", "34.12345, 37.54321")
    page.press("#f-place", "Tab")
    page.wait_for_selector("input[name=place_pick][type=radio]")
    page.locator("input[name=place_pick]").first.check()
    page.fill("#f-when", "May 2013")
    page.press("#f-when", "Tab")
    page.wait_for_selector("[data-of=when] .read")
    page.select_option("#f-consent", "given")
    page.check("input[name=scope][value=store]")
    page.fill("#f-partner", "Our office")
    page.fill("#f-terms", "by telephone")
    page.check("input[name=uses][value=search_for_missing]")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    for target in page.locator(".enter .tick:visible, .enter .btn:visible:not(.visually-hidden), .enter .form-control:visible, .enter .form-select:visible").all():
        assert target.bounding_box()["height"] >= 43.5, target.inner_text()
    page.click("button[value=send]")
    page.wait_for_selector(".receipt-number")
    visit.accessible()
    page.goto(live.url + "/reports")
    visit.accessible()
    one = page.locator("article").filter(has_text=f"الطاحونة {lang}")
    assert "34.12345, 37.54321" in one.inner_text()
    one.locator("summary").click()
    one.locator("[name=to]").select_option("new_site")
    one.locator("[name=kind]").select_option("mass_grave")
    one.locator("[name=place]").check()
    one.locator("[name=why]").fill("Nothing stands near it")
    one.locator("button[type=submit]").click()
    page.wait_for_selector(".strip-said")
    assert "SYS-" in page.inner_text(".strip-said")


@ENGLISH
def test_without_scripts_a_testimony_is_typed_checked_read_back_and_sent(live, lang):
    visit = live.visit(lang, scripts=False)
    visit.expected = ("422",)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(live.url + "/enter/testimony")
    page.fill("[name=r1_person]", "Without Scripts")
    page.fill("[name=r1_place]", "34.12345, 37.54321")
    visit.follow("#more")
    assert page.locator(".line").count() == 7 and page.input_value("[name=r1_person]") == "Without Scripts"
    visit.follow("button[value=aloud]:visible")
    assert page.locator("#trouble li").count() > 5
    page.locator("input[name=r1_place_pick]").first.check()
    for name, code in (("who_type", "testimony_survivor"), ("language", "ar"), ("consent", "given"), ("r1_what", "held_at"), ("r1_how", "saw")):
        page.select_option(f"#f-{name}", code)
    page.check("input[name=scope][value=store]")
    page.check("input[name=uses][value=analysis]")
    page.fill("#f-partner", "Our office")
    page.fill("#f-terms", "by letter")
    visit.follow("button[value=save]:visible")
    assert page.url.startswith(live.url + "/drafts/") and page.input_value("[name=r1_person]") == "Without Scripts"
    visit.follow("button[value=aloud]:visible")
    assert "34.12345" in page.inner_text(".aloud[lang=ar]")
    page.check("input[name=agreed]")
    visit.follow("button[value=send]")
    assert page.locator(".receipt-number").is_visible()


@ARABIC
def test_what_is_typed_keeps_itself(live, lang):
    visit = live.visit(lang)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(live.url + "/enter/person")
    page.fill("#f-name", f"Kept By Itself {lang}")
    with page.expect_response("**/enter/draft") as answer:
        pass
    assert answer.value.status == 204
    page.goto(live.url + "/enter")
    visit.accessible()
    visit.follow("a[href^='/drafts/']")
    assert page.input_value("#f-name") == f"Kept By Itself {lang}"
    page.go_back()
    page.locator("form[action$='/drop'] button").first.click()
    page.wait_for_selector(".strip-said")


@pytest.mark.skipif(not os.environ.get("SITEREG_PICTURES"), reason="pictures are made when SITEREG_PICTURES names a folder")
@ENGLISH
@pytest.mark.parametrize("width", [1440, 390])
def test_pictures(live, lang, width):
    """Each form as it stands, for somebody to look at."""
    visit = live.visit(lang, width=width, height=900)
    visit.expected = ("422",)
    visit.sign_in("investigator")
    page = visit.page

    def shot(name):
        page.screenshot(path=f"{os.environ['SITEREG_PICTURES']}/{name}-{lang}-{width}.png", full_page=True)

    page.goto(live.url + "/enter")
    shot("start")
    for form in entering.FORMS:
        page.goto(f"{live.url}/enter/{form}")
        if form != "testimony":
            page.fill("#f-place", "34.12345, 37.54321" if form == "report" else "https://maps.invalid/?q=34.12345,37.54321" if form == "site" else "حمص")
            page.press("#f-place", "Tab")
            page.wait_for_selector("[data-of=place] .read, [data-of=place] .tick")
        else:
            page.fill("[name=r1_person]", "سامر المثال")
            page.select_option("[name=r1_what]", "seen_by_exdetainee")
            page.select_option("[name=r1_how]", "saw")
            page.fill("[name=r1_place]", "حمص")
            page.press("[name=r1_place]", "Tab")
            page.wait_for_selector(".cell-place input[type=radio]")
            page.fill("[name=r1_when]", "أيار 2013")
            page.press("[name=r1_when]", "Tab")
            page.wait_for_selector("[data-of=r1_when] .read")
            page.locator("input[name=r1_place_pick]").first.check()
            page.press("[name=r1_person]", "Control+Enter")
            page.keyboard.type("خالد المثال")
            page.keyboard.press("Control+Enter")
            page.keyboard.type("سامر المثال")
        shot(form)
    page.click("button[value=aloud]:visible")
    shot("testimony-wrong")
    page.select_option("[name=r3_same]", "same")
    for name, code in (("who_type", "testimony_survivor"), ("language", "ar"), ("consent", "given")):
        page.select_option(f"#f-{name}", code)
    page.check("input[name=scope][value=store]")
    page.check("input[name=uses][value=analysis]")
    page.fill("#f-partner", "Our office")
    page.fill("#f-terms", "told in person")
    page.click("button[value=aloud]:visible")
    page.wait_for_selector(".aloud")
    shot("readback")
    page.check("input[name=agreed]")
    page.click("button[value=send]")
    page.wait_for_selector(".receipt-number")
    shot("receipt")
    page.goto(live.url + "/enter/report")
    for name, code in (("who_type", "testimony_resident"), ("consent", "given"), ("callback", "yes")):
        page.select_option(f"#f-{name}", code)
    page.fill("#f-words", "شاحنات ليلاً خلف الطاحونة المتخيَّلة. Lorries at night behind the invented mill.")
    page.fill("#f-place", "geo:34.12345,37.54321")
    page.press("#f-place", "Tab")
    page.wait_for_selector("[data-of=place] .read")
    page.check("input[name=scope][value=store]")
    page.click("button[value=send]")
    page.wait_for_selector(".receipt-number")
    page.goto(live.url + "/reports")
    page.locator("article summary").first.click()
    shot("reports")
    page.goto(live.url + "/desk")
    shot("desk")
