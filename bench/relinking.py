"""What a change costs the keeper: a run of a registry is made, then one thing moves and the keeper makes it good, by its own road.

    python -m bench.relinking --persons 20000 --sites 10000

Half of the sites are candidates, at invented places inside Syria's box. CPU seconds are of this process and of the database
together, the clock is that of the round.
"""
import argparse
from dataclasses import replace

import numpy

from bench import faces_fill, worlds
from bench.ground import ground
from bench.measure import Table, timed
from sitereg.links import kept, runs, sums
from sitereg.store import people
from sitereg.store import session as store

SQL = faces_fill.SQL / "links.sql"

# by code: the same sites in every run
BRANCHES = ("select k.site from reg.site_kind k join reg.site s on s.id = k.site and s.face = k.face"
            " where k.face = 1 and k.kind = 'security_branch' order by s.code")
FIRST, LAST = f"({BRANCHES} limit 1)", f"({BRANCHES} desc limit 1)"
NEAR = "(select count(*) from bench.spot p where abs(p.lon - st_x(s.centre)) < .1 and abs(p.lat - st_y(s.centre)) < .1)"
THIN, DENSE = ("(select k.site from reg.site_kind k join reg.site s on s.id = k.site and s.face = k.face where k.face = 1"
               f" and k.kind = 'security_branch' and k.verification <> 'refuted' order by {NEAR} {way}, s.code limit 1)"
               for way in ("", "desc"))
AWAY = "update reg.site set shown = st_translate(shown, .06, .04), centre = st_translate(centre, .06, .04) where face = 1 and id = "
CHANGES = {  # what moves: in which words of SQL, at candidates of the question where somebody was held
    "days of use of a site": "update reg.site_kind set ended = daterange('2015-01-01', '2015-02-01') where face = 1"
                             f" and site = {LAST}",
    "a transfer": "insert into reg.site_relation(site, other, face, tier, scope, kind, class, origins, value, claims)"
                  f" values ({FIRST}, {LAST}, 1, 1, 0, 'transferred_detainees_to', 0, 2, '{{}}', '{{}}')",
    "a confirmed link": "insert into reg.person_event(id, face, tier, scope, person, kind, at, site, reliability, credibility,"
                        " class, origins, first_hand, claims) select reg.new_id(), 1, 1, 0, p.id, 'held_at',"
                        f" daterange('2013-04-01', '2013-04-02'), {LAST}, 'A', '2', 0, 2, true, '{{}}'"
                        " from reg.person p where p.face = 1 order by p.code limit 1",
    "a site that is gone": f"update reg.site_kind set verification = 'refuted' where face = 1 and site = {LAST}",
    "a site that is new": f"update reg.site_kind set verification = 'probable' where face = 1 and site = {LAST}",
    "a site that is elsewhere, few persons near": AWAY + THIN,
    "a site that is elsewhere, many persons near": AWAY + DENSE,
    "another kind of a site": "update reg.site_kind set kind = 'prison_central' where face = 1"
                             f" and site = {FIRST}",
}

__all__ = ["run"]


def run(persons=20_000, sites=10_000, *, repeats=5, keep=True, questions=("held",)):
    """The table: a whole run, one changed person with a world that stands and without, and some kinds of changed worlds."""
    table = Table("relinking", "What a change costs the keeper", {"persons": persons, "candidates": sites // 2})
    with ground() as made:
        with made.dba() as raw:
            faces_fill.sites(raw, sites)
            faces_fill.spots(raw, persons, 7, "SYP")
            raw.execute(SQL.read_text())
            raw.execute("vacuum analyze reg.person, reg.person_event, reg.site, reg.site_kind, reg.subject")
            people.clearance(raw, people.account(raw, "keeper", display="keeper"), tier=2, roles=(), reason="benchmark")
            for question in questions:
                asked(table, made, raw, question, persons, repeats)
    return table.finish(keep=keep)


def asked(table, made, raw, question, persons, repeats):
    """The rows of one question."""
    settings = made.settings
    with store.unasked(settings) as opened:  # the process that works for the keeper is there, hence counted
        opened.rows("keeper_link_runs")
    compiled()
    whole = timed(lambda: runs.run(settings, question, 1, by="bench.worker"), pids=servers(raw))
    table.add(f"{question}: a whole run", whole, beside=f"{whole.cpu / persons * 1e3:.2f} ms CPU a person")
    touched = raw.execute("select id from reg.person where face = 1 order by code limit 40").fetchall()

    def one():
        raw.execute("update reg.person set version = version + 1 where face = 1 and id = %s", touched.pop(0))
        return timed(lambda: runs.renew(settings), pids=servers(raw))

    one()  # the world of the first run is read once more
    warm = [one() for _ in range(repeats)]
    seconds = sorted(each.seconds[0] for each in warm)
    warm[0].seconds, warm[0].cpu = seconds, sum(each.cpu for each in warm) / repeats
    table.add(f"{question}: one changed person", warm[0], unit="ms", target="< 50 ms", met=seconds[-1] < 0.05)
    for name, change in CHANGES.items():
        raw.execute(change)
        raw.execute("update reg.site set version = version + 1 where code = (select min(code) from reg.site)")
        moved = timed(lambda: runs.renew(settings), pids=servers(raw))
        ratio = moved.cpu / whole.cpu
        table.add(f"{question}: {name}", moved, ratio=ratio, target="< a tenth of a run", met=ratio < 0.1,
                  beside=f"{sum(moved.answer.values()):,} persons")
    kept.forget()
    table.add(f"{question}: one changed person, nothing stands", one(), unit="ms")


def compiled():
    """What numba compiles once a machine is compiled: it is no part of a run."""
    world = worlds.world("held", 60, 10)
    engine = sums.Summing(world)
    engine.start()
    engine.rank(list(worlds.persons(20, world)))
    later = replace(world, sites=replace(world.sites, multi=~world.sites.multi))
    for _ in sums.moved_on(engine.sums, engine, sums.Summing(later, before=engine), numpy.arange(3)):
        pass


def servers(raw):
    """The processes of the throw-away cluster that stay: workers of its vacuum and of others may be gone before they are asked."""
    return [pid for pid, in raw.execute("select pid from pg_stat_activity where backend_type not like '% worker'")]


def main():
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("--persons", type=int, default=20_000)
    told.add_argument("--sites", type=int, default=10_000)
    given = told.parse_args()
    run(given.persons, given.sites)


if __name__ == "__main__":
    main()
