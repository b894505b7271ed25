"""One row on the desk: its cells as the profile reads them, and the problems met on the way. Pure, made for
each row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sitereg import dates
from sitereg.imports.ground import Ground
from sitereg.imports.problems import Problem, problem
from sitereg.imports.readers import Row
from sitereg.imports.rules import Profile, When
from sitereg.vocab import ProblemCode
from sitereg.writing import has_controls

LONGEST = 20_000
UNDECLARED = dates.Declared()
LOST = re.compile(r"\ufffd|\?{3,}[ ?]*\?{2,}")
"""Letters that another program replaced: by U+FFFD, or each by a question mark."""
MOJIBAKE = re.compile("[À-ÖØ-öø-ÿ]{4}|[ÃÂ][\u0080-¿]|[ØÙ][\u0080-¿ˆ‡†…¾°±²³]|Ù…|Ø§|â€|[طظ][\u00a0-¿…†‡€¶·¹]")


@dataclass(frozen=True, slots=True)
class Made:
    """An identifier made of a row's words; `twin` is the first row with the same words, if it is not this one."""

    text: str
    twin: int | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What only the whole file tells: points that several rows share, where each identifier stands first, and the
    identifiers made for a list without any; the ground on which its places are tested, the columns that are spoken of."""

    shared: frozenset[tuple[str, str]] = frozenset()
    first: dict[str, tuple[str, int]] = field(default_factory=dict)
    made: dict[tuple[str, int], "Made"] = field(default_factory=dict)
    ground: Ground | None = None
    said: frozenset[str] | None = None


@dataclass
class Desk:
    """A row under a profile on the day `today`; `problems` grows, and so do the moments and ages that it told of a person."""

    row: Row
    profile: Profile
    today: date
    survey: Survey = field(default_factory=Survey)
    problems: list[Problem] = field(default_factory=list)
    moments: list[tuple[str, str, dates.Days]] = field(default_factory=list)
    ages: list[tuple[str, str, tuple[int, int], dates.Days | None]] = field(default_factory=list)

    def note(
        self, code: str, field: str, value: str = "", message: str | None = None, outcome: str | None = None,
        proposed: Sequence[dict] = (),
    ) -> None:
        """The problem stands in the row's list."""
        self.problems.append(
            problem(code, field, value, message, outcome=outcome, outcomes=self.profile.outcomes, proposed=proposed)
        )

    def cell(self, column: str | None, missing: tuple[str, ...] = ()) -> str:
        """The cell without blanks at its ends; "" for what the profile says is missing."""
        text = self.row.cells.get(column, "").strip() if column else ""
        return "" if text in self.profile.file.missing or text in missing else text

    def number(self, column: str | None) -> float | None:
        """The number in a cell, or None where it is blank or no plain number."""
        text = self.cell(column)
        return float(text) if re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", text) else None

    def days(self, when: When) -> dates.Days | None:
        """The days that the cells of `when` name, None where they are blank; problems are noted."""
        low, high = self._day(when.column, when), self._day(when.last, when) if when.last else None
        if when.open and bool(low) != bool(high):
            return self._open(low, high)
        if low is None or when.last is None:
            return low or high
        if high is None:
            return low
        if low.earliest and high.latest and low.earliest > high.latest:
            self.note(ProblemCode.REVERSED_INTERVAL, when.column, f"{low.verbatim} - {high.verbatim}")
            return None
        both = dates.Days(
            low.earliest,
            high.latest,
            f"{low.verbatim}/{high.verbatim}",
            dates.spell(low.earliest, high.latest),
        )
        return both

    def _open(self, low: dates.Days | None, high: dates.Days | None) -> dates.Days:
        """The days from a first one on, or until a last one: the other end is not known."""
        first, last = low.earliest if low else None, high.latest if high else None
        return dates.Days(first, last, f"{low.verbatim if low else ''}/{high.verbatim if high else ''}", dates.spell(first, last))

    def quiet(self, when: When) -> dates.Days | None:
        """The days of its first column, with nothing noted: another claim reads them too."""
        text = self.cell(when.column)
        return read_date(text, self.today, _declared(when)) if text else None

    def locator(self, *columns: str) -> str:
        """Where in the file it stands: row, physical line, columns."""
        line = f", line {self.row.line}" if self.row.line else ""
        part = f"{self.row.part}, " if self.row.part else ""
        return ", ".join((f"{part}row {self.row.number}{line}", *dict.fromkeys(c for c in columns if c)))

    def _day(self, column: str, when: When) -> dates.Days | None:
        text = self.cell(column)
        if not text:
            return None
        found = read_date(text, self.today, _declared(when))
        for code in found.problems:
            self.note(code, column, text, _told(found, code), proposed=_readings(found))
        if (
            when.first_january == "flag"
            and found.found
            and found.earliest == found.latest
            and (found.earliest.month, found.earliest.day) == (1, 1)
        ):
            self.note(
                ProblemCode.UNSURE_DATE,
                column,
                text,
                "1 January may stand for the year alone; kept as written",
                outcome="flagged",
            )
        return self._until_published(found) if found.found else None

    def _until_published(self, found: dates.Days) -> dates.Days:
        """The days without those after the export: it cannot speak of them."""
        last = self.profile.source.published and date.fromisoformat(self.profile.source.published)
        if not last or not found.latest or found.latest <= last or not found.earliest or found.earliest > last:
            return found
        return dates.Days(found.earliest, last, found.verbatim, dates.spell(found.earliest, last))


@lru_cache(maxsize=50_000)
def read_date(text: str, today: date, declared: dates.Declared = UNDECLARED) -> dates.Days:
    """Lists repeat their days: each is read once."""
    return dates.parse(text, today, declared)


def _declared(when: When) -> dates.Declared:
    since = date.fromisoformat(when.not_before) if when.not_before else None
    return dates.Declared(order=when.order, excel=when.excel, not_before=since)


def _told(found: dates.Days, code: ProblemCode) -> str | None:
    """The days that were read and the rule by which, where they are more than one writes."""
    if not found.found or code is ProblemCode.FUTURE_DATE:
        return None
    low, high = (one.isoformat() if one else "?" for one in (found.earliest, found.latest))
    return f"{code.label[0].upper()}{code.label[1:]}: read as {low} to {high} by the rule {found.rule}"


def _readings(found: dates.Days) -> list[dict]:
    return [{"at": one.daterange(), "says": f"{one.edtf or one.daterange()} ({one.rule})"} for one in found.candidates]


def check_cells(desk: Desk) -> None:
    """Characters that no field may hold, letters that were lost, texts too long, and the reader's own
    faults are noted."""
    for code, message in desk.row.faults:
        desk.note(code, "row", "", message)
    whole = "\n".join(desk.row.cells.values())
    if (
        len(whole) <= LONGEST
        and not LOST.search(whole)
        and (whole.isascii() or not MOJIBAKE.search(whole))
        and not has_controls(whole)
    ):
        return
    for column, text in desk.row.cells.items():
        if has_controls(text):
            desk.note(ProblemCode.NUL_CHARACTER, column, repr(text[:40]))
        elif LOST.search(text):
            desk.note(ProblemCode.ENCODING_LOSSY, column, text)
        elif MOJIBAKE.search(text):
            desk.note(ProblemCode.MOJIBAKE, column, text)
        if len(text) > LONGEST:
            desk.note(ProblemCode.TOO_LONG, column, text)
