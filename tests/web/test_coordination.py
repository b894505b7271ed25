"""Who works where and who spoke with whom, on pages and at the door: the same bytes whether there is something to hide or not."""
import difflib
import re
from datetime import date, timedelta

import psycopg
import pytest

from sitereg import coordination, vault
from sitereg.store import cluster, credentials, people
from tests import given
from tests.web.conftest import PASSWORD
from tests.web.reading import words
from tests.web.test_hidden import PASSING

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])
PERIOD = {"began": date.today(), "ended": date.today() + timedelta(30)}


@pytest.fixture(scope="module")
def place(house):
    """(the code of a site with hidden work, of one with none): both of tier 1."""
    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        for name, role, tier in (("partner1", "partner", 0), ("partner2", "partner", 0), ("asker1", "investigator", 1), ("asker2", "investigator", 1)):
            people.clearance(raw, people.account(raw, name, display="An asker"), tier=tier, roles=[role], reason="test")
            credentials.accept(raw, account=name, email=f"{name}@test.invalid", password=PASSWORD)
    with house.as_("worker") as opened:
        source = opened.call("new_source", type="ngo_report", label=given.Json({"en": "A list (invented)"}), terms=given.Json(given.TERMS), reliability="B", reason="test")
        codes = [given.site(opened, given.kind("court"), given.place(36.4, 33.4), source=source)[1] for _ in range(2)]
        coordination.declare(opened, kind="exhumation", told="nobody", code=codes[0], **PERIOD)
        vault.keep(opened, source, {"contact": "0933 111 222"})
    return codes


@LANGS
def test_hidden_work_gives_the_same_bytes(house, place, lang):
    hidden, plain = place
    asker = house.visitor("investigator1", lang)
    pages = [PASSING.sub("", asker.get(f"/sites/{code}/work").text).replace(code, "CODE") for code in place]
    assert pages[0] == pages[1]
    assert f"/sites/{plain}/work" in asker.get(f"/sites/{plain}").text and hidden not in asker.get("/declared").text
    assert hidden in house.visitor("steward1", lang).get("/declared").text
    asker.get("/sites/SYS-222222-2/work", 404)
    house.visitor("verifier", lang).get(f"/sites/{plain}/work", 403)


def test_declared_on_the_page_of_a_site_and_ended(house, place):
    plain, worker, other = place[1], house.visitor("worker", "en"), house.visitor("officer1", "en")
    worker.post(f"/sites/{plain}/work", 422, kind="survey", told="somebody", began=str(date.today()), ended="2020-01-01")
    worker.post(f"/sites/{plain}/work", 303, kind="survey", told="somebody", began=str(date.today()), ended=str(PERIOD["ended"]))
    assert "Somebody works here" in other.get(f"/sites/{plain}/work").text
    made = house.rows("select w.id from reg.work w where w.told = 'somebody'")[0][0]
    other.post(f"/declared/{made}/end", 404, why="not mine")
    worker.post(f"/declared/{made}/end", 422, why="")
    worker.post(f"/declared/{made}/end", 303, why="done")
    assert "Somebody works here" not in other.get(f"/sites/{plain}/work").text


@LANGS
@pytest.mark.parametrize(("one", "other", "at"), [("asker1", "asker2", "/asks"), ("partner1", "partner2", "/door/asks")])
def test_a_known_and_an_unknown_witness_give_the_same_bytes(house, place, one, other, at, lang):
    pages = []
    for who, contact in ((one, "+963 933 111 222"), (other, "+963 944 999 888")):
        visitor = house.visitor(who, lang)
        answer = visitor.post(at, 303, contact=contact)
        pages.append((dict(answer.headers)["Location"], re.sub(r'data-key="[^"]+"', "", PASSING.sub("", visitor.get(at).text))))
    assert pages[0] == pages[1], list(difflib.unified_diff(*(page.splitlines() for _, page in pages), n=0))
    house.visitor(one, lang).post(at, 422, contact="by the mill")


def test_a_handler_decides(house, place):
    handler, asker = house.visitor("handler", "en"), house.visitor("asker1", "en")
    page = handler.get("/asks").text
    assert "Reached so:" in page and "Nobody whom you see is reached so." in page and "933111" not in re.sub(r"[\s-]", "", words(page))
    which = house.rows("select id from vault.ask order by on_day limit 1")[0][0]
    handler.post(f"/asks/{which}", 422, answer="")
    handler.post(f"/asks/{which}", 303, answer="speak_first")
    handler.post(f"/asks/{which}", 422, answer="go_on")
    assert "Speak with the coordinator before you go on." not in asker.get("/asks").text, "not before the day"
    asker.post(f"/asks/{which}", 403, answer="nothing_told")
    assert house.rows("select count(*) from reg.read_log where action = 'asks_waiting'")[0][0] > 0


@LANGS
def test_a_secret_and_an_unknown_place_give_the_same_bytes_at_the_door(house, place, lang):
    """Two partners type the same, one before work was declared at a secret site of that governorate: the same pages, for questions and declarations."""
    pages, said = [], {"unit": "SY01", "place": f"by the mill ({lang})"}
    for who in ("partner1", "partner2"):
        door = house.visitor(who, lang)
        told = []
        for at, form in (("/door/asks/places", said), ("/door/declared", {**said, "kind": "survey", "told": "somebody", "began": str(date.today()), "ended": str(PERIOD["ended"])})):
            answer = door.post(at, 303, **form)
            told.append((answer.headers["Location"], len(answer.data)))
        for at in ("/door/declared",):
            told.append(re.sub(r'data-key="[^"]+"|o-[0-9a-f]{12}|[0-9a-f-]{36}', "", PASSING.sub("", door.get(at).text)))
        listed = door.get("/door/asks").text
        told.append(listed[listed.index('action="/door/asks/places"'):].split("csrf_token", 1)[1].split(">", 1)[1])
        pages.append(told)
        with house.as_("worker") as opened:
            secret = given.site(opened, given.kind("court"), given.place(36.4, 33.4), source=house.rows("select id from reg.source limit 1")[0][0], tier=2)[1]
            coordination.declare(opened, kind="survey", told="named", code=secret, **PERIOD)
    assert [sorted(map(str.strip, str(one).split("<"))) for one in pages[0]] == [sorted(map(str.strip, str(one).split("<"))) for one in pages[1]], "rows of one day stand by chance"
    assert said["place"] in pages[0][2] and said["place"] in pages[0][3]
    house.visitor("partner1", lang).post("/door/asks/places", 422, unit="nowhere", place="x")
    house.visitor("partner1", lang).post("/door/declared", 422, unit="SY01", kind="survey", told="somebody", began="", ended="")


def test_who_coordinates_takes_over_and_answers(house, place):
    door, steward, handler = house.visitor("partner2", "en"), house.visitor("steward1", "en"), house.visitor("handler", "ar")
    door.post("/door/declared", 303, unit="SY01", place="an orchard", kind="survey", told="somebody", began=str(date.today()), ended=str(PERIOD["ended"]))
    offer = house.rows("select id from vault.work_offer where place = 'an orchard'")[0][0]
    assert "an orchard" in steward.get("/declared").text and "an orchard" not in handler.get("/declared").text
    page = steward.post(f"/declared/offers/{offer}", 409, act="taken").text
    assert "belongs to no partner whose agreement is in force" in page
    door.get("/door/declared")  # says once that it was declared
    before = PASSING.sub("", door.get("/door/declared").text)
    steward.post(f"/declared/offers/{offer}", 303, act="refused")
    steward.post(f"/declared/offers/{offer}", 404, act="refused")
    assert PASSING.sub("", door.get("/door/declared").text) == before
    door.post(f"/door/declared/{offer}/over", 303)
    door.post(f"/door/declared/{offer}/over", 404)
    door.post("/door/asks/places", 303, unit="SY01", place="an orchard")
    ask = house.rows("select id from vault.place_ask where place = 'an orchard'")[0][0]
    assert "an orchard" in handler.get("/asks").text and "an orchard" in steward.get("/asks").text
    handler.post(f"/asks/places/{ask}", 422, answer="")
    handler.post(f"/asks/places/{ask}", 303, answer="speak_first")
    steward.post(f"/asks/places/{ask}", 409, answer="nothing_told")
    for who in ("investigator1", "officer1"):
        assert "an orchard" not in house.visitor(who, "en").get("/asks").text
        house.visitor(who, "en").post(f"/asks/places/{ask}", 403, answer="speak_first")
    for name in ("work_offers", "place_asks_waiting"):
        assert house.rows("select count(*) from reg.read_log where action = %s", name)[0][0] > 0


def test_the_form_on_the_page_of_a_site_leads_where_it_is_taken(house, place):
    page = house.visitor("worker", "en").get(f"/sites/{place[1]}/work").text
    assert f'action="/sites/{place[1]}/work"' in page
