"""Profiles are data: loaded whole, or refused with every fault named."""

import tomllib
from pathlib import Path

import pytest

from sitereg.errors import BadInput
from sitereg.imports import profile, rules
from sitereg.imports.lines import line_of, lines

FILES = Path(__file__).parents[2] / "files" / "originals"


def table(**changes):
    found = tomllib.loads((FILES / "partner.toml").read_text("utf-8"))
    for path, value in changes.items():
        at = found
        *folders, last = path.split("__")
        for one in folders:
            at = at[int(one) if one.isdigit() else one]
        at[int(last) if last.isdigit() else last] = value
    return found


@pytest.mark.parametrize("name", profile.shipped())
def test_every_shipped_profile_loads(name):
    made = profile.load(name)
    assert made.name == name and made.terms.terms and made.terms.permitted_uses and made.terms.consent


def test_the_profiles_that_ship():
    assert profile.shipped() == ("ar_ccd", "ar_persons", "bayanat_actors", "bayanat_bulletins", "bayanat_incidents", "bayanat_locations", "es_catalunya", "es_fosas", "es_fosas_csv", "iom_missing_migrants",
                                 "mx_rnped_federal", "ru_topography_of_terror", "sitereg")
    assert profile.load("es_fosas").source.origin == profile.load("es_fosas_csv").source.origin


@pytest.mark.parametrize(("changes", "field"), [
    ({"colour": "red"}, "colour"),
    ({"file__format": "xls"}, "file.format"),
    ({"file__format": "pdf"}, "file.format"),
    ({"file__encoding": "utf-9"}, "file.encoding"),
    ({"subject__tier": 0}, "subject.tier"),
    ({"source__reliability": "G"}, "source.reliability"),
    ({"claims__0__predicate": "shape"}, "claims[0].predicate"),
    ({"claims__0__words": {"grave": "gave"}}, "claims[0]"),
    ({"claims__2__definition": "bodies"}, "claims[2].definition"),
    ({"claims__0__partial": True}, "claims[0]"),
    ({"claims__1__code": "x"}, "claims[1]"),
    ({"place": {"lat": "lat"}}, "place"),
    ({"place__uncertainty_m": -1}, "place"),
    ({"place__method": "guess"}, "place.method"),
    ({"area": {"country": "SY"}}, "area.bounds"),
    ({"area__bounds": [1, 2, 3]}, "area.bounds"),
    ({"outcomes": {"swapped": "ignored"}}, "outcomes.swapped"),
    ({"outcomes": {"no_such": "flagged"}}, "outcomes.no_such"),
    ({"file": "utf-8"}, "file"),
    ({"file__crs": "EPSG:1"}, "file.crs"),
    ({"file__crs_named": "EPSG:3857"}, "file.crs_named"),
    ({"source__published": "March 2025"}, "source.published"),
    ({"id__columns": ["name"]}, "id"),
    ({"id": {"scheme": "partner"}}, "id"),
    ({"place__beside_lat": "y"}, "place"),
])
def test_a_fault_is_named_by_its_key(changes, field):
    with pytest.raises(BadInput) as refusal:
        profile.read(table(**changes), "partner.toml")
    assert field in [one["field"] for one in refusal.value.problems], refusal.value.problems
    assert refusal.value.exit_code == 1


def test_several_faults_are_told_at_once():
    with pytest.raises(BadInput) as refusal:
        profile.read(table(colour="red", file__sheets=1, source__grade="B"), "partner.toml")
    assert {one["field"] for one in refusal.value.problems} == {"colour", "file.sheets", "source.grade"}


def test_what_is_no_profile_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no such profile"):
        profile.load("nobody")
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ")
    with pytest.raises(BadInput, match="no TOML"):
        profile.load(broken)


def test_the_exact_place_of_a_burial_kind_is_hidden_unless_published():
    hidden = profile.read(table(), "partner.toml")
    assert hidden.exact_tier == 2
    assert profile.read(table(handling={"places_published": True}), "partner.toml").exact_tier == 1
    open_kind = table(claims__0__words={"prison": "prison_central"})
    assert profile.read(open_kind, "partner.toml").exact_tier == 1
    assert profile.load("ar_persons").exact_tier == 2


def test_compartments_of_claims_bind_the_rows():
    made = profile.load("es_fosas_csv")
    assert made.compartments == ("names",)
    assert profile.load("es_fosas").compartments == ()
    assert profile.load("ar_persons").compartments == ("names",)
    assert rules.Subject("person").compartments == ()


def test_a_fault_is_told_with_its_line(tmp_path):
    text = (FILES / "partner.toml").read_text("utf-8").replace('predicate = "count"', 'predicate = "count"\ncolour = "red"')
    (tmp_path / "p.toml").write_text(text.replace('tier = 1\n', "") + "\n[events]\nkind = 3\n")
    with pytest.raises(BadInput) as refusal:
        profile.load(tmp_path / "p.toml")
    found = {one["field"]: one["line"] for one in refusal.value.problems}
    written = (tmp_path / "p.toml").read_text().splitlines()
    assert written[found["claims[2].colour"] - 1] == 'colour = "red"' and written[found["events"] - 1] == "[events]"
    assert "claims[2].colour (line " in str(refusal.value) and "write [[events]], once for each" in str(refusal.value)


def test_lines_of_lists_and_tables_within_them():
    text = '[[claims]]\npredicate = "kind"\n[claims.words]\n"a b" = "x"\n\n[[claims]]\npredicate = "name"\n'
    known = lines(text)
    assert known["claims[0].words.a b"] == 4 and known["claims[1].predicate"] == 7
    assert (line_of("claims[1].lang", known), line_of("place.kind", known)) == (6, 1)
