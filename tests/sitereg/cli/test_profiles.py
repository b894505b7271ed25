"""`sitereg profiles`, the look of an import without a profile, and the worked example of docs/profiles.md from header to report."""

import json
import re
from pathlib import Path

import pytest
from openpyxl import Workbook

from sitereg.imports import looking, profile
from tests.sitereg.cli.test_import import run  # noqa: F401  (a fixture)

DOCS = Path(__file__).parents[3] / "docs" / "profiles.md"
FILES = Path(__file__).parents[2] / "files" / "originals"


@pytest.fixture
def example(tmp_path):
    """places.xlsx and partner.toml as the page shows them, and the page's blocks of output."""
    text = DOCS.read_text("utf-8")
    book = Workbook()
    book.active.title = "Places"
    for row in re.findall(r"^\| \d \| (.*) \|$", text, re.MULTILINE):
        cells = [cell.strip() or None for cell in row.split("|")]
        book.active.append(cells + [None] * (8 - len(cells)))
    assert book.active.max_row == 8
    book.active.merge_cells("D2:E2")
    book.create_sheet("Notes").append(["nothing to import"])
    book.save(tmp_path / "places.xlsx")
    (tmp_path / "partner.toml").write_text(re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1])
    return tmp_path, [one[1:] for one in text.split("```")[1::2] if one.startswith("\n")]


def test_the_example_of_the_page_does_what_the_page_says(run, example):  # noqa: F811
    folder, (_, checked, report) = example
    looked = run("import", folder / "places.xlsx")
    assert looked.exit_code == 1 and "format xlsx" in looked.stderr and "Say which one as sheet in [file]: Places, Notes" in looked.stderr
    assert run("profiles", "check", folder / "partner.toml").stdout == checked
    dry = run("import", folder / "places.xlsx", "--profile", folder / "partner.toml", "--dry-run")
    assert dry.exit_code == 0, dry.output
    said = dry.stdout.splitlines()
    for line in report.splitlines():
        assert " ".join(line.split()) in [" ".join(one.split()) for one in said], (line, dry.stdout)
    done = json.loads(run("import", folder / "places.xlsx", "--profile", folder / "partner.toml", "--json").stdout)
    assert done["new_subjects"] == 2 and done["claims"] == sum(row["claims"] for row in done["rows"])
    typing = (folder / "partner.toml").read_text()
    (folder / "typo.toml").write_text(typing.replace("method =", "metod ="))
    assert "place.metod (line 42): there is no such key" in run("profiles", "check", folder / "typo.toml").stderr


@pytest.mark.db
def test_profiles_are_listed_shown_and_checked(run):  # noqa: F811
    listed = json.loads(run("profiles", "list", "--json").stdout)
    assert len(listed) == len(profile.shipped()) and {"name": "mx_rnped_federal", "version": "1", "format": "csv", "subject": "person"} in [{key: one[key] for key in ("name", "version", "format", "subject")} for one in listed]
    assert "ru_topography_of_terror" in run("profiles", "list").stdout
    assert 'scheme = "es_catalunya"' in run("profiles", "show", "es_catalunya").stdout
    assert run("profiles", "show", "../../../etc/passwd").exit_code == 1
    assert "whoever imports by it holds: names" in run("profiles", "check", "mx_rnped_federal").stdout
    assert json.loads(run("profiles", "check", "ar_ccd", "--json").stdout)["format"] == "csv"
    assert run("profiles", "check", "nobody").exit_code == 1


def test_an_import_without_a_profile_tells_what_the_file_is(run):  # noqa: F811
    told = run("import", FILES / "bom.csv")
    assert told.exit_code == 1 and "Nothing was imported: say --profile" in told.stderr
    assert "encoding utf-8, delimiter ';'" in told.stderr and "columns id, name, kind" in told.stderr
    seen = json.loads(run("import", FILES / "tables.gpkg", "--json").stdout)
    assert (seen["format"], [one["layer"] for one in seen["layers"]], seen["fits"]) == ("geopackage", ["others", "places"], [])


def test_the_look_names_the_profile_that_fits_and_the_nearest(tmp_path):
    (tmp_path / "mmp.csv").write_text("year,cause,lon,lat,n\n2014,x,1.5,2.5,10\n")
    assert [one.name for one in looking.look(tmp_path / "mmp.csv").fits] == ["iom_missing_migrants"]
    (tmp_path / "mmp.csv").write_text("year,cause,lon,lat\n2014,x,1.5,2.5\n")
    near = looking.look(tmp_path / "mmp.csv")
    assert not near.fits and (near.nearest.name, near.nearest.missing) == ("iom_missing_migrants", ("n",))


@pytest.mark.parametrize(("text", "written", "seen"), [
    ("id;اسم\n1;مقبرة الطريق\n", "cp1256", "cp1256"), ("id;n\n1;Fosa de Cádiz, Ñora, España\n", "cp1252", "cp1252"),
    ("id;اسم\n1;مقبرة\n", "utf-8", "utf-8"), ("id;اسم\n1;مقبرة\n", "utf-16", "utf-16"), ("id;اسم\n", "utf-8-sig", "utf-8"),
])
def test_the_look_says_which_encoding_a_text_seems_to_have(tmp_path, text, written, seen):
    (tmp_path / "x.csv").write_bytes(text.encode(written))
    found = looking.look(tmp_path / "x.csv")
    assert (found.encoding, found.delimiter) == (seen, ";")


def test_what_is_no_file_of_a_known_kind_is_told(tmp_path):
    (tmp_path / "x.doc").write_bytes(b"x")
    (tmp_path / "x.gpkg").write_bytes(b"x")
    assert "does not say which of these" in looking.look(tmp_path / "x.doc").refused
    assert "no GeoPackage" in looking.look(tmp_path / "x.gpkg").refused
