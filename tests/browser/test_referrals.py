"""A caseworker refers a family, a partner opens it in his browser with his own key and answers; the family withdraws. Axe on each page."""
import psycopg
import pytest

from sitereg import agreements, referrals
from sitereg.demo.signins import admit
from sitereg.store import cluster
from tests.browser.langs import ARABIC
from tests.sitereg.test_agreements import terms

pytestmark = [pytest.mark.db, pytest.mark.browser]
THEIRS = "demo.partner2"
PHRASE = "كلمات خمس متخيلة لشريك واحد"
WORDS = {"reason": "أوراق للأطفال (مختلق)", "name": "أم متخيَّلة", "contact": "0933 111 222"}
KEPT = "() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])"


@pytest.fixture(scope="module")
def agreement(served):
    """An agreement that covers referrals; a second partner of the demonstration, who has no key yet, is of it."""
    with psycopg.connect(cluster.dsn(served[1])) as raw:
        admit(raw, "partner", THEIRS, "Another demo partner", 0, (), ("partner",))
    from sitereg.actors import Actor
    from sitereg.store import session

    def acting(name):
        return session.acting(served[1], Actor(f"demo.{name}", "system", "story"))
    with acting("handler") as opened:
        made = agreements.add(opened, terms(kinds=["referrals"]), why="x", partner={"en": "An association (invented)", "ar": "جمعية (متخيَّلة)"}, title="MoU")
    for who in ("verifier", "releaser"):
        with acting(who) as opened:
            agreements.approve(opened, made["version"])
    with acting("handler") as opened:
        referrals.bind(opened, THEIRS, made["agreement"])
    return made["agreement"]


def partner_of(live, lang):
    partner = live.visit(lang, width=390)
    partner.page.goto(f"{live.url}/door/enter" + ("" if lang == "ar" else "?lang=en"))
    partner.page.fill("#email", f"{THEIRS}@demo.invalid")
    partner.page.fill("#password", f"{THEIRS}-sees-only-invented-places")
    partner.page.click("main button[type=submit]")
    partner.page.wait_for_url(f"{live.url}/door")
    return partner


@ARABIC
def test_a_family_is_referred_opened_answered_and_withdrawn(live, agreement, lang):
    partner, handler = partner_of(live, lang), live.visit(lang)
    page = partner.page
    page.goto(f"{live.url}/door/referrals")
    page.goto(f"{live.url}/door/key")
    page.wait_for_selector("#key-form:not([hidden])")
    for name in ("#k-one", "#k-two"):
        page.fill(name, PHRASE)
    bodies = []
    page.on("request", lambda one: bodies.append(one.post_data_buffer or b""))
    partner.looked_at("door-key")
    page.click("#key-form button")
    page.wait_for_selector("#letters")
    handler.sign_in("handler")
    desk = handler.page
    desk.goto(f"{live.url}/referrals")
    assert page.inner_text("#letters") in handler.text()
    handler.looked_at("referrals")
    handler.follow("a[href='/referrals/new']")
    desk.select_option("select[name=agreement]", str(agreement))
    desk.check("input[name=needs][value=documentation]")
    desk.check("input[name=urgency][value=urgent]")
    for name, words in WORDS.items():
        desk.fill(f"textarea[name={name}]", words)
    handler.looked_at("referral-new")
    handler.follow("#referral button[type=submit]")
    for box in desk.locator("input[name=covers]").all():
        box.check()
    desk.check("#consent input[name=by][value=self]")
    desk.check("#consent input[name=form][value=spoken]")
    handler.looked_at("referral-consent")
    handler.follow("#consent button[type=submit]")
    handler.follow("#now button[value=sent]")
    page.goto(f"{live.url}/door/referrals")
    partner.looked_at("door-referrals")
    partner.follow("article.proposal a")
    partner.looked_at("door-referral")
    opened(partner, WORDS["reason"])
    assert WORDS["contact"] not in partner.text()
    partner.follow("button[value=accepted]")
    opened(partner, WORDS["reason"], WORDS["name"], WORDS["contact"])
    partner.looked_at("door-referral-open")
    assert not any(words in page.evaluate(KEPT) for words in (*WORDS.values(), PHRASE))
    assert not any(words.encode() in body for body in bodies for words in (*WORDS.values(), PHRASE)), "the passphrase stays on the device"
    desk.reload()
    desk.click("details:has(#withdrawn) summary")
    desk.select_option("#withdrawn select", "family_withdrew")
    handler.follow("#withdrawn button")
    handler.looked_at("referral-withdrawn")
    page.reload()
    assert page.locator("#open-form").count() == 0
    partner.looked_at("door-referral-withdrawn")
    partner.follow("button[value=deleted]")


def opened(partner, *words):
    page = partner.page
    page.wait_for_selector("#open-form:not([hidden])")
    page.fill("#o-pass", PHRASE)
    page.click("#open-form button")
    page.wait_for_selector("#opened:not([hidden])")
    assert all(one in page.inner_text("#opened") for one in words)


@ARABIC
def test_a_partner_refers_a_family(live, agreement, lang):
    partner, handler = partner_of(live, lang), live.visit(lang)
    page = partner.page
    page.goto(f"{live.url}/door/referrals/new")
    page.wait_for_selector("#refer-form:not([hidden])")
    page.check("input[name=needs][value=search]")
    page.check("input[name=urgency][value=critical]")
    page.fill("textarea[name=reason]", WORDS["reason"])
    page.check("input[name=by][value=self]")
    page.check("input[name=form][value=written]")
    page.check("input[name=agree]")
    partner.looked_at("door-refer")
    bodies = []
    page.on("request", lambda one: bodies.append(one.post_data_buffer or b""))
    partner.follow("#refer-form button[type=submit]")
    assert bodies and not any(WORDS["reason"].encode() in body for body in bodies)
    ours = page.url.replace("/door", "")
    page.goto(f"{live.url}/door/asks")
    page.fill("#ask-contact", "+963 944 999 888")
    partner.follow("#ask button")
    unit = page.eval_on_selector("#place-unit", "it => [...it.options].find(one => one.value).value")
    page.select_option("#place-unit", unit)
    page.fill("#place-place", "قرب الطاحونة (invented)")
    partner.follow("#place button[type=submit]")
    assert "قرب الطاحونة" in page.inner_text("main")
    partner.looked_at("door-asks")
    page.goto(f"{live.url}/door/declared")
    page.select_option("#work-unit", unit)
    page.fill("#work-place", "بستان (invented)")
    page.fill("#work-ended", page.input_value("#work-began"))
    for name in ("kind", "told"):
        page.locator(f"#work input[name={name}]").first.check()
    partner.follow("#work button[type=submit]")
    assert "بستان" in page.inner_text("main article")
    partner.looked_at("door-declared")
    handler.sign_in("handler")
    handler.page.goto(ours)
    handler.page.fill("#vault_open-passphrase", "demo.handler-sees-only-invented-places")
    handler.follow("#vault_open button")
    assert WORDS["reason"] in handler.page.inner_text("#opened")
    handler.looked_at("referral-theirs")
    handler.page.goto(ours)
    handler.follow("#now button[value=accepted]")
    handler.page.goto(f"{live.url}/asks")
    assert "قرب الطاحونة" in handler.page.inner_text("main")
    handler.looked_at("asks")
