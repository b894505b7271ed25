"""What must be logged stands in the log before it is answered; where the log cannot be written there is no answer."""
import json
import re
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from sitereg import scans
from sitereg.store import cluster
from tests import given
from tests.sitereg.test_pages import png
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.db
NAME, WHY = "Somebody Invented", "asked by the family of this invented case"


@pytest.fixture(scope="module")
def held(house, tmp_path_factory):
    """Besides its sites: a named case, a scan, a report of somebody; {what: the address}."""
    path = tmp_path_factory.mktemp("logged") / "page.png"
    path.write_bytes(png(60, 80))
    with house.as_("worker") as opened:
        source = str(house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0])
        said = [{"predicate": "person_name", "value": {"text": NAME}, "source": source, "credibility": "2", "subject_key": "p"},
                {"predicate": "event", "value": {"kind": "arrested"}, **{k: v for k, v in given.place(36.5, 33.5).items() if k != "predicate"},
                 "source": source, "credibility": "2", "subject_key": "p"}]
        made = opened.rows("record_claims", claims=given.Json(said), subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))
        document = scans.keep(opened, pages=[path], terms=given.TERMS, shows="a page", living="none")
    return {"person": f"/persons/{made[0]['code']}", "code": made[0]["code"], "document": f"/documents/{document}",
            "grave": house.sites["grave"]["code"]}


ACTS = {  # what is read -> (who, the action in the log, how it is asked, what only the answer tells)
    "a list of sites": ("worker", "site_list", lambda v, held: v.client.get("/sites"), "Hill Prison"),
    "a search with words": ("worker", "site_search", lambda v, held: followed(v, "/sites", q="prison"), "Hill Prison"),
    "a site's exact place": ("worker", "site_page", lambda v, held: v.client.get(f"/sites/{held['grave']}"), "33.543"),
    "a tile": ("worker", "site_tile", lambda v, held: v.client.get("/tiles/sites/9/307/205.mvt"), None),
    "a list of cases": ("worker", "person_list", lambda v, held: v.client.get("/persons"), "code"),
    "a search of cases": ("worker", "person_search", lambda v, held: followed(v, "/persons", q=held["code"]), "code"),
    "a case": ("worker", "person_page", lambda v, held: v.client.get(held["person"]), "arrest"),
    "a search by name": ("worker", "person_named", lambda v, held: followed(v, "/persons", name="invented", reason=WHY), "code"),
    "names opened": ("worker", "person_names", lambda v, held: sent(v, f"{held['person']}/names", reason=WHY), NAME),
    "a scan": ("worker", "document", lambda v, held: v.client.get(held["document"]), "a page"),
    "a picture": ("worker", "document_page", lambda v, held: v.client.get(f"{held['document']}/pages/1"), b"IDAT"),
    "reports": ("worker", "reports", lambda v, held: v.client.get("/reports"), None),
    "what lies inside": ("worker", "inside", lambda v, held: followed(v, "/inside", centre="33.2, 36.6", km="3"), "Hill Prison"),
}


def sent(visitor, path, **form):
    return visitor.client.post(path, data={"csrf_token": visitor.token(), **form})


def followed(visitor, path, **form):
    """What the form leads to."""
    answer = sent(visitor, path, **form)
    return visitor.client.get(answer.headers["Location"]) if answer.status_code == 303 else answer


def told(answer, secret, held):
    words = {"code": held["code"], None: "\0"}.get(secret, secret)
    return (words if isinstance(words, bytes) else words.encode()) in answer.data


def entries(house, action):
    return house.rows("select a.name, l.how from reg.read_log l left join reg.account a on a.id = l.actor where l.action = %s order by l.id", action)


@contextmanager
def unwritable(house):
    """Nothing comes into the log of reads."""
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        raw.execute("alter table reg.read_log add constraint never check (action = '') not valid")
        try:
            yield
        finally:
            raw.execute("alter table reg.read_log drop constraint never")


@pytest.mark.parametrize("act", ACTS)
def test_it_is_logged_and_without_the_log_there_is_no_answer(house, held, act):
    who, action, ask, secret = ACTS[act]
    visitor, before = house.visitor(who), len(entries(house, action))
    answer = ask(visitor, held)
    assert answer.status_code in (200, 204) and (secret is None or told(answer, secret, held)), answer.text[:2000]
    assert entries(house, action)[before:] == [(who, "password")]
    visitor.token()
    with unwritable(house):
        answer = ask(visitor, held)
        assert answer.status_code >= 400 and not told(answer, secret, held)


def test_a_refusal_is_logged(house, held):
    before = len(entries(house, "refused"))
    assert sent(house.visitor("officer"), f"{held['person']}/names", reason=WHY).status_code == 403
    assert entries(house, "refused")[before:] == [("officer", "password")]


def door(house, email, password):
    """Somebody without any seat tries to sign in."""
    client = house.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    return client, client.post("/sign-in", data={"email": email, "password": password, "csrf_token": token})


def test_sign_ins_and_failures_are_logged_and_without_the_log_nobody_is_let_in(house):
    counted = {action: len(entries(house, action)) for action in ("signed_in", "sign_in_failed")}
    client, answer = door(house, "analyst1@test.invalid", PASSWORD)
    assert answer.status_code == 302 and entries(house, "signed_in")[counted["signed_in"]:] == [("analyst1", "password")]
    door(house, "analyst1@test.invalid", "wrong")
    door(house, f"{uuid4().hex}@test.invalid", "wrong")
    assert entries(house, "sign_in_failed")[counted["sign_in_failed"]:] == [("analyst1", "password"), (None, "password")]
    detail = json.dumps(house.rows("select detail from reg.read_log where action = 'sign_in_failed'"))
    assert "127.0.0.1" not in detail and "test.invalid" not in detail and "wrong" not in detail
    with unwritable(house):
        other, answer = door(house, "analyst1@test.invalid", PASSWORD)
        assert answer.status_code >= 400 and other.get("/me").status_code != 200, "no seat"
        assert door(house, "analyst1@test.invalid", "wrong")[1].status_code >= 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/me").text)[1]
    client.post("/lock", data={"csrf_token": token})
    assert entries(house, "seat_locked")[-1] == ("analyst1", "password")


def test_whoever_must_wait_is_logged_once_and_does_not_fill_the_log(house):
    before = len(entries(house, "sign_in_failed"))
    for _ in range(8):
        door(house, "viewer@test.invalid", "wrong")
    assert len(entries(house, "sign_in_failed")) - before == 5 and entries(house, "sign_in_slowed") == [("viewer", "password")]
