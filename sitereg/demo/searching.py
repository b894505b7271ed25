"""Families who search, in the demonstration: the stage is open; of four requests one waits, one is compared, one is left open, one
is matched with somebody whom a list named. What may be said was told to that family, whose way in to its page everybody knows.
Another is referred to the demo partner, who accepted; he declared work and asked about a place. All invented."""
from base64 import b64encode
from datetime import timedelta

from sitereg import coordination, decisions, families, referrals, requests, sealing
from sitereg.demo import names, partners
from sitereg.demo.deciding import by
from sitereg.demo.dice import Dice
from sitereg.demo.signins import SignIn
from sitereg.store import credentials

WHY = "Synthetic: made up for the demonstration"
FAMILY = SignIn("family (/own/enter)", "DEMX-FAMX-PAGE", "222 333 444")
WHAT = (("arrested", "arrest_checkpoint", "أُخذ عند حاجز متخيَّل وهو عائد من عمله. Synthetic: taken at an invented checkpoint."),
        ("abducted", "abduction_unknown", "خرج ولم يعد. Synthetic: went out and did not come back."),
        ("arrested", "arrest_home_raid", "أخذوه من البيت أمامنا. Synthetic: taken from home before us."),
        ("last_seen_free", "unknown", "رأيناه آخر مرة في السوق. Synthetic: last seen at a market."))
NEEDED = {"reason": "Synthetic: papers for the children / أوراق للأطفال", "language": "Arabic, large print",
          "household": "4, two children",
          "name": "أمّ متخيَّلة (invented mother)", "contact": "no such number (invented)", "safe_way": "after six"}

__all__ = ["FAMILY", "opened", "record"]


def opened(settings):
    """Cases are registered, as two persons decided."""
    with by(settings, "handler") as session:
        if requests.registered(session):
            return
        made = requests.turn(session, True, reason=WHY)
    with by(settings, "releaser") as session:
        requests.settle_stage(session, made, "agreed", why=WHY)


def record(settings, seed, report, rows):
    """What families asked, what partners do for them and declare stands. report, rows: of the list that was taken in (lists)."""
    dice, once = Dice(seed, "searching"), Dice("sitereg requests")
    free = [one for one in report.rows if one.subject and one.new and rows[one.row - 1].person is None]
    matched, name = free[-1].subject, rows[free[-1].row - 1].cells[1]  # the first is asked for by an investigator (lists.matched)
    called = [name, *(names.person(dice, "male", 8000 + n)[1] for n in range(3))]
    made = [asked(settings, once.id(), n, one) for n, one in enumerate(called)]
    with by(settings, "handler") as session:
        requests.step(session, made[1], "comparing", why=WHY)
        requests.step(session, made[2], "left_open", why=WHY, due=session.value("today") + timedelta(60))
    found(settings, made[0], matched)
    referred(settings)
    declared(settings)


def asked(settings, once, n, name):
    """A family asks for somebody of that name; the request's id."""
    what, circumstance, told = WHAT[n]
    with by(settings, "handler") as session:
        return requests.record(session, {
            "who_name": "عائلة متخيَّلة (invented family)", "who_contact": f"no such number (invented) {n}", "relation": "mother",
            "way": "telephone", "hours": "evening", "language": "ar", "urgency": ("ordinary", "soon", "urgent", "ordinary")[n],
            "answer_by": str(session.value("today") + timedelta(20 + 10 * n)), "name": name, "sex": "male",
            "birth": str(1970 + 4 * n), "what": what, "circumstance": circumstance, "when": f"{n + 3:02}/2013", "words": told,
            "partner": "Demonstration unit", "terms": WHY, "uses": ["search_for_missing", "statistics"], "consent": "given",
            "scope": ["store", "analyse"]}, once=once)


def found(settings, request, person):
    """Matched by two persons, the search opened, what may be said signed and told; one of the family may read its page."""
    with by(settings, "handler") as session:
        code = session.rows("person_list", ids=[person], limit=1)[0]["code"]
        waits = requests.match(session, request, code, why="The name and the year, as the family told them (synthetic)")["proposal"]
    with by(settings, "verifier") as session:
        decisions.approve(session, waits, reason="Agreed")
    with by(settings, "handler") as session:
        requests.open_(session, request, why="The family asks for one whom the list names (synthetic)")
        requests.step(session, request, "caseworker", why=WHY)
        telling = families.propose(session, code)
    with by(settings, "releaser") as session:
        families.settle(session, telling, "signed", why=WHY)
    with by(settings, "handler") as session:
        families.told(session, telling, requests.show(session, request)["source"], how="in_person", on=session.value("today"))
        session.call("request_access", request=request, code=requests.code_of(FAMILY.email),
                     hash=credentials.hashed(requests.secret_of(FAMILY.password)))


def referred(settings):
    """A family is referred to the demo partner, whose key his password opens; he accepted it and works on it."""
    with by(settings, "handler") as session:
        agreement = next(one["agreement"] for one in referrals.partners(session)
                         if one["partner"]["en"] == partners.PARTNERS[0][0])
        referrals.bind(session, "demo.partner", agreement)
    secret, public = sealing.identity()
    with by(settings, "partner") as session:
        referrals.new_key(session, public, b64encode(sealing.locked(secret, "demo.partner-sees-only-invented-places")).decode())
    with by(settings, "handler") as session:
        made = referrals.draft(session, agreement, NEEDED, needs=["documentation", "legal"], urgency="routine")
        referrals.step(session, made, "consented", form="written", by="self", on=str(session.value("today")),
                       covers=sorted(NEEDED))
        referrals.step(session, made, "sent")
    with by(settings, "partner") as session:
        referrals.answer(session, made, "accepted")
        referrals.answer(session, made, "in_progress")


def declared(settings):
    """The demo partner declared work, which waits for a steward, and asked about a place, which waits for its day."""
    with by(settings, "partner") as session:
        unit, today = session.rows("units", level=1)[0]["pcode"], session.value("today")
        coordination.declare_at_the_door(session, unit=unit, place="Synthetic: an orchard / بستان متخيَّل", kind="survey",
                                         began=today, ended=today + timedelta(90), told="named")
        coordination.ask_place(session, unit, "Synthetic: by a mill / قرب طاحونة متخيَّلة")
