"""The vault: who told something and how to reach them, words and exact days of insiders; sealed here, before the database.

    box(session, identity={...})              what a new source brings with it, for the functions that make one
    keep(session, subject, {...})             how to reach a source, or whoever asked an inquiry; the words of an insider
    insiders(session, claims)                 claims as they may stand in the registry; the rest of them sealed beside
    unlock(session, passphrase)               one's own key, or None: the passphrase was not right (counted, and logged)
    open_(session, key, kind, id)             what the vault holds of a source, report, claim or inquiry
    share(session, key)                       colleagues open what one opens oneself
    new_key, change_passphrase, end_key, add_locks, erase, state

Everything is age (sitereg.sealing): each subject has a key of its own, locked to every source handler's key and to one recovery
key, whose secret half is carried out of the house. Nothing needs a secret to be recorded. Offline: sitereg.vault.offline.
"""
from sitereg.vault.insiders import coarse, correction, insiders, months, speaks
from sitereg.vault.keys import (
    Key,
    add_locks,
    change_passphrase,
    end_key,
    new_key,
    share,
    state,
    unlock,
)
from sitereg.vault.sheets import Sheet, box, erase, holds, keep, open_

__all__ = ["Key", "Sheet", "add_locks", "box", "change_passphrase", "coarse", "correction", "end_key", "erase", "holds", "insiders",
           "keep", "months", "new_key", "open_", "share", "speaks", "state", "unlock"]
