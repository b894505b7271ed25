"""The gate: is one recipient shown a site, how exactly? Seven questions, two persons, to a day; it rises and falls with protection.

    propose -> refused at once, with its ground (a no to one question is a no)
            -> waiting --a releaser agrees--> agreed --anybody who may ask--> ended
    shown today = the coarser of what was agreed and what protection allows: protected exact, partially 1 km, else 10 km
"""
from sitereg.store.session import Json

__all__ = ["listed", "propose", "settle"]


def propose(session, code, *, recipient, precision, answers, reason, until):
    """Whether the recipient is shown the site under that code is answered: {gate, allows, precision}.

    answers: {question of gate_question: {"answer": "yes" or "no", "why": words}}; precision: of gate_precision; until: a day within
    a year. Raises BadInput by field, NotFound, Refused (protection: finer than it allows; level; compartment).
    """
    return session.call("gate_propose", code=code, recipient=recipient, precision=precision, answers=Json(answers), reason=reason,
                        until=until)


def settle(session, gate, step, *, why):
    """It is agreed or refused by a releaser who did not ask, or ended at once, with a notice to who holds it. Refused, Conflict."""
    return session.call("gate_settle", gate=gate, step=step, why=why)


def listed(session, *, code=None):
    """What was decided, the newest first: as agreed (precision) and as it holds today (now); of one site where a code is given."""
    return session.rows("gates", code=code)
