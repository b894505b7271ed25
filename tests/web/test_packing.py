"""Hand-overs, packages, the gate and notices in the web, in both languages: asked by one, agreed by a releaser, followed to the end."""
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from sitereg import packages, sealing, sharing, sources, vocab, witness
from sitereg.store import cluster, credentials, people
from tests import given
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])
KEY, RECIPIENT = witness.Ed25519PrivateKey.generate(), sealing.identity()
RISKS = {f"risk_{one}": "none" for one in sharing.RISKS}
YES = {**{one.code: "yes" for one in vocab.GateQuestion}, **{f"why_{one.code}": "looked at" for one in vocab.GateQuestion}}


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setattr(witness, "signing_key", lambda _settings: KEY)


@pytest.fixture
def court(house):
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        site, code, said = given.site(opened, given.kind("court"), given.place(36.5, 33.5), source=source)
        day = (opened.value("today") + timedelta(days=30)).isoformat()
    return {"site": site, "code": code, "said": said, "day": day}


def last(house, table):
    return house.rows(f"select id from reg.{table} order by recorded_at desc limit 1")[0][0]


@LANGS
def test_from_the_gate_to_a_notice_that_is_acknowledged(house, court, tmp_path, lang):
    worker, releaser, who, code = house.visitor("worker", lang), house.visitor("releaser", lang), f"court {uuid4()}", court["code"]
    assert f"/gates/{code}" in worker.get(f"/sites/{code}").text
    asked = {"recipient": who, "precision": "cell_10km", "until": court["day"], "reason": "the trial", **YES}
    assert who in worker.post(f"/gates/{code}", 422, **{**asked, "why_staff": ""}).text
    worker.post(f"/gates/{code}", 303, **{**asked, "families": "no"})
    refused = worker.get("/gates").text
    assert who in refused and vocab.label("gate_precision", "nothing", lang) in refused
    worker.post(f"/gates/{code}", 409, **{**asked, "precision": "exact"})
    worker.post(f"/gates/{code}", 303, **asked)
    gate = last(house, "gate")
    worker.post(f"/gates/{gate}", 403, act="agreed", why="mine")
    releaser.post(f"/gates/{gate}", 422, act="agreed", why="")
    releaser.post(f"/gates/{gate}", 303, act="agreed", why="looked at")
    packed = {"recipient": who, "codes": code, "field_place": "yes", "key": RECIPIENT[1], "expires_on": court["day"], "purpose": "the trial", "legal_basis": "", **RISKS}
    for wrong, status in (({"key": "age1x"}, 422), ({"codes": "SYS-222222-2"}, 422), ({"recipient": "somebody else"}, 409), ({"risk_site": ""}, 422)):
        assert RECIPIENT[1] in worker.post("/packages/new", status, **{**packed, **wrong}).text or "key" in wrong
    worker.post("/packages/new", 303, **packed)
    package = last(house, "package")
    assert all(told in releaser.get("/packages").text for told in (who, RECIPIENT[1], f'href="/sites/{code}"')), "whoever agrees sees to what"
    worker.post(f"/packages/{package}", 403, act="agree", why="mine")
    releaser.post(f"/packages/{package}", 303, act="agree", why="looked at")
    assert f"packages make {package}" in worker.get("/packages").text
    packages.parcels.make(lambda: house.as_("worker"), house.settings, tmp_path / "out", package)
    worker.post(f"/packages/{package}", 409, act="acknowledged", why="x")
    worker.post(f"/packages/{package}", 303, act="delivered", why="by courier")
    worker.post(f"/packages/{package}", 303, act="acknowledged", why="by letter")
    assert "by courier" in releaser.get("/packages").text
    worker.post(f"/sites/{code}/claims/{court['said'][1]}", 303, why="a mistake")
    notices = releaser.get("/notices").text
    assert who in notices and code in notices and "a mistake" not in notices
    notice = house.rows("select id from reg.notice where package = %s", package)[0][0]
    worker.post(f"/notices/{notice}", 409, act="acknowledged", how="x")
    worker.post(f"/notices/{notice}", 303, act="delivered", how="by hand")
    worker.post(f"/notices/{notice}", 303, act="acknowledged", how="a signed letter")
    assert "a signed letter" in worker.get("/notices").text
    worker.post(f"/gates/{gate}", 303, act="ended", why="over")


@LANGS
def test_a_hand_over_is_asked_for_and_refused_with_its_ground(house, lang):
    worker, releaser, who = house.visitor("worker", lang), house.visitor("releaser", lang), f"successor {uuid4()}"
    assert worker.get("/packages/hand-over").status_code == 200
    form = {"recipient": who, "purpose": "the search", "legal_basis": "", **RISKS}
    assert who in worker.post("/packages/hand-over", 422, **{**form, "purpose": ""}).text
    worker.post("/packages/hand-over", 303, **form)
    package = last(house, "package")
    releaser.post(f"/packages/{package}", 303, act="refuse", why="nobody knows them")
    assert "nobody knows them" in releaser.get("/packages").text
    releaser.post(f"/packages/{package}", 409, act="agree", why="all the same")
    house.visitor("viewer").get("/packages", 403)
    assert "/packages" not in house.visitor("verifier", lang).get("/desk").text


@LANGS
def test_who_was_asked_about_a_hand_over_is_recorded(house, lang):
    handler, worker = house.visitor("handler", lang), house.visitor("worker", lang)
    with house.as_("worker") as opened:
        source = sources.new(opened, "testimony_survivor", {"en": f"A survivor {uuid4()}"}, reliability="C", reason="x", terms=given.TERMS)
        given.site(opened, given.kind("court"), source=source)
    assert f"/sources/{source}/hand-over" in handler.get("/hand-over").text and f"/sources/{source}/hand-over" not in worker.get("/hand-over").text
    worker.get(f"/sources/{source}/hand-over", 404)
    form = {"answer": "given", "asked": "source", "on_day": "2026-11-01", "named": "yes", "note": "on the telephone"}
    handler.post(f"/sources/{source}/hand-over", 422, **{**form, "on_day": ""})
    handler.post(f"/sources/{source}/hand-over", 422, **{**form, "answer": "refused"})
    handler.post(f"/sources/{source}/hand-over", 303, **form)
    assert "on the telephone" in handler.get("/hand-over").text
    assert house.rows("select answer, named from reg.consent_ask where source = %s", source) == [("given", True)]
    house.visitor("releaser", lang).get("/hand-over", 403)


@LANGS
def test_a_partner_reads_at_the_door_what_a_releaser_agreed_to_and_no_more_once_it_is_taken_back(house, court, lang):
    name, code = f"union{lang}", court["code"]
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, name, display="The union"), tier=0, roles=["partner"], reason="test")
        credentials.accept(raw, account=name, email=f"{name}@test.invalid", password=PASSWORD)
    worker, releaser, who = house.visitor("worker", lang), house.visitor("releaser", lang), f"The union {uuid4()}"
    worker.post(f"/gates/{code}", 303, recipient=who, precision="cell_10km", until=court["day"], reason="their families", **YES)
    releaser.post(f"/gates/{last(house, 'gate')}", 303, act="agreed", why="looked at")
    assert f'value="{name}"' in worker.get("/packages/share").text
    form = {"recipient": who, "account": name, "codes": code, "field_kinds": "yes", "field_place": "yes", "expires_on": court["day"], "purpose": who, "legal_basis": "", **RISKS}
    worker.post("/packages/share", 422, **{**form, "account": "worker"})
    worker.post("/packages/share", 303, **form)
    share, partner = last(house, "package"), house.visitor(name, lang)
    at = f"/door/shares/{share}"
    assert who not in partner.get("/door").text
    partner.get(at, 404)
    releaser.post(f"/packages/{share}", 303, act="agree", why="looked at")
    assert who in partner.get("/door").text
    page = partner.get(at).text
    assert code in page and "shared-map" in page and {"en": "take it as not verified", "ar": "اعتبره غير متحقق منه"}[lang] in page
    assert "36.5" not in page and "<script" not in page
    worker.get(at, 403)
    worker.post(f"/packages/{share}", 303, act="withdraw", why="it was leaked")
    page = partner.get(at).text
    assert code in page and "shared-map" not in page and {"en": "It was taken back", "ar": "سُحب: لم يعد"}[lang] in page and "leaked" not in page
    worker.post(f"/packages/{share}", 409, act="withdraw", why="twice")
