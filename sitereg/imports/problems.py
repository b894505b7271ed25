"""What is wrong with a row, in the words of the vocabulary, and what becomes of the row."""

from dataclasses import dataclass

from sitereg.vocab import ProblemCode, RowOutcome

FIELD_ONLY = {ProblemCode.FUTURE_DATE: "flagged"}
"""Faults of one field: its claim is not made, the rest of the row stands."""

_RANK = {outcome: rank for rank, outcome in enumerate(RowOutcome.codes())}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one field as it was written; `outcome` is what it makes of the row by itself."""

    code: str
    field: str
    value: str
    message: str
    outcome: str

    def as_dict(self) -> dict[str, str]:
        """The five as one JSON object."""
        return {"code": self.code, "field": self.field, "value": self.value, "message": self.message, "outcome": self.outcome}


def problem(
    code: str,
    field: str,
    value: str,
    message: str | None = None,
    *,
    outcome: str | None = None,
    outcomes: dict | None = None,
) -> Problem:
    """A problem of the vocabulary; its outcome is the profile's (`outcomes`), else `outcome`, else the
    vocabulary's."""
    term = ProblemCode(code)
    becomes = (outcomes or {}).get(term.code) or outcome or FIELD_ONLY.get(term) or term.attrs["outcome"]
    return Problem(
        term.code, field, value[:200], message or f"{term.label[0].upper()}{term.label[1:]}", becomes
    )


def worst(problems) -> str:
    """The outcome of a row with these problems: the gravest of theirs, accepted without any."""
    return max((one.outcome for one in problems), key=_RANK.__getitem__, default="accepted")
