"""Filters: each alone, all in common for list, count, facets, frame and near; pages that do not shift; what is refused."""
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from sitereg import errors, sites
from tests.sitereg import faces, mvt
from tests.sitereg.faces import Site

pytestmark = pytest.mark.db
GRAVE, PRISON = ("mass_grave", "suspected"), ("prison_central", "confirmed")
MADE = (
    Site(n=1, kinds=(GRAVE, PRISON), name="North field", lon=36.1, lat=33.1, exact_tier=1),
    Site(n=2, kinds=(("mass_grave", "refuted"), PRISON), name="Saydnaya prison", lon=36.9, lat=33.9, exact_tier=1, review="2020-01-01"),
    Site(n=3, kinds=(("mass_grave", "refuted"),), name="حقل الشمال", lon=36.5, lat=33.5, exact_tier=1, review="2999-01-01"),
    Site(n=4, kinds=(), name="Nameless", place="none", exact_tier=1),
    Site(n=5, kinds=(("court", "confirmed"),), name="Court", place="unit", protection="protected", exact_tier=1,
         began="[2000-01-01,2001-01-01)", ended="[2010-01-01,2011-01-01)"),
    Site(n=6, kinds=(PRISON,), name="Still there", lon=36.1, lat=33.1, exact_tier=1, began="[2012-01-01,2012-02-01)", ended="[2015-01-01,)"),
)


@pytest.fixture
def made(registry):
    with registry.dba() as raw:
        return faces.put(raw, *MADE)


def numbers(rows):
    return [int(row["code"][4:10]) for row in rows]


@pytest.mark.parametrize(("asked", "expected"), [
    ({}, [1, 2, 3, 4, 5, 6]),
    ({"q": "north"}, [1, 3]), ({"q": "NORTH  Field"}, [1]), ({"q": "الشمالي"}, [1, 3]), ({"q": "North Feild"}, [1]), ({"q": "sys-000004-x"}, [4]), ({"q": "%"}, []), ({"q": "  "}, [1, 2, 3, 4, 5, 6]),
    ({"kinds": ["mass_grave"]}, [1, 3]), ({"kinds": ["mass_grave"], "verification": ["refuted"]}, [2, 3]),
    ({"kinds": ["mass_grave"], "verification": ["confirmed"]}, []), ({"groups": ["detention"]}, [1, 2, 6]),
    ({"groups": ["burial", "records"]}, [1, 3, 5]), ({"verification": ["confirmed"]}, [1, 2, 5, 6]), ({"kinds": ["unknown"]}, [4]),
    ({"verification": ["reported"]}, [4]),
    ({"protection": ["protected"]}, [5]), ({"adm1": ["SY01"]}, [1, 2, 3, 5, 6]), ({"adm1": ["none"]}, [4]),
    ({"bbox": [36.05, 33.05, 36.15, 33.15]}, [1, 5, 6]), ({"bbox": [36.4, 33.4, 37, 34]}, [2, 3]), ({"bbox": [0, 0, 1, 1]}, []),
    ({"overdue": True}, [2]), ({"overdue": False}, [1, 3, 4, 5, 6]),
    ({"from_": "2011-01-01"}, [1, 2, 3, 4, 6]), ({"from_": "2010-12-31"}, [1, 2, 3, 4, 5, 6]), ({"to": "1999-12-31"}, [1, 2, 3, 4]),
    ({"to": "2000-01-01"}, [1, 2, 3, 4, 5]), ({"from_": "2025-01-01", "groups": ["detention"]}, [1, 2, 6]),
    ({"kinds": ["prison_central"], "overdue": True, "q": "saydnaya"}, [2]),
    ({"kinds": ["-mass_grave"]}, [2, 4, 5, 6]), ({"kinds": ["-unknown"]}, [1, 2, 3, 5, 6]), ({"kinds": ["prison_central", "-mass_grave"]}, [2, 6]),
    ({"kinds": ["-mass_grave"], "verification": ["refuted"]}, []), ({"kinds": ["-court", "-unknown"]}, [1, 2, 3, 6]),
    ({"groups": ["-detention"]}, [3, 4, 5]), ({"groups": ["-other", "-burial"]}, [2, 5, 6]), ({"groups": ["-burial"], "kinds": ["-court"]}, [2, 4, 6]),
    ({"verification": ["-confirmed"]}, [1, 3, 4]), ({"verification": ["-refuted"]}, [1, 2, 4, 5, 6]), ({"kinds": ["mass_grave"], "verification": ["-suspected"]}, [3]),
    ({"verification": ["-confirmed", "-reported"], "from_": "2011-01-01"}, [1, 3]),
    ({"protection": ["-protected"]}, [1, 2, 3, 4, 6]), ({"adm1": ["-none"]}, [1, 2, 3, 5, 6]), ({"adm1": ["-SY01"]}, [4]), ({"adm1": ["SY01", "-SY01"]}, []),
    ({"bbox": [36.2, 33.1, 36.3, 33.2], "around_km": 9.2}, [5]), ({"bbox": [36.2, 33.1, 36.3, 33.2], "around_km": 9.4}, [1, 5, 6]),
    ({"bbox": [36.2, 33.1, 36.3, 33.1, 36.25, 33.2], "around_km": 9.4, "groups": ["-burial"]}, [5, 6])])
def test_each_filter(registry, made, asked, expected):
    assert numbers(sites.find(registry, **asked)) == expected
    assert sites.count(registry, **asked) == len(expected)
    assert numbers(registry.rows("site_frame", **sites.asked(asked))) == expected
    placed = [n for n in expected if n != 4]
    assert sorted(numbers(sites.near(registry, lon=36.5, lat=33.5, km=500, **asked))) == placed


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(faces.registries(), st.data())
def test_what_is_left_out_is_what_the_filter_alone_would_find(registry, given_sites, data):
    with registry.dba() as raw:
        faces.clear(raw)
        faces.put(raw, *given_sites)
    asked = data.draw(st.sampled_from([{}, {"overdue": False}, {"bbox": [35, 32, 42, 37]}]))
    everything = numbers(sites.find(registry, **asked))
    names = {"kind": "kinds", "group": "groups", "protection": "protection", "adm1": "adm1"}
    for facet, field in names.items():
        for code in sites.facets(registry, **asked).get(facet, {}):
            found, rest = (numbers(sites.find(registry, **asked, **{field: [sign + code]})) for sign in ("", "-"))
            assert sorted(found + rest) == everything, (facet, code)


def test_a_distance_around_an_outline_is_geodesic_and_knows_how_far_off_a_place_may_be(registry):
    """The same pairs as measured on the ellipsoid by GEOD of pyproj, a cell as a whole, an exact place with its metres."""
    from pyproj import Geod

    box = [36.0, 33.0, 38.0, 33.5]
    lon, lat = 37.0, 32.7  # south of the edge, which is a parallel and no great circle: 5 km of difference would show
    km = Geod(ellps="WGS84").inv(lon, lat, lon, 33.0)[2] / 1000
    with registry.dba() as raw:
        faces.put(raw, Site(n=1, lon=lon, lat=lat, exact_tier=1), Site(n=2, lon=lon, lat=33.2, exact_tier=1))
        raw.execute("update reg.site set uncertainty_m = 0 where code like 'SYS-000001%' and face = 2")

    def found(far):
        return numbers(sites.find(registry, bbox=box, around_km=far))

    assert found(km - .05) == [2] and found(km + .05) == [1, 2]
    with registry.dba() as raw:
        raw.execute("update reg.site set uncertainty_m = 10000 where code like 'SYS-000001%' and face = 2")
    assert found(km - 10.05) == [2] and found(km - 9.95) == [1, 2]


def test_tiles_and_what_they_open_follow_the_same_filters(registry, made):
    """extra: the court, which stands at its unit's outline and opens nothing."""
    for asked, expected, extra in (({"kinds": ["-mass_grave"]}, {2, 6}, 1), ({"bbox": [36.2, 33.1, 36.3, 33.2], "around_km": 9.4}, {1, 6}, 1),
                                   ({"groups": ["-detention"]}, {3}, 1), ({"adm1": ["-SY01"]}, set(), 0)):
        assert drawn(mvt.layers(registry.value("site_tile", z=4, x=9, y=6, **asked) or b"")) == len(expected) + extra
        opened = registry.rows("site_squares", z=4, x=9, y=6, squares=list(range(256)), **asked)
        assert {int(one["code"][4:10]) for one in opened} == expected


def drawn(layers):
    return sum(one.props.get("n", 1) for name in ("sites", "unit_labels") for one in layers.get(name, ()))


def test_by_id(registry, made):
    assert numbers(sites.find(registry, ids=[made[1].id, str(made[3].id)])) == [2, 4]


def test_a_period_of_the_kind_itself_decides(registry, made):
    with registry.dba() as raw:
        raw.execute("update reg.site_kind set ended = '[2005-01-01,2006-01-01)' where kind = 'prison_central' and site = %s", [made[0].id])
    assert numbers(sites.find(registry, kinds=["prison_central"], from_="2006-01-01")) == [2, 6]
    assert 1 in numbers(sites.find(registry, kinds=["mass_grave"], from_="2006-01-01"))


def test_facets_count_what_the_list_shows(registry, made):
    found = sites.facets(registry)
    assert found["kind"] == {"prison_central": 3, "mass_grave": 2, "court": 1, "unknown": 1}
    assert found["group"] == {"detention": 3, "burial": 2, "records": 1, "other": 1}
    assert found["verification"] == {"confirmed": 4, "suspected": 1, "refuted": 1, "reported": 1}
    assert found["protection"] == {"unassessed": 5, "protected": 1} and found["overdue"] == {"false": 5, "true": 1}
    assert found["adm1"] == {"SY01": 5, "none": 1} and found["shown_as"] == {"exact": 4, "admin_unit": 1, "none": 1}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(faces.registries(), st.data())
def test_each_facet_is_the_count_of_its_own_filter(registry, given_sites, data):
    with registry.dba() as raw:
        faces.clear(raw)
        faces.put(raw, *given_sites)
    asked = data.draw(st.sampled_from([{}, {"protection": ["protected"]}, {"adm1": ["SY01"]}, {"overdue": False}]))
    found = sites.facets(registry, **asked)
    names = {"kind": "kinds", "group": "groups", "verification": "verification", "protection": "protection", "adm1": "adm1"}
    for facet, field in names.items():
        if field not in asked:
            for code, n in found.get(facet, {}).items():
                if facet != "verification" or code != "refuted":
                    assert sites.count(registry, **asked, **{field: [code]}) == n, (facet, code)


def test_pages_follow_one_another_while_sites_are_added(registry, made):
    first = sites.find(registry, limit=2)
    with registry.dba() as raw:
        faces.put(raw, Site(n=0, exact_tier=1))
    rest = sites.find(registry, limit=100, after=first[-1]["code"])
    assert numbers(first + rest) == [1, 2, 3, 4, 5, 6]
    assert sites.find(registry, limit=0) == [] and len(sites.find(registry, limit=10**6)) == 7


def test_no_page_is_longer_than_a_thousand(registry):
    with registry.dba() as raw:
        (one,) = faces.put(raw, Site(n=1, place="none"))
        raw.execute("""insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)
            select reg.new_id(), 'site', 'SYS-' || lpad(i::text, 6, '0') || '-Y', 1, 0, 2, s.recorded_by from reg.subject s, generate_series(2, 1100) i
             where s.id = %s""", [one.id])
        raw.execute("""insert into reg.site(id, face, tier, scope, exact_tier, code)
            select s.id, 2, 1, 0, 2, s.code from reg.subject s where s.code like '%-Y'""")
    assert len(sites.find(registry, limit=5000)) == 1000 and sites.count(registry) == 1100


@pytest.mark.parametrize("asked", [
    {"kinds": ["nonsense"]}, {"groups": ["x"]}, {"verification": [""]}, {"protection": ["safe"]}, {"bbox": [37, 33, 36, 34]},
    {"bbox": [36, 33, 37]}, {"bbox": [36, 33, 37, float("nan")]}, {"bbox": [0, 0, 0, 91]}, {"from_": "2015-01-01", "to": "2014-01-01"},
    {"kinds": ["--court"]}, {"groups": ["-"]}, {"protection": ["-safe"]}, {"adm1": ["-SY02"]}, {"around_km": 5},
    {"bbox": [36, 33, 37, 34], "around_km": 0}, {"bbox": [36, 33, 37, 34], "around_km": 501}, {"bbox": [36, 33, 37, 34], "around_km": float("nan")},
    {"from_": "no day"}, {"nonsense": 1}, {"adm1": ["SY02"]}, {"adm1": ["none", "SY010000"]}])
def test_what_cannot_be_asked_is_refused(registry, asked):
    with pytest.raises(errors.BadInput):
        sites.find(registry, **asked)


def test_a_list_row(registry, made):
    row = sites.find(registry, q="North field")[0]
    assert [(one["kind"], one["group"], one["verification"]) for one in row["kinds"]] == [
        ("prison_central", "detention", "confirmed"), ("mass_grave", "burial", "suspected")]
    assert row["place_en"] == "Unit SY01" and row["place_ar"] == "وحدة SY01"
    assert (row["lon"], row["lat"]) == (36.1, 33.1) and row["shape"] == {"type": "Point", "coordinates": [36.1, 33.1]}
    with registry.dba() as raw:
        raw.execute("insert into reg.visit(id, site, method, visited_on, source, tier, scope, recorded_by, event, digest)"
                    " select reg.new_id(), %s, 'on_site', '2026-02-03', s.id, 1, 0, s.recorded_by, reg.new_id(), '' from reg.source s limit 1", [row["id"]])
    assert str(sites.find(registry, q="North field")[0]["last_checked"]) == "2026-02-03"


@pytest.mark.parametrize(("field", "other", "expected"), [
    ("box", "ix_site_reach", "(shown && "), ("reach", "ix_site_shown", "(st_expand(shown, ")])
def test_the_index_on_face_and_shape_is_used(registry, field, other, expected):
    with registry.dba() as raw:
        faces.put(raw, *MADE)
        raw.execute(f"drop index reg.{other}")
        raw.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        asked = raw.execute("select jsonb_populate_record(null::api._site_filter, jsonb_build_object('level', 2, 'scopes', array[0], 'paired', false,"
                            f" '{field}', st_makeenvelope(36, 33, 36.2, 33.2, 4326)::text))::text").fetchone()[0]
        plan = raw.execute(sql.SQL("explain select * from api._sites({}::api._site_filter)").format(sql.Literal(asked))).fetchall()
    said = "\n".join(line for line, in plan)
    assert "Index Scan using site_2_" in said and re.search(r"Index Cond: \(+" + re.escape(expected[1:]), said), said
