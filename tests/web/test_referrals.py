"""Referrals on their pages, for the caseworker and at the door: consent first, overdue first, absent for others, nothing in clear."""
import json
import re
from base64 import b64decode, b64encode
from uuid import uuid4

import psycopg
import pytest

from sitereg import agreements, sealing, vault
from sitereg.store import cluster, credentials, people
from tests import vault_keys
from tests.sitereg.test_agreements import terms
from tests.web.conftest import PASSWORD
from tests.web.test_hidden import PASSING

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])
PHRASE = "five or six words of a handler"
WORDS = {"reason": "Papers for the children (invented)", "name": "Invented Mother", "contact": "0933 111 222"}


@pytest.fixture(scope="module")
def door(house):
    """(the house, an agreement that covers referrals): partner1 is of it, partner2 of nobody's; two caseworkers with keys."""
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        for name, tier, roles in (("partner1", 0, ["partner"]), ("partner2", 0, ["partner"]), ("case1", 2, ["source_handler"]), ("case2", 2, ["source_handler"])):
            people.clearance(raw, people.account(raw, name, display=name.title()), tier=tier, roles=roles, reason="test")
            credentials.accept(raw, account=name, email=f"{name}@test.invalid", password=PASSWORD)
    with house.as_("case1") as opened:
        vault.new_key(opened, PHRASE)
        made = agreements.add(opened, terms(kinds=["referrals"]), why="test", partner={"en": "An association (invented)", "ar": "جمعية (متخيَّلة)"}, title="MoU")
    for who in ("verifier", "releaser"):
        with house.as_(who) as opened:
            agreements.approve(opened, made["version"])
    return house, made["agreement"]


def asked(visitor, path, data, status=200):
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.client.get("/door/key").text)[1]
    answer = visitor.client.post(path, data=json.dumps(data), headers={"X-CSRFToken": token, "Content-Type": "application/json", "Accept": "application/json"})
    assert answer.status_code == status, answer.text[:400]
    return answer.json


@LANGS
def test_a_family_is_referred_and_helped(door, lang):
    house, agreement = door
    case, partner = house.visitor("case1", lang), house.visitor("partner1", lang)
    if lang == "en":
        case.post("/referrals/partners", 422, account="nobody", agreement=str(agreement))
        case.post("/referrals/partners", 303, account="partner1", agreement=str(agreement))
        assert "no partner yet" in case.get("/referrals/new").text
    secret, public = sealing.identity()
    asked(partner, "/door/key", {"public": public, "secret": b64encode(vault_keys.cheaply_locked(secret, "x" * 14)).decode()})
    assert sealing.fingerprint(public) in partner.get("/door/key").text and sealing.fingerprint(public) in case.get("/referrals").text
    case.post("/referrals/new", 422, agreement=str(agreement), urgency="urgent", reason="See SYS-K7F49M-3", needs="legal")
    at = case.post("/referrals/new", 303, agreement=str(agreement), urgency="urgent", needs="legal", **WORDS).headers["Location"]
    page = case.get(at).text
    assert not any(one in page for one in WORDS.values()) and 'value="sent"' not in page
    opened = case.post(f"{at}/open", 200, passphrase=PHRASE).text
    assert all(one in opened for one in WORDS.values())
    case.post(f"{at}/open", 422, passphrase="another one altogether")
    theirs = "/door" + at
    partner.get(theirs, 404)
    case.post(at, 409, act="consented", by="self", form="spoken", on=today(house), covers="reason")
    case.post(at, 303, act="consented", by="self", form="spoken", on=today(house), covers=sorted(WORDS))
    case.post(at, 303, act="sent")
    assert partner.get("/door/referrals").text.count("/door/referrals/") >= 2 and not any(one in partner.get(theirs).text for one in WORDS.values())
    told = asked(partner, f"{theirs}/passed", {})
    assert told["passed"] is None and json.loads(sealing.opened(b64decode(told["brief"]), secret)) == {"reason": WORDS["reason"]}
    partner.post(theirs, 422, act="declined")
    partner.post(theirs, 303, act="accepted")
    assert asked(partner, f"{theirs}/passed", {})["passed"]
    partner.post(theirs, 303, act="outcome", outcome="supported")
    assert 'value="closed"' in case.get(at).text
    other = house.visitor("case2", lang)
    other.get(at, 404)
    other.post(at, 404, act="closed")
    other.post(f"{at}/open", 404, passphrase=PHRASE)
    bare = [PASSING.sub("", other.get(one, 404).text) for one in (at, f"/referrals/{uuid4()}")]
    assert at not in other.get("/referrals").text and bare[0] == bare[1]
    stranger = house.visitor("partner2", lang)
    stranger.get(theirs, 404)
    asked(stranger, f"{theirs}/passed", {}, 404)
    case.post(at, 303, act="withdrawn", ground="family_withdrew")
    assert asked(partner, f"{theirs}/passed", {})["brief"] is None and 'value="deleted"' in partner.get(theirs).text
    partner.post(theirs, 303, act="deleted")


def test_a_partner_refers_through_the_door(door):
    house, _ = door
    partner, case = house.visitor("partner1", "ar"), house.visitor("case1", "en")
    with house.as_("partner1") as opened:
        keys = [row["public"] for row in opened.rows("door_keys")]
    said = {"needs": ["search"], "urgency": "critical", "fields": ["reason"], "passed": b64encode(sealing.sealed(json.dumps({"reason": "x y z"}).encode(), keys)).decode(),
            "consent": {"form": "written", "by": "self", "on": today(house), "covers": ["reason"]}}
    asked(partner, "/door/referrals/new", {**said, "more": "x"}, 422)
    asked(partner, "/door/referrals/new", {**said, "passed": b64encode(b"in clear").decode()}, 422)
    at = asked(partner, "/door/referrals/new", said)["at"]
    ours = at.removeprefix("/door")
    assert "x y z" in case.post(f"{ours}/open", 200, passphrase=PHRASE).text and "nobody has taken it yet" in case.get("/referrals").text
    case.post(ours, 422, act="declined")
    case.post(ours, 303, act="accepted")
    house.visitor("case2", "en").get(ours, 404)
    case.post(ours, 422, act="hand", owner="nobody")
    case.post(ours, 303, act="hand", owner="case2")
    case.get(ours, 404)
    assert "1 overdue" not in case.get("/desk").text
    partner.post(at, 303, act="withdrawn", ground="no_longer_needed")
    house.visitor("case2", "en").post(ours, 303, act="deleted")


def test_other_roles_and_partners_without_an_agreement(door):
    house, _ = door
    for who in ("worker", "releaser", "auditor"):
        house.visitor(who, "en").get("/referrals", 403)
    stranger = house.visitor("partner2", "ar")
    assert "لم يُحَل إليكم أحد" in stranger.get("/door/referrals").text
    asked(stranger, "/door/referrals/new", {"needs": ["legal"], "urgency": "urgent", "fields": ["reason"], "passed": "", "consent": {}}, 409)


def today(house):
    return str(house.rows("select reg.today()")[0][0])
