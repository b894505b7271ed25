"""Short ways to arrange cases for tests: what is said of them, and what was decided without asking anybody."""
from tests import given


def case(registry, *said, tier=1, compartments=None):
    """(id, code) of a new case of whom this is said."""
    claims = [{"credibility": "2", "source": str(given.source_of(registry, "B")), "subject_key": "p", **one} for one in said]
    subject = {"key": "p", "kind": "person", "tier": tier, "compartments": compartments}
    rows = registry.rows("record_claims", claims=given.registry_json(claims), subjects=given.registry_json([subject]))
    return rows[0]["subject"], rows[0]["code"]


def event(kind, at=None, where=None, radius=30, **value):
    placed = {} if where is None else {"geom": given.point(*where), "uncertainty_m": radius, "place_kind": "exact"}
    return {"predicate": "event", "value": {"kind": kind, **value}, "at": at, **placed}


def named(text, **more):
    return {"predicate": "person_name", "value": {"text": text, **more}}


def settle(registry, subject, machine, to, reason="arranged"):
    """It stands decided, whatever guards say, and the record follows."""
    with registry.dba() as raw:
        raw.execute(
            "insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, value, proposed_by, tier, scope,"
            " recorded_by, event, digest, observed_on) select reg.new_id(), s.id, %(m)s, '', coalesce((select max(d.seq) from reg.decision d where"
            " d.subject = s.id and d.machine = %(m)s), 0) + 1, api._state(s.id, %(m)s, ''), %(t)s, %(r)s, '{}', '{}', w.id, s.tier, s.scope,"
            " w.id, reg.new_id(), '', '2024-03-02' from reg.subject s, reg.account w where s.id = %(s)s and w.name = 'worker'",
            {"m": machine, "t": to, "s": subject, "r": reason})
        raw.execute("select api._resolve(array[%s]::uuid[])", [subject])


def read_log(registry, action):
    """(detail) of every read of that kind, committed or not."""
    with registry.dba() as raw:
        return [row[0] for row in raw.execute("select detail from reg.read_log where action = %s order by at", [action]).fetchall()]
