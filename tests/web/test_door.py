"""The partner's door: his own pages and nothing else, the same answers whatever is sent, no finer time than the hour, no address."""
import json
import re

import psycopg
import pyrage
import pytest

from sitereg import accounts, sealing, submissions, vault
from sitereg.store import cluster, credentials, people
from tests import vault_keys
from tests.web.conftest import PASSWORD
from tests.web.test_hidden import PASSING

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])
PHRASE = "five or six words of a handler"
FORM = {"terms": "as agreed", "partner": "Partner one", "uses": ["search_for_missing"], "consent": "given", "legal_class": "organisation"}


@pytest.fixture(scope="module")
def door(house):
    """Two partners and a handler who is a steward and has a key."""
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        for name, tier, roles in (("partner1", 0, ["partner"]), ("partner2", 1, ["partner"]), ("opener", 2, ["source_handler", "data_steward"])):
            people.clearance(raw, people.account(raw, name, display=name.title()), tier=tier, roles=roles, reason="test")
            credentials.accept(raw, account=name, email=f"{name}@test.invalid", password=PASSWORD)
    with house.as_("opener") as opened:
        vault.new_key(opened, PHRASE)
    return house


def publics(visitor):
    page = visitor.get("/door/new").text
    return json.loads(re.search(r'data-keys="([^"]+)"', page)[1].replace("&#34;", '"').replace("&quot;", '"'))


def sent(visitor, path, status, data, kind="application/octet-stream"):
    page = visitor.client.get("/door/new").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = visitor.client.post(path, data=data, headers={"X-CSRFToken": token, "Content-Type": kind, "Accept": "application/json"})
    assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
    return answer


def submit(visitor, title, text, files=(), leave_out=()):
    """The address of a submission that was sealed and sent as the browser does it."""
    keys = publics(visitor)
    cut = [[data[at:at + submissions.PART] for at in range(0, len(data), submissions.PART)] or [b""] for _, data in files]
    at = sent(visitor, "/door/new", 200, json.dumps({"title": title, "parts": [1, *map(len, cut)]}), "application/json").json["at"]
    told = []
    for item, ((name, data), pieces) in enumerate(zip(files, cut, strict=True), start=1):
        told.append({"name": name, "size": len(data), "parts": [submissions.hashlib.sha256(one).hexdigest() for one in pieces]})
        for n, piece in enumerate(pieces):
            if (item, n) not in leave_out:
                sent(visitor, f"{at}/{item}/{n}", 204, sealing.sealed(piece, keys))
    letter = json.dumps({"v": 1, "text": text, "places": "33.5138, 36.2765", "files": told}).encode()
    sent(visitor, f"{at}/0/0", 204, sealing.sealed(letter.ljust(4096), keys))
    if not leave_out:
        sent(visitor, f"{at}/send", 200, b"")
    return at


def plain(text):
    """A page without what is random in each: tokens, nonces, ids, receipts, sealed bytes."""
    text = re.sub(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", "RECEIPT", PASSING.sub("", text))
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", text)


@LANGS
def test_a_partner_submits_goes_on_after_a_broken_line_and_a_handler_takes_it_in(door, lang):
    one, handler = door.visitor("partner1", lang), door.visitor("opener", lang)
    big = bytes(range(256)) * 1024 + b"tail"
    at = submit(one, "First", "They saw it from the road", [("list.csv", b"name,lat,lon\nA,33.5,36.2\n"), ("big.bin", big)], leave_out={(2, 1)})
    sent(one, f"{at}/send", 422, b"")
    page = one.get(at).text
    assert f'data-at="{at}"' in page and "receipt" not in page
    assert sorted(one.client.get(f"{at}/parts").json["there"]) == ["0-0", "1-0", "2-0", "2-2"]
    sent(one, f"{at}/2/1", 422, b"in clear")
    sent(one, f"{at}/2/9", 404, sealing.sealed(b"x", publics(one)))
    sent(one, f"{at}/2/1", 204, sealing.sealed(big[submissions.PART:2 * submissions.PART], publics(one)))
    sent(one, f"{at}/send", 200, b"")
    sent(one, f"{at}/2/1", 409, sealing.sealed(b"another", publics(one)))
    receipt = re.search(r'id="receipt">([^<]+)<', one.get(at).text)[1]
    assert sent(one, f"{at}/send", 200, b"").json["at"] == at and receipt in one.get("/door").text
    stored = b"".join(path.read_bytes() for path in door.settings.door.rglob("*-*") if path.is_file())
    assert b"They saw it" not in stored and b"list.csv" not in stored
    place = at.replace("/door", "/submissions")
    assert receipt in handler.get("/submissions").text and "They saw it" not in handler.get(place).text
    handler.post(place, 422, passphrase="wrong")
    opened = handler.post(place, 200, passphrase=PHRASE).text
    assert "They saw it from the road" in opened and "list.csv" in opened and "33.5138, 36.2765" in opened
    assert door.rows("select count(*) from reg.read_log where action = 'submission_open' and object = %s", at.rsplit("/", 1)[1])[0][0] == 1
    handler.post(f"{place}/report", 422, words="They saw it", places="", **{**FORM, "consent": ""})
    handler.post(f"{place}/report", 303, words="They saw it", places="33.5138, 36.2765", **FORM)
    desk = handler.post(f"{place}/desk", 303, item="1", passphrase=PHRASE).headers["Location"]
    assert "list.csv" in handler.get(desk).text
    handler.post(f"{place}/desk", 404, item="7", passphrase=PHRASE)
    state = {"en": "· read ·", "ar": "قُرئ"}[lang].strip("· ")
    assert state in one.get("/door").text


def test_a_part_that_was_changed_on_the_disk_is_not_opened_and_another_file_in_the_middle_is_told(door):
    one, handler = door.visitor("partner1"), door.visitor("opener")
    at = submit(one, "Mixed", "x", [("a.txt", b"one file")])
    folder = door.settings.door / at.rsplit("/", 1)[1]
    place = at.replace("/door", "/submissions")
    (folder / "1-0").chmod(0o600)
    whole = (folder / "1-0").read_bytes()
    (folder / "1-0").write_bytes(sealing.sealed(b"another", publics(one)))
    handler.post(place, 409, passphrase=PHRASE)
    refused = "select detail->>'guard' from reg.read_log where action = 'submission_refused' and object = %s order by at, id"
    assert door.rows(refused, at.rsplit("/", 1)[1]) == [("evidence",)]
    handler.post(f"{place}/desk", 422, item="1", passphrase="wrong")
    assert [one[0] for one in door.rows(refused, at.rsplit("/", 1)[1])] == ["evidence", "passphrase"]
    (folder / "1-0").write_bytes(whole)
    handler.post(place, 200, passphrase=PHRASE)


def test_of_a_part_that_comes_twice_at_once_the_first_stays_whole(door, monkeypatch):
    one, handler = door.visitor("partner1"), door.visitor("opener")
    keys, at = publics(one), sent(one, "/door/new", 200, json.dumps({"title": "Twice", "parts": [1]}), "application/json").json["at"]
    letters = [sealing.sealed(json.dumps({"v": 1, "text": text, "places": "", "files": []}).encode(), keys) for text in ("First", "Later")]
    fsync, late = submissions.os.fsync, [True]

    def slow(file):  # while the bytes of the first go to the disk, the browser sent it again, and then that it is all
        fsync(file)
        if late.pop() if late else False:
            sent(one, f"{at}/0/0", 204, letters[0])
            sent(one, f"{at}/send", 200, b"")

    monkeypatch.setattr(submissions.os, "fsync", slow)
    sent(one, f"{at}/0/0", 204, letters[1])
    assert "First" in handler.post(at.replace("/door", "/submissions"), 200, passphrase=PHRASE).text
    assert {path.name for path in (door.settings.door / at.rsplit("/", 1)[1]).iterdir()} == {"0-0"}


@pytest.mark.parametrize("letter", [b"no letter", b"[1]", b'{"v": 1}', b'{"v": 1, "text": "x", "places": "", "files": [{"name": "a"}]}',
                                    b'{"v": 1, "text": "x", "places": "", "files": [5]}', b"[" * 50_000, b"\xff\xfe"])
def test_a_letter_that_no_browser_of_ours_made_is_said_to_be_broken(door, letter):
    one, handler = door.visitor("partner1"), door.visitor("opener")
    at = sent(one, "/door/new", 200, json.dumps({"title": "Broken", "parts": [1]}), "application/json").json["at"]
    sent(one, f"{at}/0/0", 204, sealing.sealed(letter, publics(one)))
    sent(one, f"{at}/send", 200, b"")
    assert "Ask the partner to send it again" in handler.post(at.replace("/door", "/submissions"), 409, passphrase=PHRASE).text


def test_what_is_new_known_or_secret_gets_the_same_bytes_and_says_nothing(door):
    """The twin: what another partner sent, and what the registry knows under a secret, is answered as what nobody ever heard of."""
    secret = door.sites["secret"]
    submit(door.visitor("partner2"), "Title", f"{secret['code']} behind the mill", [("list.csv", b"the same bytes")])
    pages = []
    for text, data in ((f"{secret['code']} behind the mill", b"the same bytes"), ("nothing that anybody knows of", b"other  bytes!!")):
        one = door.visitor("partner1")
        at = submit(one, "Title", text, [("list.csv", data)])
        answers = [one.client.get(at), one.client.get(f"{at}/parts"), sent(one, f"{at}/send", 200, b"")]
        pages.append([(each.status_code, sorted(set(dict(each.headers)) - {"Date"}), plain(each.text)) for each in answers])
    assert pages[0] == pages[1]


def test_however_much_one_partner_sends_what_others_sent_is_listed(door):
    at = submit(door.visitor("partner2"), "Of another partner", "x")
    with psycopg.connect(cluster.dsn(door.settings), autocommit=True) as raw:
        raw.execute("insert into reg.submission(id, owner, title, parts, began_at, sent_at, receipt, sha256) select gen_random_uuid(), a.id, 'Flood', '{1}', t, t, api._receipt_code(), sha256(i::text::bytea)"
                    " from reg.account a, generate_series(1, 600) i, date_trunc('hour', clock_timestamp() + interval '1 hour') t where a.name = 'partner1'")
    try:
        page = door.visitor("opener").get("/submissions").text
        assert f'href="{at.replace("/door", "/submissions")}"' in page and page.count("Flood") == 200
    finally:
        with psycopg.connect(cluster.dsn(door.settings), autocommit=True) as raw:
            raw.execute("delete from reg.submission where title = 'Flood'")


def test_everything_else_of_the_house_is_absent_in_the_same_way(door):
    ours, theirs = door.visitor("partner1"), door.visitor("partner2")
    assert ours.client.get("/").headers["Location"] == "/door"
    at = submit(theirs, "Not yours", "x")
    absent = plain(ours.get("/door/00000000-0000-4000-8000-000000000000", 404).text)
    for path in (at, f"{at}/parts", f"/sites/{door.sites['known']['code']}" if "known" in door.sites else "/sites/SYS-222222-2",
                 f"/sites/{door.sites['secret']['code']}", "/persons", "/desk", "/submissions", "/agreements", "/overview", "/nothing", "/intake"):
        assert plain(ours.get(path, 404).text) == absent, path
    for rule in door.app.url_map.iter_rules():
        view = door.app.view_functions[rule.endpoint]
        if "GET" in rule.methods and not rule.arguments and view.open_to is not None and "partner" not in view.open_to:
            answer = ours.client.get(rule.rule)
            assert answer.status_code in ((200,) if rule.endpoint == "me.me" else (303, 404, 401)), rule.rule
            assert answer.status_code != 303 or answer.headers["Location"] in ("/door", "/me"), rule.rule
    sent(ours, f"{at}/send", 404, b""), sent(ours, f"{at}/0/0", 404, sealing.sealed(b"x", publics(ours)))
    for who in ("worker", "investigator1", "steward1"):
        door.visitor(who).get("/door", 403), door.visitor(who).get("/submissions", 403)


def test_a_partners_token_opens_no_frame_and_no_layer(door):
    with psycopg.connect(cluster.dsn(door.settings), autocommit=True) as raw:  # another than those of whom nothing is to be kept
        people.clearance(raw, people.account(raw, "association1", display="An association"), tier=1, roles=["partner"], reason="test")
    with door.as_("association1") as opened:
        token, _id = accounts.make_token(opened, account="association1", scopes=["frames", "layers"], days=7, reason="a trial")
    for path in ("/api/frames/sites", "/ogc/", "/ogc/collections", "/ogc/collections/sites/items"):
        answer = door.app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 404 and b"SYS-" not in answer.data, path


def test_no_address_no_browser_and_no_finer_time_than_the_hour_is_kept(door, caplog):
    one = door.visitor("partner1")
    with caplog.at_level("DEBUG"):
        at = submit(one, "Quiet", "A name that no log may hold", [("names.csv", b"x")])
    assert not any(word in caplog.text for word in ("A name that", "names.csv", "Quiet", "127.0.0.1", "Werkzeug"))
    for sql in ("select began_at, sent_at from reg.submission",
                "select r.at from reg.read_log r join reg.account a on a.id = r.actor where a.name like 'partner%%'"):
        rows = door.rows(sql)
        assert rows and all(each.minute == each.second == each.microsecond == 0 for row in rows for each in row if each)
    assert door.rows("select count(*) from reg.audit_event e join reg.account a on a.id = e.actor where a.name like 'partner%%'")[0][0] == 0
    for path in (door.settings.door / at.rsplit("/", 1)[1]).iterdir():
        assert path.stat().st_mtime % 3600 == 0
    door.visitor("partner2").get("/door")
    door.known.pop(("partner2", "en"))
    with psycopg.connect(cluster.dsn(door.settings), autocommit=True) as raw:
        raw.execute("set role sr_ident; update signin.seat s set ended_at = clock_timestamp() from signin.\"user\" u where u.id = s.user_id and u.account = 'partner2';"
                    " reset role")
        raw.execute("select api.keeper_partners_seats()")
        left = raw.execute("select count(*) from signin.seat s join signin.\"user\" u on u.id = s.user_id where u.account = 'partner2'").fetchone()[0]
        seen = raw.execute("select d.seen_at from signin.device d join signin.\"user\" u on u.id = d.user_id where u.account like 'partner%%'").fetchall()
    assert left == 0 and len(seen) >= 2 and all(each[0].minute == 0 and each[0].second == 0 for each in seen)


def test_a_door_in_arabic_first(door):
    stranger = door.app.test_client()
    assert stranger.get("/door", headers={"Accept-Language": "en", "Accept": "text/html"}).status_code == 303
    assert '<html lang="ar" dir="rtl"' in stranger.get("/sign-in", headers={"Accept-Language": "en"}).text
    other = door.app.test_client()
    assert other.get("/door/enter?lang=en").headers["Location"] == "/sign-in"
    assert '<html lang="en"' in other.get("/sign-in").text


def test_what_the_browser_seals_a_handlers_key_opens():
    secret, public = sealing.identity()
    assert pyrage.decrypt(sealing.sealed(b"x", [public, vault_keys.RECOVERY[1]]), [pyrage.x25519.Identity.from_str(secret)]) == b"x"


def test_one_partner_sends_so_much_in_a_day_and_so_much_waits_and_others_are_not_asked(door):
    mine = "(select id from reg.account where name = 'partner1')"
    begin = lambda who, status, parts=(1,): sent(who, "/door/new", status, json.dumps({"title": "x", "parts": list(parts)}), "application/json")  # noqa: E731
    one, two = door.visitor("partner1"), door.visitor("partner2")
    with psycopg.connect(cluster.dsn(door.settings, door.settings.superuser), autocommit=True) as raw:
        raw.execute(f"delete from reg.submission where owner = {mine} and sent_at is null")
        for what, value in (("begun", 20), ("parts", 16_384)):
            raw.execute("delete from reg.door_tally")
            raw.execute(f"insert into reg.door_tally(owner, day, begun, parts) select {mine}, reg.today(), 0, 0")
            raw.execute(f"update reg.door_tally set {what} = %s - 1", [value])
            at = begin(one, 200).json["at"]
            sent(one, f"{at}/drop", 303, b"")  # dropped or not, it was begun
            assert "go on tomorrow" in begin(one, 409).text
            assert begin(two, 200)
            raw.execute("update reg.door_tally set day = day - 1")
            begin(one, 200)
            raw.execute(f"delete from reg.submission where owner = {mine} and sent_at is null")
        raw.execute("delete from reg.door_tally")
        raw.execute("insert into reg.submission(id, owner, title, parts, began_at, sent_at, receipt, sha256) select reg.new_id(), " + mine + ", 'full', array[1, 1024],"
                    " api._hour(), api._hour(), api._receipt_code(), sha256('x') from generate_series(1, 31)")
        assert "waits to be read" in begin(one, 409, (1, 1024)).text and begin(two, 200, (1, 1024))
        raw.execute("delete from reg.submission where title in ('full', 'x')")
        raw.execute("delete from reg.door_tally")
