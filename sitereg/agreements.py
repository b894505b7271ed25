"""Agreements with partners: written by one, approved by two, kept by the database; what rests on one; what has none."""
from sitereg.store.session import Json

__all__ = ["add", "approve", "calendar", "downstream", "find", "show", "without", "withdraw"]


def add(session, terms, *, why, partner=None, title=None, agreement=None, paper=None, tier=1, compartments=()):
    """A version waits for two persons: of a new agreement with a partner ({language: name}), or another one of what there is.

    terms: classes, purposes, audiences, kinds, precision, onward, retention_months, signed_on, signed_by_them, signed_by_us,
    review_on, expires_on. paper: the signed one, a file as of `api.keep_document`.
    Answers agreement, version, n. Raises BadInput by field, Refused where the partner has an agreement already, NotFound.
    """
    return session.one("add_agreement", terms=Json(terms), why=why, partner=None if partner is None else Json(partner),
                       title=title, agreement=agreement, paper=None if paper is None else Json(paper), tier=tier,
                       compartments=list(compartments))


def approve(session, version):
    """One of two persons approves; by the second it stands: approvals, stands. Refused to its writer, and twice to one."""
    return session.one("approve_agreement", version=version)


def withdraw(session, agreement, *, by, why):
    """It is over at once: nothing that it brought is shown, shared or taken in. by: by_them or by_us."""
    session.call_patiently("end_agreement", agreement=agreement, kind=by, why=why)


def find(session):
    """Those that one may see, each with its partner, its state (draft, in_force, over) and the days that fall due."""
    return session.rows("agreements")


def show(session, agreement):
    """One with its versions, the newest first: terms, who approved each, how it ended."""
    return session.value("agreement_page", id=agreement)


def downstream(session, agreement):
    """All that rests on it, of what one may see: batches, sources, claims, records, links, what left, the tasks of its end."""
    return session.value("agreement_downstream", id=agreement)


def without(session):
    """For each partner how many sources stand under no agreement: from before agreements were kept, since, and of individuals."""
    return session.rows("without_agreement")


def calendar(rows):
    """[(day, what, row)] in the order of days: a review, a last day, the end of retention of what is over. rows: as of `find`."""
    due = []
    for row in rows:
        if row["state"] == "over":
            due.append((row["kept_until"], "retention", row))
        elif row["state"] == "in_force":
            due += [(row["review_on"], "review", row), (row["expires_on"], "expiry", row)]
    return sorted((one for one in due if one[0]), key=lambda one: one[0])
