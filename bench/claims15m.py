"""Claims by the million: the site page, a box, a batch, one claim and the resolving of every site, in a registry of 15 M claims.

    python -m bench.claims15m                  15,000,000 claims about 55,000 sites and the persons that they concern
    python -m bench.claims15m --n 300000
"""
import argparse
import time
from concurrent.futures import ThreadPoolExecutor

from bench import claims_measure
from bench.claims_fill import AS_SEALED, fill, make_subjects
from bench.ground import ground
from bench.measure import Table

CHUNK = 1_000

__all__ = ["finish", "prove", "resolve", "run"]


def run(n=15_000_000, *, sites=55_000, per_site=15, per_person=25, persons_resolved=None, workers=2, repeats=claims_measure.REPEATS,
        keep=True, say=print):
    """The table of measured work in a registry of n claims; with `keep` it stands in bench/results.

    per_site, per_person: claims of one on average. persons_resolved: only so many persons get their faces (all without it).
    """
    with ground() as made:
        began = time.perf_counter()
        with made.dba() as raw:
            sites, persons = make_subjects(raw, n, sites=sites, per_site=per_site, per_person=per_person)
        say(f"{sites:,} sites and {persons:,} persons: {time.perf_counter() - began:.0f} s", flush=True)
        fill(made, workers=workers)
        say(f"claims and indexes: {time.perf_counter() - began:.0f} s", flush=True)
        resolved = resolve(made, persons if persons_resolved is None else min(persons, persons_resolved), workers=workers)
        say(f"faces: {time.perf_counter() - began:.0f} s", flush=True)
        table = finish(made, n, resolved, repeats)
    return table.finish(keep=keep)


def finish(made, n, resolved, repeats):
    """The filled registry is vacuumed, proved and measured; answers its table."""
    with made.dba() as raw:
        raw.execute("vacuum analyze")
        counted = raw.execute("select count(*) from reg.claim").fetchone()[0]
        subjects = dict(raw.execute("select kind, count(*) from reg.subject group by 1").fetchall())
        size = raw.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchone()[0]
        prove(raw)
    assert counted == n, f"{counted} claims and not {n}"
    table = Table("claims15m", "A registry of many claims",
                  {"claims": n, "sites": subjects["site"], "persons": subjects["person"], "persons resolved": resolved,
                   "database": size})
    claims_measure.measure(made, table, repeats)
    return table


def resolve(made, persons, *, workers=2):
    """The faces of all sites and of so many persons stand; answers how many persons."""
    with made.dba() as raw:
        raw.execute("update reg.subject s set exact_tier = 2 where s.id in"
                    " (select u from api._unhidden(array(select id from reg.subject where kind = 'site')) u)")
        raw.execute("vacuum analyze reg.subject, reg.decision")
        ids = {kind: [row[0] for row in raw.execute("select id from reg.subject where kind = %s order by id", [kind])]
               for kind in ("site", "person")}

    def part(job):
        with made.dba() as raw:
            raw.execute(f"select api._resolve_{job[0]}s(%s)", [job[1]])

    with ThreadPoolExecutor(workers) as many:
        for kind, held in (("site", ids["site"]), ("person", ids["person"][:persons])):
            list(many.map(part, [(kind, held[at:at + CHUNK]) for at in range(0, len(held), CHUNK)]))
    return min(persons, len(ids["person"]))


def prove(raw):
    """What stands is what the product would have written: digests as the seal computes them, faces as the rule says."""
    raw.execute("create extension if not exists tsm_system_rows")
    raw.execute(AS_SEALED)
    wrong = raw.execute(
        "select count(*) from reg.claim c tablesample system_rows(2000) where c.digest <> sha256(api._canonical('claim' ||"
        " (jsonb_populate_record(c, '{\"digest\": null}'))::text))").fetchone()[0]
    assert not wrong, f"{wrong} digests are not those of their rows"
    found = raw.execute("select count(*) from api._resolved_differences(array(select id from reg.subject where kind = 'site'"
                        " order by code limit 200))").fetchone()[0]
    assert not found, f"{found} faces do not follow from their claims"


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--n", type=int, default=15_000_000, help="claims")
    asked.add_argument("--sites", type=int, default=55_000)
    asked.add_argument("--per-site", type=int, default=15, help="claims of a site on average")
    asked.add_argument("--per-person", type=int, default=25, help="claims of a person")
    asked.add_argument("--persons-resolved", type=int, help="only so many persons get their faces (all without it)")
    asked.add_argument("--workers", type=int, default=2, help="connections that fill and resolve at a time")
    given = asked.parse_args()
    run(given.n, sites=given.sites, per_site=given.per_site, per_person=given.per_person, persons_resolved=given.persons_resolved,
        workers=given.workers)


if __name__ == "__main__":
    main()
