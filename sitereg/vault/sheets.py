"""Boxes and the sheets in them: sealed on the way in, opened with a handler's key."""
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import date

from sitereg import contacts, house, sealing
from sitereg.errors import Refused, Unavailable
from sitereg.store.session import Json

NOT_SHARED = "Nobody shared this with your key yet"


@dataclass(frozen=True)
class Sheet:
    """What was kept at one time: kind (identity, contact, words, testimony, claim), what it says, when and by whom recorded."""

    kind: str
    said: dict
    recorded: date
    by: str


def box(session, **sheets):
    """A box for a new subject, as the functions that make one take it; None where no sheet says anything.

    sheets: kind = {name: text}, sealed to a key that exists here for this moment alone. Raises Unavailable without a recovery key.
    """
    said = {kind: told for kind, told in sheets.items() if told}
    return opened_box(session, said) if said else None


def opened_box(session, sheets=()):
    """A box {public, locks, sheets} whether or not anything lies in it yet."""
    keys = session.rows("vault_recipients")
    if not any(one["recovery"] for one in keys):
        raise Unavailable("The vault has no recovery key yet, so nothing is taken into it", code="no_recovery_key",
                          do="Run `sitereg upgrade` as the registry's own user, then send it again.")
    secret, public = sealing.identity()
    return {"public": public, "tokens": tokens(session, dict(sheets)),
            "sheets": [{"kind": kind, "cipher": sealed(told, public)} for kind, told in dict(sheets).items()],
            "locks": [{"recipient": str(one["recipient"]), "wrapped": text(sealing.sealed(secret.encode(), [one["public"]]))}
                      for one in keys]}


def tokens(session, sheets):
    """What only the same telephone numbers and addresses have, of how to reach somebody: keyed outside the database, base64."""
    said = " ".join(str(sheets[kind].get("contact") or "") for kind in ("identity", "contact") if kind in sheets)
    return [text(house.mark(session.settings, "contact", one)) for one in contacts.ways(said)]


def sealed(said, public):
    """What is said, as an age file in base64."""
    return text(sealing.sheet(json.dumps(said, ensure_ascii=False, default=str), public))


def text(file):
    return b64encode(file).decode()


def public_for(session, subject):
    """The key to which words of this source or inquiry are sealed; its box is made if there is none."""
    return session.value("vault_box", subject=subject) or session.value("vault_box", subject=subject, box=Json(opened_box(session)))


def keep(session, subject, said, *, kind="contact"):
    """What is said ({name: text}) lies in the vault with a source or an inquiry. Raises NotFound, Refused (erased).

    kind: contact, how to reach a source or whoever asked an inquiry; words, what an insider said.
    """
    session.call("vault_keep", subject=subject, kind=kind, cipher=sealed(said, public_for(session, subject)),
                 tokens=tokens(session, {kind: said}))


def open_(session, key, kind, id):
    """The Sheets that the vault holds of a source, report, claim or inquiry, the oldest first; [] where it holds none.

    Needs `acting`: the opening stands in the log with the answer. key: as `unlock` gave it. Raises Refused where it was erased, or
    where nobody shared it with this key yet; NotFound.
    """
    found = []
    for row in session.rows("vault_open", kind=kind, id=id):
        secret = sealing.opened(row["wrapped"], key.secret) if row["wrapped"] is not None else None
        told = sealing.opened(row["cipher"], secret.decode()) if secret is not None else None
        if told is None:
            raise Refused(NOT_SHARED, guard="not_shared",
                          needs="A colleague who opens it runs `sitereg vault share`, or somebody opens it with the recovery key.")
        found.append(Sheet(row["kind"], json.loads(told), row["recorded"], row["by"]))
    return found


def holds(session, kind, id):
    """{sheets: how many the vault holds of it, erased: whether nobody opens them again}; NotFound. Nothing is opened."""
    return session.one("vault_holds", kind=kind, id=id)


def erase(session, inquiry, *, why):
    """How to reach whoever asked an inquiry can be opened by nobody any more; of a source the review of its consent does it."""
    session.call("vault_erase", inquiry=inquiry, why=why)
