"""Drafts: what somebody has typed so far, sealed with the house's key, for nobody else, kept for two weeks after a saving.

On a device in the field a page may keep one only where a steward allowed it: sealed to a key that is made of a seed of the account
and of the house's key. Without the seed (`end_on_devices`, a freeze, its day) nobody opens it any more.
"""
import json

from sitereg import house
from sitereg.errors import BadInput, Unavailable

__all__ = ["allow_on_devices", "device_key", "drop", "end_on_devices", "listed", "on_devices", "save", "shown"]


def save(session, once, form, typed, rows=()):
    """The draft stands as typed; answers until when. A sheet that was sent has no draft any more: NotFound."""
    words = json.dumps({"typed": dict(typed), "rows": list(rows)}, ensure_ascii=False)
    if "\\u0000" in words:
        raise BadInput("It holds a character that no field may hold")
    return session.call("save_draft", once=once, form=form, cipher=house.sealed(session.settings, words))


def listed(session):
    """One's own drafts (once, form, saved_at, expires_at), the last first."""
    return session.rows("drafts")


def shown(session, once):
    """One draft with {typed, rows}; NotFound for what is not one's own or is over."""
    row = session.one("draft", once=once)
    words = house.opened(session.settings, row.pop("cipher"))
    if words is None:
        raise Unavailable("This draft was sealed with another key of the house", code="bad_house_key",
                          do="Restore the house's key from the backup of the keys, or drop the draft.")
    return {**row, **json.loads(words)}


def drop(session, once):
    """The draft is gone."""
    session.call("drop_draft", once=once)


def allow_on_devices(session, account, *, until, reason):
    """A steward allows that the pages of an account (by its name) keep sealed drafts on their device, for at most ninety days."""
    session.call("allow_device_drafts", account=account, until=until, reason=reason)


def end_on_devices(session, account, *, why):
    """No device of the account opens its drafts any more; by a steward or itself. NotFound where nothing was allowed."""
    session.call("end_device_drafts", account=account, why=why)


def on_devices(session):
    """Who may keep drafts on a device: {name, until, reason, given_by, given_at}; one's own, and all for stewards."""
    return session.rows("device_drafts")


def device_key(session):
    """The 32 bytes to which the caller's page seals a draft on its device; None where the policy allows none."""
    seed = session.value("device_seed")
    return house.mark(session.settings, "drafts on a device in the field", bytes(seed).hex()) if seed else None
