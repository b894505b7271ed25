"""Search requests in the web: the caseworker's pages in both languages; the family's own page, its sign-in, and all else absent to it."""
import re
from uuid import uuid4

import psycopg
import pytest

from sitereg.store import cluster
from tests import given
from tests.sitereg.test_requests import TYPED
from tests.web.reading import words
from tests.web.test_entering import FORM as SHEET
from tests.web.test_hidden import PASSING

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])
FORM = {**TYPED, "scope": ["store", "analyse"], "uses": ["search_for_missing", "statistics"]}


def due(house):
    return str(house.rows("select reg.today() + 30")[0][0])


def recorded(house, lang="en", **more):
    """(the caseworker, the address of a new request)."""
    handler = house.visitor("handler", lang)
    answer = handler.post("/requests/new", 303, once=str(uuid4()), answer_by=due(house), **{**FORM, **more})
    return handler, answer.headers["Location"]


def handed(handler, at):
    """(code, secret) of a new access."""
    page = handler.post(f"{at}/access", 200).text
    return re.search(r'id="code">([^<]+)<', page)[1], re.search(r'id="secret">([^<]+)<', page)[1]


def enters(house, code, secret, *, status=302, lang="ar"):
    """The browser of one of the family, as it came to sign in with these."""
    client = house.app.test_client()
    client.get(f"/own/enter?lang={lang}")
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = client.post("/sign-in", data={"csrf_token": token, "email": code, "password": secret})
    assert answer.status_code == status, answer.text[:300]
    return client, page, answer


def sent(client, path, status=303, **form):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/own").text)[1]
    answer = client.post(path, data={"csrf_token": token, **form})
    assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
    return answer


def plain(text):
    return PASSING.sub("", text)


@LANGS
def test_the_stage_is_shown_plainly_turned_by_two_and_governs_every_road(house, lang):
    handler, releaser, worker = (house.visitor(who, lang) for who in ("handler", "releaser", "worker"))
    closed = {"en": "Cases are not registered in this stage", "ar": "لا تُسجَّل الحالات في هذه المرحلة"}[lang]
    handler.post("/requests/stage", 422, act="close", reason="")
    for opens in (False, True):
        handler.post("/requests/stage", 303, act="open" if opens else "close", reason="the board")
        made = house.rows("select id from reg.stage order by recorded_at desc limit 1")[0][0]
        handler.post(f"/requests/stage/{made}", 403, act="agreed", why="mine")
        releaser.post(f"/requests/stage/{made}", 422, act="agreed", why="")
        releaser.post(f"/requests/stage/{made}", 303, act="agreed", why="yes")
        releaser.post(f"/requests/stage/{made}", 409, act="agreed", why="again")
        assert house.rows("select api._cases_open()")[0][0] is opens
        if not opens:
            assert closed in handler.get("/requests").text and closed in handler.get("/requests/stage").text
            blank = handler.get("/requests/new").text
            assert closed in blank and 'name="name"' not in blank, "nobody fills in what would be refused"
            handler.post("/requests/new", 409, once=str(uuid4()), answer_by=due(house), **FORM)
            by_investigators(house, worker, closed)
    assert 'name="asked"' in worker.get("/enter/person").text
    worker.get("/requests/stage", 403)
    assert "the board" in house.visitor("auditor", lang).get("/requests/stage").text


def by_investigators(house, worker, closed):
    """The older roads: a sheet with which a case is opened, and the case machine."""
    blank = worker.get("/enter/person").text
    assert closed in blank and 'name="asked"' not in blank
    sheet = {**SHEET, "once": str(uuid4()), "name": "Named Meanwhile (invented)", "sex": "female"}
    assert closed in worker.post("/enter/person", 409, asked="yes", **sheet).text
    worker.post("/enter/person", 303, **sheet)
    last = "select d.to_state from reg.decision d where d.machine = 'case' order by d.recorded_at desc limit 1"
    assert house.rows(last)[0][0] == "listed", "who is told of meanwhile is only listed"


@LANGS
def test_a_caseworker_records_compares_proposes_and_hands_over(house, lang):
    with house.as_("worker") as opened:
        code = opened.rows("record_claims", claims=given.Json([{"credibility": "2", "subject_key": "p", "predicate": "person_name", "value": {"text": "محمد خالد الزعبي", "lang": "ar"},
                           "source": str(opened.call("new_source", type="official_record", label=given.Json({"en": f"list {uuid4()}"}), terms=given.Json(given.TERMS), reliability="B", reason="x"))}]),
                           subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))[0]["code"]
    handler, at = recorded(house, lang)
    handler.post("/requests/new", 422, once=str(uuid4()), **{**FORM, "way": ""})
    page = handler.get(at).text
    assert "Invented Mother" not in page and "الزعبي" not in page and at in handler.get("/requests").text
    handler.post(f"{at}/candidates", 422, reason="")
    assert code in handler.post(f"{at}/candidates", 200, reason="the mother asks").text
    handler.post(f"{at}/match", 303, code=code, why="name and father")
    handler.post(f"{at}/open", 409, why="at once")
    handler.post(f"{at}/step", 422, step="left_open", why="x", due="")
    handler.post(f"{at}/step", 303, step="caseworker", why="reads the lists")
    handler.post(f"{at}/access/{uuid4()}", 404, why="x")
    handler.post(f"{at}/called/{uuid4()}", 404)
    for who in ("worker", "verifier", "releaser"):
        other = house.visitor(who, lang)
        other.get("/requests", 403), other.get(at, 403), other.post(f"{at}/open", 403, why="x")
    handler.get(f"/requests/{uuid4()}", 404)


@LANGS
def test_a_family_signs_in_reads_its_page_wishes_and_finds_nothing_else(house, lang):
    handler, at = recorded(house, lang)
    code, secret = handed(handler, at)
    assert code not in handler.get(at).text
    client, door, answer = enters(house, code.lower().replace("-", " "), secret, lang=lang)
    assert answer.headers["Location"] == "/own" and "@" not in door and 'name="email" type="text"' in door
    page = client.get("/own").text
    assert f'lang="{lang}"' in page and {"en": "in March 2013", "ar": "آذار/مارس 2013"}[lang].removeprefix("in ") in page and {"en": "Unit SY01", "ar": "وحدة SY01"}[lang] in page
    for hidden in ("Mother", "الزعبي", "33.5", "the shop", "SYP-", "/persons", "/desk", "/search"):
        assert hidden not in page
    assert "<title>sitereg</title>" in page and 'action="/leave"' in page
    sent(client, "/own/reach", way="nobody", hours="any", language="ku")
    sent(client, "/own/call")
    sent(client, "/own/withdraw", use="statistics")
    sent(client, "/own/withdraw", 422, use="nothing")
    sent(client, "/own/reach", 422, way="pigeon", hours="any", language="ku")
    shown = handler.get(at).text
    wish = house.rows("select w.id from reg.family_wish w where w.request = %s and w.wish = 'call'", at.rsplit("/", 1)[1])[0][0]
    assert f"/called/{wish}" in shown
    handler.post(f"{at}/called/{wish}", 303)
    handler.post(f"{at}/called/{wish}", 404)
    missing = client.get("/nothing-of-that-kind")
    for path in ("/sites", "/persons", "/desk", "/door", "/me", "/second/new", "/requests", "/requests/stage", at, "/search", "/api", "/overview", "/tiles/sites/0/0/0.mvt"):
        found = client.get(path)
        assert found.status_code == 404 and plain(found.text) == plain(missing.text), path
        assert "/persons" not in found.text and "/desk" not in found.text
    assert client.get("/").headers["Location"] == "/own"
    assert client.post("/leave", data={"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', client.get("/own").text)[1]}).status_code == 200
    assert client.get("/own", headers={"Accept": "text/html"}).status_code == 303


@LANGS
def test_twins_get_the_same_bytes(house, lang):
    with house.as_("worker") as opened:
        source = str(opened.call("new_source", type="official_record", label=given.Json({"en": f"ledger {uuid4()}"}), terms=given.Json(given.TERMS), reliability="B", reason="x"))
        said = [{"predicate": "person_name", "value": {"text": "سعيد عمر الحلبي", "lang": "ar"}}, {"predicate": "event", "value": {"kind": "death_notice_issued"}, "at": "[2018-07-01,2018-08-01)"},
                {"predicate": "event", "value": {"kind": "buried_at"}, "geom": given.point(36.5, 33.5), "uncertainty_m": 30, "place_kind": "exact", "tier": 2}]
        secret = opened.rows("record_claims", claims=given.Json([{"credibility": "2", "subject_key": "p", "source": source, **one} for one in said]),
                             subjects=given.Json([{"key": "p", "kind": "person", "tier": 1}]))[0]
    handler, one = recorded(house, lang, name="سعيد عمر الحلبي")
    _, other = recorded(house, lang, name="خالد عمر الحلبي")
    clients = [enters(house, *handed(handler, at), lang=lang)[0] for at in (one, other)]
    before = [plain(client.get("/own").text) for client in clients]
    assert before[0] == before[1]
    handler.post(f"{one}/match", 303, code=secret["code"], why="the same")
    proposal = house.rows("select proposal from reg.request_step where request = %s", one.rsplit("/", 1)[1])[0][0]
    house.visitor("verifier", lang).post(f"/proposals/{proposal}", 303, act="approve", reason="yes")
    handler.post(f"{one}/open", 303, why="asked")
    handler.post(f"{one}/step", 303, step="left_open", why="a lead at a grave", due=str(house.rows("select reg.today() + 9")[0][0]))
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        assert raw.execute("select api._state(api._heir(person), 'case', '') from reg.search_request where id = %s", [one.rsplit("/", 1)[1]]).fetchone()[0] == "open_missing"
    answers = [client.get("/own") for client in clients]
    assert [plain(answer.text) for answer in answers] == before
    assert sorted(answers[0].headers.keys()) == sorted(answers[1].headers.keys())


def test_a_wrong_number_and_an_unknown_code_are_told_alike_and_tries_are_counted_however_the_code_is_written(house):
    handler, at = recorded(house)
    code, secret = handed(handler, at)
    pages = [plain(enters(house, code_, "000 000 000", status=200)[2].text) for code_ in (code, "ABCD-EFGH-JKMN")]
    assert pages[0] == pages[1] and "@paper" not in pages[0] and code not in pages[0]
    for written in (code.lower(), code.replace("-", ""), code.replace("-", " "), f" {code}"):
        enters(house, written, "000 000 000", status=200)
    assert enters(house, code, secret, status=200)[0].get("/own").status_code == 401
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        raw.execute("delete from signin.attempt")
    client = enters(house, code, secret)[0]
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/own").text)[1]
    client.post("/lock", data={"csrf_token": token})
    locked = client.get("/own", headers={"Accept": "text/html"}, follow_redirects=True).text
    assert "الرقم الذي قيل لكم" in locked and "/persons" not in locked and client.get("/own").status_code == 401
    token = re.search(r'name="csrf_token" value="([^"]+)"', locked)[1]
    client.post("/unlock", data={"csrf_token": token, "password": secret.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))})
    assert client.get("/own").status_code == 200
    access = house.rows("select id from reg.family_access where request = %s", at.rsplit("/", 1)[1])[0][0]
    handler.post(f"{at}/access/{access}", 303, why="the paper was lost")
    assert client.get("/own").status_code == 401
    assert enters(house, code, secret)[0].get("/own").status_code == 403


def test_one_family_never_reaches_anothers_and_leaves_no_line_in_the_log(house, caplog):
    handler, one = recorded(house)
    _, other = recorded(house, name="Another Name", birth="1970")
    first = enters(house, *handed(handler, one))[0]
    caplog.clear()
    with caplog.at_level("INFO"):
        assert "1980" in words(first.get("/own")) and "1970" not in words(first.get("/own"))
        sent(first, "/own/call")
    assert [record for record in caplog.records if "own" in str(getattr(record, "told", ""))] == []
    for path in (f"/own/{other.rsplit('/', 1)[1]}", f"/own?request={other.rsplit('/', 1)[1]}"):
        answer = first.get(path)
        assert answer.status_code == 404 or "1970" not in words(answer)
