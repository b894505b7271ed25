"""Files that pages use are kept by browsers for good, under a name that changes with their content."""
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
