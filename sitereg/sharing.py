"""What left the house, to whom and why: recorded in the transaction that makes the file, before the file has its name."""

from sitereg.store.session import Json

__all__ = ["disclose", "disclosures", "sender"]


def disclose(session, *, recipient, purpose, format, precision, face, rows, sha256, subjects, filter=None, legal_basis=None,
             risk=None):
    """It stands recorded what leaves; answers the disclosure's id.

    face: 0 or 1, at most the caller's own tier; sha256: the 32 bytes of the file; subjects: the ids of the sites in it, one for
    each of `rows`; risk: to the sites, to sources, families and staff. Raises BadInput (no recipient, no purpose), Denied (the
    role), NotFound (a subject that does not leave at that face).
    """
    return session.call("write_disclosure", recipient=recipient, purpose=purpose, format=format, precision=precision, face=face,
                        rows=rows, sha256=sha256, subjects=list(subjects), filter=Json(filter or {}), legal_basis=legal_basis,
                        risk=risk)


def disclosures(session, *, subject=None, limit=100):
    """What left, newest first: one's own acts; all of them for auditors and releasers. subject: the id of a site."""
    return session.rows("disclosures", subject=subject, limit=limit)


def sender(session):
    """What a file says of where it comes from: unit (never a person), synthetic (whether its records are made up), today."""
    return session.one("sender")
