"""What tests begin from: people with clearances, sources with grades, a few admin units; and short ways to say things."""
import json

from shapely import Point, to_wkb

from sitereg.store import keys, people
from sitereg.store.session import Json

WORKING = ["investigator", "analyst", "data_steward", "protection_officer"]
PEOPLE = {  # name: (tier, compartments, roles)
    "worker": (2, ["names"], WORKING),
    "verifier": (2, ["names"], ["verifier"]),
    "verifier2": (2, ["names"], ["verifier"]),
    "officer": (2, [], ["protection_officer"]),
    "officer1": (1, [], ["protection_officer"]),
    "investigator1": (1, [], ["investigator"]),
    "analyst1": (1, [], ["analyst"]),
    "steward1": (1, [], ["data_steward"]),
    "verifier1": (1, [], ["verifier"]),
    "releaser": (2, [], ["releaser"]),
    "handler": (2, ["names"], ["source_handler"]),
    "auditor": (1, [], ["auditor"]),
    "admin": (0, [], ["admin"]),
    "admin2": (0, [], ["admin"]),
    "releaser2": (2, [], ["releaser"]),
    "viewer": (0, [], ["viewer"]),
}
TERMS = {"partner": {"en": "Test partner"}, "terms": "for the tests", "consent": "given",
         "permitted_uses": ["search_for_missing", "analysis", "sharing_with_partners", "publication"]}
SQUARE = "POLYGON((36 33, 37 33, 37 34, 36 34, 36 33))"


def world(raw, settings):
    """Accounts of PEOPLE, the token key, one admin unit of each level, sources graded A to F, the stage open: committed."""
    keys.accept(raw, settings.token_key())
    for name, (tier, compartments, roles) in PEOPLE.items():
        account = people.account(raw, name, display=name.title(), os_user=f"os_{name}")
        people.clearance(raw, account, tier=tier, compartments=compartments, roles=roles, reason="test")
    units(raw)
    for grade in "ABCDEF":
        source(raw, f"source {grade}", grade)
    stage(raw)


def units(raw):
    """Square units in edition 'test': country SY, governorate SY01 (36-37 E, 33-34 N), sub-district SY010000 in it."""
    for pcode, level, parent, wkt in (
            ("SY", 0, None, "POLYGON((35 32, 43 32, 43 38, 35 38, 35 32))"), ("SY01", 1, "SY", SQUARE),
            ("SY0100", 2, "SY01", SQUARE), ("SY010000", 3, "SY0100", "POLYGON((36 33, 36.3 33, 36.3 33.3, 36 33.3, 36 33))")):
        raw.execute(
            "insert into reg.admin_unit(pcode, edition, level, country, name_en, name_ar, parent, geom, centre, radius_m, source)"
            " select %s, 'test', %s, 'SY', %s, %s, %s, g, st_pointonsurface(g), 50000, 'test' from st_geomfromtext(%s, 4326) g",
            [pcode, level, f"Unit {pcode}" if level else "Syria", f"وحدة {pcode}" if level else "سوريا", parent, wkt])


def stage(raw, opens=True):
    """Cases are registered, or no more: handler asked, releaser agreed."""
    def put(row, said, *values):
        event = raw.execute(f"insert into reg.{row}, recorded_by, event, digest) select i, {said}, a.id, i, '' from reg.new_id() i,"
                            " reg.account a where a.name = %s returning event", values).fetchone()[0]
        raw.execute("select api._close_event(%s, %s, %s, 'arranged')", [event, row[:row.index("(")], event])
        return event

    made = put("stage(id, opens, reason", "%s, 'arranged'", opens, "handler")
    put("stage_step(id, stage, step, why", "%s, 'agreed', 'arranged'", made, "releaser")


def unstaged(raw):
    """The world as it was before there was a stage: neither it nor its two events, the last of the chain, were ever written."""
    raw.execute("set session_replication_role = replica; delete from reg.stage_step; delete from reg.stage;"
                " delete from reg.audit_event where seq in (select seq from reg.audit_event order by seq desc limit 2);"
                " update reg.audit_head h set (seq, hash) = (select e.seq, e.hash from reg.audit_event e order by e.seq desc limit 1);"
                " set session_replication_role = origin")


def source(raw, label, grade, *, kind="testimony_resident", origin=None, tier=1):
    """The id of a new source of `grade`; two sources given the same `origin` repeat one another."""
    made = raw.execute(
        "insert into reg.source(id, type, label, origin_root, tier, scope, partner, terms, permitted_uses, consent, recorded_by, event,"
        " digest) select i, %s, %s, coalesce(%s, i), %s, 0, api._partner_named(%s), %s, %s, %s, a.id, i, ''"
        " from reg.new_id() i, reg.account a where a.name = 'worker' returning id",
        [kind, json.dumps({"en": label}), origin, tier, json.dumps(TERMS["partner"]), TERMS["terms"], TERMS["permitted_uses"],
         TERMS["consent"]]).fetchone()[0]
    raw.execute("insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)"
                " select reg.new_id(), %s, %s, 'test', a.id, %s, '' from reg.account a where a.name = 'worker'",
                [made, grade, made])
    raw.execute("select api._close_event(%s, 'new_source', %s, 'test')", [made, made])
    return made


def source_of(registry, grade):
    """The id of the committed source of that grade."""
    with registry.dba() as raw:
        return raw.execute("select id from reg.source where label->>'en' = %s", [f"source {grade}"]).fetchone()[0]


def point(lon, lat):
    """The hexadecimal EWKB that api.record_claims takes as a shape."""
    return to_wkb(Point(lon, lat), hex=True)


def site(registry, *said, tier=1, exact_tier=None, compartments=None, source=None, key="s"):
    """A new site of which `said` (dicts without subject and source) are claimed; (id, code, claim ids)."""
    source = source or source_of(registry, "B")
    claims = [{"credibility": "2", "source": str(source), "subject_key": key, **one} for one in said]
    subject = {"key": key, "kind": "site", "tier": tier, "exact_tier": exact_tier, "compartments": compartments}
    rows = registry.rows("record_claims", claims=registry_json(claims), subjects=registry_json([subject]))
    return rows[0]["subject"], rows[0]["code"], [row["claim"] for row in rows]


def registry_json(value):
    return Json(value)


def say(registry, subject, *said, source=None):
    """Claims about an existing subject; their ids."""
    source = source or source_of(registry, "B")
    claims = [{"credibility": "2", "source": str(source), "subject": str(subject), **one} for one in said]
    return [row["claim"] for row in registry.rows("record_claims", claims=registry_json(claims))]


def kind(code, **more):
    return {"predicate": "kind", "value": {"code": code}, **more}


def name(text, lang="en", **more):
    return {"predicate": "name", "value": {"text": text, "lang": lang}, **more}


def place(lon, lat, radius=20, **more):
    return {"predicate": "place", "geom": point(lon, lat), "uncertainty_m": radius, "place_kind": "exact",
            "method": "source_coordinates", **more}
