"""Inquiries: a question about a site, a person or records, with an owner, a day by which, steps and an outcome.

Nothing of it is ever changed: an inquiry is given to somebody else, put off, closed and opened again by numbered steps. "No answer"
is a result. Errors: BadInput with the field, Refused (closed already), Conflict (seen: somebody wrote a step meanwhile), NotFound.
"""
from datetime import date
from uuid import UUID

from sitereg.store.session import Session

__all__ = ["close", "find", "open_", "postpone", "reassign", "reopen", "show", "step"]


def open_(session: Session, subject: UUID, question: str, *, due: date, owner: str | None = None, task: UUID | None = None) -> UUID:
    """The inquiry stands; answers its id. owner: an account's name, else oneself; task: what it came from, done by it."""
    return session.call("open_inquiry", subject=subject, question=question, due=due, owner=owner, task=task)


def step(session: Session, inquiry: UUID, what: str, *, result: str, done_on: date | None = None, seen: int | None = None) -> int:
    """What was done stands with what came of it (inquiry_result); answers its number."""
    return session.call("inquiry_step", inquiry=inquiry, kind="step", step=what, result=result, done_on=done_on, seen=seen)


def reassign(session: Session, inquiry: UUID, owner: str, *, why: str, due: date | None = None, seen: int | None = None) -> int:
    """Somebody else has it from now on, until another day if one is given."""
    return session.call("inquiry_step", inquiry=inquiry, kind="reassigned", step=why, owner=owner, due=due, seen=seen)


def postpone(session: Session, inquiry: UUID, due: date, *, why: str, seen: int | None = None) -> int:
    """It is due on another day."""
    return session.call("inquiry_step", inquiry=inquiry, kind="due_changed", step=why, due=due, seen=seen)


def close(session: Session, inquiry: UUID, outcome: str, *, result: str, seen: int | None = None) -> int:
    """It is closed with its outcome in words and its result."""
    return session.call("inquiry_step", inquiry=inquiry, kind="closed", step=outcome, result=result, seen=seen)


def reopen(session: Session, inquiry: UUID, *, why: str, due: date | None = None, seen: int | None = None) -> int:
    """A closed one goes on."""
    return session.call("inquiry_step", inquiry=inquiry, kind="reopened", step=why, due=due, seen=seen)


def find(session: Session, *, subject: UUID | None = None, mine: bool = False, open: bool | None = True,
         limit: int = 100) -> list[dict]:
    """Inquiries, the most urgent first; open: True, False (closed) or None (all)."""
    return session.rows("inquiries", subject=subject, mine=mine, open=open, limit=limit)


def show(session: Session, inquiry: UUID) -> dict:
    """One inquiry with its whole history."""
    return session.value("inquiry", inquiry=inquiry)
