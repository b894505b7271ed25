"""Claims of insiders: in the registry by the month and in other words; quote, words and exact days sealed beside.

A village has few bulldozer drivers: a day, a turn of phrase or a line of a testimony tells which one it was.
"""
import re
from datetime import date, timedelta
from uuid import UUID

from sitereg.vault import sheets

WORDS = ("quote", "verbatim", "locator", "edtf")
DAYS = ("at", "began", "ended")
RANGE = re.compile(r"([\[(])\s*\"?(\d{4}-\d{2}-\d{2})?\"?\s*,\s*\"?(\d{4}-\d{2}-\d{2})?\"?\s*([\])])")


def insiders(session, rows):
    """The claims as the registry takes them; those of insiders made coarse, with `vault`: what that took away, sealed.

    rows: claims as JSON takes them (claims.plain), with `source`, or `report` for the source of a report.
    """
    ids = {row.get("source") or row.get("report") for row in rows} - {None}
    found = {str(one["id"]): one for one in session.rows("vault_insiders", ids=sorted(ids))} if all(map(is_id, ids)) else {}
    keys = {str(one["source"]): one["public"] for one in found.values()}
    whose = [row.get("source") or row.get("report") for row in rows]
    return [sealed(session, row, found[one]["source"], keys) if one in found else row for row, one in zip(rows, whose, strict=True)]


def speaks(session, source):
    """Whether that source is an insider."""
    return source is not None and bool(session.rows("vault_insiders", ids=[source]))


def sealed(session, row, source, keys):
    kept, exact = coarse(row)
    if not exact:
        return kept
    source = str(source)
    keys[source] = keys[source] or sheets.public_for(session, source)
    return {**kept, "vault": sheets.sealed(exact, keys[source])}


def correction(session, claim, change):
    """(what is changed of the claim in the registry, what goes to the vault with it, sealed, or None)."""
    source = session.value("vault_insider_of", claim=claim)
    if source is None:
        return change, None
    kept, exact = coarse(change)
    return kept, sheets.sealed(exact, sheets.public_for(session, source)) if exact else None


def coarse(row):
    """(the claim without words, its days widened to months; {field: what it was} of all that changed)."""
    exact = {name: row[name] for name in WORDS if row.get(name)}
    kept = {name: one for name, one in row.items() if name not in WORDS}
    fine = {name: row[name] for name in DAYS if row.get(name) and months(row[name]) != row[name]}
    kept |= {name: months(one) for name, one in fine.items()}
    if fine:
        for name in ("calendar", "holds_throughout"):  # said of those days, not of the months around them
            if kept.get(name):
                exact[name] = kept.pop(name)
    return kept, {**exact, **{name: written(*bounds(one)) for name, one in fine.items()}}


def months(days):
    """A range of days as PostgreSQL writes it, from the first of its first month to the last of its last; itself if it is that."""
    read = bounds(days)
    if read is None:
        return days
    first, after = read
    if (not first or first.day == 1) and (not after or after.day == 1):
        return days
    after = after and (after if after.day == 1 else (after.replace(day=28) + timedelta(days=4)).replace(day=1))
    return written(first and first.replace(day=1), after)


def bounds(days):
    """(the first day, the day after the last) of a range of days, either None; None for what is no range."""
    found = RANGE.fullmatch(days)
    if not found:
        return None
    return (found[2] and date.fromisoformat(found[2]) + timedelta(days=found[1] == "("),
            found[3] and date.fromisoformat(found[3]) + timedelta(days=found[4] == "]"))


def written(first, after):
    return f"[{first or ''},{after or ''})"


def is_id(one):
    try:
        UUID(str(one))
    except ValueError:
        return False
    return True


__all__ = ["coarse", "correction", "insiders", "months", "speaks"]
