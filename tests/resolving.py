"""Short ways to put subjects, claims and decisions into the tables and to read the resolved rows, for the resolve tests."""
import json
import uuid

from psycopg.rows import dict_row

START = "2024-06-01T12:00:00+00"


def numbered(n):
    """The n-th id of a test: small, ordered, reproducible."""
    return str(uuid.UUID(int=(7 << 76) | (8 << 60) | n))


def subject(raw, n, *, kind="site", tier=0, exact_tier=None, scope=()):
    """A subject with the n-th id."""
    default = 2 if kind == "person" else tier
    raw.execute(
        "insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)"
        " select %s, %s, %s, %s, api._scope_of(%s), %s, id from reg.account where name = 'worker'",
        [numbered(n), kind, f"T-{n}", tier, list(scope), default if exact_tier is None else exact_tier])
    return numbered(n)


def claim(raw, whose, n, said):
    """The n-th claim, recorded n minutes after START. `said` is a dict of the golden files' shorthand:

    says, code or value, grade (B2), origin, first_hand, at, began, ended (dateranges), place [lon, lat] or wkt, u,
    unit (pcode of edition test), place_kind, tier, scope, object and site (numbers), item (number), rumour, recorded.
    """
    value = dict(said.get("value") or ({"code": said["code"]} if "code" in said else {}))
    if "site" in said:
        value["site"] = numbered(said["site"])
    grade = said.get("grade", "B2")
    wkt = said.get("wkt") or ("POINT({} {})".format(*said["place"]) if "place" in said else None)
    raw.execute(
        """insert into reg.claim(id, subject, predicate, item, value, object, geom, uncertainty_m, place_kind, method, pcode,
             edition, at, began, ended, source, origin, reliability, credibility, first_hand, tier, scope, rumour_owner,
             rumour_until, batch, verbatim, quote, recorded_at, recorded_by, event, digest)
           select %(id)s, %(subject)s, %(says)s, %(item)s, %(value)s, %(object)s, st_geomfromtext(%(wkt)s, 4326), %(u)s,
             %(place_kind)s, %(method)s, %(unit)s, %(edition)s, %(at)s, %(began)s, %(ended)s, s.id,
             coalesce(md5(%(origin)s::text)::uuid, s.id), %(reliability)s, %(credibility)s, %(first_hand)s, %(tier)s,
             api._scope_of(%(scope)s), case when %(rumour)s then a.id end, case when %(rumour)s then date '2030-01-01' end,
             %(batch)s, %(verbatim)s, %(verbatim)s, %(start)s::timestamptz + make_interval(mins => %(minute)s), a.id, %(id)s, ''
           from reg.account a, reg.source s where a.name = 'worker' and s.label->>'en' = %(source)s""",
        {"id": numbered(n), "subject": whose, "says": said["says"], "item": numbered(said.get("item", n)),
         "value": json.dumps(value) if value else None, "object": numbered(said["object"]) if "object" in said else None,
         "wkt": wkt, "u": said.get("u", 50) if wkt else None,
         "place_kind": said.get("place_kind", ("admin_unit" if "unit" in said else "exact") if said["says"] == "place" else None),
         "method": "gnss_device" if wkt else None, "unit": said.get("unit"), "edition": "test" if "unit" in said else None,
         "at": said.get("at"), "began": said.get("began"), "ended": said.get("ended"), "origin": said.get("origin"),
         "reliability": grade[0], "credibility": grade[1], "first_hand": said.get("first_hand"), "tier": said.get("tier", 0),
         "scope": said.get("scope", []), "rumour": said.get("rumour", False), "batch": said.get("batch"),
         "verbatim": said.get("verbatim"), "minute": said.get("recorded", n), "start": START, "source": f"source {grade[0]}"})
    return numbered(n)


def end(raw, n):
    """The n-th claim is live no more."""
    raw.execute("insert into reg.claim_end(claim, why, recorded_by, event, digest)"
                " select %s, 'test', id, %s, '' from reg.account where name = 'worker'", [numbered(n), numbered(n)])


def decide(raw, whose, machine, to, *, aspect="", value=None, due=None, observed_on=None, tier=0, annuls=None, minute=1000):
    """The next decision of that machine and aspect is in force; its id."""
    return raw.execute(
        """insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, value, reason, proposed_by, due,
             observed_on, annuls, tier, scope, recorded_at, recorded_by, event, digest)
           select reg.new_id(), %(s)s, %(m)s, %(a)s, coalesce(max(d.seq), 0) + 1, '', %(to)s, %(value)s, 'test', w.id, %(due)s,
             %(on)s, %(annuls)s, %(tier)s, 0, %(start)s::timestamptz + make_interval(mins => %(minute)s), w.id, %(s)s, ''
           from reg.account w left join reg.decision d on d.subject = %(s)s and d.machine = %(m)s and d.aspect = %(a)s
           where w.name = 'worker' group by w.id returning id""",
        {"s": whose, "m": machine, "a": aspect, "to": to, "value": json.dumps(value or {}), "due": due, "on": observed_on,
         "annuls": annuls, "tier": tier, "start": START, "minute": minute}).fetchone()[0]


def resolve(raw, *ids):
    """The records of these subjects are resolved."""
    raw.execute("select api._resolve(%s::uuid[])", [list(ids)])


def differences(raw, *ids):
    """Rows that do not follow from claims and decisions."""
    return raw.execute("select * from api._resolved_differences(%s::uuid[])", [list(ids) or None]).fetchall()


def site_faces(raw, whose):
    """{face: the site's row as JSON would hold it, with its kinds {kind: row} and relations [row]}; shapes as WKT."""
    return _faces(raw, "select to_jsonb(s) || jsonb_build_object('shown', st_astext(s.shown), 'centre', st_astext(s.centre),"
                  " 'site_kinds', (select coalesce(jsonb_object_agg(k.kind, to_jsonb(k)), '{}') from reg.site_kind k"
                  " where k.site = s.id and k.face = s.face), 'relations', (select coalesce(jsonb_agg(to_jsonb(r) order by r.kind, r.other), '[]')"
                  " from reg.site_relation r where r.site = s.id and r.face = s.face)) as row from reg.site s where s.id = %s", whose)


def person_faces(raw, whose):
    """{face: the person's row as JSON would hold it, with its events {item: row}}; shapes as WKT."""
    return _faces(raw, "select to_jsonb(p) || jsonb_build_object('events', (select coalesce(jsonb_object_agg(e.id, to_jsonb(e)"
                  " || jsonb_build_object('shown', st_astext(e.shown), 'centre', st_astext(e.centre))), '{}')"
                  " from reg.person_event e where e.person = p.id and e.face = p.face)) as row from reg.person p where p.id = %s", whose)


def _faces(raw, query, whose):
    with raw.cursor(row_factory=dict_row) as cursor:
        rows = [row["row"] for row in cursor.execute(query, [whose]).fetchall()]
    return {row["face"]: row for row in sorted(rows, key=lambda row: row["face"])}


def kind(code, **more):
    """What claims a kind of a site."""
    return {"says": "kind", "code": code, **more}


def place(lon, lat, u=50, **more):
    """What claims a point with an uncertainty of u metres."""
    return {"says": "place", "place": [lon, lat], "u": u, **more}


def a_site(raw, n, *said, **more):
    """The n-th site with what is said of it (claims 10 n, 10 n + 1, ...), resolved."""
    whose = subject(raw, n, **more)
    for i, one in enumerate(said):
        claim(raw, whose, 10 * n + i, one)
    resolve(raw, whose)
    return whose
