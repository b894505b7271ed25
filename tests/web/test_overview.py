"""The overview in the browser: what the counts cannot say first, a table behind each chart, the same numbers as the lists."""
import hashlib
import io
import json
import re
import zipfile

import pytest

from sitereg.exports import counts
from tests.sitereg import analysing
from tests.sitereg.matrix_house import stands

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def missing(house):
    """Seven of the missing, last seen where nothing is recorded."""
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    with house.as_("worker") as opened:
        made = [analysing.person(opened, analysing.event("arrested", lon=36.1 + n / 1000, lat=33.1, at="[2013-03-01,2013-04-01)"), source=source)[0]
                for n in range(7)]
    with analysing.dba(house.settings) as raw:
        for person in made:
            stands(raw, person, "open_missing")


@pytest.mark.parametrize(("name", "sites"), [("worker", 6), ("analyst1", 5), ("viewer", 0)])
def test_the_page_counts_what_the_reader_sees(house, name, sites):
    page = house.visitor(name).get("/overview").text
    assert f'<bdi class="num">{sites}</bdi> sites' in page
    assert page.index("What these counts cannot say") < page.index("The numbers as a table" if sites else "Source: this registry")
    assert page.count("<svg") == len(re.findall(r"the table below says the same", page)) and ("Unit SY01" in page) == bool(sites)


def test_in_arabic_it_reads_from_the_other_side(house):
    page = house.visitor("worker", "ar").get("/overview").text
    assert 'direction="rtl"' in page and 'direction="ltr"' not in page and "ما لا تقوله هذه الأعداد" in page
    assert not re.search(r">[^<]*\b(sites|accounts|recorded|governorate)\b", re.sub(r"<script.*?</script>", "", page, flags=re.S)), "a sentence was left in English"


@pytest.mark.parametrize("asked", ["clock=yesterday", "party=1", "by=authority"])
def test_what_is_no_cut_is_refused(house, asked):
    house.visitor("worker").get("/overview?" + asked, 422)
    house.visitor("worker").get("/overview?clock=observed")


def test_silent_places_are_listed_with_their_bands_and_drawn(house, missing):
    page = house.visitor("analyst1").get("/overview/silent?level=3").text
    assert "Unit SY010000" in page and '<bdi class="num">5-9</bdi>' in page and 'id="map"' in page
    told = house.visitor("analyst1", "ar").get("/overview/silent?level=3").text
    assert "وحدة SY010000" in told and "شوهدوا هنا آخر مرة" in told
    assert "Cells of 10 km" in house.visitor("viewer").get("/overview/silent").text
    house.visitor("analyst1").get("/overview/silent?level=9", 422)


def test_the_counts_leave_as_a_table_once_it_stands_to_whom(house):
    worker = house.visitor("worker")
    assert "/overview/export" in worker.get("/overview").text and "/overview/export" not in house.visitor("verifier1").get("/overview").text
    risks = {f"risk_{name}": "none: counts" for name in ("site", "sources", "families", "staff")}
    worker.post("/overview/export", 422, recipient="", purpose="planning", **risks)
    before = house.rows("select count(*) from reg.disclosure")[0][0]
    bundle = zipfile.ZipFile(io.BytesIO(worker.post("/overview/export", 200, recipient="The commission", purpose="planning", **risks).data))
    about, table = json.loads(bundle.read("counts.csv.manifest.json")), bundle.read("counts.csv")
    assert house.rows("select count(*) from reg.disclosure")[0][0] == before + 1
    assert about["sites"] == 5 and about["sha256"] == hashlib.sha256(table).hexdigest() and about["recipient"] == "The commission"
    lines = table.decode("utf-8-sig").splitlines()
    assert lines[0] == "cut,code,part,sites" and "adm1,none,records,<5" in lines and not re.search(r",[1-4]\r?$", "\n".join(lines), re.M)
    assert not any(one.startswith("total") for one in lines)


def test_a_small_number_that_stands_alone_hides_the_next(house):
    rows = [{"code": code, "part": part, "sites": n} for code, part, n in (("a", "x", 3), ("a", "y", 9), ("b", "x", 20), ("b", "y", 7), ("b", "z", 30))]
    assert counts.hidden(rows) == {0, 1, 2, 3}, "neither a row nor a column gives the 3 back"
    assert counts.hidden([{"code": "a", "part": None, "sites": 8}]) == set()
