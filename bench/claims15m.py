"""Claims by the million: the site page, a box, a batch, one claim and the resolving of every site, in a registry of 15 M claims.

    python -m bench.claims15m                  15,000,000 claims about 55,000 sites and the persons that they concern
    python -m bench.claims15m --n 300000
"""
import argparse
import random
import time
from concurrent.futures import ThreadPoolExecutor

from bench.claims_fill import fill, make_subjects
from bench.ground import FIELD, WORKER, ground, said, source
from bench.measure import Table, Timing, timed
from sitereg.store.session import Json, announce

TRIED = {"page": "1.3-1.6 ms (a plainer page)", "batch": "0.4-1.1 s", "one": "3 ms", "again": "15 s"}
PAGE_CLAIMS = 5_000
CHUNK = 1_000

__all__ = ["run"]


def run(n=15_000_000, *, sites=55_000, per_site=15, per_person=25, persons_resolved=None, pages=300, batches=5, singles=50,
        keep=True, say=print):
    """The table of measured work in a registry of n claims; with `keep` it stands in bench/results."""
    sites = min(sites, max(40, n // 270))
    with ground() as made:
        began = time.perf_counter()
        with made.dba() as raw:
            sites, persons = make_subjects(raw, n, sites=sites, per_site=per_site, per_person=per_person)
        say(f"{sites:,} sites and {persons:,} persons made: {time.perf_counter() - began:.0f} s", flush=True)
        fill(made)
        say(f"claims and indexes stand: {time.perf_counter() - began:.0f} s", flush=True)
        resolved = resolve(made, persons if persons_resolved is None else min(persons, persons_resolved))
        say(f"resolved: {time.perf_counter() - began:.0f} s", flush=True)
        with made.dba() as raw:
            raw.execute("vacuum analyze")
            counted = raw.execute("select count(*) from reg.claim").fetchone()[0]
            size = raw.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchone()[0]
            prove(raw)
        assert counted == n
        table = Table("claims15m", "A registry of many claims", {"claims": n, "sites": sites, "persons": persons,
                                                                  "persons resolved": resolved, "database": size})
        table.say("filled and resolved", time.perf_counter() - began, unit="s")
        measure(made, table, pages=pages, batches=batches, singles=singles)
    return table.finish(keep=keep)


def resolve(made, persons):
    """The faces of all sites and of so many persons stand; two connections at a time."""
    with made.dba() as raw:
        raw.execute("update reg.subject s set exact_tier = 2 where s.id in"
                    " (select u from api._unhidden(array(select id from reg.subject where kind = 'site')) u)")
        raw.execute("vacuum analyze reg.subject, reg.claim, reg.decision")
        ids = {kind: [row[0] for row in raw.execute("select id from bench.subject where kind = %s order by n", [kind])] for kind in ("site", "person")}

    def part(job):
        with made.dba() as raw:
            raw.execute(f"select api._resolve_{job[0]}s(%s)", [job[1]])

    with ThreadPoolExecutor(2) as many:
        for kind, held in (("site", ids["site"]), ("person", ids["person"][:persons])):
            list(many.map(part, [(kind, held[at:at + CHUNK]) for at in range(0, len(held), CHUNK)]))
    return persons


def prove(raw):
    """What stands is what the product would have written: digests as the seal computes them, faces as the rule says."""
    wrong = raw.execute(
        "select count(*) from (select * from reg.claim tablesample system_rows(2000)) c where c.digest <> bench.seal('claim', (jsonb_populate_record("
        "c, '{\"digest\": null}'))::text)").fetchone()[0] if has_rows(raw) else 0
    assert not wrong, f"{wrong} digests are not those of their rows"
    found = raw.execute("select count(*) from api._resolved_differences(array(select id from bench.subject where kind = 'site'"
                        " order by id limit 200))").fetchone()[0]
    assert not found, f"{found} faces do not follow from their claims"


def has_rows(raw):
    raw.execute("create extension if not exists tsm_system_rows")
    return True


def measure(made, table, *, pages, batches, singles):
    dice = random.Random(7)
    with made.dba() as raw:
        codes = [row[0] for row in raw.execute("select code from reg.site where face = 1 order by code")]
    asked = [dice.choice(codes) for _ in range(pages)]
    with made.reading(FIELD) as session:
        page(session, table, asked)
        boxes(made, session, table, dice)
    batch(made, table, dice, batches)
    single(made, table, dice, singles)
    again(made, table)


def page(session, table, codes):
    """The page of one site under row security, as a tier-1 investigator asks for it; cold and warm together."""
    pid, seconds, cpu = session.connection.info.backend_pid, [], 0
    for code in codes:
        took = timed(lambda code=code: session.value("site_page", code=code), pids=[pid])
        assert took.answer["code"] == code
        seconds, cpu = [*seconds, *took.seconds], cpu + took.cpu
    took = Timing(seconds, cpu / len(codes), took.peak_mb)
    table.add("site page by code, under row security", took, unit="ms", target="< 5 ms", met=took.median < 0.005, beside=TRIED["page"])


BARE = ("select s.id, s.code, s.names, s.kinds, s.verification, s.protection, st_asgeojson(s.shown, 7) from reg.site s"
        " where s.face = 1 and s.shown && st_makeenvelope(%s, %s, %s, %s, 4326) and st_intersects(s.shown, st_makeenvelope(%s, %s, %s, %s, 4326))"
        " order by s.code limit 1000")


def boxes(made, session, table, dice):
    """100 boxes of about a quarter degree: the list that the web draws, beside a bare query without access rules."""
    asked = []
    for _ in range(100):
        west, south = dice.uniform(36, 41), dice.uniform(32.8, 36.2)
        asked.append((west, south, west + 0.25, south + 0.25))
    with made.dba() as raw:
        bare = [raw.execute(BARE, (*box, *box)).fetchall() for box in asked]
        for box, rows in zip(asked, bare, strict=True):
            mine = session.rows("site_list", bbox=list(box), limit=1000)
            assert {row["code"] for row in mine} <= {row[1] for row in rows}
            assert len(mine) == len(rows)
        peer = timed(lambda: [raw.execute(BARE, (*box, *box)).fetchall() for box in asked], 5, pids=[raw.info.backend_pid])
        pid = session.connection.info.backend_pid
        ours = timed(lambda: [session.rows("site_list", bbox=list(box), limit=1000) for box in asked], 5, pids=[pid])
        count = timed(lambda: [session.value("site_count", bbox=list(box)) for box in asked], 5, pids=[pid])
        counted = timed(lambda: [raw.execute("select count(*) from reg.site s where s.face = 1 and s.shown && st_makeenvelope(%s, %s, %s, %s, 4326)"
                                             " and st_intersects(s.shown, st_makeenvelope(%s, %s, %s, %s, 4326))", (*box, *box)).fetchone()
                                 for box in asked], 5, pids=[raw.info.backend_pid])
    rows = sum(map(len, bare)) / len(bare)
    table.add(f"100 boxes ({rows:.0f} sites each), bare PostGIS", peer, unit="ms", ratio=1)
    table.add("100 boxes, site_list under access rules", ours, unit="ms", ratio=ours.median / peer.median, target="<= 2x bare",
              met=ours.median <= 2 * peer.median)
    table.add("100 boxes, count, bare PostGIS", counted, unit="ms", ratio=1)
    table.add("100 boxes, site_count under access rules", count, unit="ms", ratio=count.median / counted.median, target="<= 2x bare",
              met=count.median <= 2 * counted.median)


def claims_for(dice, told, *, subject=None, key=None, n=10):
    """n claims about one site."""
    to = {"subject": str(subject)} if subject else {"subject_key": key}
    lon, lat = dice.uniform(36, 41), dice.uniform(33, 36)
    made = [
        {"predicate": "name", "value": {"text": f"Batch site {dice.random():.9f}", "lang": "en"}},
        {"predicate": "kind", "value": {"code": dice.choice(["mass_grave", "prison_military", "checkpoint"])}, "began": "[2012-01-01,2012-03-01)"},
        {"predicate": "place", "geom": point(lon, lat), "uncertainty_m": 900, "place_kind": "approximate", "method": "source_coordinates"},
        {"predicate": "count", "value": {"definition": "bodies_reported", "min": 3, "best": 5, "max": dice.randint(6, 90)}, "at": "[2014-01-01,2014-02-01)"},
        {"predicate": "external_id", "value": {"scheme": "bench_batch", "value": f"{dice.random():.12f}"}},
        {"predicate": "note", "value": {"text": "Seen from the road, the fence is gone, the gate stands open."}},
        {"predicate": "current_use", "value": {"code": dice.choice(["empty", "housing"])}},
        {"predicate": "activity", "value": {"code": "desk_assessment"}},
        {"predicate": "building", "value": {"code": "farm"}},
        {"predicate": "name", "value": {"text": f"موقع {dice.random():.9f}", "lang": "ar"}}]
    return [{**one, **to, "credibility": dice.choice("2346"), "source": dice.choice(told)} for one in made[:n]]


def point(lon, lat):
    from shapely import Point, to_wkb

    return to_wkb(Point(lon, lat), hex=True)


def batch(made, table, dice, repeats):
    """5,000 claims in one call: half about 250 new sites, half about 250 that stand, drawn at random (the heavy ones too)."""
    with made.dba() as raw:
        told = [source(raw, grade) for grade in "ABCDE"]
        standing = [row[0] for row in raw.execute("select id from reg.subject where kind = 'site' and tier < 2 order by id")]
    seconds, cpu, peak = [], 0, 0
    for turn in range(repeats):
        keys = [f"new {turn} {i}" for i in range(PAGE_CLAIMS // 20)]
        claims = [one for key in keys for one in claims_for(dice, told, key=key)]
        claims += [one for subject in dice.choices(standing, k=PAGE_CLAIMS // 20) for one in claims_for(dice, told, subject=subject)]
        subjects = [{"key": key, "kind": "site", "tier": 1} for key in keys]
        with made.acting(WORKER) as session:
            took = timed(lambda c=claims, s=subjects: session.rows("record_claims", claims=Json(c), subjects=Json(s), reason="benchmark"),
                         pids=[session.connection.info.backend_pid])
            assert len(took.answer) == len(claims)
        seconds, cpu, peak = [*seconds, *took.seconds], cpu + took.cpu, max(peak, took.peak_mb)
    took = Timing(seconds, cpu / repeats, peak)
    table.add(f"{PAGE_CLAIMS:,} claims recorded, resolved, sealed", took, target=">= 5,000 claims/s", met=took.median <= 1, beside=TRIED["batch"])


def single(made, table, dice, repeats):
    """One claim about a site drawn at random, recorded, resolved, sealed and committed: its note, its kind or its place."""
    with made.dba() as raw:
        told = [source(raw, grade) for grade in "ABCDE"]
        standing = [row[0] for row in raw.execute("select id from reg.subject where kind = 'site' and tier < 2 order by id")]
    took = {}
    for name, which in (("a note", 5), ("a kind", 1), ("a place", 2)):
        seconds, cpu, peak = [], 0, 0
        for _ in range(repeats + 3):
            claim = [claims_for(dice, told, subject=dice.choice(standing))[which]]
            with made.acting(WORKER) as session:
                once = timed(lambda c=claim: session.rows("record_claims", claims=Json(c), reason="benchmark"),
                             pids=[session.connection.info.backend_pid])
            seconds, cpu, peak = [*seconds, *once.seconds], cpu + once.cpu, max(peak, once.peak_mb)
        took[name] = Timing(seconds[3:], cpu / (repeats + 3), peak)
        table.add(f"one claim: {name}", took[name], unit="ms", beside=TRIED["one"])


def again(made, table):
    """Every site resolved again by the product's own road, a thousand at a time; nothing changes, as nothing was said."""
    with made.dba() as raw:
        ids = [row[0] for row in raw.execute("select id from reg.subject where kind = 'site' order by id")]
        state = "select md5(string_agg(version::text, ',' order by id, face)) from reg.site"
        before = raw.execute(state).fetchone()[0]

        def resolve_all():
            for at in range(0, len(ids), CHUNK):
                raw.execute("select api._resolve(%s)", [ids[at:at + CHUNK]])

        took = timed(resolve_all, pids=[raw.info.backend_pid])
        assert raw.execute(state).fetchone()[0] == before
    table.add(f"all {len(ids):,} sites resolved again, one connection", took, beside=TRIED["again"])


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--n", type=int, default=15_000_000, help="claims")
    asked.add_argument("--sites", type=int, default=55_000)
    asked.add_argument("--per-site", type=int, default=40, help="claims of a site on average")
    asked.add_argument("--per-person", type=int, default=25)
    asked.add_argument("--persons-resolved", type=int, help="only so many persons get their faces (all without it)")
    given = asked.parse_args()
    run(given.n, sites=given.sites, per_site=given.per_site, per_person=given.per_person, persons_resolved=given.persons_resolved)


if __name__ == "__main__":
    main()
