"""Short ways to arrange and to ask: sources, events, states put underneath, what a guard says, open tasks."""
from datetime import date, timedelta

from sitereg import decisions
from sitereg import protection as guarding
from sitereg.errors import Refused
from tests import given

DAY = date(2025, 6, 1)
GRAVE, PRISON = "mass_grave", "prison_military"


def source(registry, grade="B", kind="testimony_resident", *, connection=None, origin=None, tier=1):
    """The id of a new source of that grade, type and connection; the same origin = it repeats the other."""
    with registry.dba() as raw:
        made = raw.execute(
            "insert into reg.source(id, type, connection, label, origin_root, tier, scope, recorded_by, event, digest)"
            " select i, %s, %s, '{}', coalesce(%s, i), %s, 0, a.id, i, '' from reg.new_id() i, reg.account a where a.name = 'worker'"
            " returning id", [kind, connection, origin, tier]).fetchone()[0]
        raw.execute("insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)"
                    " select reg.new_id(), %s, %s, 'test', a.id, %s, '' from reg.account a where a.name = 'worker'", [made, grade, made])
    return made


def person(registry, *said, tier=1):
    """The id of a new case of whom `said` is claimed."""
    claims = [{"credibility": "2", "source": str(given.source_of(registry, "B")), "subject_key": "p", **one}
              for one in said or ({"predicate": "sex", "value": {"code": "male"}},)]
    return registry.rows("record_claims", claims=given.Json(claims),
                         subjects=given.Json([{"key": "p", "kind": "person", "tier": tier}]))[0]["subject"]


def event(kind, at=None, **more):
    return {"predicate": "event", "value": {"kind": kind}, "at": at and f"[{at},{at}]", **more}


def activity(code):
    return {"predicate": "activity", "value": {"code": code}}


def remains(code):
    return {"predicate": "remains_state", "value": {"code": code}}


def state(registry, subject, machine, aspect=""):
    with registry.dba() as raw:
        return raw.execute("select api._state(%s, %s, %s)", [subject, machine, aspect]).fetchone()[0]


def put(registry, subject, machine, to, *, aspect="", basis=(), age=timedelta(0), due=None):
    """The subject stands in the state `to` by a decision of that age, whatever the machine says; its id."""
    with registry.dba() as raw:
        return raw.execute(
            "insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, due, proposed_by,"
            " tier, scope, recorded_at, recorded_by, event, digest)"
            " select reg.new_id(), s.id, %(m)s, %(a)s, coalesce((select max(d.seq) from reg.decision d where d.subject = s.id"
            " and d.machine = %(m)s and d.aspect = %(a)s), 0) + 1, api._state(s.id, %(m)s, %(a)s), %(t)s, 'arranged', %(b)s, %(due)s,"
            " w.id, s.tier, s.scope, clock_timestamp() - %(age)s, w.id, reg.new_id(), ''"
            " from reg.subject s, reg.account w where s.id = %(s)s and w.name = 'worker' returning id",
            {"m": machine, "a": aspect, "t": to, "b": list(basis), "s": subject, "age": age,
             "due": due}).fetchone()[0]


def refusal(session, act):
    """The Refused that `act` raises, with what it did undone."""
    try:
        with session.savepoint():
            act()
    except Refused as refused:
        return refused
    return None


def lacks(registry, guard, subject, basis=(), *, machine="verification", aspect=GRAVE, from_="", to="",
          value=None, due=None):
    """What the guard says to the one who is announced; None = it holds."""
    with registry.dba() as raw:
        return raw.execute(
            f"select api._guard_{guard}(api._context(%s, %s, %s, %s, %s, 'for the tests', %s, %s, %s, null))",
            [subject, machine, aspect if machine == "verification" else "", from_, to, list(basis),
             given.Json(value or {}), due]).fetchone()[0]


def batch(registry, tier=1):
    """A running batch of the worker's own."""
    with registry.dba() as raw:
        document, made = raw.execute("select reg.new_id(), reg.new_id()").fetchone()
        raw.execute("insert into reg.document(id, sha256, size, media_type, original_name, role, how, tier, recorded_by, event, digest)"
                    " select %s, sha256('x'), 1, 'text/csv', 'x.csv', 'evidentiary', 'upload', 1, a.id, %s, '' from reg.account a where a.name = 'worker'", [document, document])
        raw.execute("insert into reg.import_batch(id, document, profile, profile_version, tier, operator) select %s, %s, 'test', '1', %s, a.id"
                    " from reg.account a where a.name = 'worker'", [made, document, tier])
    return made


def tasks(registry, subject, what):
    with registry.dba() as raw:
        return [row[0] for row in raw.execute(
            "select data from reg.task where subject = %s and what = %s and done_at is null order by opened_at", [subject, what])]


def placed_grave(registry):
    """The id of a new site: a grave with an exact place."""
    return given.site(registry, given.kind(GRAVE), given.place(36.5, 33.5))[0]


def version(registry, site):
    with registry.dba() as raw:
        return raw.execute("select version from reg.site where id = %s and face = 2", [site]).fetchone()[0]


def shown(registry, site, face=2):
    """(verification of the grave, protection) that the resolved record shows."""
    with registry.dba() as raw:
        return raw.execute("select k.verification, s.protection from reg.site s join reg.site_kind k on k.site = s.id and k.face = s.face"
                           " where s.id = %s and s.face = %s and k.kind = %s", [site, face, GRAVE]).fetchone()


def unprotect(registry, site, **more):
    return decisions.decide(registry, site, "protection", "unprotected", reason="seen from the road",
                            observed_on=DAY, **more)


def propose(registry, site):
    """A proposal suspected -> refuted that a verifier may approve."""
    claims = guarding.inspect(registry, site, visited_on=DAY, covered="the plot", negative=True)["claims"]
    return decisions.decide(registry, site, "verification", "refuted", aspect=GRAVE,
                            reason="nothing was found", basis=claims)
