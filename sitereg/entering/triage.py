"""Reports on the desk: drawn into claims of a site that stands or of a new one, kept without a place, or closed."""
import shapely

from sitereg import claims, reports, sites, vocab
from sitereg.entering import fields
from sitereg.entering.fields import NEEDED, Field
from sitereg.errors import BadInput, NotFound, Refused
from sitereg.matrix import roles

ROLES, READERS = roles.SORTERS, roles.LISTERS
FORM = {"to": Field("term", ("attached", "new_site", "unplaced", "closed"), True), "why": Field("long", must=True),
        "code": Field("text"), "kind": Field("term", "site_kind"), "name": Field("text"), "place": Field("tick"),
        "note": Field("long"), "tier": Field("term", ("1", "2")), "seen": Field("term", "report_state")}
NO_CLAIM = "Say what the report says of the site: a kind, its place, or a note"
NO_KIND = "Say what kind of place it is said to be"
NO_SITE = "There is no such site for you"
FAULTS = (NO_CLAIM, NO_KIND, NO_SITE)

__all__ = ["FORM", "READERS", "ROLES", "listed", "sort"]


def listed(session, *, state="new", limit=100):
    """Reports in that state (None: all), the newest first, with their words: log the read before showing them."""
    return reports.waiting(session, state=state, limit=limit)


def sort(session, report, typed):
    """The report is sorted as typed ({to, why, code, kind, name, place, note, tier, seen}); answers the code of its site, or None.

    attached needs the code of the site, new_site a kind; what is said of the site becomes claims of the report's own source.
    Raises BadInput with every fault, Conflict where somebody was faster, NotFound for a report that is not there for the caller.
    """
    said, problems = _read(typed)
    row = next(iter(reports.waiting(session, state=None, id=report)), None)
    if row is None:
        raise NotFound
    subject = None
    if said["to"] == "attached" and said["code"] and not problems:
        subject = next(iter(sites.find(session, q=said["code"].upper(), limit=1)), None)
        if subject is None or subject["code"] != said["code"].upper():
            problems.append(_problem("code", "not_found", NO_SITE))
    if problems:
        raise BadInput("The form is not complete", problems=problems, do="What you typed is kept: correct what is marked.")
    with session.savepoint():
        rows = _drawn(session, row, said, subject) if said["to"] in ("attached", "new_site") else []
        reports.sort(session, report, said["to"], why=said["why"], subject=rows[0].subject if rows else None,
                     claims=[one.claim for one in rows], seen=said["seen"])
    return rows[0].code if rows else None


def _read(typed):
    said, problems = {}, []
    for name, one in FORM.items():
        try:
            said[name] = fields.value(one, typed.get(name))
        except ValueError as fault:
            said[name] = None
            problems.append(_problem(name, "bad_value", str(fault)))
            continue
        if one.must and not said[name]:
            problems.append(_problem(name, "missing_required", NEEDED))
    problems += [_problem(name[:60], "unknown_field", fields.NO_FIELD) for name in sorted(set(typed) - set(FORM))]
    if said["to"] == "attached" and not said["code"]:
        problems.append(_problem("code", "missing_required", NEEDED))
    if said["to"] == "attached" and not (said["kind"] or said["place"] or said["note"]):
        problems.append(_problem("note", "missing_required", NO_CLAIM))
    if said["to"] == "new_site" and not said["kind"]:
        problems.append(_problem("kind", "missing_required", NO_KIND))
    return said, problems


def _problem(name, code, message):
    return {"code": code, "field": name, "value": "", "message": message}


def _drawn(session, row, said, site):
    """The claims that the report makes of its site, recorded; no finer tier than the report's own."""
    if row["source_ref"] is None:
        raise Refused("This report has no source", guard="source", needs="Record the claims apart, and name them.")
    whose = {"subject": site["id"]} if site else {"subject_key": "s"}
    more = {"report": row["id"], "tier": row["tier"], **whose}
    made = [claims.said("kind", {"code": said["kind"]}, **more)] if said["kind"] else []
    if said["place"] and row["shape"]:
        made.append(claims.said("place", None, shape=shapely.from_wkb(row["shape"]), uncertainty_m=row["uncertainty_m"],
                                verbatim=row["place"], place_kind="approximate", method="source_coordinates", **more))
    elif said["place"] and row["place"]:
        made.append(claims.said("address", {"text": row["place"]}, **more))
    made += [claims.said("note", {"text": said["note"]}, **more)] if said["note"] else []
    made += [claims.said("name", {"text": said["name"], "lang": "und"}, **more)] if said["name"] else []
    if not made:
        raise BadInput("The form is not complete", problems=[_problem("note", "missing_required", NO_CLAIM)],
                       do="What you typed is kept: correct what is marked.")
    new = [] if site else [_new(row, said)]
    return claims.record(session, made, subjects=new, reason="drawn from a report")


def _new(row, said):
    hides = vocab.SiteKind(said["kind"]).attrs["hides_place"]
    return claims.new_subject("s", "site", tier=int(said["tier"] or row["tier"]), exact_tier=2 if hides else None)
