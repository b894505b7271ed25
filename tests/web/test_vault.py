"""The vault's pages: a key made, a sheet opened for one answer, a passphrase that is nowhere kept, colleagues shared with."""
import re
from uuid import uuid4

import pytest

from sitereg import sealing
from tests import vault_keys
from tests.web.test_entering import FORM

pytestmark = pytest.mark.db
PASSPHRASE = vault_keys.PASSPHRASE
OTHER = "entirely other words of mine"


@pytest.fixture
def handler(house):
    visitor = house.visitor("handler")
    if not house.rows("select 1 from vault.recipient where account is not null and ended_at is null"):
        visitor.post("/vault/key", act="make", new=PASSPHRASE, again=PASSPHRASE)
    return visitor


def report(house):
    """A report of somebody invented."""
    house.visitor("worker").post("/enter/report", **{**FORM, "once": str(uuid4()), "words": "Told by somebody", "who_name": "Somebody Invented", "who_contact": "0999"})
    return str(house.rows("select id from reg.report order by recorded_at desc limit 1")[0][0])


def test_a_key_is_made_on_the_page_and_its_passphrase_stands_nowhere(house):
    visitor = house.visitor("handler")
    assert "You have none yet" in visitor.get("/vault").text
    assert "The two are not the same" in visitor.post("/vault/key", 422, act="make", new=PASSPHRASE, again=OTHER).text
    assert "too short" in visitor.post("/vault/key", 422, act="make", new="short", again="short").text
    visitor.post("/vault/key", act="make", new=PASSPHRASE, again=PASSPHRASE)
    page = visitor.get("/vault").text
    public = house.rows("select public from vault.recipient where account is not null")[0][0]
    assert sealing.fingerprint(public) in page and PASSPHRASE not in page
    again = visitor.post("/vault/key", 409, act="make", new=OTHER, again=OTHER).text
    assert OTHER not in again and "You have a key" in again
    assert house.rows("select count(*) from reg.read_log where detail::text ~ 'five invented'") == [(0,)]


def test_a_sheet_is_opened_for_one_answer_and_only_with_the_passphrase(house, handler):
    told = report(house)
    assert f"/vault/open/report/{told}" in handler.get("/reports").text and "/vault/open" not in house.visitor("worker").get("/reports").text
    asked = handler.get(f"/vault/open/report/{told}").text
    assert "holds 1 sheet" in asked and "Somebody" not in asked and 'type="password"' in asked
    wrong = handler.post(f"/vault/open/report/{told}", 422, passphrase="wrong words here").text
    assert "The passphrase was not right" in wrong and "wrong words here" not in wrong and "Somebody" not in wrong
    assert house.rows("select tries from vault.recipient where account is not null and ended_at is null") == [(1,)], "the try stands although it was refused"
    page = handler.post(f"/vault/open/report/{told}", 200, passphrase=PASSPHRASE)
    assert "Somebody Invented" in page.text and "0999" in page.text and PASSPHRASE not in page.text
    assert "Somebody" not in handler.get(f"/vault/open/report/{told}").text, "the next page asks again"
    assert house.rows("select count(*) from reg.read_log where action = 'vault_open' and object = %s", told) == [(1,)]
    for path in (f"/vault/open/report/{uuid4()}", f"/vault/open/inquiry/{told}", f"/vault/open/source/{told}"):
        handler.get(path, 404)
        handler.post(path, 404, passphrase=PASSPHRASE)


def test_a_passphrase_is_changed_or_lost_and_another_handler_is_shared_with(house, handler):
    told = report(house)
    handler.post("/vault/key", 422, act="change", passphrase="wrong words here", new=OTHER, again=OTHER)
    handler.post("/vault/key", act="change", passphrase=PASSPHRASE, new=OTHER, again=OTHER)
    handler.post(f"/vault/open/report/{told}", 200, passphrase=OTHER)
    house.rows("update reg.clearance set roles = '{source_handler}' from reg.account a where a.id = account and a.name = 'officer' returning 1")
    officer = house.visitor("officer")
    officer.post("/vault/key", act="make", new=PASSPHRASE, again=PASSPHRASE)
    assert "not shared" in officer.get("/vault").text
    assert "A colleague who opens it" in officer.post(f"/vault/open/report/{told}", 409, passphrase=PASSPHRASE).text
    assert "The letters are right" in handler.get("/vault").text
    handler.post("/vault/share", 422, passphrase="wrong words here")
    handler.post("/vault/share", passphrase=OTHER)
    assert "Somebody Invented" in officer.post(f"/vault/open/report/{told}", 200, passphrase=PASSPHRASE).text
    handler.post("/vault/end", 422, account="officer", why="")
    handler.post("/vault/end", account="officer", why="left")
    assert "You have no key" in officer.post(f"/vault/open/report/{told}", 409, passphrase=PASSPHRASE).text
    handler.post("/vault/key", act="lost", new=PASSPHRASE, again=PASSPHRASE)
    handler.post(f"/vault/open/report/{told}", 409, passphrase=PASSPHRASE)


def test_whoever_asked_an_inquiry_is_kept_from_its_page_and_erased(house, handler):
    worker = house.visitor("worker")
    made = worker.post("/inquiries/new", about=house.sites["prison"]["code"], question="Where are the ledgers?", due="2099-01-01")
    inquiry = re.search(r"[0-9a-f-]{36}", made.headers["Location"])[0]
    assert "is needed" in worker.post(f"/inquiries/{inquiry}/contact", 422, name="x", contact="").text
    worker.post(f"/inquiries/{inquiry}/contact", name="A mother, invented", contact="0998 555 0142")
    page = worker.get(f"/inquiries/{inquiry}").text
    assert "0998 555" not in page and "/vault/open" not in page
    assert f"/vault/open/inquiry/{inquiry}" in handler.get(f"/inquiries/{inquiry}").text
    assert "0998 555 0142" in handler.post(f"/vault/open/inquiry/{inquiry}", 200, passphrase=PASSPHRASE).text
    assert "cannot be undone" in handler.post(f"/vault/open/inquiry/{inquiry}/erase", 422, why="she asked").text
    handler.post(f"/vault/open/inquiry/{inquiry}/erase", why="she asked", sure="yes")
    assert "erased on request" in handler.get(f"/vault/open/inquiry/{inquiry}").text


def test_an_insider_s_form_asks_for_other_words_and_the_page_shows_those(house, handler):
    worker = house.visitor("worker")
    typed = {**FORM, "once": str(uuid4()), "who_type": "testimony_insider", "words": "From my own cab I saw it"}
    assert "in other words" in worker.post("/enter/report", 422, **typed).text
    worker.post("/enter/report", **typed, paraphrase="Seen from near")
    desk = worker.get("/reports").text
    assert "Seen from near" in desk and "my own cab" not in desk and "insider" not in desk.split("Seen from near")[0][-400:]


def test_the_pages_are_there_in_arabic(house, handler):
    told = report(house)
    visitor = house.visitor("handler", "ar")
    assert "الخزنة" in visitor.get("/vault").text and "عبارة مرور" in visitor.get(f"/vault/open/report/{told}").text
