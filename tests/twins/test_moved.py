"""Whoever is shown a cell gets the same bytes wherever in the cell the exact place lies, and whatever finer was said of it.

Two copies of one registry: in the second every place that tier 1 is shown as a cell was moved within its cell, and its uncertainty,
words, quotes, visits, areas and notes were changed. Readers of tiers 0 and 1 ask both for everything; tier 2 sees that they differ.
"""
import itertools
import time
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
import shapely
from psycopg.types.json import Jsonb

from sitereg import events as happened
from sitereg import exports, holdings, inquiries, joins, protection, sharing, sites, tables
from sitereg.store import cluster, logins
from tests import given
from tests.conftest import clone, drop
from tests.sitereg import analysing
from tests.sitereg.matrix_house import stands
from tests.sitereg.oracle import cell
from tests.sitereg.peopled import publish
from tests.sitereg.publishing import RISK
from tests.twins import asking, hiding, houses
from tests.twins.test_functions import asked, functions, told, views

pytestmark = pytest.mark.db
READERS = ("viewer", "investigator1")
SEATS = tuple((name, "en") for name in READERS)
LONE = hiding.LONE
CELL = cell(*LONE, 1000)
WEST, SOUTH, EAST, NORTH = CELL.bounds
SPOTS = [(WEST + (EAST - WEST) * x, SOUTH + (NORTH - SOUTH) * y) for x, y in ((.1, .1), (.9, .2), (.5, .5), (.15, .85))]
WAYS = 6  # to ask one function


def fill(settings):
    """Burial places in one cell, a court beside them that is exactly known, a case and records there, with all that is told finer."""
    known, (one, two, three, four) = {}, SPOTS
    clues = {"verbatim": "by the third olive tree", "quote": "forty steps from the well", "locator": "page 3, line 9"}
    with analysing.as_(settings, "worker")() as opened:
        source = analysing.sources(settings)["B"]
        said = [given.kind("mass_grave"), given.name("Dry Well"), given.place(*one, **clues), {"predicate": "note", "value": {"text": "37.0123 41.2345"}},
                {"predicate": "access_condition", "value": {"condition": "accessible", "note": "turn left at the mill"}}]
        grave, code, claims = given.site(opened, *said[:4], exact_tier=2, source=source)
        other = given.site(opened, given.kind("individual_clandestine_grave"), given.place(*two, 60), exact_tier=2, source=source)
        court = given.site(opened, given.kind("court"), given.name("Court"), given.place(EAST + .001, NORTH, 15), source=source)
        area = analysing.area(*three, .0004)
        field = given.site(opened, given.kind("mass_grave"), given.name("A field"), area, exact_tier=2, source=source)
        opens = given.site(opened, given.kind("prison_central"), given.name("Known to all"), given.place(*four), exact_tier=2, source=source)
        case = analysing.person(opened, analysing.event("held_at", lon=one[0], lat=one[1], radius=40, at="[2013-03-01,2013-04-01)", value={"site": str(grave)}),
                                analysing.event("last_seen_free", lon=two[0], lat=two[1], radius=40, at="[2012-03-01,2012-04-01)"), source=source)
        held = holdings.record(opened, source, name={"en": "A register"}, kinds=["detention_register"], held_at=grave,
                               place={"shape": shapely.Point(*two), "uncertainty_m": 30}, exact_tier=2)
        known["inquiry"] = inquiries.open_(opened, grave, "Who dug there?", due=opened.value("today") + timedelta(days=9))
    with analysing.as_(settings, "officer")() as opened:
        seen = protection.inspect(opened, grave, visited_on=date(2026, 3, 1), covered="the eastern edge", findings="loose earth",
                                  covered_shape=shapely.Point(*one).buffer(.0002))
        protection.record_measure(opened, grave, "guard", reason="to keep it", state="active", area=shapely.Point(*one).buffer(.0003), note="at the gate")
        protection.record_disturbance(opened, grave, "looting", "severe", note="seen from the gate", visit=seen["visit"])
    publish(settings, opens[0], opens[2])
    with analysing.dba(settings) as raw:
        stands(raw, case[0], "open_missing")
    return known | {"grave": grave, "code": code, "claims": claims, "sites": [grave, other[0], court[0], field[0], opens[0]], "person": case[0],
                    "person_code": case[1], "holding": held.subject, "holding_code": held.code, "source": source}


def move(settings, known):
    """In this copy all lies elsewhere in the same cells, and every word that is finer than a cell reads otherwise."""
    with psycopg.connect(cluster.dsn(settings)) as raw:
        raw.execute("set local session_replication_role = replica")
        spot = iter(itertools.cycle(SPOTS[1:] + SPOTS[:1]))
        rows = raw.execute("select c.id, c.geom, s.kind from reg.claim c join reg.subject s on s.id = c.subject where c.geom is not null"
                           " and (s.exact_tier = 2 or s.kind = 'person') order by c.recorded_at, c.id").fetchall()
        moved = 0
        for claim, geom, kind in rows:
            shape, to = shapely.from_wkb(bytes.fromhex(geom)), next(spot)
            if kind == "person":  # anywhere in the cell of 10 km
                west, south, east, north = cell(*shape.coords[0], 10_000).bounds
                to = (west + (east - west) * .3, south + (north - south) * .6)
            shape = shapely.affinity.translate(shape, to[0] - shape.centroid.x, to[1] - shape.centroid.y)
            raw.execute("update reg.claim set geom = st_setsrid(%s::geometry, 4326), uncertainty_m = uncertainty_m + 7, verbatim = 'other words',"
                        " quote = 'another quote', locator = 'elsewhere', method = 'satellite_digitised', value = coalesce(value, '{}') where id = %s",
                        [shapely.to_wkb(shape, hex=True), claim])
            moved += 1
        assert moved > 5
        raw.execute("update reg.claim set value = %s where predicate = 'note' and subject = %s", [Jsonb({"text": "36.9 41.2 other"}), known["grave"]])
        raw.execute("update reg.visit set covered = 'the western edge', findings = 'nothing', covered_shape = st_translate(covered_shape, .001, .001)")
        raw.execute("update reg.measure set area = st_translate(area, .001, .001), note = 'elsewhere'")
        raw.execute("update reg.disturbance set note = 'elsewhere'")
        raw.execute("set local session_replication_role = origin")
        raw.execute("select api._resolve(array(select id from reg.subject))")


@pytest.fixture(scope="module")
def both(server):
    names = [f"{name}_{uuid4().hex[:8]}" for name in ("still", "moved")]
    settings = [replace(server.settings, database=name) for name in names]
    clone(server, names[0])
    known = fill(settings[0])
    plain = houses.house(settings[0])
    tokens = houses.seated(plain, SEATS)
    clone(server, names[1], names[0])
    secret = houses.house(settings[1])
    houses.sit_too(secret, plain, SEATS)
    move(settings[1], known)
    hidden = {"lone": known["grave"], "part": known["grave"], "apart": known["grave"], "person": known["person"], "holding": known["holding"],
              "lone_code": known["code"], "part_code": known["code"], "apart_code": known["code"], "person_code": known["person_code"], "holding_code": known["holding_code"], "claims": known["claims"],
              "source": known["source"], "batch": uuid4(), "document": uuid4(), "inquiry": known["inquiry"], "sha256": "0" * 64}
    made = houses.Twins(plain, secret, known | {"document": uuid4()}, hidden, tokens, asking.Moment(int(time.time())))
    yield made
    for one in made.both:
        one.app.extensions["signin"].get_bind().dispose()
    for name in names:
        drop(server, name)


def alike(both, reader, ask):
    """Both answer the same; what the first one answered."""
    answers = []
    for one in both.reading(reader):
        with one as opened:
            answers.append(ask(opened))
    assert answers[0] == answers[1]
    return answers[0]


def test_who_may_see_the_exact_place_sees_that_it_moved(both):
    for ask in (lambda one: sites.show(one, both.known["code"])["place"], lambda one: sites.why(one, both.known["code"], "place"),
                lambda one: protection.visits(one, both.known["grave"]), lambda one: one.rows("event_frame")):
        with pytest.raises(AssertionError):
            alike(both, "officer", ask)


@pytest.mark.parametrize("reader", READERS)
def test_every_function_answers_alike(both, reader):
    differ, answered = [], set()
    first, second = both.reading(reader)
    with first as one, second as other:
        for function, parameters in functions(both.plain):
            for args in itertools.islice(asked(both, parameters), WAYS):
                here, there = told(one, function, args), told(other, function, args)
                if here != there:
                    differ.append((function, args, [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]][:1]))
                answered |= {function} if here else set()
    assert not differ, (len(differ), {one[0] for one in differ}, differ[:2])
    assert {"site_page", "site_why", "site_history", "sites_near", "site_tile", "visits", "measures", "disturbances"} <= answered or reader == "viewer"


@pytest.mark.parametrize("reader", READERS)
def test_no_box_no_distance_and_no_area_finds_the_point(both, reader):
    """Halving boxes, circles that close in, areas that cut the cell: what meets the cell meets it wherever the place lies."""
    def ask(one):
        found = []
        for x, y in itertools.product(range(6), range(6)):
            west, south = WEST + (EAST - WEST) * x / 6, SOUTH + (NORTH - SOUTH) * y / 6
            found.append([row["code"] for row in sites.find(one, bbox=[west, south, west + (EAST - WEST) / 6, south + (NORTH - SOUTH) / 6])])
        for lon, lat in SPOTS:
            for km in (.02, .1, .4):
                found.append(one.rows("sites_near", lon=lon, lat=lat, km=km))
                area = shapely.to_wkb(shapely.Point(lon, lat).buffer(km / 100), hex=True)
                found += [one.rows("inside_counts", area=area), one.rows("sites_inside", area=area), one.rows("events_inside", area=area)]
        return repr(found)

    assert both.known["code"] in alike(both, reader, ask) or reader == "viewer"


@pytest.mark.parametrize("reader", READERS)
def test_frames_and_joins_are_the_same(both, reader):
    def frames(one):
        made = {name: tables.frame(one, name) for name in tables.NAMES}
        near = joins.within(happened.frame(one), sites.frame(one), km=30)
        return [repr(frame.astype(str).to_csv()) for frame in (*made.values(), near)]

    def framed(settings):
        with analysing.as_(settings, reader)() as opened:
            return frames(opened)

    assert framed(both.plain.settings) == framed(both.secret.settings)


@pytest.mark.parametrize("giver", ["steward1", "officer"])
def test_a_printed_page_is_the_same_whoever_prints_it(both, giver):
    """A page that leaves is made of what tier 1 is shown, by somebody of tier 2 too."""
    pages = []
    for one in both.both:
        for code in (both.known["code"], both.known["person_code"], both.known["holding_code"]):
            with analysing.as_(one.settings, giver)() as opened:
                page = sharing.print_page(opened, code, recipient="A commission", purpose="the search", risk=RISK)
            pages.append({key: value for key, value in page.items() if key not in ("disclosure", "at", "reference")})
    assert pages[:3] == pages[3:]


@pytest.mark.parametrize("format", ["csv", "geojson"])
def test_a_file_that_leaves_is_the_same_file(both, format, tmp_path):
    files = []
    for n, one in enumerate(both.both):
        path = tmp_path / str(n)
        path.mkdir()
        exports.write(analysing.as_(one.settings, "steward1"), path / f"sites.{format}", recipient="A commission", purpose="the search")
        files.append((path / f"sites.{format}").read_bytes())
    assert files[0] == files[1] and both.known["code"].encode() in files[0]


def test_views_of_a_sql_login_and_their_plans_are_the_same(both):
    answers = []
    for one in both.both:
        with psycopg.connect(cluster.dsn(one.settings), autocommit=True) as raw:
            login = logins.make_sql_login(raw, "analyst1", records=True)
            raw.execute(f"set session authorization {login}")
            answers.append([raw.execute(query.format(view)).fetchall() for view in views(both.plain) for query in (
                "select * from api.{} t order by t::text", "explain (analyze, buffers, costs off, timing off, summary off) select * from api.{} limit 0")])
            raw.execute("reset session authorization")
    assert answers[0] == answers[1]


@pytest.mark.parametrize("reader", READERS)
def test_every_page_and_tile_is_the_same(both, reader):
    rooms = [f"/sites/{both.known['code']}", f"/persons/{both.known['person_code']}", f"/holdings/{both.known['holding_code']}"]
    paths = ["/", "/sites", "/persons", "/holdings", "/inquiries", "/desk", f"/inquiries/{both.known['inquiry']}", f"/print/{both.known['code']}"]
    paths += [f"{room}{more}" for room in rooms for more in ("", "/history", "/why/place", "/why/kind", "/why/note", "/why/event", "/why/relation")]
    paths += [*asking.tiles(*SPOTS[0], zooms=range(7, 15))]
    for path in dict.fromkeys(paths):
        asking.alike(*both.answers(reader, "GET", path), path)
    for form in ({"centre": f"{SPOTS[0][1]}, {SPOTS[0][0]}", "km": "1"}, {"centre": f"{SPOTS[1][1]}, {SPOTS[1][0]}", "km": "0.2"}):
        for still, moved in zip(*both.posted(reader, "/inside", form), strict=True):
            asking.alike(still, moved, form)
