"""The sheet of paper: what it draws of places, what it says of itself, in both languages."""
import math
import re

import geopandas
import pypdfium2
import pytest
import shapely

from sitereg.exports import mapsheet, pdf

ABOUT = {"date": "2026-11-30", "filter": {}, "tlp": "TLP:AMBER", "classification": "Confidential", "synthetic": True, "face": 1,
         "recipient": "An authority", "purpose": "protection", "unit": "Office A", "by": "Samar"}
UNIT = shapely.box(38, 34, 39, 35)
CELL = shapely.box(36.5, 33.5, 36.6, 33.59)


def sites(*shapes):
    """Rows as exports.rows.leaving gives them: (shown_as, geometry, more) each."""
    rows = [{"code": f"SYS-{n}", "name_en": f"Place {n}", "name_ar": f"مكان {n}", "kind": "mass_grave", "kinds": "mass_grave",
             "verification": "suspected", "verifications": "suspected", "stamp": "UNVERIFIED", "protection": "unprotected",
             "shown_as": shown, "uncertainty_m": 20.0, "lat": 34.0, "lon": 38.0, "adm1_en": "Homs", "adm1_ar": "حمص",
             "geometry": shape, **more} for n, (shown, shape, more) in enumerate(shapes)]
    return geopandas.GeoDataFrame(rows, geometry="geometry", crs=4326)


def text(path):
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def numbers(svg):
    return re.findall(r">(\d+)</text>", svg)


def test_sites_that_would_cover_each_other_are_a_ring_with_their_number():
    near = [("exact", shapely.Point(36.3 + n / 1e4, 33.5), {}) for n in range(7)]
    drawn = mapsheet.drawing(sites(*near, ("exact", shapely.Point(40.2, 36.1), {})), "en")
    assert drawn["rings"] == 1 and numbers(drawn["svg"]).count("7") == 1 and "8" in numbers(drawn["svg"])


def test_a_site_known_by_its_unit_is_an_outline_with_a_count_and_never_a_symbol():
    several = mapsheet.drawing(sites(*[("admin_unit", UNIT, {})] * 3), "en")["svg"]
    assert numbers(several) == ["3"] and 'stroke="#4A4F55" stroke-width="0.9"' in several and "scale(" not in several
    assert "scale(" in mapsheet.drawing(sites(("exact", UNIT.centroid, {})), "en")["svg"]


def test_a_cell_is_drawn_as_a_square_and_stays_inside_the_paper():
    svg = mapsheet.drawing(sites(("cell_10km", CELL, {})), "en")["svg"]
    assert svg.count('fill-opacity="0.1"') == 1
    edges = [float(n) for one in re.findall(r'd="(M[^"]+)" fill="#[0-9A-F]+" fill-opacity="0.1"', svg) for n in re.findall(r"-?\d+\.\d+", one)]
    assert edges and min(edges) >= 0 and max(edges) <= mapsheet.WIDTH


@pytest.mark.parametrize("box", [None, [36.0, 33.0, 37.0, 34.0], [36.0, 33.0, 37.0, 33.0, 36.5, 34.0]])
def test_the_window_has_the_shape_of_the_paper_and_holds_what_was_asked(box):
    table = sites(("exact", shapely.Point(36.2, 33.2), {}), ("exact", shapely.Point(36.9, 33.8), {}))
    west, south, east, north = mapsheet.window(table, box)
    thin = math.cos(math.radians((south + north) / 2))
    assert abs((east - west) * thin / (north - south) - mapsheet.WIDTH / mapsheet.HEIGHT) < 0.01
    low, high = ((36.2, 33.2), (36.9, 33.8)) if box is None else ((36, 33), (37, 34))
    assert west <= low[0] and south <= low[1] and east >= high[0] and north >= high[1]


def test_what_lies_outside_the_area_is_not_on_the_sheet():
    table = sites(("exact", shapely.Point(36.5, 33.5), {}), ("exact", shapely.Point(41, 36), {}))
    assert mapsheet.drawing(table, "en", [36.0, 33.0, 37.0, 34.0])["svg"].count("scale(") == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_sheet_says_how_sure_how_near_of_when_by_whom_and_for_whom(tmp_path, language):
    rows = sites(("exact", shapely.Point(36.5, 33.5), {}), ("cell_10km", CELL, {"verification": "confirmed", "verifications": "confirmed", "stamp": ""}),
                 ("admin_unit", UNIT, {}), ("none", None, {"uncertainty_m": None, "adm1_en": None, "adm1_ar": None}))
    facts = pdf.write(rows, {**ABOUT, "language": language}, tmp_path / "a.pdf")
    told = text(tmp_path / "a.pdf")
    assert facts == {"language": language, "listed": 4}
    for words in ("An authority", "Office A", "Samar", *(("SYS-0", "SYS-3") if language == "en" else ("بيانات مصطنعة", "حماية"))):
        assert words in told, words
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "a.pdf")]
    assert len(pages) == 2 and all("AMBER" in one and "TLP" in one for one in pages)  # each page by itself
    if language == "en":
        assert all("Synthetic data" in one and "UNVERIFIED: 3 of 4 sites" in one for one in pages)
        for words in ("cells of 1 km or coarser", "30 November 2026", "no place known", "10 km cell", "somewhere in this unit", "known to within 20 m"):
            assert words in told, words


def test_more_than_can_be_listed_is_drawn_without_numbers_and_says_so(tmp_path):
    many = sites(*[("exact", shapely.Point(36 + n % 25 / 5, 32.5 + n // 25 / 4), {}) for n in range(pdf.LISTED + 1)])
    assert pdf.write(many, {**ABOUT, "language": "en"}, tmp_path / "a.pdf")["listed"] == 0
    assert "The list of 401 sites is not printed" in text(tmp_path / "a.pdf") and "SYS-7" not in text(tmp_path / "a.pdf")
