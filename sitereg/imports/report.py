"""What became of an import, row by row: what the shell prints, the web offers for download and tests
compare."""

from collections import Counter
from dataclasses import dataclass

from sitereg.imports.newer import Difference
from sitereg.imports.problems import Problem
from sitereg.vocab import RowOutcome

__all__ = ["Report", "RowReport"]


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row: its outcome, its problems, the subject it speaks of (code) and whether that is new."""

    part: str
    row: int
    outcome: str
    problems: tuple[Problem, ...] = ()
    subject: str | None = None
    code: str | None = None
    new: bool = False
    unchanged: bool = False
    claims: tuple[str, ...] = ()

    def as_dict(self) -> dict:
        """The row as one JSON object, its claims counted."""
        return {
            "part": self.part,
            "row": self.row,
            "outcome": self.outcome,
            "subject": self.code,
            "new": self.new,
            "unchanged": self.unchanged,
            "claims": len(self.claims),
            "problems": [one.as_dict() for one in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """One import. `already` is the batch that imported the same bytes before: then nothing was written and
    `rows` is empty.

    rows_in = accepted + flagged + quarantined + rejected, always. `unchanged` rows say nothing that an earlier batch of
    the profile had not said and wrote nothing. `difference` is against the newest of those batches, None where there is
    none. `file_problems` concern the file as a whole.
    """

    profile: str
    version: str
    file: str
    sha256: str
    batch: str | None = None
    already: str | None = None
    dry_run: bool = False
    rows: tuple[RowReport, ...] = ()
    file_problems: tuple[Problem, ...] = ()
    claims: int = 0
    new_subjects: int = 0
    joined_subjects: int = 0
    seconds: float = 0.0
    difference: Difference | None = None

    @property
    def counts(self) -> dict[str, int]:
        """rows_in, the four outcomes and the unchanged rows."""
        found = Counter(row.outcome for row in self.rows)
        return {
            "rows_in": len(self.rows),
            **{outcome: found[outcome] for outcome in RowOutcome.codes()},
            "unchanged": sum(row.unchanged for row in self.rows),
        }

    def problems(self) -> dict[tuple[str, str], list[RowReport]]:
        """The rows of each (problem code, field), in the order of the file."""
        grouped: dict[tuple[str, str], list[RowReport]] = {}
        for row in self.rows:
            for one in row.problems:
                grouped.setdefault((one.code, one.field), []).append(row)
        return grouped

    def as_dict(self) -> dict:
        """The report as one JSON object."""
        return {
            "profile": self.profile,
            "version": self.version,
            "file": self.file,
            "sha256": self.sha256,
            "batch": self.batch,
            "already": self.already,
            "dry_run": self.dry_run,
            **self.counts,
            "claims": self.claims,
            "new_subjects": self.new_subjects,
            "joined_subjects": self.joined_subjects,
            "seconds": round(self.seconds, 2),
            "difference": self.difference.as_dict() if self.difference else None,
            "file_problems": [one.as_dict() for one in self.file_problems],
            "rows": [row.as_dict() for row in self.rows],
        }
