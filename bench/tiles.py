"""Vector tiles with access rules, beside ST_AsMVT over a bare table: 100,000 points, zooms 5 to 13, nothing cached.

    python -m bench.tiles --n 100000
"""
import argparse
import random
from math import asinh, pi, radians, tan

from bench import faces_fill
from bench.ground import FIELD, ground
from bench.measure import Table, timed
from bench.mvt import attributes

MIX = {5: 2, 6: 4, 7: 8, 8: 13, 9: 16, 10: 16, 11: 16, 12: 16, 13: 16}  # 107 tiles
ZOOMS = {"z5-z8": (5, 8), "z9-z10": (9, 10), "z11-z13": (11, 13)}
PLAIN = """
  with b as (select st_tileenvelope(%(z)s, %(x)s, %(y)s) as tile),
  q as (select st_asmvtgeom(st_transform(t.geom, 3857), b.tile::box2d, 4096, 128, true) as geom, t.code as c, t.kind as k,
      t.kind_group as g, t.verification as v
    from bench.bare t, b where t.geom && st_transform(st_expand(b.tile, (st_xmax(b.tile) - st_xmin(b.tile)) / 31), 4326))
  select st_asmvt(q, 'sites', 4096, 'geom') from q where q.geom is not null"""
INSIDE = """
  select count(*) from bench.bare t, st_tileenvelope(%(z)s, %(x)s, %(y)s) b, lateral (select st_transform(t.geom, 3857) as p) m
  where t.geom && st_transform(b, 4326) and st_x(m.p) >= st_xmin(b) and st_x(m.p) < st_xmax(b)
    and st_y(m.p) >= st_ymin(b) and st_y(m.p) < st_ymax(b)"""

__all__ = ["run"]


def run(n=100_000, *, repeats=3, mix=None, keep=True):
    """The table: tiles a second of api.site_tile as a tier-1 person, of the bare query, and the sizes; equal sites first."""
    with ground() as made:
        with made.dba() as raw:
            faces_fill.sites(raw, n)
            spots = raw.execute("select lon, lat from bench.spot order by n").fetchall()
        asked = chosen(spots, mix or MIX)
        table = Table("tiles", "Vector tiles, uncached", {"points": n, "tiles": len(asked)})
        with made.reading(FIELD) as session, made.dba() as raw:
            def ours(tiles=asked):
                return [session.value("site_tile", z=z, x=x, y=y) for z, x, y in tiles]

            def plain(tiles=asked):
                return [raw.execute(PLAIN, {"z": z, "x": x, "y": y}).fetchone()[0] for z, x, y in tiles]

            mine, theirs = ours(), plain()
            clustered = sum(compare(raw, tile, *both) for tile, *both in zip(asked, mine, theirs, strict=True))
            bare, pid = [raw.info.backend_pid], [session.connection.info.backend_pid]
            rates = [(timed(plain, pids=bare), timed(ours, pids=pid)) for _ in range(repeats)]
            parts = {}
            for name, (low, high) in ZOOMS.items():
                some = [one for one in asked if low <= one[0] <= high]
                parts[name] = (timed(lambda some=some: plain(some), pids=bare), timed(lambda some=some: ours(some), pids=pid),
                               len(some))
        report(table, asked, mine, theirs, rates, clustered)
        by_zoom(table, parts, [(z, len(one or b"") / 1000) for (z, _, _), one in zip(asked, mine, strict=True)])
    return table.finish(keep=keep)


def chosen(spots, mix, seed=11):
    """Tiles that hold points, so many of each zoom (fewer where there are not so many), each once."""
    dice, found = random.Random(seed), []
    for zoom, many in mix.items():
        tiles = dict.fromkeys(tile(zoom, *dice.choice(spots)) for _ in range(many * 40))
        found += list(tiles)[:many]
    return found


def tile(zoom, lon, lat):
    return zoom, int((lon + 180) / 360 * 2**zoom), int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**zoom)


def compare(raw, where, mine, theirs):
    """The same sites stand in both: by code, or (ours in clusters) as a number; answers whether ours was in clusters."""
    ours = attributes(mine).get("sites", [])
    if any("s" in one or "c" not in one for one in ours):
        counted = sum(one["n"] for one in ours)
        z, x, y = where
        held = raw.execute(INSIDE, {"z": z, "x": x, "y": y}).fetchone()[0]
        assert counted == held, f"tile {where}: {counted} in clusters, {held} points"
        return True
    codes = {one["c"] for one in ours}
    bare = {one["c"] for one in attributes(theirs).get("sites", [])}
    assert codes == bare or alone(where, ours, codes, bare), f"tile {where}: {len(codes)} and {len(bare)} sites"
    return False


def alone(where, ours, codes, bare):
    """A far tile in which every site stands alone: what is in it, without the buffer's."""
    return where[0] < 9 and codes <= bare and all(one["n"] == 1 for one in ours)


def report(table, asked, mine, theirs, rates, clustered):
    best = min(rates, key=lambda pair: pair[0].median)
    plain, ours = best
    ratio = sorted(a.median / b.median for a, b in rates)[len(rates) // 2]
    plain.seconds, ours.seconds = [a.median for a, _ in rates], [b.median for _, b in rates]
    table.add("plain ST_AsMVT, bare table", plain, ratio=1, beside=f"{len(asked) / plain.median:.0f} tiles/s")
    table.add("site_tile under access rules", ours, ratio=ratio, target=">= 5 times as many tiles/s", met=ratio >= 5,
              beside=f"{len(asked) / ours.median:.0f} tiles/s")
    table.say("largest plain tile", max(len(one or b"") for one in theirs) / 1000, unit="kB")
    table.note(f"{clustered} of {len(asked)} tiles hold clusters, whose counts add up to the points inside; the others hold the"
               " same codes as the plain ones.")


def by_zoom(table, parts, sizes):
    """For low, middle and high zooms: the ratio, and the largest of our tiles."""
    for name, (plain, ours, many) in parts.items():
        if not many:
            continue
        low, high = ZOOMS[name]
        table.add(f"{name}: {many} tiles under access rules", ours, ratio=plain.median / ours.median,
                  beside=f"plain {plain.median:.2f} s, {plain.cpu:.2f} CPU s")
        largest, most = max(size for z, size in sizes if low <= z <= high), 50 if high == 8 else 500
        table.say(f"largest tile {name}", largest, unit="kB", target=f"<= {most} kB", met=largest <= most)


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--n", type=int, default=100_000)
    asked.add_argument("--repeats", type=int, default=3)
    given = asked.parse_args()
    run(given.n, repeats=given.repeats)


if __name__ == "__main__":
    main()
