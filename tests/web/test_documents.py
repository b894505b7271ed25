"""The viewer of scans: bytes to those who may and to nobody else, never kept, graphic ones unasked by nobody."""
from uuid import uuid4

import pytest

from sitereg import scans
from tests import given
from tests.sitereg.test_pages import png
from tests.web.test_hidden import still

pytestmark = pytest.mark.db


@pytest.fixture
def scan(house, tmp_path):
    """Keeps a scan of one page in the house; answers its id."""
    def make(tier=1, **more):
        path = tmp_path / f"page-{tier}.png"
        path.write_bytes(png(120, 160, note=f"33.543217 {uuid4()}".encode()))
        with house.as_("worker") as opened:
            return scans.keep(opened, pages=[path], terms=given.TERMS, tier=tier, **{"shows": "a page of a register", "living": "none", **more})

    return make


def test_the_picture_goes_out_bare_uncached_and_logged(house, scan):
    document = scan()
    answer = house.visitor("investigator1").get(f"/documents/{document}/pages/1")
    assert answer.mimetype == "image/png" and answer.data == png(120, 160) and b"33.54" not in answer.data
    assert answer.headers["Cache-Control"] == "private, no-store" and "ETag" not in answer.headers and "Last-Modified" not in answer.headers
    assert house.rows("select count(*) from reg.read_log where action = 'document_page' and object = %s", document)[0][0] == 1
    assert house.rows("select kind from reg.custody_event where document = %s order by n desc limit 1", document)[0][0] == "opened"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_region_is_drawn_by_its_numbers_and_what_stands_there_written_down(house, scan, lang):
    document = scan()
    worker = house.visitor("worker", lang)
    where = worker.post(f"/documents/{document}/pages/1/regions", 303, x="10", y="٢٠", width="50,5", height="10", text="سجل رقم ٤", language="ar")
    page = worker.get(where.headers["Location"]).text
    assert "سجل رقم ٤" in page and "page 1, region 1" in page and '<rect x="12.0" y="32.0"' in page
    region = house.rows("select r.id from reg.page_region r join reg.document_page p on p.id = r.page where p.document = %s", document)[0][0]
    worker.post(f"/documents/{document}/pages/1/transcriptions", 303, region=region, text="سجل رقم ٥", language="ar")
    page = worker.get(f"/documents/{document}").text
    assert page.index("سجل رقم ٥") < page.index("سجل رقم ٤")
    refused = worker.post(f"/documents/{document}/pages/1/regions", 422, x="90", y="0", width="20", height="10", text="kept words", language="en").text
    assert "kept words" in refused


def test_a_graphic_picture_is_not_loaded_unasked_and_its_words_are_there(house, scan):
    document = scan(graphic=True, shows="a wounded hand")
    reader = house.visitor("investigator1")
    page = reader.get(f"/documents/{document}").text
    assert "<img" not in page and "a wounded hand" in page and "shown=yes" in page
    assert f'src="/documents/{document}/pages/1"' in reader.get(f"/documents/{document}?shown=yes").text


def test_hidden_absent_and_wrong_are_one_answer(house, scan):
    hidden, absent = scan(tier=2), "00000000-0000-7000-8000-000000000000"
    reader = house.visitor("investigator1")
    for tail in ("", "/pages/1", "/pages/7"):
        assert still(reader.get(f"/documents/{hidden}{tail}", 404)) == still(reader.get(f"/documents/{absent}{tail}", 404))
    for tail, form in (("/pages/1/regions", {"x": 0, "y": 0, "width": 1, "height": 1}), ("/shows", {"shows": "x"}), ("/pages/1/transcriptions", {})):
        assert still(reader.post(f"/documents/{hidden}{tail}", 404, **form)) == still(reader.post(f"/documents/{absent}{tail}", 404, **form))
    assert str(hidden) not in reader.get("/documents").text
    house.visitor("viewer").get(f"/documents/{hidden}/pages/1", 404)
    assert str(hidden) in house.visitor("worker").get("/documents").text
