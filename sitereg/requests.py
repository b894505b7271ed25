"""Search requests: who searches for whom, and what became of it; nothing is matched, told or opened by itself.

    stage --asked, another person agrees--> open                      before it is open nothing of this is taken in
    requests.record(session, typed, once=once)     -> received        the family in the vault, a case of its own
    requests.candidates(session, request, reason=) who it may be, with what speaks for and against
    requests.match(session, request, code, why=)   -> match_waits     --a verifier confirms--> matched; unmatch undoes it likewise
    requests.open_(session, request, why=)         -> open            the search is open: of who was listed, or of its own case
    requests.step(session, request, "left_open", why=, due=)          or left open until a day
    requests.hand_over(session, request)           a code on paper and a second secret: one of the family reads its own page

Two families' requests for one person stay two, each with what it told. All of it is for source handlers, who alone open the vault.
Raises Refused (stage, consent, merged, not_matched, match_waits, four_eyes), NotFound, BadInput, Conflict.
"""
import re
import secrets

from sitereg import duplicates, entering, families, persons, vault
from sitereg.errors import BadInput, Refused
from sitereg.matrix.roles import STAGE_AGREERS, STAGE_ASKERS, TELLERS
from sitereg.store import credentials
from sitereg.store.session import Json
from sitereg.writing import digits, has_controls

CONSENT = "2026-1"  # which wording of the consent is read to families; its words: CONSENT_WORDS
CONSENT_WORDS = (
    "What you tell us is kept sealed, and used to search for the person whom you seek.",
    "For every other use you are asked by itself. You may say no, and the search goes on.",
    "You may take back each consent, or ask that all be deleted, at any time, without saying why.",
    "Asking does not mean that we know something. What we do not say tells nothing about how this person is.",
)
CLOSED = "Cases are not registered in this stage: two persons open it first."
URGENCY = ("ordinary", "soon", "urgent")
WAYS = ("telephone", "message", "letter", "in_person", "nobody")
HOURS = ("any", "morning", "afternoon", "evening")
LANGUAGES = entering.fields.LANGUAGES
STEPS = ("comparing", "caseworker", "asked_back", "answered", "left_open")
WISHES = ("reach", "call", "hear", "withdraw", "delete")
SEALED = ("relation", "reached", "told_too", "not_told")
OWN = (*SEALED, "way", "hours", "language", "urgency", "answer_by")
ALWAYS = {"who_type": "testimony_family", "who_connection": "family", "tier": "1"}
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
AT = "@paper"

__all__ = ["CONSENT", "CONSENT_WORDS", "HOURS", "LANGUAGES", "STAGE_AGREERS", "STAGE_ASKERS", "STEPS", "TELLERS", "URGENCY",
           "WAYS", "called", "candidates", "code_of", "end_access", "hand_over", "listed", "match", "mine", "open_", "reach",
           "record", "registered", "secret_of", "settle_stage", "show", "stage", "step", "turn", "unmatch", "wish"]


def stage(session):
    """{open, history}: whether cases are registered in this stage, and who asked and settled that, the newest first."""
    return session.value("stage")


def registered(session):
    """Whether cases are registered now, for all who work here; while they are not, nobody's search is opened by any road."""
    return session.value("cases_registered")


def turn(session, opens, *, reason):
    """It is asked that the stage be opened, or closed again; answers the id of what another person settles."""
    return session.call("stage_ask", opens=opens, reason=reason)


def settle_stage(session, which, step, *, why):
    """Another person agrees, and the stage is open or closed from now on; or it is refused."""
    session.call("stage_settle", stage=which, step=step, why=why)


def read(session, typed, *, once):
    """The sheet of a request as it is understood, with what is wrong with it (entering.Sheet).

    typed: fields of the form `person` and of what a sheet asks once, and OWN: relation, reached (number or address), told_too and
    not_told (who else of the family may be told, must not), all sealed; way, hours, language, urgency, answer_by (a date).
    """
    told = {name: one for name, one in typed.items() if name not in OWN and name != "asked"}
    sheet = entering.read(session, "person", {**told, **ALWAYS}, once=once)
    sheet.typed = {**sheet.typed, **{name: str(typed[name]) for name in OWN if typed.get(name)}}
    for name in SEALED:
        text = str(typed.get(name) or "")
        if len(text) > 1000 or has_controls(text.replace("\r\n", "\n").replace("\n", " ")):
            sheet.wrong(name, "bad_value", "It is too long, or holds a character that no field may hold")
    for name, codes in (("way", WAYS), ("hours", HOURS), ("language", LANGUAGES), ("urgency", URGENCY)):
        if typed.get(name) not in codes:
            sheet.wrong(name, "missing_required", "This is needed")
    if not typed.get("answer_by"):
        sheet.wrong("answer_by", "missing_required", "This is needed")
    return sheet


def record(session, typed, *, once):
    """The request stands, once, and answers its id: the sheet with its source and a case of its own, who searches in the vault.

    Raises BadInput with the problems of the sheet; Refused before the stage is open.
    """
    if not stage(session)["open"]:  # said before the sheet is read; the database refuses it as well
        raise Refused("Cases are not registered", guard="stage", needs=CLOSED)
    sheet = read(session, typed, once=once)
    with session.savepoint():
        made = entering.write(session, sheet)
        reach = {name: typed[name] for name in ("way", "hours", "language")}
        request = session.call("request_record", entry=made.entry, urgency=typed["urgency"], answer_by=typed["answer_by"],
                               reach=Json(reach), version=CONSENT)
        sealed = {name: str(typed[name]) for name in SEALED if typed.get(name)}
        if sealed and not made.already:
            vault.keep(session, show(session, request)["source"], sealed)
    return request


def listed(session):
    """Requests, those whose consent is gone first, then by the day on which they are due; again: must be told again."""
    owed = {row["contact"] for row in families.owed(session)}
    return [{**row, "again": str(row["source"]) in owed} for row in session.rows("requests")]


def show(session, request):
    """One request."""
    return session.rows("requests", request=request)[0]


def candidates(session, request, *, reason):
    """[(Proposal, what is shown of the other case, whether it is another request)]: who the person may be, the likeliest first.

    For holders of the compartment `names`, with a reason; it stands in the read log, and no name is answered.
    """
    one = show(session, request)
    asked = {row["own_code"] for row in session.rows("requests")}
    found = duplicates.beside(session, "persons", one["code"], reason=reason)
    return [(made, row, made.other in asked) for made in found for row in persons.find(session, q=made.other, limit=1)]


def match(session, request, code, *, why):
    """That the person is the one of that code waits for a verifier."""
    return session.call("request_match", request=request, code=code, why=why)


def unmatch(session, request, *, why):
    """That a match falls waits for a verifier; then the request has its own case again."""
    return session.call("request_unmatch", request=request, why=why)


def open_(session, request, *, why):
    """The search for the person is open, of the one who was listed or of the request's own case; answers with its code."""
    return session.call("request_open", request=request, why=why)


def step(session, request, what, *, why, due=None):
    """What is being done (of STEPS) stands; the family reads its kind, never why."""
    session.call("request_step", request=request, step=what, why=why, due=due)


def hand_over(session, request):
    """(id, code, secret): one of the family signs in with both. They are shown now and never again."""
    code = "".join(secrets.choice(LETTERS) for _ in range(12))
    secret = "".join(secrets.choice("0123456789") for _ in range(9))
    made = session.call("request_access", request=request, code=code + AT, hash=credentials.hashed(secret))
    return made, "-".join(code[at:at + 4].upper() for at in (0, 4, 8)), " ".join(secret[at:at + 3] for at in (0, 3, 6))


def end_access(session, access, *, why):
    """It opens nothing any more."""
    session.call("request_access_end", access=access, why=why)


def reach(session, request, way, hours, language):
    """They are reached so from now on (of WAYS, HOURS, LANGUAGES), as they said to a caseworker."""
    session.call("request_reach", request=request, reach=Json({"way": way, "hours": hours, "language": language}))


def called(session, wish):
    """A family that asked to be called was called; what it told was read to one that asked to hear it."""
    session.call("request_wish_done", wish=wish)


def code_of(typed):
    """The name to sign in with that was typed as a code from paper, however it was written; None for what is no such code."""
    plain = re.sub(r"[\s\-\u2010-\u2015._]+", "", digits(typed or "")).lower().removesuffix(AT)
    return plain + AT if len(plain) == 12 and set(plain) <= set(LETTERS) else None


def secret_of(typed):
    """The second secret as it is compared: nine digits of any script, however they were spaced."""
    return re.sub(r"[\s\-]+", "", digits(typed or ""))


def mine(session):
    """What one of the family reads of the own request (api.family_page)."""
    return session.value("family_page")


def wish(session, what, value=None):
    """One of the family asks for something (of WISHES); raises BadInput for what cannot be asked."""
    if what not in WISHES:
        raise BadInput("This cannot be asked here", where="wish")
    session.call("family_wish", wish=what, value=Json(value or {}))
