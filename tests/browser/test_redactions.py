"""Two persons' story: a box is dragged and one moved by arrows, an interval drawn; another looks before and after, refuses, agrees; axe on each page."""
import pytest

from sitereg import scans
from tests import given
from tests.browser.langs import ARABIC
from tests.browser.test_packing import shot
from tests.sitereg import redacting

pytestmark = [pytest.mark.db, pytest.mark.browser]


@pytest.fixture
def kept(live, tmp_path):
    """(a scan of two pages, a sound), both invented."""
    with live.as_("investigator") as opened:
        return (scans.keep(opened, pages=[redacting.pdf(tmp_path / "register (invented).pdf")], shows="سجل متخيَّل", living="none", terms=given.TERMS),
                scans.keep(opened, pages=[redacting.sound(tmp_path / "voice (invented).wav")], shows="صوت متخيَّل", terms=given.TERMS))


def fields(page, *names):
    return [float(page.input_value(f"#mark [name={name}]") or 0) for name in names]


def drag(page, what, start, end):
    """The pointer is dragged between two points, each a part of the width and height of what is drawn on."""
    page.locator(what).scroll_into_view_if_needed()
    box = page.locator(what).bounding_box()
    (a, b), (c, d) = ((box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end))
    page.mouse.move(a, b)
    page.mouse.down()
    page.mouse.move((a + c) / 2, (b + d) / 2)
    page.mouse.move(c, d)
    page.mouse.up()


def drawn(page):
    """The page before and the page after stand side by side."""
    page.wait_for_function("""() => { const both = [...document.querySelectorAll('figure img')];
      return both.length === 2 && both.every((one) => one.complete && one.naturalWidth > 0); }""")


def cover(page, reason):
    page.select_option("#mark [name=reason]", reason)
    page.click("#mark button[type=submit]")
    page.wait_for_load_state()


@ARABIC
def test_what_one_covers_another_looks_at_and_has_made(live, kept, lang):
    drafter, checker = live.visit(lang), live.visit(lang)
    checker.expected = ("409",)  # agreeing to what was not looked at
    drafter.sign_in("investigator")
    checker.sign_in("officer")
    page, other = drafter.page, checker.page
    page.goto(f"{live.url}/documents/{kept[0]}")
    page.click(f"form[action='/documents/{kept[0]}/redactions'] button")
    page.wait_for_url("**/redactions/*")
    here = page.url
    drag(page, "#scan img", (.1, .1), (.6, .2))
    x, y, width, height = fields(page, "x", "y", "width", "height")
    assert abs(x - 10) < 1 and abs(y - 10) < 1 and abs(width - 50) < 1 and abs(height - 10) < 1
    assert page.evaluate("document.activeElement.name") == "reason"
    page.focus("#scan")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    assert fields(page, "y", "width") == pytest.approx([y + 1, width + 1])
    cover(page, "witness")
    assert page.locator("rect.covered").count() == 1
    page.goto(f"{here}?page=2&zoom=2")
    drag(page, "#scan img", (.05, .05), (.3, .1))
    cover(page, "minor")
    assert page.locator("rect.covered").count() == 1
    shot(drafter, "redaction-draft")
    page.click("details:has(#ask) summary")
    page.fill("#ask [name=shows]", "سجل، الأسماء محجوبة")
    page.select_option("#ask [name=tier]", "1")
    page.fill("#ask [name=words]", redacting.SECRET)
    page.click("#ask button[type=submit]")
    page.wait_for_load_state()
    other.goto(f"{live.url}/redactions")
    other.click(f"a[href='/redactions/{here.split('/')[-1]}/check']")
    drawn(other)
    shot(checker, "redaction-check")
    other.fill("#made [name=why]", "نظرت إلى الصفحة الأولى")
    other.click("#made button[type=submit]")
    other.wait_for_selector("#trouble")
    assert {"ar": "انظر إلى كل صفحة", "en": "Look at each page"}[lang] in other.inner_text("#trouble")
    other.click("a[href$='page=2']")
    drawn(other)
    other.fill("#made [name=why]", "نظرت إلى الصفحتين")
    other.click("#made button[type=submit]")
    other.wait_for_url("**/documents/*")
    assert "redacted-" in other.inner_text("h1") and {"ar": "فُحصت", "en": "looked through"}[lang] in other.inner_text("body")
    shot(checker, "redaction-copy")


@ARABIC
def test_an_interval_is_drawn_on_the_line_of_a_sound_and_refused_with_words(live, kept, lang):
    drafter, checker = live.visit(lang), live.visit(lang)
    drafter.sign_in("investigator")
    checker.sign_in("officer")
    page, other = drafter.page, checker.page
    page.goto(f"{live.url}/documents/{kept[1]}")
    page.click(f"form[action='/documents/{kept[1]}/redactions'] button")
    page.wait_for_url("**/redactions/*")
    drag(page, "#wave img", (.2, .5), (.5, .5))
    assert fields(page, "began", "ended") == pytest.approx([1, 2.5], abs=.05)
    page.focus("#wave")
    page.keyboard.press("ArrowRight")
    cover(page, "source_identity")
    assert page.locator("rect.covered").count() == 1
    page.click("details:has(#ask) summary")
    page.fill("#ask [name=shows]", "صوت، الاسم محجوب")
    page.select_option("#ask [name=tier]", "1")
    page.select_option("#ask [name=length]", "cut")
    page.select_option("#ask [name=form]", "flac")
    shot(drafter, "redaction-sound")
    page.click("#ask button[type=submit]")
    page.wait_for_load_state()
    other.goto(f"{page.url.split('?')[0]}/check")
    other.evaluate("""() => new Promise((done, failed) => { const one = document.querySelectorAll('audio')[1];
        one.addEventListener('loadedmetadata', done, {once: true}); one.addEventListener('error', failed, {once: true}); one.preload = 'auto'; })""")
    assert other.evaluate("document.querySelectorAll('audio')[1].duration") == pytest.approx(4.5, abs=.1)
    other.click("details:has(#refuse) summary")
    other.fill("#refuse [name=why]", "يُسمع اسم بعد ذلك")
    shot(checker, "redaction-heard")
    other.click("#refuse button[type=submit]")
    other.wait_for_load_state()
    page.reload()
    assert "يُسمع اسم بعد ذلك" in page.inner_text("main") and page.locator("#mark").count() == 1


@ARABIC
def test_without_scripts_numbers_are_enough(live, kept, lang):
    visit = live.visit(lang, width=390, scripts=False)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(f"{live.url}/documents/{kept[0]}")
    page.click(f"form[action='/documents/{kept[0]}/redactions'] button")
    page.wait_for_url("**/redactions/*")
    for name, value in (("x", "10"), ("y", "١٠"), ("width", "50"), ("height", "6")):
        page.fill(f"#mark [name={name}]", value)
    cover(page, "exact_place")
    assert page.locator("rect.covered").count() == 1 and page.locator("#marks li").count() == 1
    page.click("#marks button")
    page.wait_for_load_state()
    assert page.locator("rect.covered").count() == 0
