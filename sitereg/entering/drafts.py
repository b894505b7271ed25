"""Drafts: what somebody has typed so far, sealed, for nobody else, kept for two weeks after the last saving."""
import json

from sitereg.errors import BadInput

__all__ = ["drop", "listed", "save", "shown"]


def save(session, once, form, typed, rows=()):
    """The draft stands as typed; answers until when. A sheet that was sent has no draft any more: NotFound."""
    words = json.dumps({"typed": dict(typed), "rows": list(rows)}, ensure_ascii=False)
    if "\\u0000" in words:
        raise BadInput("It holds a character that no field may hold")
    return session.call("save_draft", once=once, form=form, words=words)


def listed(session):
    """One's own drafts (once, form, saved_at, expires_at), the last first."""
    return session.rows("drafts")


def shown(session, once):
    """One draft with {typed, rows}; NotFound for what is not one's own or is over."""
    row = session.one("draft", once=once)
    return {**row, **json.loads(row["words"])}


def drop(session, once):
    """The draft is gone, and its key with it."""
    session.call("drop_draft", once=once)
