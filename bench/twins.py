"""Whether time tells what is hidden: the twins of tests/twins asked in turns by a tier-0 and a tier-1 person.

    python -m bench.twins
    python -m bench.twins --only tile view --repeats 50

Each question goes to both registries 200 times (fewer where one answer takes long), now the one first, now the other. A row is told
apart where both its clock and its CPU (of this process and of the database's) are more than 10 % off between the two medians; such
rows are asked once more, and those that are told apart again make the job fail.
"""
import argparse
import contextlib
import random
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.measure import Table, Timing, on_cpu
from sitereg.errors import SiteregError
from tests.seeds import demonstration, throw_away
from tests.twins import asking, hiding, houses

REPEATS = 200
ALLOWED = 0.10
READERS = ("viewer", "investigator1")
AREA = "SRID=4326;POLYGON((39.9 36, 40.3 36, 40.3 36.4, 39.9 36.4, 39.9 36))"

__all__ = ["run"]


def run(repeats=REPEATS, only=(), *, keep=True):
    """The table; answers how many rows are told apart twice."""
    table = Table("twins", "Two registries, of which one hides 5,000 sites and more", {"repeats": repeats})
    with throw_away() as server, tempfile.TemporaryDirectory(dir=server.settings.home) as folder, \
            houses.pair(server, demonstration(server), ["plain", "secret"], Path(folder)) as twins:
        again = [name for name, *rest in questions(twins, only)
                 if row(table, name, *rest, repeats) and row(table, f"once more: {name}", *rest, repeats)]
    table.note(f"Told apart twice: {', '.join(again) or 'none'}.")
    table.finish(keep=keep)
    return len(again)


def questions(twins, only):
    """(name, [what asks the plain one, what asks the secret one], [what tells the processes that work for each])."""
    for source in (pages, hidden_or_not, functions, views):
        for name, asks, pids in source(twins):
            if not only or any(one in name for one in only):
                yield name, asks, pids


def pages(twins):
    """Pages, lists, tiles, searches and forms by the web."""
    own = own_codes(twins)
    for reader in READERS:
        for method, path, form in asked_by_web(twins, own):
            yield (f"{reader}: {method} {path}",
                   [partial(by_web, twins, house, reader, method, path, form) for house in twins.both],
                   [partial(backends, house) for house in twins.both])


def asked_by_web(twins, own):
    site, hidden = own["SYS"], twins.hidden["lone_code"]
    yield from (("GET", path, None) for path in (
        "/", "/sites", "/persons", "/holdings", "/documents", "/inquiries", "/desk", "/me", "/freezes", "/reports", "/enter/site",
        f"/sites/{site}", f"/sites/{site}/history", f"/sites/{site}/why/place", f"/persons/{own['SYP']}", f"/holdings/{own['SYH']}",
        f"/sites/{hidden}", f"/persons/{twins.hidden['person_code']}", f"/holdings/{twins.hidden['holding_code']}",
        f"/documents/{twins.hidden['document']}", f"/inquiries/{twins.hidden['inquiry']}"))
    yield from (("GET", path, None) for path in asking.tiles(*hiding.CLUSTER, zooms=(0, 4, 7, 9, 11, 14)))
    yield from (("POST", *one) for one in (
        ("/sites", {"q": "Telling Hollow"}), ("/inside", {"centre": "36.222222, 40.111111", "km": "30"}),
        ("/enter/reading", {"place": "Telling Hollow"}), (f"/sites/{hidden}/visits", {"visited_on": "2026-01-01"})))


def by_web(twins, house, reader, method, path, form):
    if method == "POST":
        return asking.posted(twins.moment, house, reader, "en", path, form)
    return asking.answer(twins.moment, house, reader, "en", method, path)


def own_codes(twins):
    rows = twins.plain.rows("select code from reg.subject where id = any (%s)", [
        twins.known["sites"][0], twins.known["person"], twins.known["holding"]])
    return {code[:3]: code for (code,) in rows}


def backends(house):
    """The processes of its database that stay."""
    return [pid for (pid,) in house.rows("select pid from pg_stat_activity where datname = current_database()"
                                         " and pid <> pg_backend_pid() and backend_type = 'client backend'")]


def hidden_or_not(twins):
    """In the registry that hides: what is not there at all beside what is hidden."""
    pairs = [(f"/sites/{twins.hidden['lone_code']}", "/sites/SYS-222222-2"),
             (f"/persons/{twins.hidden['person_code']}", "/persons/SYP-222222-2"),
             (f"/documents/{twins.hidden['document']}", "/documents/00000000-0000-7000-8000-000000000007")]
    for reader in READERS:
        for hidden, absent in pairs:
            yield (f"{reader}: {absent} that is not there, and one that is hidden",
                   [partial(by_web, twins, twins.secret, reader, "GET", path, None) for path in (absent, hidden)],
                   [partial(backends, twins.secret)] * 2)


def functions(twins):
    """Functions of the api as scripts call them."""
    box, (lon, lat) = [39.9, 36.0, 40.3, 36.4], hiding.CLUSTER
    calls = {"site_list": {"bbox": box}, "site_count": {}, "site_facets": {}, "site_frame": {}, "event_frame": {},
             "sites_near": {"lon": lon, "lat": lat, "km": 30}, "event_site_near": {"km": 10}, "sites_inside": {"area": AREA}}
    for reader in READERS:
        for name, args in calls.items():
            with contextlib.ExitStack() as held:
                opened = [held.enter_context(one) for one in twins.reading(reader)]
                yield (f"{reader}: api.{name}", [partial(called, one, name, args) for one in opened],
                       [partial(of, one.connection) for one in opened])


def of(connection):
    return [connection.info.backend_pid]


def called(session, name, args):
    try:
        with session.savepoint():
            return session.rows(name, **args)
    except SiteregError as refusal:
        return str(refusal)


def views(twins):
    """Every view, as the SQL login of a tier-1 analyst reads it."""
    with twins.logins("analyst1", records=True) as logins:
        for (name,) in twins.plain.rows("select viewname from pg_views where schemaname = 'api' order by 1"):
            yield f"analyst1: {name}", [partial(every, one, name) for one in logins], [partial(of, one) for one in logins]


def every(connection, view):
    return connection.execute(f"select * from api.{view}").fetchall()


def row(table, name, asks, pids, repeats):
    """Both are asked in turns; a row stands in the table. Answers whether they are told apart."""
    for ask in asks * 2:
        ask()
    behind = [one() for one in pids]
    clock, cpu = ([], []), ([], [])
    dice = random.Random(name)
    while len(cpu[0]) < repeats or len(cpu[1]) < repeats:
        for n in dice.choice(((0, 1), (1, 0))):
            try:
                before, spent, began = sum(map(on_cpu, behind[n])), time.process_time(), time.perf_counter()
                asks[n]()
                took, worked = time.perf_counter() - began, time.process_time() - spent + sum(map(on_cpu, behind[n])) - before
            except FileNotFoundError:  # a pool replaces connections that have lived long
                behind[n] = pids[n]()
                continue
            clock[n].append(took)
            cpu[n].append(worked)
    medians, worked = [statistics.median(one) for one in clock], [statistics.median(one) for one in cpu]
    ratio, other = medians[1] / medians[0], worked[1] / worked[0]
    apart = min(abs(ratio - 1), abs(other - 1)) > ALLOWED and (ratio > 1) == (other > 1)
    table.add(name, Timing(clock[1], statistics.median(cpu[1]), 0), unit="ms", ratio=ratio, target="within 10 %", met=not apart,
              beside=f"CPU {other:.2f}")
    print(f"  {name}: {repeats} times, {medians[0] * 1e3:.2f} and {medians[1] * 1e3:.2f} ms, {ratio:.3f}; CPU {other:.3f}"
          f"{' <- told apart' if apart else ''}", flush=True)
    return apart


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--repeats", type=int, default=REPEATS)
    asked.add_argument("--only", nargs="*", default=(), help="rows whose name holds one of these")
    given = asked.parse_args()
    sys.exit(min(run(given.repeats, tuple(given.only)), 1))


if __name__ == "__main__":
    main()
