"""Drafts: what somebody has typed so far, sealed with the house's key, for nobody else, kept for two weeks after a saving."""
import json

from sitereg import house
from sitereg.errors import BadInput, Unavailable

__all__ = ["drop", "listed", "save", "shown"]


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
