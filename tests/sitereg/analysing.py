"""A small registry for the analysts' tests: sites and events of every shape, some that not everybody may see."""
import getpass
import random
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import psycopg
import shapely

from sitereg.actors import Actor
from sitereg.store import cluster, logins
from sitereg.store import session as store
from tests import given
from tests.conftest import clone, drop

EVENTS = ("arrested", "last_seen_free", "held_at", "resident_at", "buried_at")


@contextmanager
def house(server, name):
    """The settings of a database that the tests of one module share and commit to."""
    made = replace(server.settings, database=clone(server, f"m_{name}"))
    try:
        yield made
    finally:
        drop(server, made.database)


def as_(settings, name, way="acting"):
    """What opens a transaction of that account in a database of the test's own."""
    return partial(getattr(store, way), settings, Actor(name, "local", "test"))


@contextmanager
def dba(settings):
    """The superuser's connection, committing by itself."""
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        yield raw


@contextmanager
def sql_login(settings, name, *, records=False):
    """A connection as the SQL login of that account (records: that may ask the views of records, too); the role is gone afterwards."""
    with dba(settings) as raw:
        login = logins.make_sql_login(raw, name, records=records)
    cluster.admit(settings, login)
    try:
        with psycopg.connect(cluster.dsn(settings, login), autocommit=True) as connection:
            yield connection
    finally:
        with dba(settings) as raw:
            logins.drop_sql_login(raw, name)


def bind(settings, name="worker"):
    """The account belongs to the OS user that runs the tests, as the shell asks."""
    with dba(settings) as raw:
        raw.execute("update reg.account set os_user = %s where name = %s", [getpass.getuser(), name])


def sources(settings):
    """The ids of the committed sources by grade."""
    with dba(settings) as raw:
        return {label[-1]: made for made, label in raw.execute("select id, label->>'en' from reg.source")}


def event(kind, *, lon=None, lat=None, radius=100, **more):
    """What one source says happened to a person; days as the literals of dateranges."""
    said = {"predicate": "event", "value": {"kind": kind, **more.pop("value", {})}, **more}
    if lon is not None:
        said |= {"geom": given.point(lon, lat), "uncertainty_m": radius, "place_kind": "exact", "method": "source_coordinates"}
    return said


def person(session, *said, source, tier=1, compartments=None):
    """A new case (listed) of which `said` is claimed; (id, code)."""
    claims = [{"credibility": "2", "source": str(source), "subject_key": "p", **one} for one in said]
    subject = {"key": "p", "kind": "person", "tier": tier, "compartments": compartments}
    made = session.rows("record_claims", claims=store.Json(claims), subjects=store.Json([subject]))[0]
    return made["subject"], made["code"]


def area(lon, lat, degrees, radius=20):
    """A place known as a square."""
    square = shapely.box(lon - degrees, lat - degrees, lon + degrees, lat + degrees)
    return {"predicate": "place", "geom": shapely.to_wkb(square, hex=True), "uncertainty_m": radius, "place_kind": "exact",
            "method": "satellite_digitised"}


def scatter(session, source, *, seed=1, sites=30, persons=12):
    """Sites (points, areas, burial sites whose exact place is T2, without a place) and persons with events, around 36.5 E 33.5 N;
    one site at T2 and one in the compartment `names`; answers the codes of those two."""
    rng = random.Random(seed)
    spot = lambda: (rng.uniform(36.0, 37.0), rng.uniform(33.0, 34.0))  # noqa: E731
    for n in range(sites):
        where = given.place(*spot(), radius=rng.choice([20, 300, 3000]))
        if n % 5 == 1:
            where = area(*spot(), rng.choice([0.002, 0.02]))
        used = [] if n % 3 else [{"predicate": "period", "value": {"kind": "prison_central"}, "began": "[2011-01-01,2012-01-01)",
                                  "ended": "[2014-01-01,2015-01-01)"}]
        kind = "mass_grave" if n % 4 == 2 else "prison_central"
        given.site(session, given.kind(kind, **({k: v for k, v in used[0].items() if k in ("began", "ended")} if used else {})),
                   given.name(f"Site {n}"), *([] if n == 7 else [where]), exact_tier=2 if kind == "mass_grave" else None, source=source)
    for _ in range(persons):
        said = []
        for kind in rng.sample(EVENTS[:4], 3):
            year = rng.choice([2010, 2012, 2013, 2016])
            said.append(event(kind, at=f"[{year}-03-01,{year}-04-01)", **dict(zip(("lon", "lat"), spot(), strict=True)), radius=rng.choice([50, 1000, 6000])))
        said.append(event("last_seen_free", pcode="SY010000", at="[2013-05-01,2013-06-01)"))
        person(session, *said, source=source)
    hidden = given.site(session, given.kind("security_branch"), given.name("T2 only"), given.place(36.5, 33.5), tier=2, source=source)[1]
    apart = given.site(session, given.kind("security_branch"), given.name("Apart"), given.place(36.6, 33.6), compartments=["names"], source=source)[1]
    return hidden, apart
