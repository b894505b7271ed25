"""Kept files hashed again unasked: a share of all of them at a time, and at once where somebody met other bytes.

A file that is not as it was seals its documents: they are handed out to nobody, and an event, a step of custody and a task say so.
The keeper looks at such files again and again; once the bytes are back, the documents are unsealed.
"""
import json
import os
from datetime import UTC, datetime

from sitereg.store import evidence

SHARE = 4320  # parts in which all files are looked at: one every ten minutes is all of them in thirty days
NOTE = "rehash.json"

__all__ = ["NOTE", "portion", "suspects"]


def portion(settings, opened):
    """The next share of kept files has been hashed again; answers (files, files that are not as they were).

    opened: opens a transaction of the keeper. Bytes are read between transactions, never within one.
    """
    so_far = _noted(settings)
    with opened(settings) as session:
        found = session.one("keeper_files", after=so_far["after"], share=SHARE)["files"]
    wrong = sum(look(settings, opened, sha256, size) is not None for sha256, size in sorted(found.items()))
    so_far = {**so_far, "files": so_far["files"] + len(found), "wrong": so_far["wrong"] + wrong, "after": max(found, default="")}
    if not found and so_far["files"]:
        with opened(settings) as session:
            session.call("keeper_looked_through", files=so_far["files"], wrong=so_far["wrong"],
                         since=datetime.fromisoformat(so_far["since"]))
        so_far = _begun()
    _note(settings, so_far)
    return len(found), wrong


def suspects(settings, opened):
    """Files of which somebody met other bytes, and those sealed before, are looked at; answers how many are not as they were."""
    wrong = 0
    for note in evidence.suspects(settings):
        with opened(settings) as session:
            size = session.value("keeper_size_of", sha256=note.name)
        if size is None or look(settings, opened, note.name, size) is None:
            note.unlink(missing_ok=True)
        else:
            wrong += 1
    return wrong


def look(settings, opened, sha256, size):
    """What is wrong with that file now, or None; its documents are sealed or unsealed by it."""
    wrong = evidence.problem(settings, sha256, size)
    if wrong:
        evidence.suspect(settings, sha256)
    with opened(settings) as session:
        session.call("keeper_file_looked", sha256=sha256, problem=wrong)
    return wrong


def _begun():
    return {"after": "", "since": datetime.now(UTC).isoformat(), "files": 0, "wrong": 0}


def _noted(settings):
    try:
        return {**_begun(), **json.loads((settings.state / NOTE).read_text())}
    except (OSError, ValueError):
        return _begun()


def _note(settings, so_far):
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = settings.state / f"{NOTE}.{os.getpid()}"
    part.write_text(json.dumps(so_far))
    part.rename(settings.state / NOTE)
