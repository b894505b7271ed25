"""The story of the search field: what may be meant is offered as one types, chosen by keys or a finger, and closed again."""
import pytest

from sitereg import search

pytestmark = [pytest.mark.db, pytest.mark.browser]
TYPED = {"en": "quarr", "ar": "مقلع"}


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("ar", 390)])
def test_what_may_be_meant_is_offered_chosen_by_keys_and_opened(live, lang, width):
    with live.as_("investigator") as opened:
        found = search.suggest(opened, TYPED[lang])
    assert len(found["sites"]) > 1
    visit = live.visit(lang, width=width, height=844)
    visit.sign_in("investigator")
    page = visit.page
    page.goto(visit.url + "/persons")  # a page without a map
    field, options = page.get_by_role("combobox", name=page.locator("label[for=search]").inner_text()), page.locator("#suggested [role=option]")
    told = lambda name: field.get_attribute(name)  # noqa: E731
    assert (told("aria-expanded"), told("aria-controls"), told("aria-autocomplete")) == ("false", "suggested", "list")
    field.press_sequentially(TYPED[lang])
    page.wait_for_selector("#suggested [role=option]")
    assert options.count() == len(found["sites"]) + len(found["places"]) and told("aria-expanded") == "true" and told("aria-activedescendant") is None
    assert str(options.count()) in page.inner_text("#suggested-count") and page.get_by_role("listbox").get_attribute("aria-label")
    box = options.first.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= (44 if width < 800 else 24), box
    visit.accessible()
    field.press("ArrowDown")
    field.press("ArrowDown")
    assert told("aria-activedescendant") == "suggested-1"
    assert [options.nth(n).get_attribute("aria-selected") for n in range(2)] == ["false", "true"]
    field.press("ArrowUp")
    assert told("aria-activedescendant") == "suggested-0"
    field.press("Escape")
    assert told("aria-expanded") == "false" and not page.is_visible("#suggested") and field.input_value() == TYPED[lang]
    field.press("ArrowDown")  # asks again
    page.wait_for_selector("#suggested [role=option]")
    name = options.first.locator(".hit-name").inner_text()
    if width > 800:
        field.press("ArrowDown")
        field.press("Enter")
    else:
        options.first.click()
    page.wait_for_url(f"**/sites/{found['sites'][0]['code']}**")
    assert name in visit.text() and TYPED[lang] not in page.url and page.title() == "sitereg"


def test_persons_are_never_offered_and_one_letter_offers_nothing(live):
    visit = live.visit("en")
    visit.sign_in("investigator")
    page, asked = visit.page, []
    page.on("request", lambda one: asked.append(one.url) if "suggest" in one.url else None)
    page.fill("#search", "q")
    page.wait_for_timeout(400)
    assert asked == [] and not page.is_visible("#suggested")
    page.fill("#search", "quarr")
    page.wait_for_selector("#suggested [role=option]")
    assert len(asked) == 1 and "quarr" not in asked[0]
    kinds = set(page.locator("#suggested .hit-kind").all_inner_texts())
    assert kinds <= {"Site", "Place"} and "Site" in kinds
