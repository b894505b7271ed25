"""The one tree of errors, the way from SQLSTATEs into it, and the way from it to HTTP.

    SiteregError            exit 2  500   something failed that has no better name
    +-- BadInput            exit 1  422   what was given cannot be used; .problems lists everything found
    +-- NotFound            exit 2  404   not there, or not visible to you: always the same words
    +-- Denied              exit 2  403   the role may not take this road, whatever the object
    +-- Refused             exit 2  409   a guard of a rule says no; .guard names it, .needs what satisfies it
    +-- Conflict            exit 2  409   somebody was faster; .changed says what is different now
    +-- Undecided           exit 3  409   the question could not be decided
    +-- Unavailable         exit 3  503   the database is away or overloaded; nothing was written

Each carries `code` (stable, snake_case), `what` happened, `where` (to what) and what to `do`.
"""

import errno
import json
from collections.abc import Iterable, Mapping
from typing import Any


class SiteregError(Exception):
    """A refusal that a person can read: what happened, to what, and what to do."""

    code = "failed"
    exit_code = 2

    def __init__(
        self, what: str, *, where: str | None = None, do: str | None = None,
        code: str | None = None, details: Mapping[str, Any] | None = None,
    ):
        self.what, self.where, self.do = what, where, do
        self.code = code or type(self).code
        self.details = dict(details or {})
        super().__init__(what)

    @property
    def remedy(self) -> str | None:
        """What to do, in words: what the one who raised it said."""
        return self.do

    def __str__(self) -> str:
        head = self.what.rstrip(".") + (f": {self.where.rstrip('.')}" if self.where else "")
        return f"{head}. {self.remedy}" if self.remedy and self.remedy != self.what else f"{head}."

    def as_dict(self) -> dict[str, Any]:
        """The error as one JSON object: error, what, where, do, details."""
        return {"error": self.code, "what": self.what, "where": self.where, "do": self.remedy,
                "details": self.details}


class BadInput(SiteregError):
    """What was given cannot be used; `problems` holds one {code, field, value, message} for each fault."""

    code = "bad_input"
    exit_code = 1

    def __init__(self, what: str, *, problems: Iterable[Any] = (), **parts: Any):
        super().__init__(what, **parts)
        self.problems = list(problems)
        if self.problems:
            self.details["problems"] = self.problems
            self.where = self.where or "; ".join(_told(one, what) for one in self.problems[:3])

    @property
    def remedy(self) -> str | None:
        """What to do: as it was said, else what the first fault of a known sort asks for."""
        codes = [one.get("code") for one in self.problems if isinstance(one, Mapping)]
        return self.do or next((_REMEDIES[code] for code in codes if code in _REMEDIES), None)


_REMEDIES = {
    "future_date": "Give today or an earlier day.",
    "bad_period": "Give the earlier day first.",
}


def _told(problem: Any, what: str) -> str:
    """One problem in words: row, field, the value as given, and what is wrong unless `what` says that already."""
    if not isinstance(problem, Mapping):
        return str(problem)
    row = f"row {problem['row']}: " if problem.get("row") is not None else ""
    value = f" {problem['value']!r}" if problem.get("value") not in (None, "") else ""
    message = problem.get("message")
    return f"{row}{problem.get('field')}{value}" + (f": {message}" if message and message != what else "")


class NotFound(SiteregError):
    """Nothing of that id is visible to the one who asks; absent and hidden read alike, byte for byte."""

    code = "not_found"

    def __init__(self):
        super().__init__(
            "Nothing of that name or id is here for you",
            do="Check the code as it was given to you, or ask the person who gave it.",
        )


class Denied(SiteregError):
    """The role may not take this road; said of routes and roles, never of an object."""

    code = "denied"


class Refused(SiteregError):
    """A guard of a rule says no: `guard` is its name, `needs` what would satisfy it; `lacking` all that do not hold."""

    code = "refused"

    def __init__(self, what: str, *, guard: str | None = None, needs: str | None = None,
                 lacking: Iterable[Mapping[str, Any]] = (), **parts: Any):
        parts.setdefault("do", needs)
        super().__init__(what, **parts)
        self.guard, self.needs = guard, needs
        self.lacking = [dict(one) for one in lacking]
        self.details.update({"guard": guard, "needs": needs})
        if self.lacking:
            self.details["lacking"] = self.lacking

    @property
    def remedy(self) -> str | None:
        """What to do: as it was said, and what the other guards need."""
        more = [str(one["needs"]) for one in self.lacking[1:] if one.get("needs")]
        return " ".join([self.do, *more] if self.do and self.do != self.what else more) or self.do


class Conflict(SiteregError):
    """Somebody changed it meanwhile: `changed` lists {field, was, now}."""

    code = "conflict"

    def __init__(self, what: str, *, changed: Iterable[Mapping[str, Any]] = (), **parts: Any):
        super().__init__(what, **parts)
        self.changed = [dict(one) for one in changed]
        self.details["changed"] = self.changed
        told = [f"{one.get('field')} was {one.get('was') or 'not set'}, is now {one.get('now') or 'not set'}"
                for one in self.changed]
        self.where = self.where or "; ".join(told) or None


class Undecided(SiteregError):
    """The question could not be decided with what is at hand."""

    code = "undecided"
    exit_code = 3


class Unavailable(SiteregError):
    """The database is away, overloaded or ended the work; nothing of it was written."""

    code = "unavailable"
    exit_code = 3


HTTP_STATUS: dict[type[SiteregError], int] = {
    SiteregError: 500,
    BadInput: 422,
    NotFound: 404,
    Denied: 403,
    Refused: 409,
    Conflict: 409,
    Undecided: 409,
    Unavailable: 503,
}
STATUS_OF_CODE = {"too_large": 413, "not_this_format": 415, "macros": 415, "disk_full": 507}
"""Files that are refused for their size or their kind, and a full disk, have a status of HTTP of their own."""

_AGAIN = "Look at the record as it is now and try again."
_AWAY = "Try again in a minute; if it stays so, run `sitereg status`."


def from_sqlstate(
    sqlstate: str | None, message: str = "", detail: str | None = None, hint: str | None = None
) -> SiteregError:
    """The error that a failed statement means; never holds SQL, nor the database's words save for SR***.

    SR*** are raised by our own functions: message = what, hint = what to do, detail = JSON (SR409: the list
    of changes, SR422: the list of problems, SR423: {guard, needs}). None = the connection itself failed.
    """
    state = sqlstate or "08000"
    if state.startswith("SR"):
        return _ours(state, message, _json(detail), hint)
    if state == "42501":
        return Denied("Your account may not do this", do="Ask an admin which role it needs.")
    if state in ("40001", "40P01", "23505"):
        return Conflict("Somebody else was writing the same thing", do=_AGAIN)
    if state == "57014":
        return Unavailable("It took longer than is allowed and was ended", code="too_slow",
                           do="Ask for less: a smaller area, a shorter period or a lower limit.")
    if state == "53100":
        return no_room()
    if state[:2] in ("08", "53") or state[:3] == "57P" or state in ("55P03", "25P03", "25P04"):
        return Unavailable("The database is away or busy; nothing was written", do=_AWAY)
    if state in ("23514", "23503", "23502") or state[:2] == "22":
        return BadInput(_CONSTRAINT.get(state, "A value has a form that is not allowed"),
                        do="Check the values given; nothing was written.")
    return SiteregError("The registry failed to do this; nothing was written", details={"sqlstate": state},
                        do="Report it with the request id.")


def no_room() -> Unavailable:
    """The error that a full disk means, of the database's or of the program's own."""
    return Unavailable("The disk is full; nothing was written", code="disk_full",
                       do="What is there can be read. Tell whoever runs the machine: `sitereg doctor` says where.")


def from_os(error: OSError) -> Unavailable | None:
    """The error that a failed write means where the disk, or one's share of it, is full; else None."""
    return no_room() if error.errno in (errno.ENOSPC, errno.EDQUOT) else None


_CONSTRAINT = {
    "23514": "A value breaks a rule of the registry",
    "23503": "A code or id is not known to the registry",
    "23502": "A value that must be given is missing",
}


def _ours(state: str, message: str, detail: Any, hint: str | None) -> SiteregError:
    if state == "SR404":
        return NotFound()
    if state == "SR403":
        return Denied(message, do=hint)
    if state == "SR409":
        changed = detail.get("changed", []) if isinstance(detail, dict) else detail
        return Conflict(message, do=hint or _AGAIN, changed=_dicts(changed))
    if state == "SR422":
        problems = detail.get("problems", []) if isinstance(detail, dict) else detail
        return BadInput(message, do=hint, problems=problems if isinstance(problems, list) else [])
    if state == "SR423":
        parts = detail if isinstance(detail, dict) else {}
        needs = parts.get("needs")
        return Refused(message, guard=parts.get("guard"), needs=needs, do=hint or needs, lacking=_dicts(parts.get("lacking")))
    return SiteregError(message, do=hint, details={"sqlstate": state})


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _dicts(rows: Any) -> list[dict]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
