"""What is measured in a registry of many claims: page, boxes, batch, one claim, resolving all; each answer looked at first."""
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import shapely

from bench.ground import FIELD, WORKER, source
from bench.measure import Timing, timed
from sitereg.store.session import Json

TRIED = {"page": "1.3-1.6 ms (a plainer page)", "batch": "0.4-1.1 s", "one": "3 ms", "again": "15 s"}
REPEATS = {"page": 300, "box": 3, "batch": 5, "one": 50}
BATCH, CLAIMS_A_SITE, CHUNK = 5_000, 10, 1_000
INSIDE = ("s.face = 1 and s.shown && st_makeenvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4326)"
          " and st_intersects(s.shown, st_makeenvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4326))")
BARE = ("select s.code, s.id, s.names, s.kinds, s.verification, s.protection, s.next_review, s.shown_as, s.uncertainty_m,"
        f" st_asgeojson(s.shown, 7) from reg.site s where {INSIDE} order by s.code limit 1000")
BARE_COUNT = f"select count(*) from reg.site s where {INSIDE}"

__all__ = ["REPEATS", "measure"]


def measure(made, table, repeats=REPEATS):
    """The table has a row for each job."""
    dice = random.Random(7)
    with made.dba() as raw:  # the peer stands beside: a plainer layout, each site resolved in it once
        raw.execute(Path(__file__).with_name("sql").joinpath("plain.sql").read_text())
        for part in parts_of(raw):
            raw.execute("select plain.resolve(%s)", [part])
        raw.execute("vacuum analyze plain.site")
    with made.reading(FIELD) as session:
        pages(made, session, table, dice, repeats["page"])
        boxes(made, session, table, dice, repeats["box"])
    batches(made, table, dice, repeats["batch"])
    singles(made, table, dice, repeats["one"])
    again(made, table)


def pages(made, session, table, dice, repeats):
    """The page of one site under row security, as a tier-1 person asks for it: sites drawn at random, each once."""
    with made.dba() as raw:
        codes = [row[0] for row in raw.execute("select code from reg.site where face = 1 order by code")]
    pid, taken = [session.connection.info.backend_pid], []
    for code in dice.choices(codes, k=repeats):
        taken.append(timed(lambda code=code: session.value("site_page", code=code), pids=pid))
        assert taken[-1].answer["code"] == code
    took = together(taken)
    table.add("site page by code, under row security", took, unit="ms", target="< 5 ms", met=took.median < 0.005,
              beside=TRIED["page"])


def together(taken):
    """Several timings of one run each, as one."""
    cpu = sum(each.cpu for each in taken) / len(taken)
    return Timing([each.median for each in taken], cpu, max(each.peak_mb for each in taken))


def boxes(made, session, table, dice, repeats):
    """Boxes of a quarter degree around sites: the list and the count, beside bare queries without access rules."""
    pid = [session.connection.info.backend_pid]
    with made.dba() as raw:
        spots = raw.execute("select st_x(centre), st_y(centre) from reg.site where face = 1 and shown_as in ('exact', 'cell_1km')"
                            " order by code").fetchall()
        asked = [[x - 0.125, y - 0.125, x + 0.125, y + 0.125] for x, y in dice.choices(spots, k=30)]
        held = [dict(zip("wsen", box, strict=True)) for box in asked]
        for each, function, bare, same in (("list", "site_list", BARE, same_codes),
                                           ("count", "site_count", BARE_COUNT, same_count)):
            more = {"limit": 1000} if each == "list" else {}

            def plain(bare=bare):
                return [raw.execute(bare, box).fetchall() for box in held]

            def ours(function=function, more=more):
                return [session.rows(function, bbox=box, **more) for box in asked]

            found = plain()
            same(found, ours())
            peer, took = timed(plain, repeats, pids=[raw.info.backend_pid]), timed(ours, repeats, pids=pid)
            ratio = took.median / peer.median
            rows = sum(map(len, found)) / len(found)
            many = f" of {rows:.0f} sites" if each == "list" else ""
            table.add(f"30 boxes, {each}{many}, bare PostGIS", peer, unit="ms", ratio=1)
            table.add(f"30 boxes, {each}, under access rules", took, unit="ms", ratio=ratio, target="<= 2x bare", met=ratio <= 2)


def same_codes(bare, mine):
    assert [[row[0] for row in box] for box in bare] == [[row["code"] for row in box] for box in mine]


def same_count(bare, mine):
    assert [box[0][0] for box in bare] == [next(iter(box[0].values())) for box in mine]


def told(dice, sources, **to):
    """CLAIMS_A_SITE claims about one site."""
    spot = shapely.to_wkb(shapely.Point(dice.uniform(36, 41), dice.uniform(33, 36)), hex=True)
    low = dice.randint(1, 9)
    made = [
        {"predicate": "name", "value": {"text": f"Batch site {dice.random():.9f}", "lang": "en"}},
        {"predicate": "kind", "value": {"code": dice.choice(["mass_grave", "prison_military", "checkpoint"])},
         "began": "[2012-01-01,2012-03-01)"},
        {"predicate": "place", "geom": spot, "uncertainty_m": 900, "place_kind": "approximate", "method": "source_coordinates"},
        {"predicate": "count", "value": {"definition": "bodies_reported", "min": low, "best": low + 2, "max": low + 40},
         "at": "[2014-01-01,2014-02-01)"},
        {"predicate": "external_id", "value": {"scheme": "bench_batch", "value": f"{dice.random():.12f}"}},
        {"predicate": "note", "value": {"text": "Seen from the road, the fence is gone, the gate stands open."}},
        {"predicate": "current_use", "value": {"code": dice.choice(["empty", "housing"])}},
        {"predicate": "activity", "value": {"code": "desk_assessment"}},
        {"predicate": "building", "value": {"code": "farm"}},
        {"predicate": "name", "value": {"text": f"موقع {dice.random():.9f}", "lang": "ar"}}]
    return [{**one, **to, "credibility": dice.choice("2346"), "source": dice.choice(sources)} for one in made]


def ground_of(made):
    """Sources to cite, and the sites below tier 2."""
    with made.dba() as raw:
        standing = [str(row[0]) for row in raw.execute("select id from reg.subject where kind = 'site' and tier < 2 order by id")]
        return [source(raw, grade) for grade in "ABCDE"], standing


def batches(made, table, dice, repeats):
    """Batches of claims in one call and one transaction: of new sites as in an import, and half about sites that stand."""
    sources, standing = ground_of(made)
    many = BATCH // CLAIMS_A_SITE
    for name, known in (("of new sites", 0), ("half about standing sites", many // 2)):
        taken, peers = [], []
        for _ in range(repeats):
            claims = [one for n in range(many - known) for one in told(dice, sources, subject_key=f"new {n}")]
            claims += [one for subject in dice.choices(standing, k=known) for one in told(dice, sources, subject=subject)]
            subjects = [{"key": f"new {n}", "kind": "site", "tier": 1} for n in range(many - known)]
            taken.append(recorded(made, claims, subjects))
            with made.dba() as raw:
                peers.append(plain(raw, claims, [row["subject"] for row in taken[-1].answer]))
        took, peer = together(taken), together(peers)
        table.add(f"{BATCH:,} claims {name}, in the plainer layout", peer, ratio=1)
        table.add(f"{BATCH:,} claims {name}: recorded, resolved, sealed", took, ratio=took.cpu / peer.cpu,
                  target=">= 5,000 claims/s", met=took.median <= BATCH / 5000, beside=TRIED["batch"])


def plain(raw, claims, subjects):
    """The Timing of the peer: the same claims about the same subjects in the plainer layout of sql/plain.sql."""
    told = json.dumps([{**one, "subject": str(subject)} for one, subject in zip(claims, subjects, strict=True)])
    return timed(lambda: raw.execute("select plain.record(%s)", [told]), pids=[raw.info.backend_pid])


def recorded(made, claims, subjects=()):
    """The Timing of api.record_claims; the claims are committed. However long it takes: what is slow is to be seen."""
    with made.acting(WORKER) as session:
        session.connection.execute("set local statement_timeout = 0")
        took = timed(lambda: session.rows("record_claims", claims=Json(claims), subjects=Json(list(subjects)), reason="benchmark"),
                     pids=[session.connection.info.backend_pid])
    assert len(took.answer) == len(claims)
    return took


def singles(made, table, dice, repeats):
    """One claim about a site drawn at random: a note, a kind, a place (which moves what others show of it)."""
    sources, standing = ground_of(made)
    for name, which in (("a note", 5), ("a kind", 1), ("a place", 2)):
        asked = [[told(dice, sources, subject=dice.choice(standing))[which]] for _ in range(repeats + 3)]
        with made.dba() as raw:
            both = [(recorded(made, claims), plain(raw, claims, [claims[0]["subject"]])) for claims in asked][3:]
        took, peer = (together(one) for one in zip(*both, strict=True))
        table.add(f"one claim, {name}, in the plainer layout", peer, unit="ms", ratio=1)
        table.add(f"one claim, {name}: recorded, resolved, sealed", took, unit="ms", ratio=took.median / peer.median,
                  target="<= 3 ms", met=took.median <= 0.003, beside=TRIED["one"])


def parts_of(raw):
    """The ids of all sites, CHUNK at a time: the plainer layout's plan for many at once grows with their square."""
    ids = [row[0] for row in raw.execute("select id from reg.subject where kind = 'site' order by id")]
    return [ids[at:at + CHUNK] for at in range(0, len(ids), CHUNK)]


def again(made, table):
    """Every site resolved again, as one connection does it and as the keeper does (one for each core); nothing changes."""
    with made.dba() as raw:
        parts = parts_of(raw)
        claims = raw.execute("select count(*) from reg.subject s join reg.claim c on c.subject = s.id"
                             " where s.kind = 'site'").fetchone()[0]
        versions = "select md5(string_agg(version::text, ',' order by id, face)) from reg.site"
        before = raw.execute(versions).fetchone()[0]
        peer = timed(lambda: [raw.execute("select plain.resolve(%s)", [part]) for part in parts], pids=[raw.info.backend_pid])
        many = f"all {sum(map(len, parts)):,} sites ({claims:,} claims)"
        table.add(f"{many} resolved again in the plainer layout, one connection", peer, ratio=1)
        took = timed(lambda: [raw.execute("select api._resolve(%s)", [part]) for part in parts], pids=[raw.info.backend_pid])
        table.add("the same in ours, one connection", took, ratio=took.cpu / peer.cpu, target="<= 15 s", met=took.median <= 15,
                  beside=TRIED["again"])

        def part_of(part):
            with made.acting(WORKER) as session:
                return session.value("resolve_again", ids=part)

        def by_all():
            with ThreadPoolExecutor(os.cpu_count()) as many:
                return sum(many.map(part_of, parts))

        took = timed(by_all)
        assert took.answer == 0 and raw.execute(versions).fetchone()[0] == before
        table.add(f"the same, {os.cpu_count()} connections", took, target="<= 15 s", met=took.median <= 15, beside=TRIED["again"])
