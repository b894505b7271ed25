"""Published counts in the web, in both languages: counted by one, published by another, small numbers hidden, files with notes."""
import io

import openpyxl
import pytest

from tests import given

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def courts(house):
    """Seven courts and two prisons in one governorate."""
    source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
    with house.as_("worker") as opened:
        for at in range(9):
            given.site(opened, given.kind("court" if at < 7 else "prison_military"), given.place(36.2 + at / 100, 33.2), source=source)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_release_is_made_by_two_and_downloaded(house, courts, lang):
    analyst, releaser, title = house.visitor("worker", lang), house.visitor("releaser", lang), f"Sites {lang}"
    assert {"en": "Published counts", "ar": "الأعداد المنشورة"}[lang] in analyst.get("/desk").text
    analyst.post("/statistics", 422, title="")
    at = analyst.post("/statistics", 303, title=title).headers["Location"]
    analyst.get(f"{at}/csv", 404)
    page = analyst.get(at).text
    assert title in page and {"en": "not told", "ar": "لا يُذكر"}[lang] in page and 'name="act"' not in page
    analyst.post(at, 403, act="published", why="mine")
    releaser.post(at, 422, act="published", why="")
    if lang == "ar":
        assert {"en": "ninety days", "ar": "تسعين يوماً"}[lang] in releaser.post(at, 409, act="published", why="too soon").text
        releaser.post(at, 303, act="refused", why="too soon")
        return
    releaser.post(at, 303, act="published", why="looked at")
    text = analyst.get(f"{at}/csv").get_data().decode("utf-8-sig")
    assert text.startswith(title) and "Unit SY01" in text and ",2" not in text.replace(",20", "") and "لا يُذكر عدد من واحد" in text
    sheet = openpyxl.load_workbook(io.BytesIO(analyst.get(f"{at}/xlsx").get_data())).active
    assert sheet["A1"].value == title and not any(isinstance(cell.value, int) and 0 < cell.value < 5 for row in sheet for cell in row)
    house.visitor("auditor", lang).get(at), house.visitor("viewer", lang).get("/statistics", 403)
    releaser.post(at, 303, act="withdrawn", why="a mistake")
    analyst.get(f"{at}/csv", 404)
