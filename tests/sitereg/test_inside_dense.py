"""Thousands of exact places around the rim of an area: the quick looks answer what the law, told again in Python, answers place by place."""
import math
from functools import cache

import numpy
import pyproj
import pytest
import shapely

from sitereg import inside

pytestmark = pytest.mark.db
RADII = (60.0, 400.0, 401.5)
FILL = """
with e as (select n, reg.new_id() as id, reg.new_id() as person from generate_series(1, cardinality(%(lon)s::float8[])) n),
  s as (insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by) select e.person, 'person', 'SYP-DENSE-' || e.n, 1, 0, 1, a.id
    from e, reg.account a where a.name = 'worker' returning 1),
  p as (insert into reg.person(id, face, tier, scope, code, case_state) select e.person, 2, 1, 0, 'SYP-DENSE-' || e.n, 'open_missing' from e returning 1)
insert into reg.person_event(id, face, tier, scope, person, kind, shown, centre, shown_as, uncertainty_m, reliability, credibility, class, origins, claims)
select e.id, 2, 1, 0, e.person, 'arrested', g.p, g.p, 'exact', (%(u)s::float8[])[e.n], 'B', '2', 0, 1, '{}' from e
cross join lateral (select st_setsrid(st_makepoint((%(lon)s::float8[])[e.n], (%(lat)s::float8[])[e.n]), 4326) as p) g
returning id, (select n from e x where x.id = person_event.id)"""
HOLED = shapely.Polygon([(36.40, 33.44), (36.52, 33.43), (36.50, 33.50), (36.58, 33.56), (36.48, 33.53), (36.41, 33.55)],
                        [[(36.44, 33.47), (36.47, 33.47), (36.47, 33.50), (36.44, 33.50)]])


@cache
def drawn(wkb, zone):
    """The area in metres of its UTM zone, prepared, with its edge, and what brings degrees there."""
    to = pyproj.Transformer.from_crs(4326, zone, always_xy=True).transform
    local = shapely.transform(shapely.segmentize(shapely.from_wkb(wkb), 0.02), to, interleaved=False)
    shapely.prepare(local)
    return local, local.boundary, to


def law(area, lon, lat, radius):
    """(class or None, chance) of an exact point: certain with eight sigma around, else the share of 72 points; by shapely in the UTM zone."""
    local, rim, to = drawn(area.wkb, 32601 + math.floor((lon + 180) / 6))
    x, y = to(float(lon), float(lat))
    within, edge = local.covers(shapely.Point(x, y)), rim.distance(shapely.Point(x, y))
    if not within and edge > radius:
        return None, 0.0, edge - radius
    near = min(abs(edge - bound * radius) for bound in (1, 8 / 1.515, 1.51))
    if within and edge > radius * 1.51:
        return "certain" if edge > radius * 8 / 1.515 else "probable", 1.0, near
    x, y = ((math.floor(one * 20 / radius) + 0.5) * radius / 20 for one in (x, y))
    ring = [(math.sqrt(-2 * math.log(1 - (i + 0.5) / 6)) / 1.515 * radius, math.radians((j + i / 6) * 30)) for i in range(6) for j in range(12)]
    p = shapely.covers(local, shapely.points([(x + r * math.sin(b), y + r * math.cos(b)) for r, b in ring])).sum() / 72
    return "probable" if p >= 0.5 else "possible", p, near


@pytest.fixture
def dense(registry):
    """4,200 events, half of them along the rims of the areas below; {id: (lon, lat, radius)}."""
    rng = numpy.random.default_rng(5)
    lon, lat = rng.uniform(36.38, 36.62, 2100), rng.uniform(33.40, 33.60, 2100)
    along = [HOLED.boundary.interpolate(d, normalized=True) for d in rng.uniform(0, 1, 2100)]
    lon = numpy.concatenate([lon, [one.x + rng.normal(0, 0.006) for one in along]])
    lat = numpy.concatenate([lat, [one.y + rng.normal(0, 0.006) for one in along]])
    radius = numpy.array(RADII)[numpy.arange(len(lon)) % 3]
    with registry.dba() as raw:
        rows = raw.execute(FILL, {"lon": lon.tolist(), "lat": lat.tolist(), "u": radius.tolist()}).fetchall()
    return {made: (lon[n - 1], lat[n - 1], radius[n - 1]) for made, n in rows}


def test_many_places_are_judged_as_each_alone_by_the_law(registry, dense):
    for area in (HOLED, inside.circle(registry, lon=36.5, lat=33.5, km=6), shapely.box(36.45, 33.45, 36.55, 33.55).boundary.buffer(0.004)):
        told = {row["id"]: (row["where_inside"], row["p_inside"]) for row in inside.events(registry, area, limit=10_000)}
        judged = dict.fromkeys(("certain", "probable", "possible", None), 0)
        for made, (lon, lat, radius) in dense.items():
            wanted, p, near = law(area, lon, lat, radius)
            if near < 0.05:  # metres: where two libraries may differ
                continue
            judged[wanted] += 1
            assert told.get(made, (None, 0.0))[0] == wanted or abs(p - 0.5) < 0.02, (lon, lat, radius, wanted, told.get(made))
            assert math.isclose(told.get(made, (None, 0.0))[1], p, abs_tol=1.5 / 72), (lon, lat, radius, p, told.get(made))
        assert min(judged.values()) > 20, judged
        counted = inside.counts(registry, area)
        assert counted["events"] == {one: sum(where == one for where, _ in told.values()) for one in inside.CLASSES} == counted["persons"]
        found = inside.found(registry, area, limit=5)
        assert found["counts"] == counted and [one["id"] for one in found["events"]] == list(told)[:5]
        assert inside.found(registry, area, limit=5, skip_events=9999)["counts"] == counted


def test_the_outlines_of_quick_looks_err_on_the_side_of_the_law(registry, dense):
    """Whatever lies in `sure` is certain by the law, whatever lies without `far` is no row, for every radius that they stand for."""
    areas = (HOLED, inside.circle(registry, lon=36.5, lat=33.5, km=6))
    for area in areas:
        for step in (1, 8, 11, 15, 19):
            radius = 1.5**step
            with registry.dba() as raw:
                sure, far = raw.execute("select st_asbinary(sure), st_asbinary(far) from api._rims(%s::geometry, 32637, %s)",
                                        [shapely.to_wkb(shapely.set_srid(area, 4326), hex=True, include_srid=True), step]).fetchone()
            sure, far = shapely.from_wkb(bytes(sure)), shapely.from_wkb(bytes(far))
            for lon, lat, _ in list(dense.values())[::20]:
                point = shapely.Point(lon, lat)
                if sure.covers(point):
                    assert law(area, lon, lat, radius)[0] == "certain"
                if not far.intersects(point):
                    assert law(area, lon, lat, radius)[0] is None
