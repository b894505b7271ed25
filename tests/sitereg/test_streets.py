"""Maps of streets that an office brings: what is drawn is taken and told, everything else refused with what to do."""
import json
import struct

import pyogrio
import pytest
from click.testing import CliRunner

from sitereg import pmtiles, streets
from sitereg.cli import main
from sitereg.errors import BadInput, Conflict, NotFound
from sitereg.settings import Settings
from tests.sitereg import osm

HERE = (36.0, 33.0, 37.0, 34.0)


def archive(tmp_path, name="town.pmtiles", *, layers=("roads",), bounds=HERE, attribution="<a href='x'>Synthetic streets</a>, invented"):
    """An archive of two tiles, as the office would bring it."""
    for z, x, y in ((9, 307, 205), (10, 614, 411)):
        tile = tmp_path / "tiles" / str(z) / str(x) / f"{y}.pbf"
        tile.parent.mkdir(parents=True, exist_ok=True)
        tile.write_bytes(b"\x1a\x02\x0a\x00" + bytes([z]))
    told = [{"id": one, "minzoom": 9, "maxzoom": 10, "fields": {}} for one in layers]
    return pmtiles.join([tmp_path / "tiles"], tmp_path / name, name="town", layers=told, bounds=bounds, attribution=attribution)


@pytest.fixture
def settings(tmp_path):
    return Settings.at(tmp_path / "home")


def test_an_archive_is_read_as_it_was_written(tmp_path):
    told = pmtiles.read(archive(tmp_path))
    assert told["layers"] == ["roads"] and told["zooms"] == (9, 10) and told["tiles"] == 2
    assert told["bounds"] == HERE


def test_what_was_added_is_told_once_and_can_be_removed(tmp_path, settings):
    path = archive(tmp_path)
    made = streets.add(settings, path)
    assert made["licence"] == "Synthetic streets, invented" and streets.added(settings) == [json.loads(json.dumps(made))]
    kept = streets.path_of(settings, made["number"])
    assert kept.read_bytes() == path.read_bytes() and kept.stat().st_mode & 0o077 == 0
    with pytest.raises(Conflict):
        streets.add(settings, path)
    streets.remove(settings, made["number"])
    assert streets.added(settings) == [] and not list((settings.home / "basemaps").iterdir())
    with pytest.raises(NotFound):
        streets.remove(settings, made["number"])


def spoilt(path, at, value):
    data = bytearray(path.read_bytes())
    data[at:at + len(value)] = value
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("made", "says"), [
    (lambda tmp: tmp / "none.pmtiles", "no such file"),
    (lambda tmp: spoilt(archive(tmp), 0, b"SQLite "), "no PMTiles archive"),
    (lambda tmp: spoilt(archive(tmp), 7, b"\x02"), "version 3"),
    (lambda tmp: spoilt(archive(tmp), 99, b"\x02"), "pictures"),
    (lambda tmp: spoilt(archive(tmp), 97, b"\x03"), "otherwise than by gzip"),
    (lambda tmp: spoilt(archive(tmp), 127, b"\xff" * 12), "cannot be unpacked"),
    (lambda tmp: spoilt(archive(tmp), 8 + 7 * 8, struct.pack("<Q", 2**40)), "cut short"),
    (lambda tmp: archive(tmp, layers=("hillshade",)), "has the layers hillshade"),
    (lambda tmp: archive(tmp, bounds=(10.0, 50.0, 11.0, 51.0)), "no part of Syria"),
    (lambda tmp: archive(tmp, attribution=""), "--licence")])
def test_what_cannot_be_drawn_is_refused_with_why_and_nothing_is_kept(tmp_path, settings, made, says):
    with pytest.raises(BadInput) as refused:
        streets.add(settings, made(tmp_path))
    assert says in f"{refused.value} {refused.value.do}" and streets.added(settings) == []


HOUSE = [(36.30, 33.50), (36.302, 33.50), (36.302, 33.502), (36.30, 33.502), (36.30, 33.50)]
FAR = ([(2.0, 48.0), (2.1, 48.0)], {"highway": "primary", "name": "Elsewhere"})


def test_an_extract_of_openstreetmap_becomes_such_an_archive(tmp_path, settings):
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(osm.extract([
        ([(36.2, 33.5), (36.4, 33.5)], {"highway": "primary", "name": "Mill Road", "name:ar": 'طريق "الطاحون"'}), FAR,
        ([(36.2, 33.501), (36.21, 33.502)], {"highway": "residential"}), (HOUSE, {"building": "yes"}), (HOUSE, {"natural": "water"})]))
    made = streets.add(settings, path)
    assert (made["name"], made["licence"], made["zooms"]) == ("town", "OpenStreetMap contributors, ODbL", (9, 14))
    assert set(made["layers"]) == {"roads", "buildings", "water"}
    west, south, east, north = made["bounds"]
    assert 36 < west < east < 37 and 33 < south < north < 34, "what lies elsewhere is left out"
    assert sorted(one.suffix for one in (settings.home / "basemaps").iterdir()) == [".json", ".pmtiles"]
    with pytest.raises(Conflict):
        streets.add(settings, path)
    near, far = (drawn(streets.path_of(settings, made["number"]), zoom) for zoom in (14, 9))
    assert {one["name:ar"] for one in near["roads"]} == {'طريق "الطاحون"', ""} and near["buildings"]
    assert {one["kind"] for one in far["roads"]} == {"primary"} and set(far) == {"roads"}


def drawn(archive, zoom):
    """{layer: [properties]} of all tiles of a zoom."""
    found = {layer: pyogrio.read_dataframe(archive, layer=layer, ZOOM_LEVEL=zoom) for layer in pyogrio.list_layers(archive)[:, 0]}
    return {layer: frame.drop(columns="geometry").fillna("").to_dict("records") for layer, frame in found.items() if len(frame)}


@pytest.mark.parametrize(("body", "says"), [
    (b"", "no extract of OpenStreetMap"), (b"PMTiles" * 9, "no extract of OpenStreetMap"), (osm.extract([FAR]), "Nothing in it is drawn")])
def test_what_is_no_extract_is_refused_and_nothing_is_kept(tmp_path, settings, body, says):
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(body)
    with pytest.raises(BadInput) as refused:
        streets.add(settings, path)
    assert says in str(refused.value) and not list((settings.home / "basemaps").iterdir())


def test_the_shell_adds_lists_and_removes(tmp_path, monkeypatch):
    monkeypatch.setenv("SITEREG_HOME", str(tmp_path / "home"))
    path = archive(tmp_path, attribution="")
    run = lambda *words: CliRunner().invoke(main, ["basemap", *words])  # noqa: E731
    made = json.loads(run("add", str(path), "--name", "Town", "--licence", "OpenStreetMap contributors, ODbL", "--json").output)
    assert "Town" in run("list").output and "ODbL" in run("list").output
    assert json.loads(run("remove", made["number"], "--json").output) == {"removed": made["number"]}
    assert "None" in run("list").output
