"""Readers of files that could do more than hold rows: archives, GeoPackages, workbooks, KML. What they may not do, they do not."""

import sqlite3
import time
import zipfile
from pathlib import Path

import pytest

from sitereg import documents
from sitereg.errors import BadInput
from sitereg.imports.readers import Unreadable, archive, geopackage, kml, process, shapefile, xlsx
from sitereg.store import geopackage as package
from tests.files import make_originals

FILES = Path(__file__).parents[2] / "files" / "originals"


def taken(path, **options):
    with documents.room() as room:
        return process.read(documents.stage(path, room).files, room, **options)


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members:
            bundle.writestr(name, data)
    return path


def test_a_zip_of_layers_says_the_same_as_the_folder(tmp_path):
    make_originals.layer(tmp_path / "given", "places")
    folder, bundle = taken(tmp_path / "given", format="shapefile"), taken(FILES / "layers_zip.zip", format="shapefile")
    assert [row.cells for row in folder.rows] == [row.cells for row in bundle.rows] and len(folder.rows) == 2
    assert [row.shape for row in folder.rows] == [row.shape for row in bundle.rows]
    assert folder.layers == bundle.layers and folder.layers[0].crs == "EPSG:32637" and not folder.notes
    assert bundle.notes == [("not_read", "readme.txt", "readme.txt in the archive is not read")]


def test_several_layers_in_one_zip_are_each_read(tmp_path):
    parts = {}
    for name in ("graves", "prisons"):
        parts |= {f"data/{one.name}": one.read_bytes() for one in make_originals.layer(tmp_path / name, name)}
    found = taken(zipped(tmp_path / "two.zip", parts.items()), format="shapefile")
    assert [layer.part for layer in found.layers] == ["graves", "prisons"] and len(found.rows) == 4
    assert {row.cells["_layer"] for row in found.rows} == {"graves", "prisons"}


@pytest.mark.parametrize(("members", "code"), [
    ([(f"{n}.txt", b"") for n in range(archive.MOST_MEMBERS + 1)], "too_large"),
    ([("../a.shp", b"")], "bad_archive"), ([("/a.shp", b"")], "bad_archive"), ([("C:/a.shp", b"")], "bad_archive"),
    ([("..\\a.shp", b"")], "bad_archive"),
])
def test_archives_that_are_too_large_or_climb_are_refused(tmp_path, members, code):
    with pytest.raises(Unreadable) as refusal:
        archive.opened(zipped(tmp_path / "x.zip", members))
    assert refusal.value.code == code and refusal.value.do


def test_two_members_of_one_name_and_links_and_passwords_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as bundle, pytest.warns(UserWarning):
        bundle.writestr("a.shp", b"1")
        bundle.writestr("a.shp", b"2")
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as bundle:
        bundle.writestr(link, b"/etc/passwd")
    locked = bytearray(zipped(tmp_path / "locked.zip", [("a.shp", b"x")]).read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    for name in ("twice", "link", "locked"):
        with pytest.raises(Unreadable) as refusal:
            archive.opened(tmp_path / f"{name}.zip")
        assert refusal.value.code == "bad_archive", name


def test_a_bomb_is_refused_by_its_directory_and_a_lying_directory_gives_no_more_than_it_says(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
    bomb = zipped(tmp_path / "bomb.zip", [("places.shp", b"\0" * 5_000_000)])
    assert bomb.stat().st_size < 10_000
    with pytest.raises(Unreadable, match="MB"):
        archive.opened(bomb)
    lying = bytearray(bomb.read_bytes())
    at = lying.index(b"PK\x01\x02") + 24
    lying[at:at + 4] = (1000).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(lying)
    with archive.opened(tmp_path / "lying.zip") as bundle:
        try:
            assert len(archive.content(bundle, "places.shp")) <= 1000
        except Unreadable as refusal:
            assert "damaged" in refusal.what


def test_nothing_of_a_geopackage_is_run(tmp_path):
    """Reading goes by columns of tables: neither functions, views, triggers, nor other files are reached."""
    make_originals.package(tmp_path / "x.gpkg", more="create view seen as select load_extension('x') from places;")
    with package.opened(tmp_path / "x.gpkg") as source:
        assert len(list(package.rows(source, "places", ["fid"]))) == 5
        for statement in ("select abs(fid) from places", "select * from seen", "delete from others", "attach ':memory:' as x",
                          "insert into others values (9, 'x')", "pragma writable_schema = on", "create table t(a)"):
            with pytest.raises(sqlite3.Error, match=r"prohibited|not authorized|no such function|denied|readonly|unsafe"):
                source.execute(statement).fetchall()


def test_generated_columns_of_a_geopackage_compute_nothing(tmp_path):
    make_originals.package(tmp_path / "x.gpkg", more="alter table places add column made text as (upper(name)) virtual;")
    found = taken(tmp_path / "x.gpkg", format="geopackage", layers=["places"])
    assert "made" not in found.rows[0].cells and found.rows[0].cells["name"] == "مكان 1"


def test_a_geopackage_that_is_none_is_refused(tmp_path):
    for data in (b"not a database", b"SQLite format 3\0" + b"\0" * 100):
        (tmp_path / "x.gpkg").write_bytes(data)
        with pytest.raises(BadInput) as refusal:
            taken(tmp_path / "x.gpkg", format="geopackage")
        assert refusal.value.code in ("not_this_format", "unreadable")


def test_all_layers_are_read_where_none_is_named():
    found = taken(FILES / "tables.gpkg", format="geopackage")
    assert [(layer.part, layer.shapes, layer.crs) for layer in found.layers] == [("others", False, None), ("places", True, "EPSG:4326")]
    assert any("triggers" in message for _, _, message in found.notes)
    assert geopackage.DRIVERS == () and shapefile.DRIVERS == ("ESRI Shapefile",)


def test_a_workbook_whose_last_row_is_far_away_takes_no_longer(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["id", "name"])
    book.active.append([1, "x"])
    book.active.cell(1_048_576, 2, "far")
    book.save(tmp_path / "far.xlsx")
    began = time.monotonic()
    found = taken(tmp_path / "far.xlsx", format="xlsx")
    assert [row.line for row in found.rows] == [2, 1_048_576] and time.monotonic() - began < 20


def test_days_and_numbers_of_a_workbook_are_written_as_they_are(tmp_path):
    from datetime import datetime

    from openpyxl import Workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["id", "day", "hour", "whole", "part", "yes", "text"])
    book.active.append(["007", datetime(2013, 5, 12), datetime(2013, 5, 12, 4, 30), 5.0, 33.51312, True, " 41395 "])
    book.save(tmp_path / "x.xlsx")
    row, = taken(tmp_path / "x.xlsx", format="xlsx").rows
    assert row.cells == {"id": "007", "day": "2013-05-12", "hour": "2013-05-12 04:30:00", "whole": "5", "part": "33.51312",
                         "yes": "TRUE", "text": " 41395 "}


def test_links_of_a_kml_are_dropped_and_told_and_an_archive_of_it_is_the_same(tmp_path):
    plain = taken(FILES / "folders.kml", format="kml")
    assert [note[:2] for note in plain.notes] == [("link_dropped", "links to other files"), ("link_dropped", "pictures")]
    assert [layer.part for layer in plain.layers] == ["Graves", "Graves/Old", "Prisons"]
    bundle = zipped(tmp_path / "x.kmz", [("doc.kml", (FILES / "folders.kml").read_bytes()), ("files/x.png", b"x")])
    assert taken(bundle, format="kml").rows == plain.rows
    some = taken(FILES / "folders.kml", format="kml", layers=["Prisons"])
    assert [layer.part for layer in some.layers] == ["Prisons"] and ("not_read", "Graves") in [note[:2] for note in some.notes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_declarations_of_entities_are_refused_in_whatever_encoding(encoding):
    with pytest.raises(Unreadable, match="entities") as refusal:
        archive.refuse_declarations('<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "b">]><k/>'.encode(encoding))
    assert refusal.value.code == "bad_archive"


def test_folders_of_a_kml_that_lie_too_deep_are_refused(tmp_path):
    (tmp_path / "deep.kml").write_text("<kml>" + "<Folder>" * (kml.DEEPEST + 2) + "</Folder>" * (kml.DEEPEST + 2) + "</kml>")
    with pytest.raises(BadInput, match="too deep"):
        taken(tmp_path / "deep.kml", format="kml")


def test_a_kml_that_is_too_large_is_refused_before_it_is_parsed(tmp_path, monkeypatch):
    path = tmp_path / "large.kml"
    path.write_text("<kml></kml>" + " " * 100)
    monkeypatch.setattr(kml, "MOST_BYTES", 100)
    with pytest.raises(Unreadable) as refusal:
        list(kml.read([{"path": str(path), "name": path.name}], {}))
    assert refusal.value.code == "too_large"


def test_a_sheet_whose_columns_cannot_be_told_apart_or_counted_is_refused(tmp_path):
    from openpyxl import Workbook

    for name, header, says in (("twice", ["id", "name", "name"], "a column twice: name"),
                               ("wide", [f"c{n}" for n in range(xlsx.MOST_COLUMNS + 1)], f"{xlsx.MOST_COLUMNS + 1} columns")):
        book = Workbook()
        book.active.append(header)
        book.active.append([1] * len(header))
        book.save(tmp_path / f"{name}.xlsx")
        with pytest.raises(BadInput, match=says):
            taken(tmp_path / f"{name}.xlsx", format="xlsx")


def test_a_layer_without_all_its_files_and_two_of_one_name_are_refused_by_name(tmp_path):
    make_originals.layer(tmp_path / "graves", "graves")
    (tmp_path / "graves" / "graves.dbf").unlink()
    with pytest.raises(BadInput, match=r"graves lacks \.dbf"):
        taken(tmp_path / "graves", format="shapefile")
    parts = [(f"{folder}/x/{one.name}", one.read_bytes()) for folder in ("a", "b") for one in make_originals.layer(tmp_path / "x", "x")]
    with pytest.raises(BadInput, match="Two layers are called x"):
        taken(zipped(tmp_path / "two.zip", parts), format="shapefile")
