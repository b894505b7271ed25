"""Coordination without exposure: who works at a site that one sees; whether somebody spoke with a witness, asked and not told.

Of work nothing is told but that somebody is there, or a name where that was agreed. Of witnesses the asker hears the same at
once whatever is known; a source handler decides, and the answer stands there from the day that was said. Raises NotFound, Refused,
BadInput.
"""
from base64 import b64encode

from sitereg import contacts, house
from sitereg.errors import BadInput

NOBODY = "Give a telephone number with its area, or an address of mail"

__all__ = ["answer", "answer_place", "ask", "ask_place", "asks", "at", "at_the_door", "declare", "declare_at_the_door", "end",
           "offers", "over", "places", "places_waiting", "settle", "waiting", "works"]


def declare(session, *, kind, began, ended, told, code=None, unit=None, agreement=None):
    """Somebody works at a site or in an admin unit; answers its id. told: nobody, somebody, named. agreement: of a partner."""
    return session.call("declare_work", kind=kind, began=began, ended=ended, told=told, code=code, unit=unit, agreement=agreement)


def end(session, work, *, why):
    """Declared work is over."""
    session.call("end_work", work=work, why=why)


def at(session, code):
    """{somebody: whether somebody works there, names: [{language: name}] of those who may be named}."""
    rows = [row["who"] for row in session.rows("work_at", code=code)]
    return {"somebody": bool(rows), "names": [one for one in rows if one]}


def works(session):
    """Declared work that is not over: one's own, or all at what one sees for who coordinates."""
    return session.rows("works")


def ask(session, contact):
    """Whether somebody spoke with whoever is reached so is asked; answers the day on which one hears, always alike."""
    ways = contacts.ways(contact or "")
    if not ways:
        problem = {"code": "bad_value", "field": "contact", "value": "", "message": NOBODY}
        raise BadInput("The form is not complete", problems=[problem], do="What you typed is kept: correct what is marked.")
    tokens = [b64encode(house.mark(session.settings, "contact", one)).decode() for one in ways]
    return session.call("ask_witness", tokens=tokens)


def asks(session):
    """What one asked: [{id, on_day, due, answer}], the answer (ask_answer) from its day on."""
    return session.rows("my_asks")


def waiting(session):
    """For source handlers: what was asked and is not due, with the sources that they see which are reached so."""
    return session.rows("asks_waiting")


def answer(session, which, said):
    """The asker hears this on the day (ask_answer)."""
    session.call("answer_ask", ask=which, answer=said)


def declare_at_the_door(session, *, unit, kind, began, ended, told, place=None):
    """A partner declares where it works, in a governorate (unit) and in words (place); answers the day, always alike."""
    return session.call("door_declare_work", unit=unit, kind=kind, began=began, ended=ended, told=told, place=place)


def at_the_door(session):
    """What a partner declared, as it typed it: never what became of it."""
    return session.rows("door_works")


def over(session, offer):
    """A partner says that what it declared is over."""
    session.call("door_work_over", id=offer)


def offers(session):
    """For data stewards: what partners declared at the door and nobody took over, or say is over (over_on) while it stands."""
    return session.rows("work_offers")


def settle(session, offer, step, *, code=None):
    """It is taken over as declared work of that partner, at a site or in the governorate, or refused; answers the work."""
    return session.call("work_offer_settle", offer=offer, step=step, code=code)


def ask_place(session, unit, place=None):
    """A partner asks whether somebody works at a place; answers the day on which it hears, always alike."""
    return session.call("ask_place", unit=unit, place=place)


def places(session):
    """What a partner asked of places, the answer (and names, where they may be told) from its day on."""
    return session.rows("my_place_asks")


def places_waiting(session):
    """For who coordinates: what was asked of places and is not due, with the declared work there that they see."""
    return session.rows("place_asks_waiting")


def answer_place(session, which, said, *, work=None):
    """The asker hears this on the day, with the name of that work's partner only where it was agreed."""
    session.call("answer_place_ask", ask=which, answer=said, work=work)
