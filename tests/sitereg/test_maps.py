"""Maps and symbols: nothing foreign, nothing that a strict CSP stops, a look for every word."""

import json
import re
from xml.etree import ElementTree

import folium
import geopandas
import pytest
import shapely

from sitereg import maps, symbols
from sitereg.errors import BadInput
from sitereg.vocab.protection import ProtectionStatus
from sitereg.vocab.sites import SiteKind, SiteKindGroup, VerificationLevel

FOREIGN = re.compile(r"(?:src|href|url|import|fetch)[\s(=:\"']+(?:[a-z]+:)?//", re.IGNORECASE)
HANDLER = re.compile(r"<[a-z][^>]*\s(?:on[a-z]+|style)\s*=", re.IGNORECASE)


def site_map(**more):
    given = {"locale": "en", "assets_url": "/static", "tiles_url": "/tiles/sites/{z}/{x}/{y}.mvt", **more}
    return maps.base_map(**given)


def frame(**columns):
    points = geopandas.points_from_xy([36.3, 37.1], [33.5, 36.2])
    return geopandas.GeoDataFrame(columns or {"note": ["a", None]}, geometry=points, crs="EPSG:4326")


def test_a_rendered_map_names_no_other_host_and_only_our_assets():
    parts = maps.render(site_map(), nonce="n0")
    page = "".join(parts)
    assert "//" not in re.sub(r"[\"'](?:/static|/tiles)[^\"']*[\"']", "", page)
    wanted = {f"/static/{maps.ASSETS[name]}" for name in (*maps.SCRIPTS, "leaflet_css")}
    assert set(re.findall(r"(?:src|href)=\"([^\"]+)\"", parts.head)) == wanted
    assert "/static/vendor/basemap.pmtiles" in parts.script


def test_every_asset_is_ours_or_put_there_by_set_up():
    for path in maps.ASSETS.values():
        assert path.startswith("vendor/") or (maps.STATIC / path).exists(), path


def test_every_script_and_style_carries_the_nonce_and_nothing_is_inline():
    parts = maps.render(site_map(), nonce="n0nce")
    for tag in re.findall(r"<(?:script|style)[^>]*>", "".join(parts)):
        assert 'nonce="n0nce"' in tag
    assert not HANDLER.search(parts.head + parts.body)
    assert "<style" not in parts.body and "<script" not in parts.body
    assert "eval(" not in parts.script and "new Function" not in parts.script


def test_without_a_nonce_none_is_written():
    assert "nonce" not in "".join(maps.render(site_map()))


def test_the_container_reads_left_to_right_in_arabic():
    parts = maps.render(site_map(locale="ar"), nonce="x")
    assert 'dir="ltr"' in parts.body
    assert '"locale": "ar"' in parts.script


def test_the_map_begins_where_it_is_told_and_passes_the_filters_on():
    script = maps.render(site_map(bounds=(36.0, 33.0, 36.5, 33.5), query="kind=mass_grave&q=%D8%AA")).script
    assert '"bounds": [36.0, 33.0, 36.5, 33.5]' in script
    assert "kind=mass_grave\\u0026q=%D8%AA" in script


def test_a_value_cannot_close_the_script():
    script = maps.render(site_map(query="</script><script>alert(1)</script>")).script
    assert script.count("</script>") == 1


@pytest.mark.parametrize("name", ["assets_url", "tiles_url", "basemap_url"])
@pytest.mark.parametrize("url", ["https://tiles.example/{z}", "//cdn.example/x", "data:text/plain,x", "HTTP://x"])
def test_another_host_is_refused(name, url):
    with pytest.raises(BadInput, match=name):
        site_map(**{name: url})


def test_other_folium_layers_can_be_added():
    chart = site_map()
    folium.PolyLine([[33, 36], [34, 37]], color="#0072B2").add_to(chart)
    parts = maps.render(chart, nonce="n")
    assert "L.polyline" in parts.script
    assert not FOREIGN.search("".join(parts))


def test_rendering_twice_gives_the_same_map():
    chart = site_map()
    assert maps.render(chart, "n") == maps.render(chart, "n")


def test_a_frame_becomes_one_file_without_links(tmp_path):
    path = tmp_path / "map.html"
    maps.frame_map(frame()).save(str(path))
    page = path.read_text(encoding="utf-8")
    leaflet = (maps.STATIC / maps.ASSETS["leaflet"]).read_text(encoding="utf-8")
    assert leaflet in page  # it names its own home in a credit that our maps switch off
    ours = page.replace(leaflet, "")
    assert not FOREIGN.search(ours) and "<link" not in ours and not re.search(r"<script[^>]+src", ours)
    assert "L.map" in page and "sitereg.frame" in page and len(page) < 400_000


def test_a_frame_is_reprojected_and_its_texts_stay_texts():
    hostile = "<img src=x onerror=alert(1)></script>"
    moved = frame(note=[hostile, 3.5]).to_crs("EPSG:32637")
    script = maps.render(maps.frame_map(moved)).script
    assert hostile not in script and "\\u003cimg" in script and script.count("</script>") == 1
    bounds = json.loads(re.search(r'"bounds": (\[[^\]]+\])', script)[1])
    assert bounds == pytest.approx([36.3, 33.5, 37.1, 36.2], abs=1e-6)


def test_rows_that_say_what_they_are_get_the_symbol():
    rows = frame(group=["burial", "detention"], kind=["mass_grave", "prison_central"],
                 verification=["confirmed", "probable"], protection=["protected", None])
    script = maps.render(maps.frame_map(rows, columns=[])).script
    assert script.count("sym-burial") == 1 and script.count("sym-detention") == 1


def test_missing_and_empty_geometries_are_left_out():
    rows = geopandas.GeoDataFrame(
        {"n": [1, 2, 3]}, geometry=[None, shapely.Point(), shapely.Point(36, 33)], crs="EPSG:4326")
    script = maps.render(maps.frame_map(rows)).script
    assert '"bounds": [36.0, 33.0, 36.0, 33.0]' in script


def test_a_frame_that_cannot_be_drawn_is_refused(monkeypatch):
    with pytest.raises(BadInput, match="no CRS"):
        maps.frame_map(frame().set_crs(None, allow_override=True))
    monkeypatch.setattr(maps, "FRAME_LIMIT", 1)
    with pytest.raises(BadInput, match="2 rows, at most 1"):
        maps.frame_map(frame())


def test_missing_libraries_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(maps, "STATIC", tmp_path)
    with pytest.raises(BadInput, match=r"leaflet\.css.*make setup"):
        maps.frame_map(frame())


def test_every_term_of_the_vocabularies_has_a_look():
    assert set(symbols.GROUPS) == set(SiteKindGroup.codes())
    assert set(symbols.FILLS) == set(VerificationLevel.codes())
    assert set(symbols.UNDER) | set(symbols.OVER) - {"overdue"} <= set(ProtectionStatus.codes())
    assert {kind for kind in SiteKind.codes() if SiteKind(kind).attrs.get("symbol")} == set(symbols.KINDS)
    for scheme in symbols.COLOURS.values():
        assert set(symbols.GROUPS) <= set(scheme)


def test_each_group_level_and_protection_is_drawn_differently():
    groups = [symbols.svg(group) for group in symbols.GROUPS] + [symbols.svg("other", "checkpoint")]
    levels = [symbols.svg("burial", None, level) for level in symbols.LEVELS]
    states = ("unprotected", "protected", "partially_protected", "compromised", "destroyed")
    protections = [symbols.svg("burial", None, "confirmed", state) for state in states]
    overdue = symbols.svg("burial", None, "confirmed", "unprotected", overdue=True)
    bodies = [re.findall(r' d="([^"]+)"', text) for text in groups]
    assert len({tuple(body) for body in bodies}) == len(groups), "shape alone tells the group"
    assert len(set(levels)) == len(levels)
    assert len({*protections, overdue}) == len(states) + 1


def luminance(colour):
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_symbols_stand_out_from_their_paper(scheme):
    colours = symbols.COLOURS[scheme]
    paper = luminance(colours["paper"])
    for name in (*symbols.GROUPS, "attention", "mixed"):
        light, dark = sorted((luminance(colours[name]), paper), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, name


def test_a_symbol_is_safe_markup_without_style():
    svg = symbols.svg("burial", None, "reported", "compromised", label='<b>"x"</b>')
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == '<b>"x"</b>' and root.get("role") == "img"
    assert "style=" not in svg
    unknown = symbols.svg("nonsense", "nonsense", "nonsense", "nonsense")
    assert ElementTree.fromstring(unknown).get("aria-hidden") == "true"


def test_the_table_for_the_browser_is_json():
    assert set(json.loads(json.dumps(symbols.table()))) == {
        "box", "shapes", "groups", "kinds", "fills", "under", "over", "cell", "unit", "colours", "levels"}
    for shape in symbols.SHAPES.values():
        assert set(shape) == {"body", "half", "outer", "bar", "cross"}
