"""A source handler's story: what may be said to a family, signed by a releaser, told, owed again once an account was taken back; axe on each page."""
import pytest

from sitereg import sources
from tests import given
from tests.browser.langs import ARABIC
from tests.browser.test_packing import shot
from tests.sitereg.cases import event

pytestmark = [pytest.mark.db, pytest.mark.browser]


@pytest.fixture
def sought(live):
    """(code, the claim that somebody was seen): a case of which a family and a survivor told."""
    with live.as_("investigator") as opened:
        made = [sources.new(opened, kind, {"en": f"{kind} (invented)", "ar": "شهادة (متخيَّلة)"}, reliability="B", reason="x", terms=given.TERMS)
                for kind in ("testimony_family", "testimony_survivor")]
        said = ({**event("arrested", "[2013-05-02,2013-05-03)", (36.3, 33.5), 3000), "source": str(made[0])},
                {**event("seen_by_exdetainee", "[2015-06-10,2015-06-11)", (36.3, 33.5), 3000), "source": str(made[1])},
                {**event("death_notice_issued", "[2018-07-01,2018-08-01)"), "source": str(made[1])})
        rows = opened.rows("record_claims", claims=given.Json([{"credibility": "2", "subject_key": "p", **one} for one in said]),
                           subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))
        opened.call("decide", subject=rows[0]["subject"], machine="case", aspect="", to="open_missing", reason="the family asked", basis=[rows[0]["claim"]])
        return rows[0]["code"], rows[1]["claim"]


@ARABIC
def test_a_family_is_told_and_told_again(live, sought, lang):
    code, claim = sought
    handler, releaser = live.visit(lang), live.visit(lang)
    handler.sign_in("handler")
    releaser.sign_in("releaser")
    page, desk = handler.page, releaser.page
    page.goto(f"{live.url}/persons/{code}")
    page.click(f"a[href='/persons/{code}/tell']")
    assert "شوهد في الاحتجاز في حزيران/يونيو 2015" in page.inner_text("main") and page.locator("main [lang=en][dir=ltr] li").count() == 4
    shot(handler, "tell")
    page.click("#tell button[type=submit]")
    page.wait_for_selector(".proposal")
    desk.goto(f"{live.url}/persons/{code}/tell")
    desk.fill("form.act textarea[name=why]", "قُرئت بصوت عالٍ")
    shot(releaser, "tell-sign")
    desk.click("button[value=signed]")
    desk.wait_for_load_state()
    page.goto(f"{live.url}/persons/{code}/tell")
    page.click("details.act-box summary")
    page.locator("select[name=contact]").select_option(index=1)
    page.select_option("select[name=how]", "telephone")
    shot(handler, "tell-told")
    page.click(".proposal details button[type=submit]")
    page.wait_for_load_state()
    with live.as_("investigator") as opened:
        opened.call("end_claim", claim=claim, why="خطأ")
    page.goto(f"{live.url}/tellings")
    assert code in page.inner_text("main") and "شوهد في الاحتجاز" in page.inner_text("main")
    shot(handler, "tellings")
