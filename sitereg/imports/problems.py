"""What is wrong with a row, in the words of the vocabulary, and what becomes of the row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sitereg.vocab import ProblemCode, RowOutcome

FIELD_ONLY = {ProblemCode.FUTURE_DATE: "flagged"}
"""Faults of one field: its claim is not made, the rest of the row stands."""

_RANK = {outcome: rank for rank, outcome in enumerate(RowOutcome.codes())}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one field as it was written; `outcome` is what it makes of the row by itself.

    proposed: readings of which a person may take one, each with `says` (why) and lon, lat, uncertainty_m, or pcode, or wkt.
    """

    code: str
    field: str
    value: str
    message: str
    outcome: str
    proposed: tuple[dict, ...] = ()

    def as_dict(self) -> dict:
        """The five as one JSON object, and what is proposed where anything is."""
        said = {"code": self.code, "field": self.field, "value": self.value, "message": self.message, "outcome": self.outcome}
        return {**said, "proposed": list(self.proposed)} if self.proposed else said

    @property
    def sealed(self) -> "Problem":
        """The same without the words of the row, as it is kept beside a row of a person, whose words are sealed."""
        return replace(self, value="", message=_usual(ProblemCode(self.code)), proposed=())


def problem(
    code: str,
    field: str,
    value: str,
    message: str | None = None,
    *,
    outcome: str | None = None,
    outcomes: dict | None = None,
    proposed: Sequence[dict] = (),
) -> Problem:
    """A problem of the vocabulary; its outcome is the profile's (`outcomes`), else `outcome`, else the
    vocabulary's."""
    term = ProblemCode(code)
    becomes = (outcomes or {}).get(term.code) or outcome or FIELD_ONLY.get(term) or term.attrs["outcome"]
    return Problem(term.code, field, value[:200], message or _usual(term), becomes, tuple(proposed))


def reading(place) -> dict:
    """One reading of a place (geo.Place) as a problem proposes it."""
    return {"lon": round(place.lon, 7), "lat": round(place.lat, 7), "uncertainty_m": round(place.uncertainty_m, 1),
            "says": f"{place.lat:.5f}, {place.lon:.5f} ({place.notation})"}


def _usual(term: ProblemCode) -> str:
    return f"{term.label[0].upper()}{term.label[1:]}"


def worst(problems) -> str:
    """The outcome of a row with these problems: the gravest of theirs, accepted without any."""
    return max((one.outcome for one in problems), key=_RANK.__getitem__, default="accepted")
