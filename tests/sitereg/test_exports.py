"""Files that leave: what is in them, what is never, and that the record of them says the same, byte for byte and row for row."""
import csv
import hashlib
import itertools
import json
import os

import geopandas
import openpyxl
import pyogrio
import pypdfium2
import pytest
import shapely
from click.testing import CliRunner

from sitereg import exports, sharing
from sitereg.cli import main
from sitereg.errors import BadInput, Denied, Refused, SiteregError
from sitereg.store.session import Json
from tests import given
from tests.sitereg import analysing

pytestmark = pytest.mark.db
ASKED = {"recipient": "National commission", "purpose": "protection of sites"}
HOSTILE = ("=2+3", "+971", "-1", "@SUM(A1)", "\tx", "＝1+1")


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "exports") as settings:
        analysing.bind(settings)
        source = analysing.sources(settings)["B"]
        with analysing.as_(settings, "worker")() as session:
            analysing.scatter(session, source, sites=12, persons=1)
            for n, name in enumerate(HOSTILE):
                given.site(session, given.kind("archive"), given.name(name), given.place(-3.0 - n, -33.5), source=source)
            clockwise = shapely.Polygon([(36.0, 33.0), (36.0, 33.123456789), (36.1, 33.123456789), (36.1, 33.0)])
            given.site(session, given.kind("archive"), given.name("أرشيف", "ar"), {
                "predicate": "place", "geom": shapely.to_wkb(clockwise, hex=True), "uncertainty_m": 20, "place_kind": "exact"}, source=source)
        yield settings


def write(settings, path, name="worker", **more):
    return exports.write(analysing.as_(settings, name), path, **{**ASKED, **more})


def face(settings, level):
    """What face `level` holds that may leave: {code: shape as WKT}."""
    with analysing.dba(settings) as raw:
        return dict(raw.execute("select code, st_astext(shown) from reg.site where face = %s and tier <= %s and scope = 0", [level, level]))


def sheet_of(path):
    """The rows of a sheet under its header, the row of tags among them."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    head, *held = openpyxl.load_workbook(path, read_only=True)["sites"].iter_rows(values_only=True)
    return [dict(itertools.zip_longest(head, row)) for row in held]


def rows_of(path):
    """Every row of a file as {code: (shape, fields)}, whatever its format."""
    if path.suffix in (".csv", ".xlsx"):
        held = sheet_of(path)[1:]
        return {row["code"]: (shapely.from_wkt(row["wkt"]) if row["wkt"] else None, row) for row in held}
    if path.suffix == ".geojson":
        held = json.loads(path.read_text(encoding="utf-8"))["features"]
        return {one["id"]: (shapely.geometry.shape(one["geometry"]) if one["geometry"] else None, one["properties"]) for one in held}
    if path.suffix == ".parquet":
        return {row["code"]: (row.pop("geometry"), row) for row in geopandas.read_parquet(path).replace({float("nan"): None}).to_dict("records")}
    found = {}
    for layer in pyogrio.list_layers(path)[:, 0]:
        if layer != "about":
            for row in pyogrio.read_dataframe(path, layer=layer).to_dict("records"):
                assert row["code"] not in found
                found[row["code"]] = (row.pop("geometry", None), row)
    return found


@pytest.mark.parametrize("format", exports.READ_BACK)
def test_a_file_of_a_t2_account_is_made_from_face_1_and_recorded(filled, tmp_path, format):
    path = tmp_path / f"sites.{format}"
    about = write(filled, path, risk="looting", legal_basis="vital_interest")
    held, wanted = rows_of(path), face(filled, 1)
    assert held.keys() == wanted.keys() and len(held) == about["rows"] == 19
    for code, (shape, row) in held.items():
        assert (shape is None) == (wanted[code] is None)
        assert shape is None or shapely.from_wkt(wanted[code]).hausdorff_distance(shape) < 1e-6
        assert row["stamp"] == "UNVERIFIED" and row["verification"] == ("reported" if row["shown_as"] == "none" else "suspected")
        assert {"uncertainty_m", "precision", "edition", "shown_as", "as_of"} <= row.keys() and row["classification"] == "TLP:AMBER"
    assert {"cell_1km", "exact", "none"} <= {row["shown_as"] for _, row in held.values()}
    assert about["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() and about["tlp"] == "TLP:AMBER"
    assert json.loads((tmp_path / f"sites.{format}.manifest.json").read_text(encoding="utf-8")) == json.loads(json.dumps(about))
    assert sorted(os.listdir(tmp_path)) == [path.name, path.name + ".manifest.json"] and path.stat().st_mode & 0o077 == 0
    with analysing.as_(filled, "worker", "reading")() as session:
        made = next(one for one in sharing.disclosures(session) if str(one["id"]) == about["disclosure"])
    assert {key: made[key] for key in ("recipient", "purpose", "rows", "sha256", "format", "face", "risk", "legal_basis")} == {
        **ASKED, "rows": 19, "sha256": about["sha256"], "format": format, "face": 1, "risk": "looting", "legal_basis": "vital_interest"}
    with analysing.dba(filled) as raw:
        subjects = {code for (code,) in raw.execute("select s.code from reg.disclosure_subject d join reg.subject s on s.id = d.subject"
                                                    " where d.disclosure = %s", [about["disclosure"]])}
        assert subjects == held.keys()
        event = raw.execute("select count, object::text from reg.audit_event where action = 'disclose' order by seq desc limit 1").fetchone()
        assert event == (1 + 19, about["disclosure"])  # itself and each of its subjects


def test_nothing_names_the_person_who_made_it(filled, tmp_path):
    about = write(filled, tmp_path / "a.geojson")
    text = (tmp_path / "a.geojson").read_text() + json.dumps(about)
    assert about["unit"] == "sitereg" and "worker" not in text.lower() and not about["synthetic"]
    with analysing.dba(filled) as raw:
        raw.execute("insert into reg.setting(name, value) values ('unit', '\"Office A\"'), ('demo', 'true')")
    try:
        about = write(filled, tmp_path / "b.csv")
    finally:
        with analysing.dba(filled) as raw:
            raw.execute("delete from reg.setting where name in ('unit', 'demo')")
    assert (about["unit"], about["synthetic"]) == ("Office A", True)
    assert all(row["synthetic"] == "true" for _, row in rows_of(tmp_path / "b.csv").values())


def test_a_sheet_on_paper_holds_the_same_sites_and_alone_names_who_printed_it(filled, tmp_path):
    about = write(filled, tmp_path / "a.pdf", language="en", filter={"bbox": [35.9, 32.9, 36.2, 33.2]})
    words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "a.pdf"))
    assert about["rows"] == about["listed"] > 0 and about["language"] == "en" and ASKED["recipient"] in words
    with analysing.as_(filled, "worker", "reading")() as session:
        by = session.one("self")["display"]
        codes = {one["code"] for one in session.rows("leaving_sites", face=1, filter=Json({"bbox": [35.9, 32.9, 36.2, 33.2]}))}
    assert by in words and by not in json.dumps(about) and len(codes) == about["rows"]
    assert {code for code in face(filled, 1) if code in words} == codes
    with pytest.raises(BadInput, match="Arabic or English"):
        write(filled, tmp_path / "b.pdf", language="fr")
    assert os.listdir(tmp_path).count("b.pdf") == 0


def test_geojson_is_what_rfc_7946_says(filled, tmp_path):
    write(filled, tmp_path / "a.geojson")
    held = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert held["type"] == "FeatureCollection" and "crs" not in held and held["about"]["tlp"] == "TLP:AMBER"
    for one in held["features"]:
        if one["geometry"]:
            shape = shapely.geometry.shape(one["geometry"])
            assert (shapely.get_coordinates(shape).round(7) == shapely.get_coordinates(shape)).all()
            assert shape.geom_type != "Polygon" or shape.exterior.is_ccw
    assert any(one["geometry"] and one["geometry"]["type"] == "Polygon" and one["properties"]["name_ar"] for one in held["features"])
    assert len(geopandas.read_file(tmp_path / "a.geojson")) == len(held["features"])


def test_a_spreadsheet_runs_no_cell_and_keeps_its_numbers(filled, tmp_path):
    about = write(filled, tmp_path / "a.csv", filter={"kinds": ["archive"]})
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        head, tags, *held = list(csv.reader(file))
    assert all(tag.startswith("#") for tag in tags) and tags[head.index("adm1")] == "#adm1+code" and len(held) == 7
    names = {row[head.index("name_en")] for row in held}
    assert {"'" + name for name in HOSTILE} <= names
    assert not any(cell.startswith(tuple("=+@\t＝")) for row in held for cell in row)
    assert about["neutralised"]["name_en"] == sum(name.startswith("'") for name in names)
    numbers = [row[head.index(column)] for row in held for column in ("lon", "lat") if row[head.index(column)]]
    assert any(number.startswith("-") for number in numbers) and all(float(number) for number in numbers)


def test_filters_and_a_lower_face(filled, tmp_path):
    wanted = write(filled, tmp_path / "a.csv", filter={"groups": ["burial"], "adm1": ["SY01"]})
    assert wanted["rows"] == 3 and {row["kind"] for _, row in rows_of(tmp_path / "a.csv").values()} == {"mass_grave"}
    assert write(filled, tmp_path / "b.csv", filter={"bbox": [-10, -40, -2, -30]})["rows"] == 6
    apart = write(filled, tmp_path / "c.csv", filter={"adm1": ["none"]})
    assert {row["adm1"] for _, row in rows_of(tmp_path / "c.csv").values()} == {""} and apart["rows"] >= 6
    for field, bad in (("kinds", {"kinds": ["palace"]}), ("shape", {"shape": ["x"]}), ("bbox", {"bbox": [5, 5, 1, 1]}),
                       ("adm1", {"adm1": ["SY01", "XX"]}), ("adm1", {"adm1": ["SY010000"]})):
        with pytest.raises(BadInput, match=field):
            write(filled, tmp_path / "d.csv", filter=bad)
    assert sorted(os.listdir(tmp_path)) == sorted(f"{n}.csv{end}" for n in "abc" for end in ("", ".manifest.json"))


@pytest.mark.parametrize("asked", [{"tier": 0}, {"filter": {"kinds": ["court"]}}])
def test_where_nothing_fits_there_is_neither_file_nor_disclosure(filled, tmp_path, asked):
    before = disclosed(filled)
    with pytest.raises(Refused, match="No site that may leave fits"):
        write(filled, tmp_path / "a.csv", **asked)
    assert os.listdir(tmp_path) == [] and disclosed(filled) == before


def disclosed(settings):
    with analysing.dba(settings) as raw:
        return raw.execute("select count(*) from reg.disclosure").fetchone()[0]


def test_what_is_refused_leaves_neither_file_nor_record(filled, tmp_path):
    before = disclosed(filled)
    for wrong in ({"recipient": " "}, {"purpose": None}, {"format": "doc"}, {"tier": 2}, {"tier": -1}, {"legal_basis": "whim"}):
        with pytest.raises(BadInput):
            write(filled, tmp_path / "a.csv", **wrong)
    with pytest.raises(Denied):
        write(filled, tmp_path / "a.csv", name="viewer")
    with pytest.raises(Denied):
        write(filled, tmp_path / "a.csv", name="auditor")
    assert os.listdir(tmp_path) == [] and disclosed(filled) == before
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(BadInput, match="such a file"):
        write(filled, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "mine" and disclosed(filled) == before
    with analysing.dba(filled) as raw:
        tried = raw.execute("select count(*) from reg.read_log where action = 'export' and detail->>'format' = 'doc'").fetchone()[0]
    assert tried == 1, "attempts are logged"


def test_a_folder_that_cannot_be_used_is_said_before_anything_is_asked(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "no", tmp_path / "file"):
        with pytest.raises(BadInput, match="no such folder"):
            exports.write(None, folder / "a.csv", **ASKED)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(BadInput, match="Nothing can be written"):
        exports.write(None, tmp_path / "a.csv", **ASKED)


def test_the_record_comes_before_the_name_and_a_failed_record_takes_the_file_along(filled, tmp_path, monkeypatch):
    seen = []
    record = sharing.disclose

    def watched(session, **asked):
        seen.append(sorted(name for name in os.listdir(tmp_path) if not name.startswith(".leaving-")))
        return record(session, **asked)

    monkeypatch.setattr(sharing, "disclose", watched)
    write(filled, tmp_path / "a.csv")
    assert seen == [[]]

    def broken(session, **asked):
        raise SiteregError("The record cannot be written")

    monkeypatch.setattr(sharing, "disclose", broken)
    with pytest.raises(SiteregError, match="cannot be written"):
        write(filled, tmp_path / "b.csv")
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "a.csv.manifest.json"]


def test_a_face_1_account_cannot_record_what_it_did_not_get(filled):
    with analysing.as_(filled, "analyst1")() as session:
        t1 = session.rows("leaving_sites", face=1)
        with analysing.dba(filled) as raw:
            hidden = raw.execute("select id from reg.subject where kind = 'site' and (tier = 2 or scope <> 0)").fetchall()
        assert len(hidden) == 2 and not {made for (made,) in hidden} & {row["id"] for row in t1}
        common = {**ASKED, "format": "csv", "precision": "x", "face": 1, "sha256": bytes(32)}
        with pytest.raises(SiteregError, match="here for you"), session.savepoint():
            sharing.disclose(session, **common, rows=1, subjects=[hidden[0][0]])
        for rows, subjects in ((2, [t1[0]["id"]]), (2, [t1[0]["id"]] * 2)):
            with pytest.raises(BadInput, match="one of its subjects"), session.savepoint():
                sharing.disclose(session, **common, rows=rows, subjects=subjects)
        with pytest.raises(BadInput, match="face 0 or 1"), session.savepoint():
            session.rows("leaving_sites", face=2)
    with analysing.as_(filled, "worker")() as session:
        for face in (2, -1, None):
            with pytest.raises(BadInput, match="face 0 or 1"), session.savepoint():
                session.rows("leaving_sites", face=face)
            with pytest.raises(BadInput, match="face 0 or 1"), session.savepoint():
                sharing.disclose(session, **{**common, "face": face}, rows=0, subjects=[])
    with analysing.as_(filled, "admin")() as session, pytest.raises(Denied):
        session.rows("leaving_sites", face=0)


def test_the_shell_asks_and_tells(filled, tmp_path, monkeypatch):
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: filled))
    monkeypatch.setenv("SITEREG_AS", "worker")
    run = lambda *words: CliRunner().invoke(main, [*words, "--as", "worker"])  # noqa: E731
    refused = run("export", "csv", "-o", str(tmp_path / "a.csv"), "--purpose", "x")
    assert refused.exit_code == 1 and "recipient" in refused.output and not list(tmp_path.iterdir())
    said = run("export", "gpkg", "-o", str(tmp_path / "a.gpkg"), "--recipient", "B", "--purpose", "C", "--group", "burial", "--json")
    assert said.exit_code == 0, said.output
    about = json.loads(said.stdout)
    assert about["rows"] == 3 == len(rows_of(tmp_path / "a.gpkg")) and about["layers"] == {"sites_area": 3}
    nowhere = run("export", "csv", "-o", str(tmp_path / "no" / "a.csv"), "--recipient", "B", "--purpose", "C")
    assert nowhere.exit_code == 1 and f"no such folder: {tmp_path / 'no'}." in nowhere.output
    unknown = run("export", "csv", "-o", str(tmp_path / "b.csv"), "--recipient", "B", "--purpose", "C", "--adm1", "XX")
    assert unknown.exit_code == 1 and "adm1 'XX'" in unknown.output
    unknown = run("sites", "find", "--governorate", "XX99")
    assert unknown.exit_code == 1 and "adm1 'XX99'" in unknown.output
    empty = run("export", "csv", "-o", str(tmp_path / "b.csv"), "--recipient", "B", "--purpose", "C", "--tier", "0")
    assert empty.exit_code == 2 and "neither file nor disclosure" in empty.output and not (tmp_path / "b.csv").exists()
    told = run("export", "geojson", "-o", str(tmp_path / "a.geojson"), "--recipient", "B", "--purpose", "C")
    assert told.exit_code == 0 and "TLP:AMBER" in told.output and "19 of them unverified" in told.output
