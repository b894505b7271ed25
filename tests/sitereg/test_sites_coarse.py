"""Below the tier of its exact place nothing finer than the cell leaves, in any column of any read."""
import re
from datetime import date
from decimal import Decimal

import pytest
import shapely

from sitereg import persons, protection, sites, tiles
from sitereg.tables import TABLES
from tests import given
from tests.sitereg import mvt

pytestmark = pytest.mark.db
LON, LAT = 36.1234567, 33.7654321
CLUES = (f"{LAT}N {LON}E", "٣٣٫٧٦٥٤٣٢١", "33°45'55.6\"N", "247029 3739570")


@pytest.fixture
def hidden(registry):
    """A grave whose place is T2, with everything that could tell it: claims, a visit, a measure, a disturbance; and a case held there."""
    site, code, _ = given.site(
        registry, given.kind("mass_grave"), given.name("Field of stones"),
            given.place(LON, LAT, 25, verbatim=CLUES[0], quote=CLUES[2], locator=CLUES[3]),
            {"predicate": "note", "value": {"text": CLUES[0]}}, {"predicate": "address", "value": {"text": "behind the mill " + CLUES[1]}},
            given.name("حقل الحجارة", "ar", verbatim=CLUES[0], quote=CLUES[0], locator=CLUES[2]),
            {"predicate": "official_status", "value": {"scheme": "x", "code": "c", "text": CLUES[0]}}, exact_tier=2)
    protection.inspect(registry, site, visited_on=date(2026, 1, 5), covered=CLUES[0], findings=CLUES[1], not_searched=CLUES[0],
                       covered_shape=shapely.Point(LON, LAT).buffer(0.001),
                       not_searched_shape=shapely.Point(LON, LAT).buffer(0.001), team=CLUES[0])
    protection.record_measure(registry, site, "perimeter_fence", reason=CLUES[0])
    protection.record_disturbance(registry, site, "looting", "minor", note=CLUES[2], source=given.source_of(registry, "D"))
    with registry.dba() as raw:
        raw.execute("update reg.site set next_review = '2020-01-01' where id = %s", [site])
    person = given.registry_json([{"key": "p", "kind": "person", "tier": 1}])
    said = [{"predicate": "event", "value": {"kind": "buried_at", "toponym": CLUES[0]}, "geom": given.point(LON, LAT), "uncertainty_m": 25,
             "place_kind": "exact", "at": "[2013-05-02,2013-05-03)", "verbatim": CLUES[0]},
            {"predicate": "event", "value": {"kind": "held_at", "site": str(site)}}]
    claims = [{"credibility": "2", "source": str(given.source_of(registry, "B")), "subject_key": "p", **one} for one in said]
    case = registry.rows("record_claims", claims=given.registry_json(claims), subjects=person)[0]["code"]
    return site, code, case


def reads(registry, site, code, case):
    """All that the functions of this room answer, by name."""
    box = [LON - 1, LAT - 0.7, LON + 1, LAT + 0.2]
    yield "list", sites.find(registry)
    yield "filtered", sites.find(registry, q="stones", kinds=["mass_grave"], bbox=box, overdue=True)
    yield "facets", sites.facets(registry)
    yield "near", sites.near(registry, lon=36.5, lat=33.5, km=100)
    yield "page", sites.show(registry, code)
    yield "history", sites.history(registry, code)
    for field in ("place", "kind", "name", "note", "address", "official_status", "count", "verification:mass_grave", "uncertainty"):
        yield field, sites.why(registry, code, field)
    yield "frame", registry.rows("site_frame")
    for z in (0, 7, 9, 12, 14, 15):
        yield f"tile {z}", tiles.sites(registry, **mvt.tile(LON, LAT, z))
    yield "persons", persons.find(registry)
    yield "person", persons.show(registry, case)
    yield "person why", persons.why(registry, case, "event")
    yield "person frame", registry.rows("person_frame")
    yield "event frame", registry.rows("event_frame")
    for name, table in TABLES.items():
        yield name, registry.rows(table.function)


def finer(value, where="", *, limit=0.0005):
    """Every place in `value`, however deep, that lies nearer than `limit` degrees to the true one, or repeats a clue's digits."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from finer(one, f"{where}.{name}", limit=limit)
    elif isinstance(value, list | tuple):
        numbers = [one for one in value if isinstance(one, int | float | Decimal)]
        if len(value) == 2 == len(numbers) and abs(float(value[0]) - LON) < limit and abs(float(value[1]) - LAT) < limit:
            yield where, value
        for one in value:
            yield from finer(one, where, limit=limit)
    elif isinstance(value, bytes | bytearray | memoryview):
        yield from finer_bytes(bytes(value), where, limit)
    elif isinstance(value, float):
        if min(abs(value - LON), abs(value - LAT)) < 1e-6:
            yield where, value
    elif value is not None and re.search(r"76543|٧٦٥٤٣|12345|45'55|247029|3739570", str(value)):
        yield where, value


def finer_bytes(value, where, limit):
    if value[:1] in (b"\x00", b"\x01"):
        for lon, lat in shapely.get_coordinates(shapely.from_wkb(value)):
            if abs(lon - LON) < limit and abs(lat - LAT) < limit:
                yield where, (lon, lat)
    else:
        for features in mvt.layers(value).values():
            yield from finer([one.props for one in features], where)


def test_the_walk_finds_the_place_where_it_may_be_seen(registry, hidden):
    found = {name for name, answer in reads(registry, *hidden) if list(finer(answer))}
    assert found >= {"list", "filtered", "near", "page", "history", "place", "note", "address", "frame", "person", "person why", "event frame"}


def test_nothing_finer_than_the_cell_leaves(registry, hidden):
    with registry.as_("investigator1"):
        answers = dict(reads(registry, *hidden))
        assert {name: list(finer(answer)) for name, answer in answers.items() if list(finer(answer))} == {}
        assert answers["list"][0]["shown_as"] == "cell_1km" and answers["filtered"] == answers["list"]
        assert answers["person"]["events"][0]["shown_as"] in ("cell_10km", "admin_unit")


def test_tiles_of_a_coarse_reader_point_at_the_middle_of_the_cell(registry, hidden):
    with registry.as_("investigator1"):
        row = sites.find(registry)[0]
        asked = mvt.tile(row["lon"], row["lat"], 14)
        seen = mvt.layers(tiles.sites(registry, **asked))
    (point,) = [one.parts[0][0] for one in seen["sites"]]
    lon, lat = mvt.degrees(*point, **asked)
    assert (lon, lat) == pytest.approx((row["lon"], row["lat"]), abs=1e-5) and abs(lon - LON) > 1e-4
    assert [one.props["x"] for one in seen["areas"]] == ["cell_1km"]


@pytest.mark.parametrize("side", [0.0002, 0.002, 0.02])
def test_boxes_around_the_true_point_find_the_whole_cell_or_nothing(registry, hidden, side):
    """Bisection: whatever box is asked, the answer depends on the cell alone."""
    with registry.as_("investigator1"):
        west, south, east, north = shapely.geometry.shape(sites.find(registry)[0]["shape"]).bounds
        for lon, lat in ((west, south), (east, north), (LON, LAT)):
            assert sites.count(registry, bbox=[lon - side / 2, lat - side / 2, lon + side / 2, lat + side / 2]) == 1
        assert sites.count(registry, bbox=[east + 1e-4, south, east + side, north]) == 0


def test_what_rests_on_a_clue_says_only_its_grade_source_and_month(registry, hidden):
    with registry.as_("investigator1"):
        for field in ("place", "note", "address"):
            (row,) = sites.why(registry, hidden[1], field)
            told = {name for name, value in row.items() if value not in (None, False, [])}
            assert told <= {"field", "claim", "class", "standing", "reliability", "credibility", "source_ref", "source_label", "source_family",
                            "origin_no", "recorded", "chosen", "tier", "withheld", "first_hand", "connection"}
            assert row["withheld"] and re.fullmatch(r"\d{4}-\d\d", row["recorded"])


@pytest.mark.parametrize(("words", "left"), [
    ("three sources agree, 2015", "three sources agree, 2015"), ("seen on 2025-05-12", "seen on 2025-05-12"), (f"at {LAT}, {LON}", "at …"),
    ("33°45'55\"N", "…N"), ("at ٣٣٫٧٦٥٤٣٢١ there", "at … there"), ("37S BT 47029 11570", "37S BT … …"), ("branch 215", "branch 215")])
def test_words_lose_what_could_be_coordinates(registry, words, left):
    with registry.dba() as raw:
        assert raw.execute("select api._coarse_words(%s, false), api._coarse_words(%s, true)", [words, words]).fetchone() == (left, words)
