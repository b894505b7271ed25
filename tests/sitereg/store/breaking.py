"""Short ways for those who try to break in."""
from tests import given


def correct(registry, claim, **change):
    return registry.call("correct_claim", claim=claim, change=given.Json(change), why="looked again")


def underneath(registry, query, *values):
    with registry.dba() as raw:
        return raw.execute(query, values).fetchall()


def person(registry, *said, **subject):
    """A new person of whom `said` is claimed; (id, claim ids)."""
    source = str(given.source_of(registry, "B"))
    rows = registry.rows("record_claims", claims=given.Json([{"subject_key": "p", "credibility": "2", "source": source, **one} for one in said]),
                         subjects=given.Json([{"key": "p", "kind": "person", "tier": 1, **subject}]))
    return rows[0]["subject"], [row["claim"] for row in rows]


def event(code="arrested", **more):
    return {"predicate": "event", "value": {"kind": code, **more.pop("value", {})}, **more}


def opened(registry):
    return registry.one("open_batch", files=given.Json([{"sha256": "ab" * 32, "size": 1, "media_type": "text/csv", "original_name": "x.csv"}]),
                        profile=given.Json({"name": "p", "version": "1", "scheme": "p"}),
                        source=given.Json({"type": "testimony_resident", "reliability": "B", "label": {"en": "x"}}),
                        terms=given.Json({"partner": {"en": "x"}, "terms": "x", "permitted_uses": ["analysis"], "consent": "unknown"}))


def add_row(registry, made, subject, row_no=1):
    row = {"row_no": row_no, "outcome": "accepted", "verbatim": {"lat": "33.222654"}, "fingerprint": f"{row_no:02x}" * 32, "subject": str(subject)}
    return registry.call("add_rows", batch=made, rows=given.Json([row]))
