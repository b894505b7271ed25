"""From a path to drafts, without a database: the file copied and hashed, read in isolation, every row
drafted."""

import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pyproj import CRS
from pyproj.exceptions import CRSError

from sitereg import documents
from sitereg.errors import BadInput
from sitereg.imports import corrected, drafting
from sitereg.imports.desk import LOST, MOJIBAKE
from sitereg.imports.ground import Ground
from sitereg.imports.problems import Problem, problem
from sitereg.imports.profile import load
from sitereg.imports.readers import LAYER, Row, process
from sitereg.imports.rules import Profile
from sitereg.vocab import Predicate, ProblemCode

STEP = 2_000
"""Rows between two words on how far the work is."""

__all__ = ["Intake", "fingerprint", "prepare"]


@dataclass
class Intake:
    """One file on its way in. `drafts` are there after `draft`; the copies live as long as `prepare`'s
    block.

    tell: called with (step, done, of) as the work goes on; what it raises ends the work. original, reason: the batch whose rows the
    file corrects, and why; then `held` are rows that still wait and `same` counts those that are as they were.
    """

    path: Path
    profile: Profile
    room: Path
    staging: documents.Staging
    drafts: list[drafting.Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    isolation: dict = field(default_factory=dict)
    ground: Ground | None = None
    began: float = field(default_factory=time.monotonic)
    tell: Callable[[str, int, int], None] = lambda _step, _done, _of: None
    original: corrected.Original | None = None
    reason: str = ""
    held: list[drafting.Draft] = field(default_factory=list)
    same: int = 0

    def draft(self, today: date, key: bytes | None = None) -> None:
        """Every row is read and drafted as seen on the day `today`; `key` is the registry's (drafting.survey).

        Raises BadInput where the file as a whole cannot be used: it cannot be read, a column of the profile
        is
        missing, its layers or its coordinate system are others, its letters were lost.
        """
        self.tell("read", 0, 0)
        if self.original:
            self._correct(today, key)
            return
        how = self.profile.file
        reading = process.read(
            self.staging.files, self.room, format=how.format, encoding=how.encoding, delimiter=how.delimiter, sheet=how.sheet,
            header_row=how.header_row, header_rows=how.header_rows, layers=how.layers, shape=how.shape, restored=how.restored
        )
        self.isolation = reading.isolation
        told = [problem(code, field, "", message) for code, field, message in reading.notes]
        self.problems = told + _check_layers(reading.layers, self.profile)
        _check_letters(reading.rows)
        self.problems += _untested(self.profile, self.ground)
        rows = _without(reading.rows, set(self.profile.handling.left_out))
        seen = drafting.survey(rows, self.profile, key, self.ground)
        for at, row in enumerate(rows):
            if at % STEP == 0:
                self.tell("draft", at, len(rows))
            self.drafts.append(drafting.draft(row, self.profile, seen, today=today))
        self.problems += _statuses(self.drafts)

    def _correct(self, today: date, key: bytes | None) -> None:
        """The drafts are of the rows that were corrected and stand now; BadInput where there is none."""
        form = self.path.suffix.lower().lstrip(".")
        reading = process.read(self.staging.files, self.room, format=form if form in corrected.FORMATS else "csv",
                               sheet=corrected.SHEET if form == "xlsx" else "")
        self.isolation = reading.isolation
        self.drafts, self.held, self.same = corrected.drafts(
            reading.rows, self.original, lambda one: fingerprint(one, self.profile, key), today=today, key=key,
            ground=self.ground)
        if self.held and not self.drafts:
            raise BadInput("These rows are still held back", code="still_held", problems=[
                {"row": one.row.number, **each.as_dict()} for one in self.held for each in one.problems],
                do="Correct what is named, or reject the rows.")
        if not self.drafts:
            raise BadInput("No row of this file was corrected", where=f"{self.same} rows are as they were", code="no_rows",
                           do="Correct cells of rows that were held back, and send the file again.")


@contextlib.contextmanager
def prepare(path: Path | str, profile: str | Path | Profile | None = None, *, name: str | None = None,
            original: corrected.Original | None = None, reason: str = "") -> Iterator[Intake]:
    """An Intake of `path`, copied and hashed into a private folder that is gone after the block.

    name: under which it came, where that is not the path's. original, reason: the batch that it corrects; then no profile is given.
    """
    wanted = original.profile if original else profile if isinstance(profile, Profile) else load(profile)
    wanted = wanted.of(Path(name or path))
    with documents.room() as room:
        staging = documents.stage(Path(path), room)
        if name:
            staging = replace(staging, main=replace(staging.main, name=name))
        yield Intake(Path(name or path), wanted, room, staging, original=original, reason=reason)


def fingerprint(draft: drafting.Draft, profile: Profile, key: bytes) -> str:
    """What only the same row under the same version of the profile has, in hex; of persons it is keyed, so
    that nobody confirms a guess by it. Rows that a list without numbers repeats differ by their made identifiers."""
    row, made = draft.row, [draft.external_id] if profile.id.columns else []
    words = json.dumps(
        [profile.name, profile.version, row.part, row.cells, row.shape, *made], ensure_ascii=False, sort_keys=True
    ).encode()
    if profile.seals:
        return hmac.new(key, b"import row" + words, hashlib.sha256).hexdigest()
    return hashlib.sha256(words).hexdigest()


def _without(rows: list[Row], left_out: set[str]) -> list[Row]:
    """The rows without the columns that the profile leaves out."""
    if not left_out:
        return rows
    return [replace(row, cells={name: cell for name, cell in row.cells.items() if name not in left_out}) for row in rows]


def _check_layers(layers, profile: Profile) -> list[Problem]:
    """The file problems: columns nobody speaks of. Raises BadInput for what is missing."""
    wanted, found = set(profile.file.layers), {layer.part for layer in layers}
    if profile.file.some_layers:
        wanted = {""} if found == {""} else wanted & found
    if profile.file.layers and (wanted != found or not wanted):
        raise _unfit(
            "The layers are not those of the profile",
            "missing_layer",
            "layers",
            f"missing: {_list(wanted - found)}; not known: {_list(found - wanted)}",
        )
    problems = []
    for layer in layers:
        missing = profile.said - set(layer.columns)
        if missing:
            raise _unfit(
                "Columns of the profile are missing in the file",
                "missing_column",
                layer.part or "header",
                f"missing: {_list(missing)}; there: {_list(layer.columns)}{_cut(missing, layer.columns)}",
            )
        if layer.shapes and not layer.crs and not profile.file.crs:
            raise _unfit(
                "Nobody says in which coordinate system the shapes are",
                "unknown_crs",
                layer.part or "file",
                "no .prj or other name of a system, and no crs in the profile",
                do="Ask the partner, and say it as crs in [file].",
            )
        if layer.crs and not _same_crs(layer.crs, profile.file.crs_named or profile.file.system):
            raise _unfit(
                "The file names another coordinate system than the profile",
                "unknown_crs",
                layer.part,
                f"{layer.crs[:60]} and not {profile.file.crs_named or profile.file.system}",
                do="Say crs in [file] as the file does, if that is what its numbers are.",
            )
        for column in layer.columns:
            if column not in profile.columns and column != LAYER:
                problems.append(
                    problem(
                        ProblemCode.UNKNOWN_COLUMN,
                        column,
                        layer.part,
                        f"The profile does not speak of the column {column}; it is kept verbatim",
                    )
                )
    return problems


def _statuses(drafts: list[drafting.Draft]) -> list[Problem]:
    """That the file carries another body's statuses, once for all of it: one decision is asked for the batch, not one a row."""
    rows = sum(any(claim["predicate"] == Predicate.OFFICIAL_STATUS for claim in one.claims) for one in drafts)
    words = f"{rows} rows carry a status of the partner: kept as the partner's claim, and the registry's own stays as it is"
    return [problem(ProblemCode.STATUS_NOT_TAKEN_OVER, "file", "", words)] if rows else []


def _cut(missing, found) -> str:
    """Which columns may be those of the profile, cut to ten letters as shapefiles cut them."""
    likely = [f"{there} may be {name}, cut after 10 letters" for name in sorted(missing) for there in found
              if 8 <= len(there) <= 11 and len(name) > 10 and name.lower().startswith(there.lower()[:8])]
    return f"; {'; '.join(likely)}" if likely else ""


def _untested(profile: Profile, ground: Ground | None) -> list[Problem]:
    """What cannot be tested of the places with the units that the registry has, told once for the file."""
    if profile.place is None or (ground and (ground.finest >= 3 or profile.unit is None)):
        return []
    wanted = profile.unit is not None or profile.area.country == "SY"
    has = f"those of level {ground.finest} (edition {ground.edition})" if ground else "none"
    words = (f"Admin units of {profile.area.country}: the registry has {has}, so places are tested against "
             f"{'these' if ground else 'the declared area alone'}. `sitereg places load-cod` brings OCHA's")
    return [problem(ProblemCode.NOT_CHECKED, "place", "", words)] if wanted else []


def _check_letters(rows: list[Row]) -> None:
    """Raises BadInput where most rows with letters beyond ASCII read as another encoding would show them, or where letters were
    lost in more than one row of twenty: what is lost is in no file of ours."""
    lost = [row for row in rows if any(LOST.search(cell) for cell in row.cells.values())]
    if len(lost) * 20 > len(rows):
        raise _unfit("Letters were lost before the file came here", "encoding_lossy", f"row {lost[0].number}",
                     f"{len(lost)} of {len(rows)} rows, as in: {next(c for c in lost[0].cells.values() if LOST.search(c))[:60]}",
                     do="Ask for the original file, saved with its letters (UTF-8).")
    beyond = [row for row in rows if not all(cell.isascii() for cell in row.cells.values())]
    broken = [row for row in beyond if any(MOJIBAKE.search(cell) for cell in row.cells.values())]
    if len(broken) * 2 > len(beyond) and broken:
        cell = next(cell for cell in broken[0].cells.values() if MOJIBAKE.search(cell))
        raise _unfit(
            "The text was read in a wrong encoding",
            "mojibake",
            f"row {broken[0].number}",
            f"it reads: {cell[:60]}",
            do="Declare the file's own encoding in the profile.",
        )


def _same_crs(one: str, other: str) -> bool:
    try:
        return CRS.from_user_input(one).equals(CRS.from_user_input(other), ignore_axis_order=True)
    except CRSError:
        return False


def _unfit(
    what: str,
    code: str,
    field: str,
    message: str,
    do: str = "Correct the profile, or ask for the file again.",
) -> BadInput:
    return BadInput(
        what,
        where=f"{field} ({message})",
        code=code,
        do=do,
        problems=[{"code": code, "field": field, "value": "", "message": message}],
    )


def _list(names) -> str:
    shown = sorted(names)
    return ", ".join(shown[:12]) + (" ..." if len(shown) > 12 else "") or "none"
