"""What left the house, to whom and why, recorded before a file has its name; what may not leave; whom a retraction concerns."""

from shapely import to_wkb

from sitereg.store.session import Json
from sitereg.vocab import Tier

RISKS = ("site", "sources", "families", "staff")

__all__ = ["RISKS", "ask_unfreeze", "disclose", "disclosures", "freeze", "freezes", "frozen", "labels", "print_page", "receipts",
           "recipients", "retract", "sender", "settle_unfreeze"]


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


def recipients(session, *, claim=None, source=None, batch=None, source_of=None):
    """Everyone who received a file whose rows rested on a claim, a source (or that of a claim) or a batch; else NotFound."""
    return session.rows("recipients", claim=claim, source=source, batch=batch, source_of=source_of)


def freeze(session, kind, *, reason, review_on, code=None, source=None, claim=None, area=None):
    """At once it is absent for all but releasers of tier 2, with all that is told of it; answers the freeze's reference.

    area: shapely, EPSG:4326; kind: area, site (or records) or source, named by itself or by a claim of it. Raises BadInput (no
    reason, no day), NotFound.
    """
    return session.call_patiently("freeze", kind=kind, reason=reason, review_on=review_on, code=code, source=source, claim=claim,
                                  area=None if area is None else to_wkb(area, hex=True))


def ask_unfreeze(session, freezing, *, why):
    """A releaser of tier 2 asks that a freeze be lifted; another one settles it. Conflict where it is asked already."""
    return session.call("ask_unfreeze", freezing=freezing, why=why)


def settle_unfreeze(session, freezing, *, agrees, why):
    """Another releaser agrees and the freeze is lifted (taken), or it stays (refused, withdrawn); Refused for the one who asked."""
    return session.call_patiently("settle_unfreeze", freezing=freezing, agrees=agrees, why=why)


def freezes(session, *, code=None, open=True):
    """For releasers of tier 2: the freezes in force, lifted (open False) or all (None); of what stands under a code."""
    return session.rows("freezes", code=code, open=open)


def receipts(session):
    """What one froze oneself: reference, kind, day, whether it is lifted; nothing of what is frozen."""
    return session.rows("freeze_receipts")


def frozen(session, code):
    """Whether what stands under a code is frozen: True for releasers of tier 2 alone, since nobody else sees it."""
    return session.value("is_frozen", code=code)


def retract(session, source=None, *, why, claim=None):
    """Nothing that a source (or that of a claim) said counts any more; each recipient is on a task. How many claims one sees."""
    return session.call("retract_source", source=source, why=why, claim=claim)


def print_page(session, code, *, recipient, purpose, risk, legal_basis=None, inquiry=None, asks=None):
    """What a page printed to leave tells of a site, records or a case (or an inquiry about it), of tier 1 at most, without names.

    It stands recorded to whom it goes, what for, and the risk in words for each of RISKS. Raises BadInput by field, Refused where
    it is confidential, of a compartment, frozen, suspended, or where its terms or consent do not permit sharing; NotFound.
    asks: what is asked of the recipient (JSON), told and recorded with it.
    """
    return session.value("print_page", code=code, recipient=recipient, purpose=purpose, risk=Json(risk), legal_basis=legal_basis,
                         inquiry=inquiry, asks=None if asks is None else Json(asks))


def labels(face):
    """What is printed on what leaves from that face: its TLP label and the words of the UN."""
    attrs = Tier(str(face)).attrs
    return {"tlp": attrs["tlp"], "un": attrs["un"]}
