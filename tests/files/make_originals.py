"""Makes those originals that no editor writes: workbooks, GeoPackages, archives. `python tests/files/make_originals.py`

All that stands in them is invented. The bytes differ from run to run (archives carry the hour), so they are committed.
"""

import sqlite3
import struct
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pyogrio.raw
import shapely
from openpyxl import Workbook
from openpyxl.comments import Comment

HERE = Path(__file__).parent / "originals"
POINTS = {"1": (36.2765, 33.5131), "2": (37.1343, 36.2021)}


def workbook() -> None:
    """A title and a header of two rows, merged cells, a formula with and without result, hidden rows, columns and sheets."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Places"
    sheet.append(["List of places, synthetic"])
    sheet.append(["id", "name", "kind", "place", None, "people", "seen", "note"])
    sheet.append([None, None, None, "lat", "lon", None, None, None])
    sheet.append([1, "سجن المدينة", "prison", 33.5131, 36.2765, None, date(2013, 5, 12), "first"])
    sheet.append(["2", "المقبرة", "grave", "36.2021", "37.1343", 50, 41395, None])
    sheet.append([3, "المقبرة الثانية", "grave", 36.2022, 37.1344, "=25+5", "12/05/2013", "merged"])
    sheet.append([4, "فرع", "branch", 35.1317, 36.7579, None, None, None])
    sheet.append([5, "حاجز", "prison", 33.6131, 36.3765, "#REF!", None, None])
    sheet.append([])
    sheet.append([6, "مدرسة", "prison", 33.7131, 36.4765, None, "2014", "last"])
    sheet.merge_cells("D2:E2")
    sheet.merge_cells("H6:H7")
    sheet.row_dimensions[10].hidden = True
    sheet.column_dimensions["F"].hidden = True
    sheet["B4"].comment = Comment("synthetic", "maker")
    book.create_sheet("Notes").append(["nothing to import"])
    secret = book.create_sheet("Hidden")
    secret.append(["id", "name"])
    secret.sheet_state = "hidden"
    book.save(HERE / "workbook.xlsx")
    with_result(HERE / "workbook.xlsx", "F6", 30)
    two = Workbook()
    two.active.append(["id", "name", "kind", "lat", "lon", "people", "seen", "note"])
    two.active.append([1, "x", "prison", 33.5, 36.2, None, None, None])
    two.create_sheet("Other").append(["id"])
    two.save(HERE / "two_sheets.xlsx")
    change(HERE / "two_sheets.xlsx", HERE / "macros.xlsx", {"xl/vbaProject.bin": b"synthetic"})
    with zipfile.ZipFile(HERE / "two_sheets.xlsx") as bundle:
        sheet = bundle.read("xl/worksheets/sheet1.xml")
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet
    change(HERE / "two_sheets.xlsx", HERE / "entities.xlsx", {"xl/worksheets/sheet1.xml": declared})


def with_result(path: Path, cell: str, result: int) -> None:
    """The formula of the cell has a stored result, as a spreadsheet program would save it."""
    with zipfile.ZipFile(path) as bundle:
        sheet = bundle.read("xl/worksheets/sheet1.xml").decode()
    at = sheet.index(f'<c r="{cell}"')
    end = sheet.index("</c>", at)
    change(path, path, {"xl/worksheets/sheet1.xml": (sheet[:at] + f'<c r="{cell}"><f>25+5</f><v>{result}</v>' + sheet[end:]).encode()})


def change(source: Path, target: Path, members: dict[str, bytes]) -> None:
    """`target` is `source` with these members added or replaced."""
    with zipfile.ZipFile(source) as bundle:
        held = {name: bundle.read(name) for name in bundle.namelist()} | members
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in held.items():
            bundle.writestr(name, data)


def layer(folder: Path, name: str, crs: str = "EPSG:32637", cpg: str = "UTF-8") -> list[Path]:
    """A shapefile of two polygons in metres."""
    folder.mkdir(parents=True, exist_ok=True)
    boxes = [shapely.to_wkb(shapely.box(x, y, x + 40, y + 30)) for x, y in ((247_100, 3_711_300), (332_300, 4_008_100))]
    fields = {"ID": ["1", "2"], "name": ["سجن المدينة", "المقبرة"], "kind": ["prison", "grave"], "people": ["", "50"],
              "seen": ["", ""], "note": ["", ""]}
    pyogrio.raw.write(folder / f"{name}.shp", boxes, list(map(_objects, fields.values())), list(fields), geometry_type="Polygon",
                      crs=crs, encoding="UTF-8", driver="ESRI Shapefile")
    (folder / f"{name}.cpg").write_text(cpg)
    return sorted(folder.glob(f"{name}.*"))


def _objects(values):
    import numpy

    return numpy.array(values, dtype=object)


def archives() -> None:
    """Zipped layers: good, without .prj, with a .cpg that disagrees, and an archive that climbs out of its folder."""
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        for case, without, more in (("layers_zip", (), {"readme.txt": b"synthetic"}), ("no_prj", (".prj",), {}),
                                    ("other_cpg", (), {"places.cpg": b"1256"}), ("climbing", (), {"../../places.txt": b"x"})):
            parts = {one.name: one.read_bytes() for one in layer(room / case, "places") if one.suffix not in without} | more
            with zipfile.ZipFile(HERE / f"{case}.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
                for each, data in parts.items():
                    bundle.writestr(each, data)


def package(path: Path, more: str = "", view: bool = False) -> None:
    """A GeoPackage of one layer by hand, with a trigger and, listed as layers, a view and a table without shapes."""
    path.unlink(missing_ok=True)
    source = sqlite3.connect(path)
    source.executescript("""
        pragma application_id = 1196444487;
        create table gpkg_spatial_ref_sys(srs_name text, srs_id integer primary key, organization text, organization_coordsys_id integer,
          definition text, description text);
        insert into gpkg_spatial_ref_sys values ('WGS 84', 4326, 'EPSG', 4326, 'x', null), ('none', -1, 'NONE', -1, 'x', null);
        create table gpkg_contents(table_name text primary key, data_type text, identifier text, description text, last_change text,
          min_x real, min_y real, max_x real, max_y real, srs_id integer);
        create table gpkg_geometry_columns(table_name text, column_name text, geometry_type_name text, srs_id integer, z int, m int);
        create table places(fid integer primary key, geom blob, id text, name text, kind text, people text, seen text, note text);
        create table others(fid integer primary key, words text);
        insert into others values (1, 'nothing to import');
        insert into gpkg_contents(table_name, data_type, srs_id) values ('places', 'features', 4326), ('others', 'attributes', 0);
        insert into gpkg_geometry_columns values ('places', 'geom', 'POINT', 4326, 0, 0);
        create trigger tells after insert on others begin delete from places; end;""")
    shapes = [shapely.Point(*POINTS["1"]), shapely.Point(*POINTS["2"]), None, shapely.Point()]
    for number, (shape, kind) in enumerate(zip(shapes, ("prison", "grave", "branch", "branch"), strict=True), start=1):
        source.execute("insert into places values (?, ?, ?, ?, ?, '', '', '')", (number, blob(shape), str(number), f"مكان {number}", kind))
    source.execute("insert into places values (5, ?, '5', 'مكان', 'prison', '', '', '')", (b"GP\0\1rubbish",))
    source.executescript(more)
    source.commit()
    source.close()


def blob(shape) -> bytes | None:
    """A shape as a GeoPackage holds it."""
    if shape is None:
        return None
    return b"GP\0" + bytes([1 | (16 if shape.is_empty else 0)]) + struct.pack("<i", 4326) + shapely.to_wkb(shape)


def packages() -> None:
    """One that is read, one whose layer is a view."""
    package(HERE / "tables.gpkg")
    package(HERE / "view.gpkg", more="""
        alter table places rename to hidden;
        create view places as select fid, geom, id, name, kind, people, seen, note from hidden;""")


if __name__ == "__main__":
    workbook()
    archives()
    packages()
