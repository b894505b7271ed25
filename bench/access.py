"""What access costs: each question as a tier-1 person by the api, beside the bare query on the table of faces by the superuser.

    python -m bench.access --n 12000
    python -m bench.access --n 200000
"""
import argparse
import random
import statistics

from bench import faces_fill
from bench.ground import FIELD, ground, points
from bench.measure import Table, Timing, on_cpu, timed
from bench.tiles import tile

EVENTS, AROUND = 1_000, 2
TILES = {7: 4, 9: 8, 11: 8, 13: 8}
BOX = """
  select s.code, s.names, s.verification, st_asgeojson(s.shown) from reg.site s where s.face = 1 and s.shown && %(box)s::geometry
  order by s.code limit 1000"""
COUNT = "select count(*) from reg.site s where s.face = 1 and s.shown && %(box)s::geometry"
TILE = """
  with b as (select st_tileenvelope(%(z)s, %(x)s, %(y)s) as tile),
  q as (select st_asmvtgeom(st_transform(s.shown, 3857), b.tile::box2d, 4096, 128, true) as geom, s.code as c, k.kind as k,
      k.kind_group as g, k.verification as v, s.names->>'en' as ne, s.names->>'ar' as na
    from b, reg.site s left join reg.site_kind k on k.site = s.id and k.face = 1
    where s.face = 1 and s.shown && st_transform(st_expand(b.tile, (st_xmax(b.tile) - st_xmin(b.tile)) / 31), 4326))
  select st_asmvt(q, 'sites', 4096, 'geom') from q where q.geom is not null"""
SHARP = """
  update reg.person set face = 1;
  update reg.person_event set face = 1, uncertainty_m = 300 where shown_as = 'exact'"""
NEAR = """
  select e.id, s.id, st_distance(e.shown::geography, s.shown::geography) as d
  from reg.person_event e join reg.site s on s.face = 1 and s.shown && st_expand(e.shown, (%(m)s + e.uncertainty_m + 100) / 88000)
    and st_dwithin(e.shown::geography, s.shown::geography, %(m)s + e.uncertainty_m + s.uncertainty_m)
  where e.face = 1 and e.shown_as = 'exact'"""
PAGE = """
  select s.code, s.names, s.kinds, s.verification, s.protection, st_asgeojson(s.shown) from reg.site s
  where s.face = 1 and s.code > %(after)s order by s.code limit 100"""
ALL = "select count(*) from reg.site s where s.face = 1"

__all__ = ["run"]


def run(n=12_000, *, repeats=5, keep=True):
    """The table for n sites and EVENTS events in face 1; each pair takes turns, `repeats` times."""
    table = Table(f"access_{n // 1000}k", "What access costs beside the bare query", {"sites": n, "events": EVENTS})
    with ground() as made:
        with made.dba() as raw:
            faces_fill.sites(raw, n)
            faces_fill.events(raw, EVENTS)
            raw.execute(SHARP)
            raw.execute("vacuum full analyze reg.person, reg.person_event")
        for question in questions(n):
            with made.reading(FIELD) as session, made.dba() as raw:
                compare(table, session.unhurried(), raw, question, repeats)
    return table.finish(keep=keep)


def questions(n, seed=5):
    """(name, [arguments of the api's function], function, [parameters of the bare query], the bare query) of each job."""
    dice = random.Random(seed)
    spots = list(zip(*points(n), strict=True))
    boxes = [(x - .1, y - .1, x + .1, y + .1) for x, y in dice.sample(spots, 30)]
    asked = [{"bbox": list(map(float, one)), "limit": 1000} for one in boxes]
    wkt = [{"box": "SRID=4326;POLYGON(({0} {1}, {2} {1}, {2} {3}, {0} {3}, {0} {1}))".format(*one)} for one in boxes]
    tiles = [dict(zip("zxy", tile(z, *dice.choice(spots)), strict=True)) for z, many in TILES.items() for _ in range(many)]
    pages = [{"after": f"SYS-{one}"} for one in "3579CFJMPS"]
    return [
        ("30 boxes of 0.2 degrees, up to 1,000 sites each", "site_list", asked, BOX, wkt),
        ("the same boxes, counted", "site_count", [{"bbox": one["bbox"]} for one in asked], COUNT, wkt),
        (f"{len(tiles)} tiles, z7-z13", "site_tile", tiles, TILE, tiles),
        ("10 pages of a list, 100 sites each", "site_list", [{**one, "limit": 100} for one in pages], PAGE, pages),
        ("all counted", "site_count", [{}] * 5, ALL, [{}] * 5),
        (f"every pair within {AROUND} km of {EVENTS:,} events", "event_site_near", [{"km": AROUND}], NEAR, [{"m": AROUND * 1000}]),
    ]


def compare(table, session, raw, question, repeats):
    """Both are asked in turns; a row tells the clock of ours and the ratios, of the clock and of the database's CPU."""
    name, function, asked, bare, given = question
    session.connection.execute("set local idle_in_transaction_session_timeout = 0")  # while the other one is asked
    pids = [session.connection.info.backend_pid], [raw.info.backend_pid]

    def ours():
        return sum(len(session.rows(function, **one)) for one in asked)

    def theirs():
        return sum(len(raw.execute(bare, one).fetchall()) for one in given)

    ours(), theirs()
    rounds = []
    for _ in range(repeats):
        before = [on_cpu(one[0]) for one in pids]
        pair = timed(ours), timed(theirs)
        rounds.append((*pair, *(on_cpu(one[0]) - b for one, b in zip(pids, before, strict=True))))
    mine, peer = (Timing([one[k].median for one in rounds], statistics.median(one[2 + k] for one in rounds), 0, rounds[0][k].answer)
                  for k in (0, 1))
    print(f"  {name}: {mine.median / peer.median:.2f}, of the database's CPU {mine.cpu / peer.cpu:.2f}", flush=True)
    assert mine.answer == peer.answer, f"{name}: {mine.answer} and {peer.answer} rows"
    table.add(f"{name}: bare ({peer.answer:,} rows)", peer, unit="ms", ratio=1)
    table.add(f"{name}: api ({mine.answer:,} rows)", mine, unit="ms", ratio=mine.median / peer.median,
              beside=f"of the database's CPU {mine.cpu / peer.cpu:.2f}")


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--n", type=int, default=12_000)
    asked.add_argument("--repeats", type=int, default=5)
    given = asked.parse_args()
    run(given.n, repeats=given.repeats)


if __name__ == "__main__":
    main()
