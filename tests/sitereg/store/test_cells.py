"""The fixed grid and what is shown of a place: deterministic cells that tile, borders, coarseness, admin units."""
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import from_wkb, unary_union

from sitereg.store import cluster

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.db
TO_GRID = Transformer.from_crs(4326, 6933, always_xy=True).transform
TO_DEGREES = Transformer.from_crs(6933, 4326, always_xy=True).transform
SIZES = (1000, 10000)
slow = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def raw(server):
    """Read only: one connection for the module, whose only unit beyond the given ones is a small sub-district."""
    with psycopg.connect(cluster.dsn(server.settings, server.settings.superuser, "template_sitereg")) as connection:
        connection.execute(
            "insert into reg.admin_unit(pcode, edition, level, country, name_en, parent, geom, centre, radius_m, source)"
            " select 'SY010001', 'test', 3, 'SY', 'Small', 'SY0100', g, st_centroid(g), 3000, 'test'"
            " from st_geomfromtext('POLYGON((36.5 33.5, 36.54 33.5, 36.54 33.54, 36.5 33.54, 36.5 33.5))', 4326) g")
        connection.execute("update reg.admin_unit set radius_m = 400000 where pcode = 'SY'")
        yield connection
        connection.rollback()


def cell(raw, lon, lat, size):
    return from_wkb(bytes(raw.execute("select st_asbinary(api._cell(st_setsrid(st_makepoint(%s, %s), 4326), %s))", [lon, lat, size]).fetchone()[0]))


@slow
@given(lon=st.floats(-179, 179), lat=st.floats(-80, 80), size=st.sampled_from(SIZES))
def test_a_cell_is_the_square_of_the_grid_that_holds_the_point(raw, lon, lat, size):
    found = cell(raw, lon, lat, size)
    x, y = TO_GRID(lon, lat)
    west, south, east, north = (round(v, 1) for v in (*TO_GRID(*found.bounds[:2]), *TO_GRID(*found.bounds[2:])))
    assert (west % size, south % size, east - west, north - south) == (0, 0, size, size)
    assert west - 0.01 <= x <= east + 0.01 and south - 0.01 <= y <= north + 0.01


@slow
@given(lon=st.floats(35, 43), lat=st.floats(32, 38), size=st.sampled_from(SIZES), east=st.floats(0.02, 0.98), north=st.floats(0.02, 0.98))
def test_every_point_of_a_cell_has_that_cell(raw, lon, lat, size, east, north):
    found = cell(raw, lon, lat, size)
    a, b, c, d = found.bounds
    assert cell(raw, a + (c - a) * east, b + (d - b) * north, size).equals_exact(found, 0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("i", "j"), [(3500, 3900), (3712, 4011), (-3500, -3900), (0, 0), (-1, 0)])
def test_the_border_divides_and_neighbours_share_it_to_the_last_bit(raw, size, i, j):
    i, j = i * 1000 // size, j * 1000 // size
    x, y = i * size, j * size
    corners = {(dx, dy): cell(raw, *TO_DEGREES(x + dx, y + dy), size) for dx in (-0.01, 0.01) for dy in (-0.01, 0.01)}
    assert len({shape.wkb for shape in corners.values()}) == 4
    assert unary_union(list(corners.values())).area == pytest.approx(sum(shape.area for shape in corners.values()), rel=1e-12)
    west, east = corners[-0.01, 0.01], corners[0.01, 0.01]
    assert west.bounds[2] == east.bounds[0] and west.bounds[1::2] == east.bounds[1::2]
    south = corners[0.01, -0.01]
    assert south.bounds[3] == east.bounds[1] and south.bounds[0::2] == east.bounds[0::2]


def test_a_block_of_cells_tiles_without_gap_or_overlap(raw):
    x, y = 3_500_000, 3_900_000
    cells = [cell(raw, *TO_DEGREES(x + 500 + 1000 * a, y + 500 + 1000 * b), 1000) for a in range(5) for b in range(5)]
    block = unary_union(cells)
    assert len(block.exterior.coords) >= 5 and not block.interiors
    assert block.area == pytest.approx(sum(one.area for one in cells), rel=1e-12)
    assert block.bounds[0] == cells[0].bounds[0] and block.bounds[2] == cells[-1].bounds[2]


def test_an_area_has_the_cell_of_its_representative_point(raw):
    hook = "POLYGON((36 33, 36.06 33, 36.06 33.001, 36.001 33.001, 36.001 33.05, 36 33.05, 36 33))"
    same, away = raw.execute(
        "select api._cell(g, 1000) = api._cell(st_pointonsurface(g), 1000), api._cell(g, 1000) = api._cell(st_centroid(g), 1000)"
        " from st_geomfromtext(%s, 4326) g", [hook]).fetchone()
    assert same and not away


def test_cells_do_not_run_over_the_edge_of_the_world(raw):
    for lon, lat in ((180, 0), (-180, 0), (179.9999, 84.9), (0, 90), (0, -90)):
        west, south, east, north = cell(raw, lon, lat, 10000).bounds
        assert -180 <= west < east <= 180 and -90 <= south < north <= 90 and east - west < 1


# what a face of the finest 1 km or 10 km shows of a point with that uncertainty
@pytest.mark.parametrize(("finest", "uncertainty", "expected"), [
    (0, 50, "exact"), (0, 50_000, "exact"), (1000, 1, "cell_1km"), (1000, 500, "cell_1km"), (1000, 501, "cell_10km"),
    (1000, 5000, "cell_10km"), (1000, 5001, "admin_unit"), (10000, 1, "cell_10km"), (10000, 5000, "cell_10km"), (10000, 5001, "admin_unit")])
def test_the_cell_is_as_coarse_as_the_place_is_vague(raw, finest, uncertainty, expected):
    assert shown(raw, "POINT(36.2 33.2)", uncertainty, finest)[1] == expected


def shown(raw, wkt, uncertainty, finest, pcode=None):
    return raw.execute("select s.shown, s.shown_as, s.centre, s.uncertainty_m, s.pcode from api._shown(st_geomfromtext(%s, 4326), %s, %s, 'test', %s) s",
                       [wkt, uncertainty, pcode, finest]).fetchone()


def test_an_extent_counts_like_an_uncertainty(raw):
    small, large, huge = ("POLYGON((36.2 33.2, {0} 33.2, {0} 33.201, 36.2 33.201, 36.2 33.2))".format(36.2 + w) for w in (0.004, 0.02, 0.09))
    assert [shown(raw, wkt, 10, 1000)[1] for wkt in (small, large, huge)] == ["cell_1km", "cell_10km", "admin_unit"]
    assert shown(raw, huge, 10, 0)[1] == "exact"


def test_the_unit_is_the_smallest_that_covers_the_whole_circle(raw):
    assert shown(raw, "POINT(36.15 33.15)", 6000, 1000)[4] == "SY010000"
    assert shown(raw, "POINT(36.27 33.15)", 6000, 1000)[4] == "SY0100"
    assert shown(raw, "POINT(36.99 33.5)", 6000, 1000)[4] == "SY", "its circle crosses the border of the governorate"
    assert shown(raw, "POINT(35.001 33.5)", 6000, 1000)[4] == "SY", "its circle crosses the border: the country of the point"
    assert shown(raw, "POINT(10 10)", 6000, 1000)[:3] == (None, "none", None)
    assert shown(raw, "POINT(36.5 33.5)", 2_000_000, 1000)[4] == "SY"


def test_a_named_unit_stands_for_the_place_but_never_finer_than_the_face_allows(raw):
    for finest, expected in ((0, "SY010001"), (1000, "SY010001"), (10000, "SY0100")):
        assert shown(raw, "POINT(36.51 33.51)", 3000, finest, "SY010001")[4] == expected
        assert shown(raw, None, None, finest, "SY010001")[4] == expected
    assert shown(raw, "POINT(36.51 33.51)", 30, 1000, "SY999999")[1] == "cell_1km", "an unknown unit leaves the shape"
    assert shown(raw, None, None, 0, "SY999999")[1] == "none"


def test_what_is_said_of_a_cell_follows_from_the_cell_alone(raw):
    x, y = 3_520_000, 3_930_000
    answers = {shown(raw, "POINT({} {})".format(*TO_DEGREES(x + dx, y + dy)), u, 10000)
               for dx in (1, 5000, 9999) for dy in (1, 9999) for u in (3, 300, 4000)}
    assert len(answers) == 1


def test_units_are_not_finer_than_what_is_shown(raw):
    def units(radius):
        return raw.execute("select u.adm1, u.adm2, u.adm3, u.country from api._units(array[st_setsrid(st_makepoint(36.52, 33.52), 4326)],"
                           " array[%s::float8], array[null], array[null]) u", [radius]).fetchone()
    assert units(20) == ("SY01", "SY0100", "SY010001", "SY")
    assert units(7072) == ("SY01", "SY0100", None, "SY")
    assert units(60_000) == (None, None, None, "SY")


@pytest.mark.parametrize(("uncertainty", "expected"), [(None, "none"), (25, "exact"), (25.1, "site"), (250, "site"), (2000, "locality"),
    (5000, "community"), (15000, "subdistrict"), (40000, "district"), (40001, "governorate")])
def test_precision_class(raw, uncertainty, expected):
    assert raw.execute("select api._precision(%s)", [uncertainty]).fetchone()[0] == expected
