"""The intake desk: upload, mapping, trial, release, the queue of rows that wait, the file that comes back, another body's statuses."""
import csv
import io
import re

import pytest

from sitereg import imports, keeper
from sitereg.imports import spool
from sitereg.store import people
from tests.sitereg.imports.steps import HEADER, ROWS, partner

pytestmark = pytest.mark.db
BOTH = pytest.mark.parametrize("lang", ["en", "ar"])
SAID = {"source_type": "ngo_report", "source_label": "A synthetic list", "reliability": "C", "reason": "its staff wrote it down",
        "uncertainty_m": "500", "order": "dmy", "count_definition": "bodies_reported", "kind": "", "method": "source_coordinates",
        "country": "SY", "bounds": "35.6, 32.3, 42.4, 37.35", "version": "1", "title": "A synthetic list"}
TERMS = {"tier": "1", "partner": "A partner", "terms": "a letter", "uses": ["analysis"], "consent": "not_asked"}
SWAPPED = "7,مقلوب,prison,36.9,33.9,,,\n"


@pytest.fixture(scope="module", autouse=True)
def keeping(house):
    import psycopg

    from sitereg.store import cluster

    with psycopg.connect(cluster.dsn(house.settings), autocommit=True) as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")


def send(visitor, path, data, name="list.csv", status=303):
    answer = visitor.client.post(path, data={"csrf_token": visitor.token(), "file": (io.BytesIO(data.encode()), name)},
                                 content_type="multipart/form-data")
    assert answer.status_code == status, answer.text[:2000]
    return answer.headers.get("Location") or answer.text


def released(house, steward, where, name):
    steward.post(where, act="map", name=name, **SAID)
    steward.post(where, act="release", **TERMS)
    keeper.work_one(house.settings)
    text = steward.get(where).text
    return re.search(r"/imports/([0-9a-f-]{36})/rows", text)[1]


@BOTH
def test_a_file_is_uploaded_mapped_tried_and_released(house, lang):
    steward = house.visitor("worker", lang)
    where = send(steward, "/intake", HEADER + ROWS + SWAPPED)
    text = steward.get(where).text
    assert "utf-8" in text and 'value="lat" selected' in text.replace("\n", " ") and "data-going" not in text
    assert ("its header says lat" in text) == (lang == "en")
    steward.post(where, act="map", name=f"web_{lang}", **SAID)
    text = steward.get(where).text
    assert "36.27650" in text and "folium-map" in text and "castle" in text  # where it is read to be, and what waits
    profile = steward.get(f"{where}/profile")
    assert profile.mimetype == "application/toml" and f'name = "web_{lang}"' in profile.text
    steward.post(where, 422, act="release")  # no terms yet
    assert 'id="r-rows-e"' in steward.post(where, 422, act="try", **TERMS, rows="many").text
    steward.post(where, act="try", **TERMS)
    assert "data-going" in steward.get(where).text
    keeper.work_one(house.settings)
    assert house.rows("select count(*) from reg.import_batch where profile = %s", f"web_{lang}") == [(0,)]
    assert steward.get(f"{where}/report").text.count("class=\"num\"> 3<") == 1
    batch = released(house, steward, where, f"web_{lang}")
    assert house.rows("select tier::int, terms, rows_in from reg.import_batch where id = %s", batch) == [(1, "a letter", 6)]
    assert f"/imports/{batch}/rows" in steward.get("/imports").text
    again = send(steward, "/intake", HEADER + ROWS + SWAPPED)
    assert f"/imports/{batch}/rows" in steward.get(again).text  # imported already
    assert f"/imports/{batch}/rows" not in house.visitor("steward1", lang).get(send(
        house.visitor("steward1", lang), "/intake", "a,b\n1,2\n")).text
    house.visitor("steward1", lang).get(where, 404)
    for path in ("", "/profile", "/report"):
        house.visitor("steward1", lang).get(where + path, 404)


@pytest.fixture(scope="module")
def batch(house):
    steward = house.visitor("worker")
    where = send(steward, "/intake", HEADER + ROWS + SWAPPED + "8,فرع,keep,33.8,36.8,,,\n9,فرع,keep,33.85,36.85,,,\n")
    return released(house, steward, where, "queue")


@BOTH
def test_rows_that_wait_are_told_with_readings_on_a_map(house, batch, lang):
    steward = house.visitor("worker", lang)
    text = steward.get(f"/imports/{batch}/rows?waiting=yes").text
    assert text.count('name="row"') == 4 and "castle" in text
    assert steward.get(f"/imports/{batch}/rows?code=swapped&waiting=yes").text.count('name="row"') == 1
    row = steward.get(f"/imports/{batch}/rows/6").text
    assert "33.9 36.9" in row and "folium-map" in row and 'name="reading" value="1"' in row
    steward.get(f"/imports/{batch}/rows?outcome=sideways", 422)
    steward.get(f"/imports/{batch}/rows/99", 404)
    house.visitor("steward1", lang).get(f"/imports/{batch}/rows", 404)
    house.visitor("steward1", lang).get(f"/imports/{batch}/report", 404)


def test_rows_are_settled_one_by_one_and_together(house, batch):
    steward, here = house.visitor("worker"), f"/imports/{batch}/rows"
    refused = steward.post(f"{here}/3", 422, act="correct", **{"cell:kind": "fortress"}, reason="x").text
    assert "fortress" in refused and 'role="alert"' in refused  # what was typed is kept
    steward.post(f"{here}/3", 422, act="correct", **{"cell:kind": "prison"})
    steward.post(f"{here}/6", act="correct", reading="1", reason="the partner had them the other way round")
    assert house.rows("select round(st_x(c.geom)::numeric, 1)::text from reg.claim c join reg.row_settlement s on s.by_batch = c.batch"
                      " where c.predicate = 'place' and s.row_no = 6") == [("36.9",)]
    steward.post(here, act="correct", column="kind", value="prison", row=["|7", "|8"], reason="a keep is a prison, they say")
    assert steward.post(here, 422, act="reject", reason="x").text.count('role="alert"') == 1
    steward.post(f"{here}/3", act="reject", reason="nobody knows it")
    steward.post(f"{here}/3", 409, act="reject", reason="again")
    assert "No row waits" not in steward.get(f"{here}?waiting=yes").text  # row 4 was rejected by the import, and may be corrected
    told = steward.get(f"{here}/3").text
    assert "nobody knows it" in told and 'name="reason"' not in told


@BOTH
def test_sealed_words_are_opened_with_a_reason_on_one_answer_alone_and_corrected(house, lang):
    steward, number = house.visitor("worker", lang), "0933123456" if lang == "en" else "0933123457"
    where = send(steward, "/intake", HEADER + f"P{lang},سجن,prison,33.{len(lang)}7,36.57,,,call {number}\n")
    here = f"/imports/{released(house, steward, where, f'sealed_{lang}')}/rows/1"
    assert number not in (text := steward.get(here).text) and f'action="{here}/words"' in text and 'name="cell:note"' not in text
    assert number not in steward.post(f"{here}/words", 422, reason="").text
    text = steward.post(f"{here}/words", 200, reason="to take the number out").text
    assert number in text and 'name="cell:note"' in text
    assert number not in steward.get(here).text  # shown on that answer alone
    refused = steward.post(here, 422, act="correct", reason="tried so", **{"cell:kind": "castle"}).text
    assert 'role="alert"' in refused and number in refused  # what is to be corrected is still there to see
    steward.post(here, act="correct", reason="the number is out", **{"cell:note": "the number is known"})
    logged = house.rows("select detail->>'reason' from reg.read_log where action = 'import_rows_opened' order by id desc limit 3")
    assert {("to take the number out",), ("tried so",), ("the number is out",)} == set(logged)
    assert house.rows("select count(*) from reg.claim where value::text like %s", f"%{number}%") == [(0,)]


def test_sealed_words_are_opened_by_nobody_without_the_compartment(house):
    plain = house.visitor("steward1")
    where = send(plain, "/intake", HEADER + "Q1,سجن,prison,33.27,36.27,,,call 0933123458\n")
    here = f"/imports/{released(house, plain, where, 'sealed_from')}/rows/1"
    assert "/words" not in (text := plain.get(here).text) and "compartment names" in text
    plain.post(f"{here}/words", 403, reason="to look")
    plain.post(here, 403, act="correct", reason="to look", **{"cell:note": ""})


def test_the_report_comes_back_corrected(house, batch):
    steward = house.visitor("worker")
    answer = steward.get(f"/imports/{batch}/report?outcome=rejected&as=csv")
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(lines) == 2 and steward.get(f"/imports/{batch}/report?as=xlsx").data.startswith(b"PK")
    lines[1][lines[0].index("lat")] = "33.77"
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    where = send(steward, f"/imports/{batch}/corrected", out.getvalue())
    steward.post(where, 422, act="release")
    steward.post(where, act="release", reason="corrected by the partner")
    keeper.work_one(house.settings)
    assert "No row waits" in steward.get(f"/imports/{batch}/rows?waiting=yes").text
    reads = house.rows("select distinct action from reg.read_log where action like 'import%%'")
    assert {("import_report",), ("import_rows",)} <= set(reads)


PEOPLE = ("الرقم,الاسم الأول,اسم الأب,النسبة,الجنس,المواليد,تاريخ الاعتقال,مكان الاعتقال\n"
          "1,سالم,خالد,المثال,ذكر,1980,13/05/2013,حمص\n2,هند,عمر,المثال,أنثى,١٩٨٥,14/05/2013,\n")


@BOTH
def test_a_list_of_persons_is_mapped_understood_and_released(house, lang):
    steward = house.visitor("worker", lang)
    where = send(steward, "/intake", PEOPLE.replace("1980", "1981" if lang == "en" else "1982"), name="people.csv")
    text = steward.get(where).text
    assert 'value="person" checked' in text and 'value="nasab_father" selected' in text and "uncertainty_m" not in text
    said = {key: SAID[key] for key in ("source_type", "source_label", "reliability", "reason", "order", "country", "bounds", "version", "title")}
    steward.post(where, act="map", name=f"people_{lang}", **said)
    text = steward.get(where).text
    shown = text.partition('id="h-preview"')[2]
    assert "سالم خالد المثال" in shown and ("given name: سالم" in shown) == (lang == "en")
    steward.post(where, act="release", **TERMS)
    keeper.work_one(house.settings)
    batch = re.search(r"/imports/([0-9a-f-]{36})/rows", steward.get(where).text)[1]
    assert house.rows("select count(*), count(sealed), count(verbatim) from reg.import_row where batch = %s", batch) == [(2, 2, 0)]
    states = house.rows("select distinct d.to_state from reg.decision d join reg.subject s on s.id = d.subject where s.batch = %s", batch)
    assert states == [("listed",)]  # nobody is called missing by it
    assert "سالم" not in steward.get(f"/imports/{batch}/rows").text
    steward.post(where, act="subject", subject="site")
    text = steward.get(where).text
    assert 'value="site" checked' in text and "uncertainty_m" in text and 'value="A partner"' in text


def test_a_list_of_persons_is_for_those_who_hold_names(house):
    plain = house.visitor("steward1")
    where = send(plain, "/intake", HEADER + ROWS)
    assert "compartment names" in plain.post(where, 422, act="subject", subject="person").text


def test_work_is_stopped_and_a_file_taken_off_the_desk(house):
    steward = house.visitor("worker")
    where = send(steward, "/intake", HEADER + ROWS.replace("33.5131", "33.5999"))
    steward.post(where, act="map", name="stopped", **SAID)
    steward.post(where, act="release", **TERMS)
    house.visitor("steward1").post(f"{where}/stop", 404)
    steward.post(f"{where}/stop")
    assert "stopped; nothing was kept" in steward.get(where).text
    steward.post(f"{where}/drop")
    steward.get(where, 404)
    assert where.split("/")[-1] not in steward.get("/enter").text


def test_what_cannot_be_read_says_so_and_can_be_read_otherwise(house):
    steward = house.visitor("worker")
    where = send(steward, "/intake", (HEADER + ROWS).replace(",", ";"), name="list.csv")
    assert "columns parted by" in steward.get(where).text
    assert "Choose the file" in steward.client.post("/intake", data={"csrf_token": steward.token()}).text
    text = steward.get(send(steward, "/intake", "x", name="list.pdf")).text
    assert 'role="alert"' in text
    steward.post(where, act="declare", delimiter=",")
    assert 'value="lat" selected' not in steward.get(where).text


def test_a_file_that_is_too_large_is_refused_and_gone(house, monkeypatch):
    monkeypatch.setattr(spool, "MOST_BYTES", 1000)
    send(house.visitor("worker"), "/intake", "x" * 2000, status=413)
    send(house.visitor("worker"), "/intake", "x" * 200_000, status=413)
    assert not list(house.settings.intake.glob("*.part"))


def test_statuses_are_weighed_proposed_by_one_and_approved_by_another(house):
    text = HEADER.strip() + ",official\n" + "".join(f"S{n},مكان,prison,33.{n}1,36.{n}1,,,,yes\n" for n in range(1, 4))
    claims = [{"predicate": "kind", "column": "kind", "words": {"prison": "prison_central"}},
              {"predicate": "official_status", "column": "official", "scheme": "ministry", "words": {"yes": "verified"}}]
    path = house.settings.home / "statuses.csv"
    path.write_text(text)
    with house.as_("worker") as opened:
        batch = imports.run(opened, path, profile=partner(name="statuses", claims=claims)).batch
    analyst, here = house.visitor("worker"), f"/imports/{batch}/statuses"
    assert here in analyst.get("/desk").text
    assert "verified" in analyst.get(here).text
    shown = analyst.post(here, 200, act="look", **{"code:verified": "probable"}).text
    assert 'class="num">3<' in shown and "SYS-" in shown
    analyst.post(here, 422, act="propose", **{"code:verified": "probable"})
    analyst.post(here, act="propose", **{"code:verified": "probable"}, reason="that ministry looked at each")
    analyst.post(here, 409, act="propose", **{"code:verified": "probable"}, reason="again")
    assert house.rows("select count(*) from reg.decision where to_state = 'probable'") == [(0,)]
    verifier = house.visitor("verifier", "ar")
    assert "SYS-" in verifier.get(here).text
    desk = verifier.get("/desk").text
    proposal = re.search(r'action="/proposals/([0-9a-f-]+)"', desk)[1]
    assert "SYS-" in desk and "verified" in desk
    verifier.post(f"/proposals/{proposal}", act="approve")
    assert house.rows("select count(*) from reg.decision where to_state = 'probable'") == [(3,)]
    assert here not in analyst.get("/desk").text
    house.visitor("steward1").get(here, 403)


def test_a_newer_export_shows_what_changed(house):
    steward = house.visitor("worker")
    first = send(steward, "/intake", HEADER + "N1,قديم,prison,33.41,36.41,,,\nN2,باق,prison,33.42,36.42,,,\nN3,غائب,prison,33.43,36.43,,,\n")
    released(house, steward, first, "newer")
    second = send(steward, "/intake", HEADER + "N1,جديد,prison,33.41,36.41,,,\nN2,باق,prison,33.42,36.42,,,\nN4,مضاف,prison,33.44,36.44,,,\n")
    steward.post(second, act="profile", profile="newer")  # the mapping of before fits and is offered
    steward.post(second, act="release", **TERMS)
    keeper.work_one(house.settings)
    text = steward.get(f"{second}/report").text
    assert "1 added" in text and "1 changed" in text and "1 no longer named" in text
    assert "قديم" in text and "جديد" in text and "N4" in text and "N3" in text


def test_nobody_but_stewards_opens_the_desk(house):
    for path in ("/intake", "/intake/00000000-0000-7000-8000-000000000000"):
        house.visitor("officer").get(path, 403)
