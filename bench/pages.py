"""What a person waits for: every page by every role that may open it, the largest tiles, the map's first paint and scripting.

    python -m bench.pages                          400, 12,000 and 50,000 sites; the system's Chromium draws the map
    python -m bench.pages --sites 12000 --repeats 20 --only '^/(overview|settle)' --no-browser
    python -m bench.pages --map                    tiles and what Chromium draws, without the other pages

Each page is asked a few times by each role that may open it, each time of another record; the role to whom it costs most is
asked on, and that is the row: median and p95 of the clock, CPU of the web and of the database for one request. The target is
judged by the p95 of their CPU together: what the page takes on a machine where nobody else wants the cores.
"""
import argparse
import contextlib
import re
import sys
import time
from collections import namedtuple
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import pages_asked, pages_fill
from bench.ground import points
from bench.measure import Table, Timing, percentile
from bench.serving import ask, served, signed_in
from bench.tiles import tile

SIZES = (400, 12_000, 50_000)
EVENTS = {400: 4_000, 12_000: 200_000, 50_000: 200_000}
MOST_MS, TILE_KB, FEW = 100, 500, 3
MAP_OF, TILES_OF = "page.protection_officer", ("page.protection_officer", "page.viewer")
ZOOMS, AT = range(4, 15), 40  # of tiles, and how many of each

Spent = namedtuple("Spent", "web database clock size status")

__all__ = ["run"]


@dataclass
class Watch:
    """What one request costs: CPU of the web and of the database, and the clock, to the microsecond."""

    house: object

    def ask(self, path, who):
        """The Spent of one request."""
        before, began = [held(one()) for one in (self.house.workers, self.house.backends)], time.perf_counter()
        status, body = ask(self.house.url + path, self.house.cookies[who])
        if status == 401:  # the seat is over: a run may be longer than one
            self.house.cookies[who], self.house.forms[who] = signed_in(self.house.url, who)
            return self.ask(path, who)
        took = time.perf_counter() - began
        after = [held(one()) for one in (self.house.workers, self.house.backends)]
        return Spent(*(sum(at - was.get(pid, 0) for pid, at in now.items()) for was, now in zip(before, after, strict=True)), took,
                     len(body), status)


def held(pids):
    """{thread: seconds on a core} of those that live; to the microsecond where the kernel tells."""
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for one in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    found[one.name] = int((one / "schedstat").read_text().split()[0]) / 1e9
    return found


def run(sizes=SIZES, *, repeats=20, browser=True, only=".", map_only=False, keep=True):
    """The Table: for each size every page as it costs the dearest role, tiles by zoom, and what Chromium tells of the map.

    map_only: of the pages only that of the map.
    """
    table = Table("pages", "Pages, tiles, and the first sight of the map", {"sites": " / ".join(f"{one:,}" for one in sizes)})
    for n in sizes:
        with served(n, EVENTS.get(n, n * 10), say=say, durable=False, keeping=False, staff=pages_fill.STAFF,
                    fill=partial(pages_fill.filled, links=not map_only)) as house:
            pages(table, house, n, repeats, "^/$" if map_only else only)
            tiles(table, house, n)
            if browser:
                from bench.pages_seen import painted

                painted(table, house, MAP_OF, n)
    return table.finish(keep=keep)


def say(*words, **_more):
    print(*words, file=sys.stderr, flush=True)


def pages(table, house, n, repeats, only="."):
    """A row for each page, the dearest first; a note of the addresses of which the registry holds nothing."""
    watch, rows, empty = Watch(house), [], []
    for page in pages_asked.asked(house, max(repeats, FEW)):
        if not re.search(only, page.rule):
            continue
        found = dearest(watch, page, repeats) if page.paths else None
        if found:
            rows.append((page, *found))
        else:
            empty.append(page.rule)
    for page, role, spent in sorted(rows, key=lambda one: -cpu_p95(one[2])):
        row(table, f"{n:,}: {page.rule}", role, spent)
    if empty:
        table.note(f"{n:,}: nothing is shown of it, as nothing of it is held: {', '.join(empty)}")


def dearest(watch, page, repeats):
    """(role, [Spent]) of the role to whom the page costs most, asked `repeats` times; None where nobody is shown it."""
    tried = {}
    for role in page.roles:
        watch.ask(page.paths[-1], f"page.{role}")  # plans and caches of a backend that has not met it
        tried[role] = [watch.ask(page.paths[k % len(page.paths)], f"page.{role}") for k in range(FEW)]
    shown = {role: told for role, told in tried.items() if all(one.status < 400 for one in told)}
    if not shown:
        return None
    role = max(shown, key=lambda one: sum(spent.web + spent.database for spent in shown[one]))
    return role, [watch.ask(page.paths[k % len(page.paths)], f"page.{role}") for k in range(repeats)]


def cpu_p95(spent):
    return percentile([one.web + one.database for one in spent], 95) * 1000


def row(table, name, role, spent):
    """One page's row."""
    cpu, many = cpu_p95(spent), len(spent)
    web, base = (sum(getattr(one, part) for one in spent) / many for part in ("web", "database"))
    table.add(f"{name} ({role})", Timing([one.clock for one in spent], web + base, 0), unit="ms",
              target=f"p95 of CPU < {MOST_MS} ms", met=cpu < MOST_MS,
              beside=f"CPU p95 {cpu:.0f} ms: web {web * 1000:.0f}, database {base * 1000:.0f};"
                                        f" {max(one.size for one in spent) / 1000:.0f} kB")


def tiles(table, house, n):
    """A row for each zoom: the largest tile where sites lie, of those who see most and least."""
    spots, watch = list(zip(*points(AT * 4), strict=True)), Watch(house)
    for zoom in ZOOMS:
        some = list(dict.fromkeys(tile(zoom, *spot) for spot in spots))[:AT]
        asked = [watch.ask("/tiles/sites/{}/{}/{}.mvt".format(*one), who) for who in TILES_OF for one in some]
        largest = max(one.size for one in asked) / 1000
        cpu = sorted(one.web + one.database for one in asked)[len(asked) // 2] * 1000
        table.say(f"{n:,}: largest tile at zoom {zoom}", largest, unit="kB", target=f"< {TILE_KB} kB", met=largest < TILE_KB,
                  beside=f"{len(asked)} tiles, CPU median {cpu:.0f} ms, p95 {cpu_p95(asked):.0f}")


def main():
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--sites", type=int, nargs="*", default=list(SIZES))
    told.add_argument("--repeats", type=int, default=20)
    told.add_argument("--only", default=".", help="a pattern of the pages' addresses")
    told.add_argument("--no-browser", action="store_true")
    told.add_argument("--map", action="store_true", help="the page of the map, its tiles and what the browser draws")
    given = told.parse_args()
    run(tuple(given.sites), repeats=given.repeats, browser=not given.no_browser, only=given.only, map_only=given.map)


if __name__ == "__main__":
    main()
