"""Random records with random tiers, compartments and fates, random people: rows by row security = rows by functions = views = the oracle."""
import random
from datetime import timedelta

import psycopg
import pytest
import shapely

from sitereg import consent, decisions, disclosing, sharing, sites, sources
from sitereg.store import cluster, logins, people, session
from sitereg.store.session import Json
from tests import given
from tests.sitereg import analysing, mvt, oracle
from tests.sitereg.matrix_house import stands
from tests.sitereg.publishing import ANSWERS, confirm

pytestmark = pytest.mark.db
SEED, SITES, CASES, PEOPLE = 20261130, 120, 30, 18


class World:
    def __init__(self, settings):
        self.settings = settings
        self.records, self.people = oracle.registry(SEED, SITES, CASES, PEOPLE)
        with analysing.dba(settings) as raw:
            for one in self.people:
                made = people.account(raw, one.name, display=one.name, os_user=one.name)
                people.clearance(raw, made, tier=one.tier, compartments=sorted(one.compartments), roles=list(one.roles), reason="the oracle")
            raw.execute("update reg.clearance set compartments = %s where account in (select id from reg.account where name in ('worker', 'releaser'))",
                        [sorted(oracle.COMPARTMENTS)])
            raw.execute("insert into reg.scope(compartments) values (%s) on conflict do nothing", [sorted(oracle.COMPARTMENTS)])
        with analysing.as_(settings, "worker")() as opened:
            self.record(opened, analysing.sources(settings)["B"])
        self.decide()

    def record(self, opened, told):
        lost = sources.new(opened, "official_record", {"en": "Taken back"}, reliability="B", reason="test", terms=given.TERMS)
        claims, subjects, order = [], [], []
        for one in self.records:
            key = f"{one.kind}{one.n}"
            subjects.append({"key": key, "kind": one.kind, "tier": one.tier, "compartments": sorted(one.compartments),
                             "exact_tier": one.exact if one.kind == "site" else None})
            for said in one.claims:
                order.append((one, said))
                claims.append({"credibility": "2", "source": str(lost if said.fate == "withdrawn" else told), "subject_key": key, **said.what,
                               "tier": said.tier, "compartments": sorted(said.compartments)})
        rows = opened.unhurried().rows("record_claims", claims=Json(claims), subjects=Json(subjects))
        for (one, said), row in zip(order, rows, strict=True):
            said.id, one.id, one.code = row["claim"], row["subject"], row["code"]
        self.lost = lost

    def decide(self):
        with analysing.dba(self.settings) as raw:
            for one in self.records:
                if one.fate == "disclosed":
                    confirm(raw, one.id)
                if one.kind == "person":
                    stands(raw, one.id, one.state)
        with analysing.as_(self.settings, "worker")() as opened:
            asked = [self.fated(opened, one) for one in self.records]
            consent.change(opened, self.lost, consent="withdrawn", why="they asked")
        with analysing.as_(self.settings, "releaser")() as opened:
            for proposal in filter(None, asked):
                decisions.approve(opened, proposal)
        with analysing.dba(self.settings) as raw:
            raw.execute("analyze")

    def fated(self, opened, one):
        if one.fate == "disclosed":
            return disclosing.disclose(opened, one.id, [said.id for said in one.claims if oracle.named(said, one)], ANSWERS, reason="families asked").proposal
        if one.fate in ("restricted", "place_restricted"):
            disclosing.restrict(opened, one.id, reason="it is watched", place=one.fate == "place_restricted")
        if one.fate == "claim_restricted":
            disclosing.restrict(opened, one.id, reason="it names a family", claims=[said.id for said in one.claims if said.fate == "restricted"])
        if one.fate == "frozen":
            sharing.freeze(opened, "site", code=one.code, reason="digging", review_on=opened.value("today") + timedelta(days=30))
        return None

    def of(self, kind, person):
        return {one.code: one for one in self.records if one.kind == kind and one.seen_by(person)}


@pytest.fixture(scope="module")
def world(server):
    with analysing.house(server, "oracle") as settings:
        yield World(settings)


PERSONS = oracle.registry(SEED, SITES, CASES, PEOPLE)[1]
each = pytest.mark.parametrize("person", PERSONS, ids=lambda one: f"{one.name}-T{one.tier}-{'-'.join(one.roles)}")


def test_the_registry_holds_something_of_everything(world):
    assert {one.fate for one in world.records if one.kind == "site"} == set(oracle.FATES)
    shapes = {one.place_of(person)[0] for person in PERSONS for one in world.of("site", person).values()}
    assert shapes == {"exact", "cell_1km", "cell_10km", "admin_unit", "none"}
    sizes = [len(world.of("site", person)) for person in PERSONS]
    assert min(sizes) > 0 and len(set(sizes)) > 10 and max(sizes) < SITES


def policed(world, person, query):
    """The rows that row security leaves for somebody who could select from the table."""
    with psycopg.connect(cluster.dsn(world.settings)) as raw, raw.transaction(force_rollback=True):
        said = session.token(world.settings.token_key(), person.name, "local", "x", raw.info.backend_pid)
        raw.execute("select set_config('sitereg.tok', %s, true)", [said])
        raw.execute("set local role sr_policed")
        return raw.execute(query).fetchall()


@each
def test_row_security_leaves_the_rows_of_the_oracle(world, person):
    assert {row[0] for row in policed(world, person, "select id from reg.site")} == {one.id for one in world.of("site", person).values()}
    assert {row[0] for row in policed(world, person, "select id from reg.person")} >= {one.id for one in world.of("person", person).values()}
    visible = [one for one in world.records if one.now()[0] <= person.tier and one.now()[2] <= person.held]
    assert {row[0] for row in policed(world, person, "select id from reg.subject where kind <> 'holding'")} == {one.id for one in visible}
    told = {said.id for one in visible for said in one.claims if said.told_to(one, person)}
    assert {row[0] for row in policed(world, person, "select id from reg.claim")} == told


def same_shape(got, meant, hair=1e-9):
    """In degrees; lists say seven decimals."""
    return got.geom_type == meant.geom_type and shapely.hausdorff_distance(got, meant) < hair


@each
def test_lists_counts_frames_and_pages_tell_the_same(world, person):
    meant = world.of("site", person)
    with analysing.as_(world.settings, person.name, "reading")() as opened:
        rows = {row["code"]: row for row in sites.find(opened, limit=1000)}
        assert set(rows) == set(meant) and sites.count(opened) == len(meant)
        assert sum(sites.facets(opened)["protection"].values()) == len(meant)
        assert {row["code"] for row in opened.rows("site_frame")} == set(meant)
        for code, one in meant.items():
            shown_as, shape = one.place_of(person)
            assert rows[code]["shown_as"] == shown_as, (code, one)
            if shape is not None:
                assert same_shape(shapely.geometry.shape(rows[code]["shape"]), shape, 2e-7), (code, one)
        cases = world.of("person", person)
        assert {row["code"] for row in opened.rows("person_list", limit=1000)} == set(cases)
        events = {row["person_code"]: row["shown_as"] for row in opened.rows("all_events")}
        assert events == {code: one.place_of(person)[0] for code, one in cases.items() if one.claims[0].counts_for(one, person.tier)}


@each
def test_boxes_tiles_words_and_distances_find_the_same(world, person):
    meant, rng = world.of("site", person), random.Random(person.name)
    placed = {code: one.place_of(person) for code, one in meant.items()}
    shapes = {code: shape if shape is not None else oracle.UNITS[0][1] for code, (kind, shape) in placed.items() if kind != "none"}
    with analysing.as_(world.settings, person.name, "reading")() as opened:
        for _ in range(5):
            west, south = rng.uniform(36, 36.9), rng.uniform(33, 33.9)
            asked = [west, south, west + rng.uniform(.01, .3), south + rng.uniform(.01, .3)]
            found = {row["code"] for row in sites.find(opened, bbox=asked, limit=1000)}
            assert found == {code for code, shape in shapes.items() if shape.intersects(shapely.box(*asked))}
        assert {row["code"] for row in sites.near(opened, lon=36.5, lat=33.5, km=400, limit=1000)} == set(shapes)
        layers = mvt.layers(opened.value("site_tile", z=4, x=9, y=6) or b"")
        drawn = sum(one.props.get("n", 1) for name in ("sites", "unit_labels") for one in layers.get(name, ()))
        assert drawn == len(shapes)
        for one in rng.sample(world.records, 12):
            if one.kind == "site":
                assert bool(sites.find(opened, q=one.code)) == (one.code in meant)


@pytest.mark.parametrize("person", [one for one in PERSONS if "analyst" in one.roles], ids=lambda one: f"{one.name}-T{one.tier}-{'-'.join(one.roles)}")
def test_views_of_a_sql_login_hold_the_same(world, person):
    with psycopg.connect(cluster.dsn(world.settings), autocommit=True) as raw:
        login = logins.make_sql_login(raw, person.name, records=True)
        raw.execute(f"set session authorization {login}")
        rows = dict(raw.execute("select code, shown_as from api.v_site").fetchall())
        drawn = {code: shapely.from_wkb(bytes(wkb)) for view in ("point", "cell") for code, wkb in raw.execute(
            f"select code, st_asbinary(geom) from api.v_site_{view}").fetchall()}
        claims = {row[0] for row in raw.execute("select id from api.v_claim where record_kind = 'site'").fetchall()}
        cases = {row[0] for row in raw.execute("select code from api.v_person").fetchall()}
        raw.execute("reset session authorization")
        logins.drop_sql_login(raw, person.name)
    meant = world.of("site", person)
    assert rows == {code: one.place_of(person)[0] for code, one in meant.items()}
    assert set(drawn) == {code for code, kind in rows.items() if kind in ("exact", "cell_1km", "cell_10km")}
    assert all(same_shape(shape, meant[code].place_of(person)[1]) for code, shape in drawn.items())
    assert cases == set(world.of("person", person))
    assert claims == {said.id for one in meant.values() for said in one.claims
                      if said.told_to(one, person) or oracle.named(said, one)}
