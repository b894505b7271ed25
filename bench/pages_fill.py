"""A registry in use, as large as asked: sites and persons with claims, more persons as faces, what people at work leave beside."""
import time
from pathlib import Path

from bench import faces_fill
from bench.claims15m import resolve
from bench.claims_fill import fill, make_subjects
from sitereg.links import runs
from sitereg.store import people

SQL = Path(__file__).with_name("sql")
ROLES = {  # role: (tier, compartments)
    "viewer": (0, ()), "investigator": (2, ("names",)), "analyst": (2, ()), "verifier": (2, ("names",)),
    "protection_officer": (2, ()), "data_steward": (2, ("names",)), "source_handler": (2, ("names",)), "releaser": (2, ()),
    "auditor": (0, ()), "admin": (0, ()), "partner": (0, ())}
STAFF = {f"page.{role}": (tier, compartments, (role,)) for role, (tier, compartments) in ROLES.items()}
QUESTION, TIER, LINKED = "held", 2, 5_000  # of the run of links, and of how many persons

__all__ = ["ROLES", "STAFF", "filled"]


def filled(made, sites, events, say, *, links=True):
    """So many sites, a third as many persons with claims, and persons as faces until there are so many events; visits, measures,
    harm, proposals, inquiries, tasks, papers, and, with `links`, a run of links of some who are missing."""
    began = time.perf_counter()
    with made.dba() as raw:
        _sites, persons = make_subjects(raw, 15 * sites + 25 * max(sites // 3, 20), sites=sites, per_site=15, per_person=25)
    fill(made)
    with made.dba() as raw:
        raw.execute((SQL / "work.sql").read_text())
    resolve(made, persons)
    with made.dba() as raw:
        raw.execute("select api._resolve_beside(array(select s.id from reg.subject s where s.kind <> 'person'))")
    say(f"{sites:,} sites: {time.perf_counter() - began:.0f} s", flush=True)
    with made.dba() as raw:
        (have,) = raw.execute("select count(*) from reg.person_event where face = 2").fetchone()
        raw.execute("drop table bench.spot")
        if events > have + 1:
            faces_fill.events(raw, (events - have) // 2 * 2, after=sites + persons + 1)
        raw.execute("update reg.person set case_state = 'open_missing', age_bands = coalesce(age_bands, '{}') where face = 2"
                    " and hashtext(code) % 3 <> 0")
        raw.execute("vacuum analyze")
    say(f"{events:,} events: {time.perf_counter() - began:.0f} s", flush=True)
    if not links:
        return
    with made.dba() as raw:
        people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="benchmark")
        some = [one for (one,) in raw.execute("select id from reg.person where face = 2 and case_state <> 'listed'"
                                              " order by md5(code) limit %s", [LINKED])]
    told = runs.run(made.settings, QUESTION, TIER, by="bench.worker", only=some)
    with made.dba() as raw:
        raw.execute("vacuum analyze")
    say(f"links {told}: {time.perf_counter() - began:.0f} s", flush=True)
