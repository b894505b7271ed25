"""What leaves as a whole, by two persons: hand-overs to a successor, packages for one recipient; made once, verified offline.

    begin_hand_over -> waiting --settle, a releaser--> agreed --make--> made --step--> delivered -> acknowledged
                                                     \\-> refused, with its ground
"""
from sitereg import sealing
from sitereg.errors import BadInput
from sitereg.packages import handover, notices, parcels, verifier
from sitereg.store.session import Json

FIELDS = ("names", "kinds", "verification", "protection", "remains_state", "period", "place")

__all__ = ["FIELDS", "begin", "begin_hand_over", "handover", "listed", "notices", "parcels", "settle", "share",
           "share_accounts", "step", "verifier", "withdraw"]


def begin_hand_over(session, *, recipient, purpose, risk, legal_basis=None, partner=None):
    """A hand-over of all that the caller sees and its sources agree to waits for a releaser; answers its id.

    risk: in words to site, sources, families and staff. Raises BadInput by field, Denied.
    """
    return session.call("hand_over_begin", recipient=recipient, purpose=purpose, risk=Json(risk), legal_basis=legal_basis,
                        partner=partner)


def begin(session, *, recipient, purpose, risk, codes, fields, key, expires_on, legal_basis=None, partner=None):
    """A package for one recipient waits for a releaser: these sites, each by its gate for him, these FIELDS; answers its id.

    key: his public age key; expires_on: a day within a year. Raises BadInput by field, NotFound (a code), Refused (gate).
    """
    if not sealing.is_public(key or ""):
        raise BadInput("This is no public age key", do="Ask the recipient for his key: it begins with age1.", problems=[
            {"code": "bad_value", "field": "key", "value": (key or "")[:80], "message": "This is no public age key"}])
    return session.call("package_begin", recipient=recipient, purpose=purpose, risk=Json(risk), codes=list(codes),
                        fields=list(fields), key=key, expires_on=expires_on, legal_basis=legal_basis, partner=partner)


def share(session, *, recipient, account, purpose, risk, codes, fields, expires_on, legal_basis=None, partner=None):
    """What a partner is to be shown at his door waits for a releaser: these sites, each by its gate for him; answers its id.

    account: the name of his account, one of `share_accounts`. Raises BadInput by field, NotFound (a code), Refused (gate).
    """
    return session.call("share_begin", recipient=recipient, account=account, purpose=purpose, risk=Json(risk), codes=list(codes),
                        fields=list(fields), expires_on=expires_on, legal_basis=legal_basis, partner=partner)


def share_accounts(session):
    """The accounts of partners: name, display."""
    return session.rows("share_accounts")


def withdraw(session, package, *, why):
    """What a partner was shown he sees no more, at once, by the one who asked or a releaser. Conflict where it is not shown."""
    session.call("share_withdraw", package=package, why=why)


def settle(session, package, *, agrees, why):
    """A releaser, not the one who asked, agrees (a share is made) or refuses: agreed, made, refused. Raises Refused, Conflict."""
    return session.call("package_settle", package=package, agrees=agrees, why=why)


def step(session, package, step, *, why):
    """It stands recorded that a package was delivered or acknowledged; `why` says how and by whom. Refused (order)."""
    session.call("package_step", package=package, step=step, why=why)


def listed(session, *, kind=None):
    """One's own hand-overs and packages, all of them for releasers and auditors, the newest first. kind: hand_over or package."""
    return session.rows("packages", kind=kind)
