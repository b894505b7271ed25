"""Watched sites: what changed at them since one last looked, from what one sees oneself.

    watches.add(session, site)                     nobody else is told
    watches.listed(session)                        [{code, names, since, seen_at, anew, changes: [...]}]
    watches.looked(session, site)                  what stands there now has been seen

What a site looked like in one's own face is kept as one looks, and compared with what it looks like in it now. A site that one no
longer sees is absent; of a merged one that stands which it became. Errors: NotFound for what one does not see or watch.
"""
__all__ = ["add", "changes", "codes", "end", "listed", "looked"]

COUNTS = ("claims", "ended", "decisions", "visits", "measures", "disturbances")
STATES = ("protection", "next_review", "in_doubt_since")


def add(session, site):
    """The site of that id is watched."""
    session.call("watch_site", site=site)


def end(session, site):
    """It is watched no more."""
    session.call("unwatch_site", site=site)


def looked(session, site=None):
    """What one sees now of this site, or of all that one watches, has been seen; answers of how many."""
    return session.call("looked_at", site=site)


def listed(session):
    """One's watched sites, those with most that changed first: id, code, names, since, seen_at, and what `changes` says."""
    rows = {row["id"]: row for row in session.rows("watched")}.values()
    found = [{name: row[name] for name in ("id", "code", "names", "since", "seen_at")} | changes(row["seen"], row["now"])
             for row in rows]
    return sorted(found, key=lambda one: (-len(one["changes"]), one["code"]))


def codes(session):
    """The codes of one's watched sites."""
    return {row["watches"] for row in session.rows("watches")}


def changes(seen, now):
    """{anew, changes: [{what, kind, was, now}]}: what differs between two looks at a site.

    what: one of COUNTS (now: how many more), one of STATES, or kind (of that kind: its level, None where it is not said). anew: the
    clearance changed in between, so that nothing can be compared.
    """
    if seen["face"] != now["face"]:
        return {"anew": True, "changes": []}
    told = [{"what": name, "kind": None, "was": seen[name], "now": now[name]} for name in STATES if seen[name] != now[name]]
    kinds = sorted(seen["kinds"].keys() | now["kinds"].keys())
    told += [{"what": "kind", "kind": kind, "was": seen["kinds"].get(kind), "now": now["kinds"].get(kind)} for kind in kinds
             if seen["kinds"].get(kind) != now["kinds"].get(kind)]
    return {"anew": False, "changes": told + [
        {"what": name, "kind": None, "was": None, "now": now[name] - seen[name]} for name in COUNTS if now[name] > seen[name]]}
