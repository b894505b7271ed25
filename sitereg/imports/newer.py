"""A newer export beside the one before: only what was not said already is written, and the differences are told.

sift(session, profile, taken, course)      -> each row keeps the claims that do not stand already
compare(session, profile, taken)           -> Difference, or None where no batch of the profile stands
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import shapely

from sitereg.imports.rules import Profile
from sitereg.store.session import Json
from sitereg.vocab import Predicate, ProblemCode

if TYPE_CHECKING:
    from sitereg.imports.recording import Course, Taken

_ABOUT = {"locator", "verbatim", "part", "row_no"}
"""Fields of a claim that say where it was read: they make no other claim of it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a changed row: what stood there and what stands there now; both None where that is not to be read: the
    words are sealed, or another row or a newer profile makes this one say something else."""

    name: str
    old: str | None
    new: str | None

    def as_dict(self) -> dict:
        """The field as one JSON object."""
        return {"field": self.name, "old": self.old, "new": self.new}


@dataclass(frozen=True, slots=True)
class Named:
    """One record that the newer or the older export names, and in a changed row what changed."""

    identifier: str
    code: str | None
    part: str = ""
    row: int | None = None
    fields: tuple[Field, ...] = ()
    claims: int = 0

    def as_dict(self) -> dict:
        """The record as one JSON object."""
        return {"identifier": self.identifier, "code": self.code, "part": self.part, "row": self.row,
                "claims": self.claims, "fields": [one.as_dict() for one in self.fields]}


@dataclass(frozen=True, slots=True)
class Difference:
    """What a newer export changes: against which batch, and the records added, changed, unchanged (rows), no longer named.

    Nothing of what is no longer named or no longer said was ended: that is for a person to decide.
    """

    batch: str
    file: str
    since: datetime
    added: tuple[Named, ...] = ()
    changed: tuple[Named, ...] = ()
    unchanged: int = 0
    no_longer_named: tuple[Named, ...] = field(default=())

    @property
    def counts(self) -> dict[str, int]:
        """The four numbers."""
        return {"added": len(self.added), "changed": len(self.changed), "unchanged": self.unchanged,
                "no_longer_named": len(self.no_longer_named)}

    def as_dict(self) -> dict:
        """The difference as one JSON object; numbers under `counts`."""
        return {"against": self.batch, "file": self.file, "since": self.since.isoformat(), "counts": self.counts,
                **{name: [one.as_dict() for one in getattr(self, name)] for name in ("added", "changed", "no_longer_named")}}


def sift(session, profile: Profile, rows: "list[Taken]", course: "Course") -> None:
    """`says` of each row holds the claims that no row before it in this file and no earlier batch of the profile made.

    A row that is left with none writes nothing. Sealed claims cannot be compared: they stand where the whole row does.
    """
    for one in rows:
        heard = course.heard[one.subject or one.key]
        for claim in one.draft.claims:
            said = _with_authority(session, claim, course.authorities)
            mark = json.dumps({key: value for key, value in said.items() if key not in _ABOUT}, sort_keys=True)
            if mark not in heard:
                heard.add(mark)
                one.says.append(said)
    _drop_said(session, profile, [one for one in rows if one.subject])
    for one in rows:
        one.writes = bool(one.says)
        if not one.says and one.subject:
            since = f"Unchanged since batch {one.repeats}" if one.repeats else "All that it says was said before"
            one.unchanged = True
            one.note(ProblemCode.DUPLICATE_ROW, profile, f"{since}: nothing written", "accepted")


def _drop_said(session, profile: Profile, rows: "list[Taken]") -> None:
    asked = [(one, claim) for one in rows for claim in one.says]
    if not asked:
        return
    claims = [{key: value for key, value in claim.items() if key not in _ABOUT} | {"subject": one.subject} for one, claim in asked]
    said = {row["n"] for row in session.rows("said_already", profile=profile.name, claims=Json(claims))}
    for one in rows:
        one.says = []
    for n, (one, claim) in enumerate(asked, start=1):
        if n not in said:
            one.says.append(claim)
    for one in rows:
        if one.repeats and all(Predicate(claim["predicate"]).attrs["sealed"] for claim in one.says):
            one.says = []


def compare(session, profile: Profile, taken: "list[Taken]", before: dict | None) -> Difference | None:
    """What the rows change against the newest batch of the profile (`before`: api.batch_before, asked before this one was
    closed), or None where there is none; call it when the rows have their subjects and claims."""
    if before is None:
        return None
    earlier: dict[str, list[dict]] = defaultdict(list)
    for row in session.rows("rows_before", profile=profile.name, scheme=profile.id.scheme):
        earlier[str(row["subject"])].append(row)
    names = {str(row["subject"]): row for row in session.rows(
        "subjects_by_external", scheme=profile.id.scheme, values=sorted({one.draft.external_id for one in taken}))}
    added, changed, unchanged = [], [], 0
    for one in taken:
        if one.new:
            added.append(_named(one))
        elif one.subject:
            fields = _fields(one, _partner(one, earlier.get(one.subject, [])), profile) or _anew(one)
            if fields:
                changed.append(_named(one, fields))
            else:
                unchanged += 1
    here = {*names, *(one.subject for one in taken if one.subject)}
    gone = [Named(rows[0]["identifier"] or "", rows[0]["code"], rows[0]["part"], rows[0]["row_no"])
            for subject, rows in earlier.items() if subject not in here and rows[0]["newest"]]
    return Difference(str(before["batch"]), before["original_name"], before["started_at"], tuple(added), tuple(changed), unchanged,
                      tuple(gone))


def _named(one: "Taken", fields: tuple[Field, ...] = ()) -> Named:
    row = one.draft.row
    return Named(one.draft.external_id, one.code, row.part, row.number, fields, len(one.claims))


def _partner(one: "Taken", rows: list[dict]) -> dict | None:
    """The earlier row to compare with: of the same part, the same words if there are such, and each only once."""
    row = one.draft.row
    beside = [each for each in rows if each["part"] == row.part] or rows
    same = [each for each in beside if each["verbatim"] == _words(one)]
    chosen = (same or beside or [None])[0]
    if chosen is not None:
        rows.remove(chosen)
    return chosen


def _words(one: "Taken") -> dict:
    row = one.draft.row
    return {**row.cells, **({"(shape)": row.shape} if row.shape else {})}


def _fields(one: "Taken", before: dict | None, profile: Profile) -> tuple[Field, ...]:
    """What changed in the columns that the profile reads; () where the words of before may not be read."""
    if before is None or before["verbatim"] is None:
        return ()
    old, new = before["verbatim"], _words(one)
    found = [Field(name, old.get(name, ""), new.get(name, "")) for name in sorted(profile.said)
             if " ".join(old.get(name, "").split()) != " ".join(new.get(name, "").split())]
    if profile.place and profile.place.geometry and old.get("(shape)") != new.get("(shape)"):
        found.append(Field("place", *(_told(shape) for shape in (old.get("(shape)"), new.get("(shape)")))))
    return tuple(found)


def _anew(one: "Taken") -> tuple[Field, ...]:
    """What is said anew though no word of the row changed, or none may be read: the predicates of its claims."""
    return tuple(Field(name, None, None) for name in dict.fromkeys(claim["predicate"] for claim in one.says))


def _told(shape: str | None) -> str:
    """A shape in a few words: a point by its numbers, an outline by its kind and middle."""
    if not shape:
        return ""
    drawn = shapely.from_wkb(shape)
    if drawn.is_empty:
        return "empty"
    middle = drawn.centroid
    return f"{middle.y:.6f} {middle.x:.6f}" if drawn.geom_type == "Point" else f"{drawn.geom_type} at {middle.y:.6f} {middle.x:.6f}"


def _with_authority(session, claim: dict, authorities: dict) -> dict:
    if "authority" not in claim:
        return claim
    body = claim["authority"]
    known = (*sorted(body["names"].items()), body["kind"])
    if known not in authorities:
        made = session.value("find_authority", names=Json(body["names"]), kind=body["kind"])
        authorities[known] = str(made)
    rest = {key: value for key, value in claim.items() if key != "authority"}
    return {**rest, "object": authorities[known]}
