"""`sitereg sites inside`, `sitereg events inside`, `sitereg persons names`: the shell says what the web says."""
import json

import pytest
import shapely

from tests import given
from tests.sitereg.cases import case, event, named

pytestmark = pytest.mark.db


@pytest.fixture
def here(registry):
    site = given.site(registry, given.kind("court"), given.name("Invented Court"), given.place(36.5, 33.5, radius=20))[1]
    return site, case(registry, event("arrested", "[2012-03-01,2012-04-01)", (36.5, 33.5)), named("نادر المتخيل"))[1]


def test_in_a_circle_a_unit_and_a_file(run, here, tmp_path):
    file = tmp_path / "area.geojson"
    file.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": shapely.box(36.4, 33.4, 36.6, 33.6).__geo_interface__}), encoding="utf-8")
    for way in (("--circle", "36.5,33.5,3"), ("--unit", "SY01"), ("--area", str(file))):
        said = run("sites", "inside", *way)
        assert said.exit_code == 0 and here[0] in said.stdout and "certain" in said.stdout, said.output
        said = run("events", "inside", *way, "--from", "2012-03-20", "--to", "2012-12-31")
        assert here[1] in said.stdout and "in the area: certain (chance 1.00), in the period: possible" in said.stdout
        told = json.loads(run("events", "inside", *way, "--json").stdout)
        assert told["next"] is None and told["features"][0]["properties"]["person"] == here[1]
    assert ("events_inside", {"n": 1, "codes": [here[1]]}) in said.logged


def test_where_nothing_is(run, here):
    assert "No site here in what you may see." in run("sites", "inside", "--circle", "39.5,35.5,3").stdout
    assert "No event here in what you may see." in run("events", "inside", "--unit", "SY01", "--from", "2013-01-01").stdout


@pytest.mark.parametrize("words", [(), ("--unit", "SY01", "--circle", "36,33,1"), ("--circle", "36,33"), ("--unit", "SY77"), ("--circle", "36,33,900")])
def test_what_is_no_one_area_is_refused(run, here, words):
    assert run("sites", "inside", *words).exit_code == 1


def test_a_name_is_sought_and_opened_with_a_reason(run, here, registry):
    assert run("persons", "find", "--name", "نادر").exit_code == 1
    said = run("persons", "find", "--name", "المتخيل نادر", "--reason", "a list of a partner")
    assert here[1] in said.stdout and "متخيل" not in said.stdout
    assert [detail["reason"] for action, detail in said.logged if action == "person_named"] == ["a list of a partner"]
    assert run("persons", "names", here[1]).exit_code == 1
    assert "نادر المتخيل" in run("persons", "names", here[1], "--reason", "the family asks").stdout
    with registry.as_("officer"):
        assert run("persons", "names", here[1], "--reason", "the family asks").exit_code == 2


def test_the_filters_and_what_may_not_be_concluded(run, here):
    assert here[1] in run("persons", "find", "--fate", "unknown", "--governorate", "SY01", "--event", "arrested").stdout
    assert here[1] not in run("persons", "find", "--whereabouts", "area_known").stdout
    said = run("persons", "show", here[1]).stdout
    assert "fate: fate unknown\nwhereabouts: whereabouts unknown" in said and "* Presumed alive" in said and "line of inquiry" in said
