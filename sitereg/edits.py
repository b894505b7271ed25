"""A working copy of sites for QGIS, and what somebody changed in it: claims of theirs, beside all that is known, deciding nothing.

    edits.copy(session, "work.gpkg", adm1=["SY07"])
    edits.take(session, "work.gpkg", method="satellite_digitised")      -> Report

The copy holds the layers sites_point, sites_line, sites_area, the table sites_unplaced, and `as_copied`: each row as it was. What
differs from that is a change, so it does not matter what became of the registry meanwhile (`changed_since` tells). Rows that were
not touched, and rows that were deleted, say nothing; the latter are told.
"""
import hashlib
import json
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas
import shapely

from sitereg import claims, documents, exports, geo, sites, sources, tables, vocab
from sitereg.errors import BadInput
from sitereg.imports.problems import problem
from sitereg.imports.readers import LAYER, process
from sitereg.vocab import GeorefMethod, ProblemCode

BASE, LAYERS = "as_copied", "sites_"
NAMES = {"name_en": "en", "name_ar": "ar"}
OWN = ("edit_method", "edit_uncertainty_m", "edit_note")
UNSAID = ("fid", LAYER)
LARGEST_M2 = 50e6
EXACT_M, VAGUE = 100.0, ("gazetteer_lookup", "admin_unit", "unknown")
UNDRAWN = f"Say how it was drawn: edit_method in the row, or --method; one of {', '.join(GeorefMethod.codes())}"
LABEL = {"en": "Drawn in a GIS", "ar": "مرسوم في نظام معلومات جغرافية"}
TERMS = {"terms": "our own work", "consent": "not_applicable"}

__all__ = ["Report", "Row", "copy", "take"]


@dataclass
class Row:
    """What became of one row: changed, new, unchanged, deleted or refused; said: the fields of which a claim stands."""

    outcome: str
    code: str | None = None
    layer: str | None = None
    number: int | None = None
    said: tuple[str, ...] = ()
    problems: list = field(default_factory=list)

    def note(self, code, column, value="", message=None):
        """The problem stands in the row."""
        self.problems.append(problem(code, column, value, message))

    def refuse(self, code, column, value="", message=None):
        """Nothing of the row is taken."""
        self.note(code, column, value, message)
        self.outcome = "refused"


@dataclass
class Report:
    """What came of an edited copy: its rows, the ids of the claims, whether it was only tried."""

    file: str
    sha256: str
    rows: list
    claims: list = field(default_factory=list)
    dry_run: bool = False

    @property
    def counts(self):
        """{changed, new, unchanged, deleted, refused}."""
        found = Counter(one.outcome for one in self.rows)
        return {name: found[name] for name in ("changed", "new", "unchanged", "deleted", "refused")}

    def as_dict(self):
        """The report as one JSON object; rows that were not touched are only counted."""
        rows = [{**asdict(one), "problems": [each.as_dict() for each in one.problems]} for one in self.rows
                if one.outcome != "unchanged"]
        return {"file": self.file, "sha256": self.sha256, "dry_run": self.dry_run, **self.counts,
                "claims": [str(one) for one in self.claims], "rows": rows}


def copy(session, path, **filters):
    """The sites that fit (sites.FILTERS) stand in a new GeoPackage to be edited, readable by its owner alone; {layer: rows}.

    Empty columns wait for what a change needs: edit_method (a code of georef_method), edit_uncertainty_m, edit_note. Raises
    BadInput: there is such a file, or no site fits.
    """
    path = exports.placed(path)
    if path.exists():
        raise BadInput("There is such a file already", where=str(path), do="Give another name.")
    held = sites.frame(session, **filters)
    if held.empty:
        raise BadInput("No site of yours fits", do="Ask for more: fewer filters, a larger box.")
    held = held.assign(edit_method=pandas.Series(None, held.index, "str"), edit_uncertainty_m=float("nan"),
                       edit_note=pandas.Series(None, held.index, "str"))
    with tempfile.TemporaryDirectory(prefix=".copying-", dir=path.absolute().parent) as folder:
        made = Path(folder) / "file.gpkg"
        counts = tables.save({"sites": held}, made)
        rows, _ = opened(made)
        base = [{"code": one.cells["code"], "id": one.cells["id"], "version": int(one.cells["version"]), "mark": mark(one),
                 "cells": json.dumps(cells(one), ensure_ascii=False)} for one in rows if one.part.startswith(LAYERS)]
        exports.gpkg.add(pandas.DataFrame(base), made, BASE)
        made.chmod(0o600)
        exports.named(made, path)
    return counts


def take(session, path, *, method=None, uncertainty_m=None, reliability="F", reason=None, dry_run=False):
    """What differs in an edited copy from what was copied stands as claims of the caller; answers a Report.

    method, uncertainty_m: of drawn shapes whose row says none (the method's floor where neither does). reliability: how the
    caller's own work is graded (F: not judged, so that it displaces nothing graded). What the caller said before is not said anew.
    Raises BadInput for a file that is no such copy; what is wrong with a row stands in the report, the others are taken.
    """
    check("georef_method", method, "method"), check("reliability", reliability, "reliability")
    rows, sha256 = opened(Path(path))
    base = {one.cells["code"]: {**one.cells, "cells": json.loads(one.cells["cells"])} for one in rows if one.part == BASE}
    if not base:
        raise BadInput("This is no working copy: it has no table as_copied", where=Path(path).name,
                       do="Make one with `sitereg edits copy`, edit that, and send it whole.")
    told, waiting = compare(base, [one for one in rows if one.part.startswith(LAYERS)])
    seen(session, base, [row for row, _ in waiting])
    said = [(row, drawn(row, one, base.get(row.code), method, uncertainty_m)) for row, one in waiting if row.outcome != "refused"]
    said = [(row, left) for row, made in said if (left := unsaid(session, row, made))]
    report = Report(Path(path).name, sha256, told, dry_run=dry_run)
    if said and not dry_run:
        report.claims = record(session, said, base, reliability, reason or f"an edited working copy ({sha256[:12]})")
    return report


def opened(path):
    """(rows of every layer, the file's SHA-256), read by the isolated reader that partners' files are read by."""
    with documents.room() as room:
        staged = documents.stage(path, room)
        return process.read(staged.files, room, format="geopackage").rows, staged.main.sha256


def cells(row):
    """The cells that an edit may differ in."""
    return {name: text for name, text in row.cells.items() if name not in UNSAID}


def mark(row):
    """What only the same shape has; "" for none."""
    return hashlib.sha256(bytes.fromhex(row.shape)).hexdigest() if row.shape else ""


def compare(base, rows):
    """([Row of each site and new feature], [(Row, the row as read) of those to be looked at])."""
    by_code, told, waiting = {}, [], []
    for one in rows:
        by_code.setdefault(one.cells.get("code", "").strip(), []).append(one)
    for one in by_code.pop("", []):
        waiting.append((Row("new", None, one.part, one.number), one))
    for code, found in by_code.items():
        row = Row("unchanged", code, found[0].part, found[0].number)
        if code not in base:
            row.refuse(ProblemCode.UNKNOWN_CODE, "code", code, "This code was not in the copy: leave it blank for a new site")
            told.append(row)
            continue
        changed = [one for one in found if mark(one) != base[code]["mark"] or cells(one) != base[code]["cells"]]
        if len(changed) > 1:
            row.refuse(ProblemCode.DUPLICATE_KEY, "code", code, f"{len(changed)} rows of this site differ from the copy: leave one")
        elif changed:
            row.outcome, row.layer, row.number = "changed", changed[0].part, changed[0].number
            waiting.append((row, changed[0]))
        if row.outcome != "changed":
            told.append(row)
    told += [row for row, _ in waiting] + [Row("deleted", code) for code in base.keys() - by_code.keys()]
    return sorted(told, key=lambda one: (one.code or "", one.layer or "", one.number or 0)), waiting


def seen(session, base, rows):
    """Rows of sites that are no longer there for the caller are refused; of those whose record moved on it is told."""
    known = [base[row.code]["id"] for row in rows if row.code]
    there = {} if not known else {one["id"]: one["version"] for one in session.rows("site_frame", ids=known)}
    for row in rows:
        if row.code and base[row.code]["id"] not in there:
            row.refuse(ProblemCode.MISSING_REQUIRED, "code", row.code, "There is no such site for you any more")
        elif row.code and there[base[row.code]["id"]] != int(base[row.code]["version"]):
            row.note(ProblemCode.CHANGED_SINCE, "code", row.code)


def drawn(row, one, before, method, uncertainty_m):
    """The claims of one changed or new row, without source and subject; its problems stand in the row."""
    made, then = [], before["cells"] if before else {}
    differs = {name for name, text in cells(one).items() if text.strip() != then.get(name, "").strip()}
    for name, language in NAMES.items():
        if name in differs and one.cells[name].strip():
            made.append(claims.said("name", {"text": " ".join(one.cells[name].split()), "lang": language}))
        elif name in differs:
            row.note(ProblemCode.NOT_TAKEN, name, "", "A name that was emptied ends nothing: retract the claim on its page")
    if before is None:
        kind = one.cells.get("kind", "").strip()
        if kind not in vocab.SCHEMES["site_kind"].codes():
            row.refuse(ProblemCode.UNKNOWN_CODE, "kind", kind, "A new site needs its kind: a code of site_kind")
            return []
        made.append(claims.said("kind", {"code": kind}))
    for name in sorted(differs - {*NAMES, *OWN, *(("kind",) if before is None else ())}):
        row.note(ProblemCode.NOT_TAKEN, name, one.cells[name], f"{name} is not taken from a copy: say it on the site's page")
    if before is None and not one.shape:
        row.refuse(ProblemCode.NO_GEOMETRY, "shape", "", "A new site needs a shape")
        return []
    if before and mark(one) != before["mark"] and not one.shape:
        row.note(ProblemCode.NOT_TAKEN, "shape", "", "A shape that was taken away ends nothing: retract the claim on its page")
    elif mark(one) != (before["mark"] if before else ""):
        made += placed(row, one, method, uncertainty_m)
    return [] if row.outcome == "refused" else made


def placed(row, one, method, uncertainty_m):
    """The claim of the place, or none and the row is refused."""
    way = one.cells.get("edit_method", "").strip() or method
    if not way or way not in GeorefMethod.codes():
        row.refuse(ProblemCode.MISSING_REQUIRED, "edit_method", way or "", UNDRAWN)
        return []
    cleaned = geo.clean(shapely.from_wkb(one.shape), largest_m2=LARGEST_M2)
    if cleaned.geometry is None:
        for code in cleaned.problems:
            row.refuse(code, "shape")
        return []
    floor = GeorefMethod(way).attrs["floor_m"] or 1.0
    text = one.cells.get("edit_uncertainty_m", "").strip()
    stated = number(text) if text else uncertainty_m
    if (text and stated is None) or (stated is not None and not 0 < stated < 1e6):
        row.refuse(ProblemCode.BAD_UNCERTAINTY, "edit_uncertainty_m", text, "Write metres above 0")
        return []
    if stated is not None and stated < floor:
        row.note(ProblemCode.UNCERTAINTY_RAISED, "edit_uncertainty_m", text, f"{way} is never better than {floor:g} m: claimed so")
    shape = cleaned.geometry
    parts = shapely.get_parts(shape)
    radius = max(stated or floor, floor)
    kind = "exact" if radius <= EXACT_M and way not in VAGUE else "approximate"
    return [claims.said("place", shape=parts[0] if len(parts) == 1 else shape, uncertainty_m=radius, method=way, place_kind=kind,
                        verbatim=one.cells.get("edit_note", "").strip() or None)]


def unsaid(session, row, made):
    """The claims that nobody has said of the site in these words and this shape; the row names them."""
    if row.code and made:
        known = session.rows("all_claims", codes=[row.code])
        names = {(told["field"], told["value"] if isinstance(told["value"], str) else json.dumps(told["value"])) for told in known}
        shapes = {shapely.from_wkb(told["geom"]).normalize().wkb for told in known if told["geom"] is not None}
        made = [one for one in made if not already(one, names, shapes)]
        if not made and row.outcome == "changed":
            row.note(ProblemCode.DUPLICATE_ROW, "code", row.code, "This stands already: nothing written")
    row.said = tuple("name:" + one["value"]["lang"] if one["predicate"] == "name" else one["predicate"] for one in made)
    return made


def already(one, names, shapes):
    """Whether the claim stands in the registry in the same words or the same shape."""
    if one["predicate"] == "place":
        return one["shape"].normalize().wkb in shapes
    return any(field == "name:" + one["value"]["lang"] and one["value"]["text"] in text for field, text in names)


def record(session, said, base, reliability, reason):
    """The claims stand, from one source of the caller's own; answers their ids. New sites get their codes in their rows."""
    unit = session.one("sender")["unit"]
    terms = {**TERMS, "partner": {"en": unit}, "permitted_uses": list(vocab.SCHEMES["permitted_use"].codes())}
    source = sources.new(session, "derived_analysis", LABEL, connection="expert", reliability=reliability, terms=terms,
                         reason="an analyst's own drawing")
    rows, new = [], []
    for row, made in said:
        key = f"{row.layer} {row.number}"
        if not row.code:
            new.append(claims.new_subject(key, "site"))
        whose = {"subject": base[row.code]["id"]} if row.code else {"subject_key": key}
        rows += [(row, {**one, **whose, "source": source, "locator": f"{row.layer}, row {row.number}"}) for one in made]
    done = claims.record(session, [one for _, one in rows], subjects=new, reason=reason)
    for (row, _), one in zip(rows, done, strict=True):
        row.code = row.code or one.code
    return [one.claim for one in done]


def number(text):
    """The number that a cell holds, or None."""
    try:
        return float(text)
    except ValueError:
        return None


def check(scheme, code, where):
    """Raises BadInput for a code that the vocabulary does not have."""
    if code is not None and code not in vocab.SCHEMES[scheme].codes():
        raise BadInput("There is no such code", where=f"{where} {code}", do=f"One of {', '.join(vocab.SCHEMES[scheme].codes())}.")
