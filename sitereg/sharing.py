"""What left the house, to whom and why, recorded before a file has its name; what may not leave; whom a retraction concerns."""

from shapely import to_wkb

from sitereg.store.session import Json
from sitereg.vocab import Tier

RISKS = ("site", "sources", "families", "staff")

__all__ = ["RISKS", "disclose", "disclosures", "freeze", "freezes", "frozen", "labels", "print_page", "recipients", "retract",
           "sender", "unfreeze"]


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


def recipients(session, *, claim=None, source=None, batch=None):
    """Everyone who received a file whose rows rested on a claim, a source or a batch; NotFound where that is not visible."""
    return session.rows("recipients", claim=claim, source=source, batch=batch)


def freeze(session, kind, *, reason, review_on, code=None, source=None, area=None):
    """At once nothing of it leaves or is edited; answers the freeze's id. area: shapely, EPSG:4326; kind: area, site or source."""
    return session.call("freeze", kind=kind, reason=reason, review_on=review_on, code=code, source=source,
                        area=None if area is None else to_wkb(area, hex=True))


def unfreeze(session, freezing, *, why):
    """A freeze is lifted, by another person than the one who froze; Refused otherwise."""
    session.call("unfreeze", freezing=freezing, why=why)


def freezes(session, *, code=None, open=True):
    """The freezes that the caller may see: in force, lifted (open False) or all (None); of what stands under a code."""
    return session.rows("freezes", code=code, open=open)


def frozen(session, code):
    """Whether what stands under a code is frozen, by whatever the caller may or may not see."""
    return session.value("is_frozen", code=code)


def retract(session, source, *, why):
    """Nothing that a source said counts any more, each recipient of it is on a task; how many claims the caller sees of it."""
    return session.call("retract_source", source=source, why=why)


def print_page(session, code, *, recipient, purpose, risk, legal_basis=None, inquiry=None):
    """What a page printed to leave tells of a site, records or a case (or an inquiry about it), of tier 1 at most, without names.

    It stands recorded to whom it goes, what for, and the risk in words for each of RISKS. Raises BadInput by field, Refused where
    it is confidential, of a compartment, frozen, suspended, or where its terms or consent do not permit sharing; NotFound.
    """
    return session.value("print_page", code=code, recipient=recipient, purpose=purpose, risk=Json(risk), legal_basis=legal_basis,
                         inquiry=inquiry)


def labels(face):
    """What is printed on what leaves from that face: its TLP label and the words of the UN."""
    attrs = Tier(str(face)).attrs
    return {"tlp": attrs["tlp"], "un": attrs["un"]}
