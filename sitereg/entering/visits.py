"""Submissions of the form of a visit, as ODK Central and Kobo export them: each is a visit, with a disturbance or none.

The form (visitsheet) holds no site, no name and no place: whoever goes types the public code that the sheet in the office says. It
asks what `protection.inspect` and `record_disturbance` take, in English and Arabic.
"""
from pathlib import Path

from sitereg import protection, sites
from sitereg.entering import fieldwork
from sitereg.entering.visitsheet import FIELDS, submissions
from sitereg.errors import BadInput, SiteregError
from sitereg.imports.problems import problem
from sitereg.vocab import ProblemCode

LEAST_CORNERS = 3
UNSAID = "The form asks this and the submission does not say it"
UNSEEN = "A visit of that day stands, whose words you are not shown: have it recorded by somebody who is"
SAME = ("visited_on", "negative", "damage_assessed", "team", "covered", "not_searched", "findings")
PLAIN = ("site", "visited_on", "team", "covered", "not_searched", "findings", "negative", "damage_assessed", "remains")

__all__ = ["take"]


def take(session, path, *, media=None, dry_run=False):
    """Every submission of the file (CSV or XLSX as ODK Central and Kobo export them) is a visit; answers a row for each.

    media: the folder of the photographs. A row: {row, site, outcome: recorded, already, refused, visit, problems}. What is wrong
    with one costs that one alone; the same visit again (site, day and all its words) is not recorded twice.
    """
    rows = [_row(session, number, words, Path(media) if media else None, dry_run) for number, words in submissions(Path(path))]
    if not rows:
        raise BadInput("The file holds no submission", where=Path(path).name, do="Export the submissions of the form again.")
    return rows


def _row(session, number, words, media, dry_run):
    problems = []
    told = {"row": number, "site": words.get("site", ""), "outcome": "refused", "visit": None, "problems": problems}
    given = _read(words, problems)
    if not given:
        return told
    try:
        with session.savepoint():
            page = sites.show(session, given.pop("site"))
            if page["merged_into"]:
                raise BadInput(f"{page['code']} was merged into {page['merged_into']}", do="Use the code of what it became.")
            if _stands(session, page, given, problems):
                return {**told, "outcome": "already"}
            visit = _record(session, page, given, _photographs(words, media, problems))
            if dry_run:
                raise _Tried
        return {**told, "outcome": "recorded", "visit": str(visit)}
    except _Tried:
        return {**told, "outcome": "recorded"}
    except SiteregError as error:
        told["problems"] = problems + _faults(error, told["site"])
        return told


def _faults(error, site):
    """What the registry lacks, by field."""
    told = [(one["field"], one["value"], one["message"]) for one in error.details.get("problems", ())]
    return [problem(ProblemCode.MISSING_REQUIRED, *one) for one in told or [("site", site, str(error))]]


class _Tried(Exception):
    """Raised to undo a dry run."""


def _record(session, page, given, photographs):
    return fieldwork.visit(session, page["id"], photographs=photographs, **given)["visit"]


def _stands(session, page, given, problems):
    """Whether a visit of that day with all of these words stands; where the caller is not shown the words, one of that day."""
    hidden = page["place"]["shown_as"] not in ("exact", "none")
    same = ("visited_on", "negative", "damage_assessed") if hidden else SAME
    found = any(one["method"] == "on_site" and all(one[name] == given[name] for name in same)
                for one in protection.visits(session, page["id"]))
    if found and hidden:
        problems.append(problem(ProblemCode.DUPLICATE_ROW, "visited_on", str(given["visited_on"]), UNSEEN))
    return found


def _read(words, problems):
    """What `inspect` takes, with site and disturbance; None where a field is wrong."""
    found, before = {}, len(problems)
    for name, one in FIELDS.items():
        text = words.get(name, "").strip()
        try:
            found[name] = one.read(text)
        except ValueError as fault:
            code = ProblemCode.BAD_DATE if one.kind == "date" else ProblemCode.UNKNOWN_CODE
            problems.append(problem(code, name, text, str(fault)))
        if one.required and not text:
            problems.append(problem(ProblemCode.MISSING_REQUIRED, name, "", UNSAID))
    shape, within = _corners(words.get("covered_shape", ""), problems)
    if len(problems) > before:
        return None
    disturbed = None
    if found["disturbed"]:
        disturbed = {"kind": found["kind"], "severity": found["severity"], "by": found["by"], "note": found["disturbance_note"],
                     "observed": found["observed"] or found["visited_on"], "reversible": found["reversible"]}
        for name in ("kind", "severity"):
            if not found[name]:
                problems.append(problem(ProblemCode.MISSING_REQUIRED, name, "", "A disturbance has its kind and its severity"))
                return None
    return {**{name: found[name] for name in PLAIN}, "covered_shape": shape, "covered_within_m": within,
            "disturbance": disturbed}


def _corners(text, problems):
    """(the area that was walked round, metres it may be off): "lat lon alt accuracy; ..." as ODK writes it."""
    if not text.strip():
        return None, None
    try:
        points = [[float(part) for part in one.split()] for one in text.split(";") if one.strip()]
        if len(points) < LEAST_CORNERS:
            raise ValueError
        shape = fieldwork.ring([(point[1], point[0]) for point in points])
    except (ValueError, IndexError, BadInput):
        problems.append(problem(ProblemCode.BAD_GEOMETRY, "covered_shape", text[:80]))
        return None, None
    told = [point[3] for point in points if len(point) > 3 and 0 < point[3] <= 100_000]
    return shape, max(told) if len(told) == len(points) else None


def _photographs(words, media, problems):
    """The files of the photographs that lie in the folder; one that does not is told."""
    found = []
    for name in ("photo_1", "photo_2", "photo_3"):
        text = words.get(name, "").strip()
        if not text:
            continue
        path = media / Path(text).name if media else None
        if path and path.is_file():
            found.append(path)
        else:
            problems.append(problem(ProblemCode.NOT_READ, name, text, "It does not lie in the folder of photographs: give --media"))
    return found
