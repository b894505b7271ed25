"""Tiles: exactly the sites that the list shows, where the caller is shown them; counts below zoom 9; never too large."""
import functools
import hashlib
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitereg import errors, sites, tiles
from tests.sitereg import faces, mvt
from tests.sitereg.faces import Site

pytestmark = pytest.mark.db
relaxed = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
LEVELS = ("confirmed", "probable", "suspected", "reported", "inconclusive", "refuted")
ALL = {"z": 0, "x": 0, "y": 0}


def arrange(registry, *made):
    with registry.dba() as raw:
        faces.clear(raw)
        return faces.put(raw, *made)


def within(features):
    return [one for one in features if all(0 <= n < 4096 for n in one.parts[0][0])]


def read(registry, asked, **filters):
    return mvt.layers(tiles.sites(registry, **asked, **filters))


def number(site):
    return int(hashlib.sha256(site.id.bytes).hexdigest()[:13], 16)


@relaxed
@given(faces.registries(), st.sampled_from(sorted(faces.READERS)), st.sampled_from([{}, {"groups": ["burial"]}, {"verification": ["refuted"]}]))
def test_near_tiles_hold_exactly_the_pairs_that_are_seen(registry, given_sites, reader, asked):
    """All tiles of zoom 9 over the degree: each pair once, at the middle of what is shown."""
    made = arrange(registry, *given_sites)
    with registry.as_(reader):
        rows = {row["code"]: row for row in sites.find(registry, **asked)}
        west, east = mvt.tile(35.99, 34.01, 9), mvt.tile(37.01, 32.99, 9)
        found, areas, units = [], {}, {}
        for x in range(west["x"], east["x"] + 1):
            for y in range(west["y"], east["y"] + 1):
                seen = read(registry, {"z": 9, "x": x, "y": y}, **asked)
                found += [(one, mvt.degrees(*one.parts[0][0], z=9, x=x, y=y)) for one in within(seen.get("sites", []))]
                areas |= {one.props["c"]: one for one in seen.get("areas", [])}
                units |= {one.props["pcode"]: one for one in within(seen.get("unit_labels", []))}
    expected = sorted((site.code, *pair) for site in made if site.seen_by(reader) and site.place == "point" and site.code in rows
                      for pair in pairs(site, asked))
    assert sorted((one.props["c"], one.props["k"], one.props["v"]) for one, _ in found) == expected
    ids = {site.code: number(site) for site in made}
    for one, where in found:
        row = rows[one.props["c"]]
        assert where == pytest.approx((row["lon"], row["lat"]), abs=0.0003)
        assert one.id == ids[row["code"]] and one.props["x"] == row["shown_as"] and one.props["p"] == row["protection"] and one.props["n"] == 1
        assert one.props.get("o") == (1 if row["overdue"] else None)
    shown = {code for code, row in rows.items() if row["shown_as"] in ("cell_1km", "cell_10km")}
    assert {code for code, one in areas.items() if one.props["x"] != "exact"} == shown
    in_units = [row for row in rows.values() if row["shown_as"] == "admin_unit" and row["code"] in {s.code for s in made if s.seen_by(reader)}]
    assert sum(one.props["n"] for one in units.values()) == len(in_units)


def pairs(site, asked):
    kinds = site.kinds or (("unknown", "reported"),)
    alive = [one for one in kinds if one[1] != "refuted"]
    for kind, level in kinds:
        if asked.get("verification") and level not in asked["verification"]:
            continue
        if not asked.get("verification") and level == "refuted" and alive:
            continue
        if asked.get("groups") and faces.GROUPS.get(kind, "other") not in asked["groups"]:
            continue
        yield kind, level


@relaxed
@given(faces.registries(), st.sampled_from(sorted(faces.READERS)), st.sampled_from([{}, {"groups": ["burial", "detention"]}, {"protection": ["protected"]}]))
def test_far_tiles_count_each_site_once(registry, given_sites, reader, asked):
    arrange(registry, *given_sites)
    with registry.as_(reader):
        rows = [row for row in sites.find(registry, **asked) if row["shown_as"] != "none"]
        for z in (0, 4, 8):
            west, east, points, units = mvt.tile(35.99, 34.01, z), mvt.tile(37.01, 32.99, z), [], []
            for x in range(west["x"], east["x"] + 1):
                for y in range(west["y"], east["y"] + 1):
                    seen = read(registry, {"z": z, "x": x, "y": y}, **asked)
                    points += within(seen.get("sites", []))
                    units += within(seen.get("unit_labels", []))
            assert sum(one.props["n"] for one in points) == sum(row["shown_as"] != "admin_unit" for row in rows)
            assert sum(one.props["n"] for one in units) == sum(row["shown_as"] == "admin_unit" for row in rows)
            for one in points:
                if one.props["n"] > 1:
                    assert sum(map(int, one.props["s"].split(","))) == one.props["n"] and not {"c", "k", "p", "x"} & one.props.keys()
                else:
                    row = next(row for row in rows if row["code"] == one.props["c"])
                    assert one.props["x"] == row["shown_as"] and one.props["k"] in {k["kind"] for k in row["kinds"]} | {"unknown"}


@relaxed
@given(faces.registries(), st.sampled_from(sorted(faces.READERS)), st.integers(0, 13))
def test_a_whole_face_is_drawn_as_all_of_it_asked_for_by_id(registry, given_sites, reader, z):
    """What is planned for whole faces leaves out what nobody drew, and nothing else."""
    made = arrange(registry, *given_sites)
    with registry.as_(reader):
        for lon, lat in {(site.lon, site.lat) for site in made}:
            at = mvt.tile(lon, lat, z)
            assert tiles.sites(registry, **at) == tiles.sites(registry, **at, ids=[site.id for site in made])


def test_a_circle_that_ends_before_a_tile_is_not_in_it(registry):
    arrange(registry, Site(radius=2000.0))
    at = mvt.tile(36.5, 33.5, 15)
    reach = range(-4, 5)
    drawn = {x for x in reach if "areas" in read(registry, {**at, "x": at["x"] + x})}
    assert 0 in drawn and drawn < set(reach) and drawn == set(range(min(drawn), max(drawn) + 1))
    side = 40_075_017 * math.cos(math.radians(33.5)) / 2**15
    assert max(drawn) - min(drawn) <= 4000 / side * 33 / 32 + 2


def test_a_square_says_how_many_of_each_level(registry):
    levels = ["confirmed", "confirmed", "probable", "reported"]
    arrange(registry, *(Site(n=n, exact_tier=1, kinds=(("mass_grave" if n else "court", level),)) for n, level in enumerate(levels)))
    (one,) = read(registry, ALL)["sites"]
    assert one.props == {"n": 4, "q": 153, "s": "2,1,0,1,0,0", "g": "burial", "v": "confirmed"}


def test_a_unit_is_an_outline_with_a_count_and_never_a_pin(registry):
    arrange(registry, *(Site(n=n, place="unit", exact_tier=1) for n in range(3)))
    for asked in (ALL, mvt.tile(36.15, 33.15, 9), mvt.tile(36.15, 33.15, 12)):
        seen = read(registry, asked)
        assert set(seen) <= {"units", "unit_labels"}
        (outline,) = seen["units"]
        assert outline.kind == 3 and outline.props == {"pcode": "SY010000", "n": 3, "g": "burial", "x": "admin_unit"}


def test_an_uncertain_place_has_its_circle_where_it_can_be_seen(registry):
    arrange(registry, Site(radius=2000.0))
    area = read(registry, mvt.tile(36.5, 33.5, 12))["areas"]
    assert [(one.props["x"], one.kind) for one in area] == [("exact", 3)]
    assert "areas" not in read(registry, mvt.tile(36.5, 33.5, 9))
    beside = mvt.tile(36.5, 33.5, 13)
    beside["x"] += 1 if (36.5 + 180) / 360 * 2**13 % 1 > 0.5 else -1
    assert "areas" in read(registry, beside) and "sites" not in read(registry, beside)
    (whole,), (same,) = (read(registry, one)["areas"] for one in (mvt.tile(36.5, 33.5, 13), beside))
    assert width(whole) == pytest.approx(width(same), abs=2) and width(same) > 4096 / 2  # not cut: it fades from its own middle


def width(area):
    return max(x for x, y in area.parts[0]) - min(x for x, y in area.parts[0])


def test_a_refuted_kind_is_drawn_where_nothing_else_is_left_or_where_asked_for(registry):
    refuted, prison = ("mass_grave", "refuted"), ("prison_central", "confirmed")
    arrange(registry, Site(n=1, exact_tier=1, kinds=(refuted, prison)), Site(n=2, exact_tier=1, kinds=(refuted,)))
    asked = mvt.tile(36.5, 33.5, 12)

    def drawn(**filters):
        return sorted((one.props["c"][-3], one.props["k"]) for one in read(registry, asked, **filters)["sites"])

    assert drawn() == [("1", "prison_central"), ("2", "mass_grave")]
    assert drawn(verification=["refuted"]) == [("1", "mass_grave"), ("2", "mass_grave")]


def test_a_site_that_stands_alone_has_its_name_at_every_zoom(registry):
    arrange(registry, Site(exact_tier=1, name="y" * 300))
    for asked in (ALL, *(mvt.tile(36.5, 33.5, z) for z in (5, 8, 9, 10, 11, 14))):
        assert read(registry, asked)["sites"][0].props["ne"] == "y" * 80


def test_a_unit_on_the_map_has_its_names_in_both_languages(registry):
    arrange(registry, Site(place="unit", exact_tier=1))
    for asked in (ALL, mvt.tile(36.15, 33.15, 9)):
        (label,) = read(registry, asked)["unit_labels"]
        assert (label.props["ue"], label.props["ua"]) == ("Unit SY010000", "وحدة SY010000")


def test_an_empty_tile_is_empty(registry):
    arrange(registry, Site(), Site(n=2, place="none"))
    assert tiles.sites(registry, z=9, x=0, y=0) == b"" and tiles.sites(registry, **ALL, q="nothing of that") == b""


@pytest.mark.parametrize("asked", [(-1, 0, 0), (21, 0, 0), (1, 2, 0), (1, 0, 2), (3, -1, 0), (0, 0, 1), (20, 2**20, 0), (3, 2**40, 0), (2**70, 0, 0)])
def test_what_is_no_tile_is_not_found(registry, asked):
    for ask in (tiles.sites, tiles.events, tiles.units, functools.partial(tiles.opened, squares=[0])):
        with pytest.raises(errors.NotFound):
            ask(registry, z=asked[0], x=asked[1], y=asked[2])


def test_ten_thousand_sites_in_a_field_make_no_large_tile(registry):
    made = arrange(registry, Site(n=0, exact_tier=1))
    with registry.dba() as raw:
        raw.execute("""insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)
            select reg.new_id(), 'site', 'SYS-' || lpad(i::text, 6, '0') || '-Z', 1, 0, 1, s.recorded_by from reg.subject s, generate_series(1, 10000) i
             where s.id = %s""", [made[0].id])
        raw.execute("""insert into reg.site(id, face, tier, scope, exact_tier, code, names, kinds, groups, verification, shown, centre, shown_as, uncertainty_m)
            select s.id, 2, 1, 0, 1, s.code, jsonb_build_object('en', repeat(s.code, 4), 'ar', repeat(s.code, 4)), '{mass_grave,cemetery}', '{burial}', 'suspected',
              g.p, g.p, 'exact', 100 from reg.subject s cross join lateral (select st_setsrid(st_makepoint(36.2 + random() * case when s.code < 'SYS-002500'
              then 0.001 else 0.6 end, 33.2 + random() * 0.4), 4326) p) g where s.code like '%-Z'""")
        raw.execute("""insert into reg.site_kind(site, face, tier, scope, kind, kind_group, verification, class, origins)
            select s.id, 2, 1, 0, k, 'burial', 'suspected', 0, 1 from reg.site s, unnest('{mass_grave,cemetery}'::text[]) k where s.code like '%-Z'""")
    for z in (0, 5, 7, 8):
        assert len(tiles.sites(registry, **mvt.tile(36.4, 33.4, z))) < 50_000
    for z in range(9, 15):
        assert len(tiles.sites(registry, **mvt.tile(36.2005, 33.4, z))) < 500_000


@relaxed
@given(faces.registries(), st.sampled_from(sorted(faces.READERS)), st.sampled_from([{}, {"groups": ["burial"]}, {"verification": ["refuted"]}]),
       st.integers(0, 8))
def test_a_number_opens_into_exactly_the_sites_that_it_counts(registry, given_sites, reader, asked, z):
    """Square by square: as many as the symbol says, each once, none of another square, and of the levels that its ring shows."""
    arrange(registry, *given_sites)
    at = mvt.tile(36.5, 33.5, z)
    with registry.as_(reader):
        counted = {one.props["q"]: one for one in read(registry, at, **asked).get("sites", [])}
        opened = {square: tiles.opened(registry, **at, squares=[square], **asked) for square in counted}
        assert tiles.opened(registry, **at, squares=[q for q in range(256) if q not in counted], **asked) == []
        together = tiles.opened(registry, **at, squares=list(counted), **asked)
        assert len(tiles.opened(registry, **at, squares=list(counted), limit=1, **asked)) == min(len(together), 1)
    for square, one in counted.items():
        rows = opened[square]
        assert len(rows) == one.props["n"] == rows[0]["of_all"] and len({row["code"] for row in rows}) == len(rows)
        if one.props["n"] == 1:
            assert (rows[0]["code"], rows[0]["kind"], rows[0]["verification"]) == (one.props["c"], one.props["k"], one.props["v"])
        else:
            levels = [sum(row["verification"] == level for row in rows) for level in LEVELS]
            assert one.props["s"] == ",".join(map(str, levels))
    codes = [row["code"] for rows in opened.values() for row in rows]
    assert sorted(row["code"] for row in together) == sorted(codes) and len(set(codes)) == len(codes)


def test_at_the_edge_of_the_world_a_tile_holds_what_lies_in_it(registry):
    """Degrees begin anew beyond it: half of the world in one tile is not an empty one."""
    arrange(registry, Site(n=0, place="point"))
    for z in range(4):
        assert len(read(registry, mvt.tile(36.5, 33.5, z)).get("sites", [])) == 1, z


def test_there_is_no_number_where_there_is_no_tile(registry):
    with pytest.raises(errors.NotFound):
        tiles.opened(registry, z=3, x=8, y=0, squares=[0])
