"""Events and transfers over the map: what the reader may see, in the period that is asked, counted where it is counted."""
from datetime import date

import pytest

from sitereg import errors, sites, tiles
from tests import given
from tests.sitereg import mvt

pytestmark = pytest.mark.db
ALL = {"z": 0, "x": 0, "y": 0}


def person(registry, *said, tier=1, key="p"):
    """A case of that tier with these events."""
    source = str(given.source_of(registry, "B"))
    claims = [{"credibility": "2", "source": source, "subject_key": key, **one} for one in said]
    return registry.rows("record_claims", claims=given.registry_json(claims), subjects=given.registry_json(
        [{"key": key, "kind": "person", "tier": tier, "exact_tier": None, "compartments": None}]))[0]["subject"]


def event(kind, year, site=None, **more):
    return {"predicate": "event", "value": {"kind": kind, **({"site": str(site)} if site else {})}, "at": f"[{year}-03-01,{year}-03-02)", **more}


def here(lon, lat):
    return {"geom": given.point(lon, lat), "uncertainty_m": 20, "place_kind": "exact", "method": "source_coordinates"}


def drawn(registry, **asked):
    """[(n, kind)] of the squares of the one tile of the world."""
    return [(one.props["n"], one.props.get("k")) for one in mvt.layers(tiles.events(registry, **ALL, **asked)).get("events", [])]


def test_events_are_counted_of_those_whom_one_sees(registry):
    person(registry, event("arrested", 2012, **here(36.5, 33.5)), event("held_at", 2013, **here(36.5, 33.5)))
    person(registry, event("arrested", 2012, **here(36.5, 33.5)), tier=2, key="q")
    assert drawn(registry) == [(3, None)] and drawn(registry, to=date(2012, 12, 31)) == [(2, "arrested")]
    with registry.as_("analyst1"):
        assert drawn(registry) == [(2, None)]
    with registry.as_("viewer"):
        assert drawn(registry) == []
    with pytest.raises(errors.NotFound):
        tiles.events(registry, z=1, x=2, y=0)


def test_below_their_tier_events_lie_in_their_cell(registry):
    person(registry, event("arrested", 2012, **here(36.5123, 33.5123)))
    at = {}
    for who in ("worker", "analyst1"):
        with registry.as_(who):
            (one,) = mvt.layers(tiles.events(registry, z=6, x=38, y=25))["events"]
            at[who] = one.parts
    assert at["worker"] != at["analyst1"]


@pytest.fixture
def taken(registry):
    """(from, to): two sites, of one of which people were taken to the other, and one whom both knew."""
    a, code, _ = given.site(registry, given.kind("security_branch"), given.place(36.5, 33.5), key="a")
    b, other, _ = given.site(registry, given.kind("hospital_military"), given.place(36.6, 33.6), key="b")
    given.say(registry, a, {"predicate": "relation", "object": str(b), "value": {"kind": "transferred_detainees_to"}, "began": "[2012-01-01,2012-02-01)",
                            "ended": "[2014-01-01,2014-02-01)"})
    person(registry, event("held_at", 2012, site=a), event("transferred_to", 2013, site=b))
    person(registry, event("held_at", 2012, site=a), event("transferred_to", 2013, site=b), tier=2, key="q")
    return code, other


def test_transfers_are_told_with_both_ends_and_those_known_at_both(registry, taken):
    def told(**asked):
        return [(one["code"], one["other_code"], one["origins"], one["persons"]) for one in sites.transfers(registry, **asked)]

    assert told() == [(*taken, 1, 2)] == told(from_=date(2013, 1, 1), to=date(2013, 1, 2)) and told(from_=date(2015, 1, 1)) == []
    with registry.as_("analyst1"):
        assert told() == [(*taken, 1, 1)]
    with registry.as_("viewer"):
        assert told() == []
    with pytest.raises(errors.BadInput):
        told(from_=date(2015, 1, 1), to=date(2014, 1, 1))


def test_a_transfer_to_a_hidden_site_is_absent(registry, taken):
    from sitereg import disclosing
    other = sites.show(registry, taken[1])["id"]
    disclosing.restrict(registry, other, reason="a threat")
    with registry.as_("analyst1"):
        assert sites.transfers(registry) == []


def test_units_that_were_loaded_are_drawn_the_finer_the_closer_with_both_names_and_alike_for_everybody(registry):
    at = {zoom: mvt.tile(36.2, 33.2, zoom) for zoom in (6, 8, 10, 12)}
    seen = {zoom: mvt.layers(tiles.units(registry, **where)) for zoom, where in at.items()}
    levels = {zoom: sorted(one.props["level"] for one in layers.get("boundaries", [])) for zoom, layers in seen.items()}
    assert levels == {6: [1], 8: [1, 2], 10: [1, 2, 3], 12: [1, 2, 3]}
    names = [one.props for zoom in (6, 8) for one in seen[zoom].get("names", [])]
    assert {"level": 1, "ue": "Unit SY01", "ua": "وحدة SY01"} in names
    with registry.as_("viewer"):
        assert {zoom: mvt.layers(tiles.units(registry, **where)) for zoom, where in at.items()} == seen
    assert tiles.units(registry, **mvt.tile(10, 10, 8)) == b""
    with pytest.raises(errors.NotFound):
        tiles.units(registry, z=2, x=4, y=0)


def test_of_several_editions_the_one_with_the_finest_units_is_drawn(registry):
    with registry.dba() as raw:
        raw.execute("insert into reg.admin_unit select pcode, 'zz coarse', level, country, 'Other', name_ar, names, parent, geom, centre, radius_m, source"
                    " from reg.admin_unit where level <= 1")
    assert "Other" not in str([one.props for one in mvt.layers(tiles.units(registry, **mvt.tile(36.2, 33.2, 8)))["names"]])
