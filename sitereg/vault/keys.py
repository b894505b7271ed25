"""Keys of source handlers: each makes his own, locked by a passphrase; colleagues share what they open."""
import unicodedata
from dataclasses import dataclass, field

from sitereg import sealing
from sitereg.errors import BadInput
from sitereg.store.session import Json
from sitereg.vault.sheets import text

SHORTEST = 14
MANY = 1000


@dataclass(frozen=True)
class Key:
    """A handler's own key while it is open: nothing keeps it, nothing prints it."""

    public: str
    secret: str = field(repr=False)


def new_key(session, passphrase, *, lost=False):
    """The handler has a key of his own, locked by the passphrase; answers its public half.

    lost: the former key, whose passphrase is gone, opens nothing any more; a colleague shares the vault with the new one. Raises
    BadInput for a passphrase that is too short, Refused where there is a key that was not said to be lost.
    """
    secret, public = sealing.identity()
    session.call("vault_new_key", public=public, secret=locked(secret, passphrase), lost=lost)
    return public


def change_passphrase(session, key, passphrase):
    """The key is locked by another passphrase; what it opens stays the same."""
    session.call("vault_passphrase", secret=locked(key.secret, passphrase))


def locked(secret, passphrase):
    if len(passphrase) < SHORTEST or len(set(passphrase)) < 6:
        problem = {"code": "too_short", "field": "passphrase", "value": "", "message": "The passphrase is too short"}
        raise BadInput("The passphrase is too short", problems=[problem],
                       do="Five or six words that belong together for you alone are good.")
    return sealing.locked(secret, as_typed(passphrase))


def as_typed(passphrase):
    """The passphrase in one form, on whatever keyboard its letters were put together."""
    return unicodedata.normalize("NFC", passphrase)


def unlock(session, passphrase):
    """The handler's own Key; None where the passphrase was not right, which counts and stands in the log.

    The caller lets its transaction end well in both cases: a try that is rolled back would not count. Raises Refused without a key,
    and for a quarter of an hour after five wrong ones. Takes a second or more, and 256 MB meanwhile: that is what guessing costs.
    """
    with session.savepoint():
        held = session.one("vault_try")
    secret = sealing.unlocked(held["secret"], as_typed(passphrase)) if passphrase else None
    session.call("vault_tried", right=secret is not None)
    return Key(held["public"], secret) if secret is not None else None


def share(session, key):
    """Every living key opens what this one opens; answers how many locks were added."""
    made = 0
    while rows := session.rows("vault_unshared", limit=MANY):
        opened = {row["subject"]: sealing.opened(row["wrapped"], key.secret) for row in rows}
        locks = [{"subject": str(row["subject"]), "recipient": str(row["recipient"]),
                  "wrapped": text(sealing.sealed(opened[row["subject"]], [row["public"]]))}
                 for row in rows if opened[row["subject"]] is not None]
        added = session.call("vault_share", locks=Json(locks))
        made += added
        if not added:
            break
    return made


def add_locks(session, locks):
    """Locks that were made with the recovery key outside the house are hung here; answers how many are new."""
    return session.call("vault_share", locks=Json(locks))


def end_key(session, account, *, why):
    """The key of that account opens nothing here any more."""
    session.call("vault_end_key", account=account, why=why)


def state(session):
    """How much is sealed, how much no handler opens yet, whose keys there are (with fingerprints), who has none."""
    found = session.value("vault_state")
    for one in found["keys"]:
        one["fingerprint"] = sealing.fingerprint(one["public"])
    if found["recovery"]:
        found["recovery_fingerprint"] = sealing.fingerprint(found["recovery"])
    return found
