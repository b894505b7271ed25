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

from sitereg import documents
from sitereg.errors import BadInput
from sitereg.imports import corrected, drafting
from sitereg.imports.ahead import ahead
from sitereg.imports.fitness import check_count, check_layers, check_letters, untested
from sitereg.imports.ground import Ground
from sitereg.imports.problems import Problem, problem
from sitereg.imports.profile import load
from sitereg.imports.readers import Row, process
from sitereg.imports.rules import Profile
from sitereg.vocab import Predicate, ProblemCode

LUMP = 5_000
"""Claims that are drafted in one go, and recorded in one call: so one statement stays short beside the work of others."""

__all__ = ["Intake", "fingerprint", "prepare"]


@dataclass
class Intake:
    """One file on its way in. `drafts` are there after `draft`; the copies live as long as `prepare`'s
    block. waiting: rows that were read and are not drafted yet; one: what drafts a row.

    tell: called with (step, done, of) as the work goes on; what it raises ends the work. original, reason: the batch whose rows the
    file corrects, and why; then `held` are rows that still wait and `same` counts those that are as they were. rows: how many the
    partner says that there are, where he says it.
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
    rows: int | None = None
    waiting: list[Row] = field(default_factory=list)
    one: Callable[[Row], drafting.Draft] | None = None
    held: list[drafting.Draft] = field(default_factory=list)
    same: int = 0

    def read(self, today: date, key: bytes | None = None) -> None:
        """Every row is read, to be drafted as seen on the day `today`; `key` is the registry's (drafting.survey).

        Raises BadInput where the file as a whole cannot be used: it cannot be read, a column of the profile is missing, its layers
        or its coordinate system are others, its letters were lost, it holds another number of rows than the partner says.
        """
        self.tell("read", 0, 0)
        if self.original:
            self._correct(today, key)
            return
        how = self.profile.file
        reading = process.read(
            self.staging.files, self.room, format=how.format, encoding=how.encoding, delimiter=how.delimiter, sheet=how.sheet,
            header_row=how.header_row, header_rows=how.header_rows, layers=how.layers, shape=how.shape, restored=how.restored,
            victims=how.victims
        )
        self.isolation = reading.isolation
        told = [problem(code, field, "", message) for code, field, message in reading.notes]
        self.problems = told + check_layers(reading.layers, self.profile)
        check_letters(reading.rows)
        if self.rows is not None:
            check_count(reading.rows, self.profile, self.rows)
        self.problems += untested(self.profile, self.ground)
        self.waiting = _without(reading.rows, set(self.profile.handling.left_out))
        seen = drafting.survey(self.waiting, self.profile, key, self.ground)
        self.one = lambda row: drafting.draft(row, self.profile, seen, today=today)

    def draft(self, today: date, key: bytes | None = None) -> None:
        """Every row is read and drafted at once; raises as `read`."""
        self.read(today, key)
        for _lump in self._lumps(LUMP):
            pass

    def lumps(self, size: int = LUMP) -> Iterator[list[drafting.Draft]]:
        """The drafts in their order, in lists of about `size` claims; the next are drafted while the caller works with one."""
        if self.drafts and not self.waiting:
            yield self.drafts
        else:
            yield from ahead(self._lumps(size))

    def _lumps(self, size: int) -> Iterator[list[drafting.Draft]]:
        lump, claims = [], 0
        for row in self.waiting:
            lump.append(self.one(row))
            claims += len(lump[-1].claims) + 1
            if claims >= size:
                self.drafts += lump
                yield lump
                lump, claims = [], 0
        self.drafts += lump
        self.waiting = []
        self.problems += _statuses(self.drafts)
        yield lump

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
            original: corrected.Original | None = None, reason: str = "", rows: int | None = None) -> Iterator[Intake]:
    """An Intake of `path`, copied and hashed into a private folder that is gone after the block.

    name: under which it came, where that is not the path's. original, reason: the batch that it corrects; then no profile is given.
    rows: how many rows the partner says that it holds.
    """
    wanted = original.profile if original else profile if isinstance(profile, Profile) else load(profile)
    wanted = wanted.of(Path(name or path))
    with documents.room() as room:
        staging = documents.stage(Path(path), room)
        if name:
            staging = replace(staging, main=replace(staging.main, name=name))
        yield Intake(Path(name or path), wanted, room, staging, original=original, reason=reason, rows=rows)


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


def _statuses(drafts: list[drafting.Draft]) -> list[Problem]:
    """That the file carries another body's statuses, once for all of it: one decision is asked for the batch, not one a row."""
    rows = sum(any(claim["predicate"] == Predicate.OFFICIAL_STATUS for claim in one.claims) for one in drafts)
    words = f"{rows} rows carry a status of the partner: kept as the partner's claim, and the registry's own stays as it is"
    return [problem(ProblemCode.STATUS_NOT_TAKEN_OVER, "file", "", words)] if rows else []
