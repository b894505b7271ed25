"""Referrals of families between partners, both ways: consent for exactly this one, what is passed on and no more, what came of it.

    drafted -> consented -> sent -> accepted -> in_progress -> outcome -> closed
                                 -> declined ---------------------------> closed
    withdrawn at any time before that -> deleted, said by whoever had received it

By source handlers, each his own; partners do their part in the door. What is said is sealed here before it reaches the database:
to the partner's own keys, and into a box of the vault. Raises NotFound, Refused (agreement, partner_key, covers, bound), Conflict,
BadInput.
"""
import json
import re
from base64 import b64encode

from sitereg import sealing, vault, vocab
from sitereg.errors import BadInput, Refused
from sitereg.store.session import Json
from sitereg.writing import digits

ROOM = 1024
CODE = re.compile(r"\bSY[A-Z]\s*-\s*[2-9A-Z]{6}", re.IGNORECASE)
PLACE = re.compile(r"\d{1,3}\.\d{3,}")

__all__ = ["answer", "at_the_door", "bind", "counts", "draft", "find", "hand", "my_key", "new_key", "open_", "overdue", "parts",
           "partners", "passed", "refer", "show", "step"]


def partners(session):
    """[{agreement, partner, expires_on, accounts, keys, letters}]: to whom one may refer; letters: of each key."""
    return [{**row, "letters": [sealing.fingerprint(one) for one in row["keys"]]} for row in session.rows("referral_partners")]


def bind(session, account, agreement):
    """That account of the door belongs, for good, to the partner of that agreement."""
    session.call("bind_partner", account=account, agreement=agreement)


def parts(said):
    """(brief, passed) of {field: words}: what the partner reads before accepting, and only afterwards. Raises BadInput by field."""
    unknown, registry = "This form has no such field", "No code or coordinates of the registry is passed on"
    wrong = [(name, unknown) for name in said if name not in set(vocab.ReferralField)]
    wrong += [(name, registry) for name, words in said.items()
              if CODE.search(digits(words)) or (PLACE.search(digits(words)) and name != "contact")]
    problems = [{"code": "bad_value", "field": name, "value": "", "message": message} for name, message in wrong]
    if problems:
        raise BadInput("This is not passed on", problems=problems,
                       do="Say it without codes of the registry and without coordinates.")
    early = {one.code for one in vocab.ReferralField if one.attrs["early"]}
    return {name: said[name] for name in said if name in early}, {name: said[name] for name in said if name not in early}


def draft(session, agreement, said, *, needs, urgency):
    """A referral stands as a draft; answers its id. said: {field: words}; needs, urgency, fields: terms of the vocabularies."""
    said = {name: words.strip() for name, words in said.items() if words and words.strip()}
    brief, passed = parts(said)
    there = next((one for one in partners(session) if str(one["agreement"]) == str(agreement)), None)
    keys = there["keys"] if there else []
    if there and not keys:
        raise Refused("This partner has no key yet", guard="partner_key", needs="Somebody of theirs makes one in the door first.")
    return session.call("referral_draft", agreement=agreement, needs=list(needs), urgency=urgency, fields=sorted(said),
                        brief=padded(brief, keys), passed=padded(passed, keys), box=Json(vault.box(session, words=said)))


def padded(said, keys):
    """{field: words} as an age file for those keys in base64, its length a multiple of ROOM."""
    told = json.dumps(said, ensure_ascii=False).encode()
    return b64encode(sealing.sealed(told.ljust(-(-len(told) // ROOM) * ROOM), keys)).decode()


def step(session, referral, name, **data):
    """The next step of our side: consented (form, by, on, covers), sent, withdrawn (ground), closed; of one from a partner
    accepted, declined (ground), in_progress, outcome (outcome), deleted."""
    session.call("referral_step", referral=referral, step=name, data=Json({key: one for key, one in data.items() if one}))


def hand(session, referral, owner):
    """Another source handler, by the name of the account, has it from now on."""
    session.call("referral_hand", referral=referral, owner=owner)


def find(session):
    """The referrals that one sees, overdue ones first."""
    return session.rows("referrals")


def overdue(session):
    """How many of them are overdue."""
    return sum(one["overdue"] for one in find(session))


def show(session, referral):
    """One with its time line."""
    return session.value("referral", referral=referral)


def open_(session, key, referral):
    """{field: words} of a referral, opened with a handler's own key; the opening stands in the log. Raises Refused, NotFound."""
    if show(session, referral)["way"] == "out":
        return next((sheet.said for sheet in vault.open_(session, key, "referral", referral)), {})
    told = sealing.opened(session.one("referral_open", referral=referral)["cipher"], key.secret)
    if told is None:
        raise Refused("It was sealed before your key was made", guard="not_shared", needs="A colleague with an older key opens it.")
    return letter(told)


def letter(told):
    """{field: words} of what the door sealed; Refused where it is none that the door would make."""
    try:
        said = json.loads(told)
        return {name: str(said[name])[:4000] for name in vocab.ReferralField if said.get(name)}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Refused("The letter is not as the door makes it", guard="evidence",
                      needs="Ask the partner to send it again.") from None


def counts(session):
    """[{year, quarter, what, code, n}] for reports, of quarters that are over, in steps of five, without what is below five."""
    return session.rows("referral_counts")


def my_key(session):
    """A partner's own key {public, secret}, its secret half locked; None where he made none yet."""
    return next(iter(session.rows("door_my_key")), None)


def new_key(session, public, secret):
    """A partner has this key from now on; secret: its secret half as an age file in base64, locked by a passphrase."""
    session.call("door_new_key", public=public, secret=secret)


def at_the_door(session, referral=None):
    """Referrals to the partner of this account and by this account, overdue ones first; or that one."""
    return session.rows("door_referrals", id=referral)


def passed(session, referral):
    """{brief, passed} still sealed, as far as it is given now; {} where nothing is. Stands in the log. Raises NotFound."""
    return next(iter(session.rows("door_passed", id=referral)), {})


def answer(session, referral, name, **data):
    """A partner's next step: accepted, declined (ground), in_progress, outcome (outcome), deleted; of his own withdrawn, closed."""
    session.call("door_answer", id=referral, step=name, data=Json({key: one for key, one in data.items() if one}))


def refer(session, *, needs, urgency, fields, passed, consent):
    """A partner refers a family; answers its id. passed: sealed to the institution's keys; consent: {form, by, on, covers}."""
    return session.call("door_refer", needs=needs, urgency=urgency, fields=fields, passed=passed, consent=Json(consent))
