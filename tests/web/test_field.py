"""On the road: what an officer with a telephone reads, types and sends, and what the registry then holds, once."""
import io
import re
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from PIL import Image

from sitereg import accounts, drafts, errors, protection, sites
from sitereg.actors import Actor
from sitereg.store import cluster, people, session
from tests import given

pytestmark = pytest.mark.db
DAMASCUS = ZoneInfo("Asia/Damascus")
CORNERS = "33.8001, 36.2001\n33.8001, 36.2031\n33.8021, 36.2031\n٣٣٫٨٠٢١, ٣٦٫٢٠٠١"


@pytest.fixture
def place(house):
    """A fresh suspected site, exact for everybody of T1: {id, code, url}."""
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        subject, code, _claims = given.site(opened, given.kind("prison_central"), given.name("Wide Gate"),
                                            given.place(36.2, 33.8), source=source)
    return {"id": subject, "code": code, "url": f"/sites/{code}"}


@pytest.fixture
def today(house):
    return str(house.rows("select reg.today()")[0][0])


def read(house, place):
    with house.as_("worker") as opened:
        return sites.show(opened, place["code"])


def seen(page):
    return re.search(r'name="seen" value="(\d+)"', page.text)[1]


def photograph(colour="gray", kind="JPEG"):
    """A picture of one colour that says where it was taken, as telephones write it."""
    held, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 48.0, 0.0), 3: "E", 4: (36.0, 12.0, 0.0)})
    Image.new("RGB", (48, 32), colour).save(held, kind, exif=exif)
    held.seek(0)
    return held


def test_what_to_know_stands_first_and_what_nobody_checked_is_unsafe(house, place):
    page = house.visitor("officer").get(place["url"] + "/field").text
    assert page.index("Before you go") < page.index("Record a visit")
    assert page.count('<b class="pressing">not checked: treat as unsafe</b>') == 2  # access, control
    assert "Record an active measure first." in page and "closing it loses the entry" in page
    arabic = house.visitor("officer", "ar").get(place["url"] + "/field").text
    assert "قبل أن تذهب" in arabic and "Before you go" not in arabic
    house.visitor("analyst1").get(place["url"] + "/field", 403)


def test_the_six_measures_that_are_taken_most_often_come_first_and_the_rest_is_one_tap_away(house, place):
    def offered():
        part = re.search(r'<form id="measure".*?</form>', house.visitor("officer").get(place["url"] + "/field").text, re.S)[0]
        return re.findall(r'type="radio" name="kind" value="(\w+)"', part), part.index("<summary>Other</summary>"), part

    kinds, _other, _part = offered()
    last = kinds[-1]
    with house.as_("worker") as opened:
        for _ in range(9):
            protection.record_measure(opened, place["id"], last, reason="x")
    after, other, part = offered()
    assert after[0] == last and sorted(after) == sorted(kinds) and len(set(after)) == len(after)
    assert part.index(f'value="{after[5]}"') < other < part.index(f'value="{after[6]}"')


def test_refused_at_the_gate_is_two_taps(house, place, today):
    officer = house.visitor("officer")
    page = officer.get(place["url"] + "/field")
    form = page.text[page.text.index("I was not let in"):]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[:form.index("</form>")]))
    fields.pop("csrf_token")
    answer = officer.post(place["url"] + "/visits", **fields)
    assert answer.headers["Location"] == place["url"] + "/field"
    now = read(house, place)
    assert [(one["visited_on"], one["negative"], one["not_searched"]) for one in now["visits"]] == [
        (today, False, "Everything: refused at the gate.")]
    assert now["access"]["condition"] == "denied"
    with house.as_("worker") as opened:
        assert place["code"] in {one["code"] for one in protection.gaps(opened, list="not_reachable", limit=1000)}


def test_a_visit_brings_its_outline_and_its_photographs_by_the_road_of_documents(house, place, today):
    officer = house.visitor("officer")
    officer.post(place["url"] + "/visits", page="field", method="on_site", visited_on=today, team="Unit 2", covered="The yard",
                 not_searched="The cellar: mines", corners=CORNERS, negative="yes", missed=CORNERS,
                 missed_within="7",
                 photographs=[(photograph(), "IMG_2231 Umar.jpg"), (photograph("black"), "x.jpeg")])
    now = read(house, place)["visits"][0]
    assert now["covered_shape"]["type"] == "Polygon" and now["covered_within_m"] > 1
    assert now["not_searched_shape"]["type"] == "Polygon" and now["not_searched_within_m"] == 7
    kept = house.rows("select original_name, media_type, tier from reg.document where id = any (%s::uuid[]) order by original_name",
                      now["photographs"])
    assert kept == [("photograph 1.jpg", "image/jpeg", 2), ("photograph 2.jpg", "image/jpeg", 2)]  # as much as who took them is cleared for
    assert house.rows("select count(*) from reg.document_camera where document = any (%s::uuid[])", now["photographs"]) == [(2,)]
    page = officer.get(place["url"]).text
    assert "Photograph 2" in page and "The area covered is recorded" in page and "The area not searched is recorded" in page
    shown = officer.get(f"/documents/{now['photographs'][0]}/pages/1")
    assert shown.mimetype == "image/jpeg" and b"Exif" not in shown.data
    assert not [one for one in house.settings.intake.iterdir() if one.name.startswith("photographs-")]


@pytest.mark.parametrize(("more", "field", "says"), [
    ({"photographs": (io.BytesIO(b"<svg/>"), "x.jpg")}, "photographs", "A photograph is a JPEG or a PNG"),
    ({"corners": "33.8, 36.2\n33.9, 36.2"}, "corners", "An area has from 3 to 100 corners, one a line"),
    ({"corners": "33.8, 36.2\nsomewhere\n33.9, 36.3"}, "corners", "A corner is not read as one place"),
    ({"missed": "33.8, 36.2\n33.9, 36.2"}, "missed", "An area has from 3 to 100 corners, one a line"),
    ({"missed_within": "20"}, "missed_within", "How exact it is says nothing without the area"),
    ({"within": "20"}, "within", "How exact it is says nothing without the area"),
    ({"harm": "construction"}, "severity", "This is needed")])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(house, place, today, more, field, says):
    before = house.rows("select count(*) from reg.document")
    page = house.visitor("officer").post(place["url"] + "/visits", 422, page="field", method="on_site", visited_on=today,
                                         findings="My long words", **more).text
    at = page.index(f'name="{field}"')
    assert says in page[page.rindex('field-wrong', 0, at):at] and "My long words" in page
    assert "Before you go" in page and read(house, place)["visits"] == []
    assert house.rows("select count(*) from reg.document") == before


def test_a_harm_that_is_seen_at_the_visit_makes_the_place_compromised(house, place, today):
    officer = house.visitor("officer")
    officer.post(place["url"] + "/visits", page="field", method="on_site", visited_on=today, harm="construction", severity="moderate",
                 harm_note="Fresh earth")
    now = read(house, place)
    assert now["protection"] == "compromised" and now["disturbances"][0]["visited"]
    assert "the site counts as compromised now" in officer.get(place["url"] + "/field").text


def test_what_is_sent_twice_since_the_line_broke_is_written_once(house, place, today):
    officer = house.visitor("officer")
    page, once = officer.get(place["url"] + "/field"), str(uuid4())
    said = {"page": "field", "method": "on_site", "visited_on": today, "findings": "An open pit", "once": once, "seen": seen(page)}
    officer.post(place["url"] + "/visits", **said, photographs=(photograph(), "a.jpg"))
    officer.post(place["url"] + "/visits", **said, photographs=(photograph(), "a.jpg"))
    assert "This was sent before: it stands once." in officer.get(place["url"] + "/field").text
    assert len(read(house, place)["visits"]) == 1
    other = officer.post(place["url"] + "/visits", 409, **{**said, "findings": "Another pit"}, photographs=(photograph(), "a.jpg"))
    assert "This was sent already, with other words" in other.text and "Another pit" in other.text
    measure = {"kind": "perimeter_fence", "state": "active", "reason": "agreed", "issuer": "The governor", "once": str(uuid4()),
               "corners": CORNERS, "within": "30"}
    for _again in range(2):
        officer.post(place["url"] + "/measures", **measure)
    made = read(house, place)["measures"]
    assert [(one["issuer"], one["area_within_m"], one["area"]["type"]) for one in made] == [("The governor", 30, "Polygon")]


def faster(house, place, remains):
    with house.as_("worker") as opened:
        protection.inspect(opened, place["id"], visited_on=datetime(2025, 5, 1).date(), remains=remains)


def test_somebody_was_faster_is_told_field_by_field_and_what_was_typed_stays(house, place, today):
    officer = house.visitor("officer")
    faster(house, place, "in_place")
    page = officer.get(place["url"] + "/field")
    assert 'name="was_remains" value="in_place"' in page.text
    faster(house, place, "partly_removed")
    said = {"page": "field", "method": "on_site", "visited_on": today, "remains": "all_removed", "findings": "My own long words",
            "was_remains": "in_place"}
    told = officer.post(place["url"] + "/visits", 409, **said, seen=seen(page)).text
    table = told[told.index("What changed meanwhile"):told.index("</table>")]
    row = next(one for one in table.split("<tr>") if 'name="over_remains"' in one)
    with house.app.test_request_context():
        from web import language
        for code in ("in_place", "partly_removed", "all_removed"):
            assert language.terms("remains_state", "en")[code] in row
    assert "My own long words" in told
    officer.post(place["url"] + "/visits", **said, over_remains="now", over_findings="mine", seen=re.search(r'name="seen" value="(\d+)"', told)[1])
    now = read(house, place)
    assert now["visits"][0]["findings"] == "My own long words"
    assert house.rows("select count(*) from reg.claim where subject = %s and predicate = 'remains_state'", place["id"]) == [(2,)]


def test_a_status_that_somebody_else_changed_may_be_let_stand(house, place, today):
    officer = house.visitor("officer")
    old = seen(officer.get(place["url"]))
    with house.as_("worker") as opened:
        protection.decide(opened, place["id"], "unprotected", reason="The other one", observed_on=house.rows("select reg.today()")[0][0])
    said = {"to": "compromised", "reason": "Mine"}
    assert 'name="over_to" value="now" form="decide"' in officer.post(place["url"] + "/protection", 409, **said, seen=old).text
    officer.post(place["url"] + "/protection", **said, over_to="now")
    assert "What stands there now stays; nothing was recorded." in officer.get(place["url"]).text
    assert read(house, place)["protection"] == "unprotected"


@pytest.fixture(scope="module")
def kept(house):
    """The keeper has its account."""
    with psycopg.connect(cluster.dsn(house.settings, house.settings.superuser), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")


def keeper(house):
    with session.unasked(house.settings) as opened:
        return opened.call("keeper_trips")


def test_whoever_is_not_back_in_time_is_a_task_of_the_colleague_alone(house, place, kept):
    officer, colleague = house.visitor("officer"), house.visitor("officer1")
    soon = (datetime.now(DAMASCUS) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    for wrong in ({"colleague": "officer"}, {"colleague": "nobody"}, {"colleague": "officer1", "back_by": "2020-01-01T10:00"}):
        officer.post(place["url"] + "/trip", 422, **{"back_by": soon, **wrong})
    officer.post(place["url"] + "/trip", back_by=soon, colleague="officer1", permit="No. 7", help="Clinic by the bridge")
    officer.post(place["url"] + "/trip", 409, back_by=soon, colleague="officer1")
    assert "You are on the way." in officer.get(place["url"] + "/field").text
    assert keeper(house) == 0
    house.rows("update reg.trip set back_by = clock_timestamp() - interval '1 minute' returning 1")
    assert (keeper(house), keeper(house)) == (1, 0)
    desk = colleague.get("/desk").text
    assert "Not back: it was to be by" in desk and "Clinic by the bridge" in desk and place["code"] in desk
    assert place["code"] not in house.visitor("verifier").get("/desk").text
    trip, task, why = house.rows("select t.id, t.task, k.why from reg.trip t join reg.task k on k.id = t.task")[0]
    assert place["code"] not in why and "is not back" in why
    house.visitor("verifier").post(f"/trips/{trip}", 404)
    officer.post(f"/trips/{trip}")
    assert house.rows("select outcome from reg.task where id = %s", task) == [("Safely back",)]
    assert "On the road" not in colleague.get("/desk").text
    assert not house.rows("select 1 from reg.audit_event where object = %s", trip)


def test_the_sheet_tells_the_code_and_nothing_that_is_known(house):
    grave = house.sites["grave"]["code"]
    page = house.visitor("officer").get(f"/sites/{grave}/sheet").text
    article = page[page.index("<article"):page.index("</article>")]
    assert grave in article and "Dry Well" not in article and "36.1" not in article
    assert "What was not searched, and why" in article and "ما الذي لم يُفتَّش ولماذا" in article
    assert house.rows("select 1 from reg.read_log where action = 'visit_sheet'")


def test_the_form_for_phones_is_there_to_take(house):
    answer = house.visitor("officer").get("/visit-form")
    assert answer.data[:2] == b"PK" and "visit.xlsx" in answer.headers["Content-Disposition"]


def test_no_sql_login_and_no_other_account_reads_what_was_sent_or_who_is_on_the_way(house):
    with session.reading(house.settings, Actor("verifier", "local", "test")) as opened:
        assert opened.rows("trips") == []


def device(house, name="officer1"):
    """The key that the page for the road brings to that account, or None."""
    code = house.sites["prison"]["code"]
    found = re.search(r'data-device="([^"]+)"', house.visitor(name).get(f"/sites/{code}/field").text)
    return found and found[1]


def test_only_a_steward_allows_a_draft_on_a_device_and_only_its_owner_is_brought_the_key(house, today):
    until = datetime.fromisoformat(today).date() + timedelta(days=30)
    with house.as_("steward1") as steward:
        for wrong in ({"until": until + timedelta(days=90)}, {"reason": " "}, {"account": "nobody"}):
            with pytest.raises(errors.BadInput), steward.savepoint():
                drafts.allow_on_devices(steward, **{"account": "officer1", "until": until, "reason": "No line in the east", **wrong})
        with pytest.raises(errors.Refused), steward.savepoint():
            drafts.allow_on_devices(steward, "steward1", until=until, reason="for myself")
        drafts.allow_on_devices(steward, "officer1", until=until, reason="No line in the east")
    with house.as_("officer1") as officer, pytest.raises(errors.Denied):
        drafts.allow_on_devices(officer, "investigator1", until=until, reason="x")
    assert device(house) and device(house) == device(house) and device(house, "investigator1") is None
    with house.as_("investigator1") as other:
        assert drafts.on_devices(other) == [] and drafts.device_key(other) is None
        with pytest.raises(errors.NotFound):
            drafts.end_on_devices(other, "officer1", why="not mine")
    assert house.rows("select count(*) from reg.audit_event where action = 'allow_device_drafts'") == [(1,)]


def test_a_key_that_was_forgotten_never_comes_again(house, today):
    until = datetime.fromisoformat(today).date() + timedelta(days=30)
    first = device(house)
    assert "A page on the road may keep a sealed draft" in house.visitor("officer1").get("/me").text
    house.visitor("officer1").post("/me/device-drafts")
    assert device(house) is None
    with house.as_("steward1") as steward:
        drafts.allow_on_devices(steward, "officer1", until=until, reason="again")
    assert device(house) not in (None, first)
    with house.as_("worker") as colleague:
        accounts.freeze(colleague, account="officer1", reason="The telephone was taken")
    assert house.rows("select count(*) from reg.device_seed") == [(0,)]
