"""The background map: what gis_data holds, how names are picked, what the built archive holds."""

import gzip
import hashlib
import json
import os
import shutil
import struct
import tomllib
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

from sitereg import basemap, gazetteer, pmtiles
from sitereg.errors import BadInput

ROOT = Path(basemap.__file__).resolve().parent.parent
GIS = ROOT / "gis_data"
BOUNDARIES = GIS / "boundaries" / "syr_admin1.geojson"
ATLAS = ROOT / basemap.ATLAS


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A copy of the background map that set-up built, or builds now where its sources have changed."""
    if not ATLAS.exists():
        if os.environ.get("CI"):
            pytest.fail("world-atlas is not installed: run make setup")
        pytest.skip("world-atlas is not installed")
    built, folder = basemap.build(), tmp_path_factory.mktemp("map")
    shutil.copy(built, folder)
    shutil.copy(f"{built}.stamp", folder)
    return folder / built.name


@pytest.fixture(scope="module")
def towns():
    return gazetteer.places()


def manifest():
    return tomllib.loads((GIS / "manifest.toml").read_text(encoding="utf-8"))["file"]


def test_every_file_has_a_manifest_entry_with_its_hash():
    listed = {entry["path"]: entry for entry in manifest()}
    found = {path.relative_to(GIS).as_posix() for path in GIS.rglob("*.geojson")}
    assert found <= set(listed)
    for path, entry in listed.items():
        assert hashlib.sha256((GIS / path).read_bytes()).hexdigest() == entry["sha256"], path
        assert {"title", "origin", "licence", "crs", "date"} <= set(entry), path


def test_governorates_are_fourteen_named_and_whole():
    frame = geopandas.read_file(BOUNDARIES)
    assert sorted(frame["pcode"]) == [f"SY{number:02d}" for number in range(1, 15)]
    assert frame["name_ar"].str.fullmatch(gazetteer.ARABIC.pattern).all()
    assert set(frame["edition"]) == {"ne-10m"}
    assert frame.is_valid.all()
    whole = frame.geometry.union_all()
    assert whole.geom_type == "Polygon" and not whole.interiors
    areas = frame.to_crs("EPSG:6933").area
    assert areas.sum() == pytest.approx(whole_area(frame), rel=1e-6), "governorates overlap"


def whole_area(frame):
    return geopandas.GeoSeries([frame.geometry.union_all()], crs=frame.crs).to_crs("EPSG:6933").area[0]


@pytest.mark.parametrize(
    ("lon", "lat", "pcode"),
    [
        (36.29, 33.51, "SY01"),
        (37.16, 36.20, "SY02"),
        (36.72, 34.73, "SY04"),
        (39.01, 35.95, "SY11"),
        (36.10, 32.62, "SY12"),
        (35.78, 33.00, "SY14"),  # the Golan, which Natural Earth draws elsewhere
        (35.82, 33.13, "SY14"),  # Quneitra
    ],
)
def test_a_known_place_lies_in_its_governorate(lon, lat, pcode):
    frame = geopandas.read_file(BOUNDARIES)
    assert list(frame["pcode"][frame.contains(shapely.Point(lon, lat))]) == [pcode]


def test_boundaries_are_plain_geojson_with_six_decimals():
    collection = json.loads(BOUNDARIES.read_text(encoding="utf-8"), parse_float=str)
    assert "crs" not in collection
    for feature in collection["features"]:
        assert feature["id"] == feature["properties"]["pcode"]
        for ring in feature["geometry"]["coordinates"]:
            assert all(len(number.partition(".")[2]) <= 6 for position in ring for number in position)
            points = [tuple(map(float, position)) for position in ring]
            outer = ring is feature["geometry"]["coordinates"][0]
            assert shapely.is_ccw(shapely.LinearRing(points)) == outer


@pytest.mark.data
def test_codes_agree_with_the_common_operational_dataset():
    data = Path(os.environ.get("SITEREG_TEST_DATA") or ROOT.parent / "shared" / "data")
    path = data / "syr_cod_ab" / "syr_admin1.shp"
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail("the test data are missing")
        pytest.skip("the test data are missing")
    cod = geopandas.read_file(path).to_crs("EPSG:6933").set_index("adm1_pcode")
    ours = geopandas.read_file(BOUNDARIES).to_crs("EPSG:6933").set_index("pcode")
    for pcode, shape in ours.geometry.items():
        assert cod.geometry.intersection(shape).area.idxmax() == pcode
        assert ours["name_ar"][pcode] == cod["adm1_name1"][pcode]
        assert ours["name_en"][pcode] == cod["adm1_name"][pcode]
    mine, theirs = ours.geometry.union_all(), cod.geometry.union_all()
    assert mine.intersection(theirs).area / mine.union(theirs).area > 0.98


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("Ar Raqqah", ["Raqqa", "rqh", "الرقة", "رقه"], "الرقة"),
        ("Damascus", ["Dimashq", "dmshq", "Şam", "دیمەشق", "دمشق", "دەمەشىق"], "دمشق"),
        ("Nawa", ["Naua", "Nawah", "حي", "نوا"], "نوا"),
        ("Saydnaya", ["Sednaya", "Седная", "صيدنايا"], "صيدنايا"),
        ("Somewhere", ["Elsewhere", "کرمان", "پیرس"], None),  # Persian and Urdu letters are not Arabic
        ("Nowhere", [""], None),
    ],
)
def test_the_arabic_name_is_picked_by_letters_and_agreement(name, others, expected):
    assert gazetteer.arabic_name(name, others) == expected


def test_places_of_syria_have_arabic_names_and_capitals_their_settled_ones(towns):
    frame = towns
    syria = frame[frame.within(geopandas.read_file(BOUNDARIES).geometry.union_all())]
    assert syria["name_ar"].notna().mean() > 0.97
    named = dict(zip(frame["name_en"], frame["name_ar"], strict=True))
    assert (named["Damascus"], named["Jerusalem"], named["Athens"]) == ("دمشق", "القدس", "أثينا")
    assert named["Saydnaya"] == "صيدنايا"
    assert syria["name_en"].map(str.isascii).mean() > 0.97
    assert not {"East Jerusalem", "Ra's Bayrut"} & set(named)


def test_territories_are_known_by_number_in_both_languages():
    assert gazetteer.territories()["760"] == ("SY", "Syria", "سوريا")


def test_the_archive_holds_every_layer(archive):
    layers = {name for name, _ in pyogrio.list_layers(archive)}
    assert layers == {"countries", "country_lines", "governorates", "governorate_lines",
                      "waters", "rivers", "places", "labels"}
    assert 1_000_000 < archive.stat().st_size < 3_500_000
    labels = pyogrio.read_dataframe(archive, layer="labels")
    assert set(labels["name_ar"][labels["k"] == "governorate"]) >= {"حلب", "درعا", "القنيطرة"}
    assert labels["name_en"].eq("Syria").sum() == 1
    towns = pyogrio.read_dataframe(archive, layer="places").to_crs("EPSG:4326")
    found = towns[towns["name_en"] == "Saydnaya"].geometry.iloc[0]
    assert found.distance(shapely.Point(36.3715, 33.6947)) < 0.001


def test_a_second_build_changes_nothing_and_a_changed_source_builds_again(archive, towns, monkeypatch):
    before = archive.stat().st_mtime_ns
    assert basemap.build(archive) == archive
    assert archive.stat().st_mtime_ns == before
    monkeypatch.setattr(basemap.gazetteer, "edition", lambda: "another")
    monkeypatch.setattr(basemap, "_layers", lambda *_: [("places", towns[:5], 0, 0, 4096)])
    basemap.build(archive)
    assert archive.stat().st_mtime_ns != before


def test_missing_sources_are_named(tmp_path):
    with pytest.raises(BadInput, match=r"countries-10m\.json"):
        basemap.build(tmp_path / "map.pmtiles", atlas=tmp_path)


def test_a_country_border_is_the_arc_that_two_share(tmp_path):
    topology = {
        "transform": {"scale": [1, 1], "translate": [10, 20]},
        "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [1, 0], [0, 1], [-1, 0]]],
        "objects": {"countries": {"geometries": [
            {"type": "Polygon", "id": "760", "arcs": [[0, 1]]},
            {"type": "MultiPolygon", "id": "422", "arcs": [[[2, -1]]]},
            {"type": "Polygon", "arcs": [[-2]]},
        ]}},
    }
    path = tmp_path / "atlas.json"
    path.write_text(json.dumps(topology))
    atlas = basemap.read_countries(path)
    assert list(atlas.countries["name_en"])[:2] == ["Syria", "Lebanon"]
    assert atlas.countries["iso"].isna().tolist() == [False, False, True]
    assert atlas.countries.geometry.iloc[1].equals(shapely.box(11, 20, 12, 21))
    assert [list(line.coords) for line in atlas.lines.geometry] == [
        [(11, 20), (11, 21)], [(11, 21), (10, 21), (10, 20), (11, 20)]]


def test_tile_numbers_follow_the_hilbert_curve():
    known = {(0, 0, 0): 0, (1, 0, 0): 1, (1, 0, 1): 2, (1, 1, 1): 3, (1, 1, 0): 4, (2, 0, 0): 5,
             (12, 3423, 1763): 19078479}
    assert {address: pmtiles.tile_number(*address) for address in known} == known


def put(folder, zoom, x, y, body):
    path = folder / str(zoom) / str(x) / f"{y}.pbf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def test_tiles_of_several_folders_are_joined_and_repeats_stored_once(tmp_path):
    put(tmp_path / "a", 0, 0, 0, b"first")
    put(tmp_path / "b", 0, 0, 0, gzip.compress(b"second"))
    for x, y in ((0, 0), (0, 1), (1, 1)):
        put(tmp_path / "a", 1, x, y, b"sea")
    made = pmtiles.join(
        [tmp_path / "a", tmp_path / "b"], tmp_path / "out.pmtiles",
        name="t", layers=[], bounds=(-10, -20, 30, 40), attribution="x")
    data = made.read_bytes()
    assert data[:8] == b"PMTiles\x03"
    offsets = struct.unpack_from("<11Q", data, 8)
    assert offsets[8:] == (4, 2, 2)  # four addresses, two entries (a run of three), two contents
    contents = data[offsets[6]:offsets[6] + offsets[7]]
    assert gzip.decompress(contents[: len(gzip.compress(b"firstsecond", mtime=0))]) == b"firstsecond"
    assert struct.unpack_from("<4i", data, 102) == (-100000000, -200000000, 300000000, 400000000)
    assert data[100:102] == b"\x00\x01"
    assert not list(tmp_path.glob("*.part"))


def test_a_large_directory_gets_leaves(tmp_path, monkeypatch):
    monkeypatch.setattr(pmtiles, "ROOT_LIMIT", 200)
    monkeypatch.setattr(pmtiles, "LEAF_ENTRIES", 64)
    numbers = range(1000)
    points = geopandas.points_from_xy([n % 40 for n in numbers], [n // 40 for n in numbers])
    pyogrio.write_dataframe(
        geopandas.GeoDataFrame({"n": numbers}, geometry=points, crs="EPSG:4326"), tmp_path / "t", layer="p",
        driver="MVT", dataset_options={"FORMAT": "DIRECTORY", "MINZOOM": 0, "MAXZOOM": 7, "COMPRESS": "NO"})
    layer = [{"id": "p", "minzoom": 0, "maxzoom": 7, "fields": {"n": "Number"}}]
    made = pmtiles.join([tmp_path / "t"], tmp_path / "t.pmtiles", name="t", layers=layer,
                        bounds=(0, 0, 40, 25), attribution="")
    leaves = struct.unpack_from("<11Q", made.read_bytes(), 8)[5]
    assert leaves > 0
    assert set(pyogrio.read_dataframe(made)["n"]) == set(range(1000))


def test_no_tile_at_all_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="no tile"):
        pmtiles.join([tmp_path], tmp_path / "x", name="", layers=[], bounds=(0, 0, 1, 1), attribution="")
