"""Files that pages use are kept by browsers for good, under a name that changes with their content."""
import gzip
import re

import pytest

from web import security

pytestmark = pytest.mark.db


def used(page):
    return {one.replace("&amp;", "&") for one in re.findall(r'(?:src|href)="(/static/[^"]+)"', page)}


def test_every_file_of_a_page_is_kept_for_good_under_its_edition(house):
    visitor = house.visitor("worker")
    page = visitor.get("/").text
    files = used(page) | {re.search(r'"(/static/[^"]+\.pmtiles)"', page)[1]}
    assert len(files) > 10 and all(one.startswith(f"/static/{security.edition()}/") for one in files)
    for one in sorted(files):
        answer = visitor.client.get(one)
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", one


def test_scripts_and_styles_are_squeezed_for_whoever_reads_them_so_and_nothing_else_is(house):
    """The same bytes come out; fonts, maps, ranges and pages go as they are."""
    visitor = house.visitor("worker")
    page = visitor.get("/").text
    able = {"Accept-Encoding": "gzip, deflate, br"}
    for one in sorted(one for one in used(page) if one.endswith((".css", ".js"))):
        plain, small = visitor.client.get(one), visitor.client.get(one, headers=able)
        assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in small.headers["Vary"]
        if small.headers.get("Content-Encoding") == "gzip":
            assert gzip.decompress(small.data) == plain.data and int(small.headers["Content-Length"]) == len(small.data) < 0.6 * len(plain.data)
            assert small.headers["Cache-Control"] == plain.headers["Cache-Control"] and small.headers["ETag"] != plain.headers["ETag"]
        else:
            assert len(plain.data) < 1000, one
        assert visitor.client.get(one, headers=able | {"Range": "bytes=0-9"}).data == plain.data[:10]
        assert "Content-Encoding" not in visitor.client.get(one, headers={"Accept-Encoding": "gzip;q=0"}).headers
    chart = re.search(r'"(/static/[^"]+\.pmtiles)"', page)[1]
    for one in ("/", "/me", chart, "/tiles/sites/6/38/25.mvt"):
        assert "Content-Encoding" not in visitor.client.get(one, headers=able).headers, one


def test_what_a_style_sheet_names_stands_under_the_same_edition(house):
    visitor = house.visitor("worker")
    sheet = next(one for one in used(visitor.get("/").text) if one.endswith("fonts.css"))
    font = re.search(r"url\(([^)/:]+\.woff2)\)", visitor.client.get(sheet).text)[1]
    assert "immutable" in visitor.client.get(sheet.rpartition("/")[0] + "/" + font).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/css/app.css", "/static/0123456789abcdef/css/app.css", "{}/css/none.css"])
def test_what_is_not_there_is_not_kept(house, path):
    answer = house.visitor("worker").client.get(path.format(f"/static/{security.edition()}"))
    assert answer.status_code == 404 and answer.headers["Cache-Control"] == "private, no-store"


def test_another_content_name_or_file_is_another_edition(tmp_path):
    made = set()
    for name, text in (("a.css", "x"), ("a.css", "y"), ("b.css", "y"), ("c/a.css", "y")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        made.add(security.edition(tmp_path))
    assert len(made) == 4 and security.edition(tmp_path) in made
