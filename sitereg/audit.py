"""Is everything as it was written? Recomputed, not believed: rows, events, chain, reads, records, checkpoints, files, a witness."""
import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from sitereg import witness as witnesses
from sitereg.errors import SiteregError, Undecided
from sitereg.faults import fault
from sitereg.store import evidence, verification
from sitereg.store.session import translated
from sitereg.witness import Checkpoint, fingerprint

REMEMBERED = "verified.json"

__all__ = ["Verdict", "last", "log", "remember", "sign", "verify"]


@dataclass
class Verdict:
    """What `verify` found: `faults` (faults.fault) is what is wrong, `undecided` what could not be looked at (what, where, do)."""

    events: int = 0
    rows: int = 0
    checkpoints: int = 0
    files: int | None = None
    head: str | None = None
    key: str | None = None
    faults: list = field(default_factory=list)
    undecided: list = field(default_factory=list)

    @property
    def sound(self):
        return not self.faults and not self.undecided

    @property
    def word(self):
        return "tampered" if self.faults else "undecided" if self.undecided else "sound"

    def told(self):
        """The verdict as one JSON-able dict."""
        return {"verdict": self.word, "sound": self.sound, "events": self.events, "rows": self.rows,
                "checkpoints": self.checkpoints, "files": self.files, "head": self.head, "key": self.key,
                "faults": self.faults, "undecided": self.undecided}


def verify(settings, *, witness=None, files=False, told=lambda part, done, of: None):
    """The whole registry recomputed in one snapshot; with `files` each kept file hashed again; beside a `witness` (its path).

    told: called with (part, done, of) as it goes on. What cannot be looked at stands in `undecided`, whatever else was found;
    raises Undecided where there is nothing to look at: no database, no right to see all rows, no readable witness.
    """
    verdict = Verdict()
    seen = witnesses.read(Path(witness)) if witness else []
    listed = evidence.listing(settings) if files else None
    try:
        with verification.snapshot(settings) as raw:
            verdict.events, verdict.rows = verification.size(raw)
            for number, (part, look) in enumerate(verification.PARTS.items(), start=1):
                told(part, number, len(verification.PARTS))
                attempt(verdict, part, raw, lambda look=look: look(raw))
            attempt(verdict, "checkpoints", raw, lambda: signed(settings, raw, verdict, seen))
    except SiteregError as error:
        raise Undecided(error.what, where=error.where, do=error.do) from error
    if files:
        look_at_files(settings, verdict, listed, told)
    return verdict


def attempt(verdict, part, raw, look):
    """What `look` finds is among the faults; where it fails, that part is undecided and the others go on."""
    try:
        with translated(), raw.transaction():
            verdict.faults += look()
    except SiteregError as error:
        if raw.closed:
            raise
        cause = error.__cause__
        said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
        verdict.undecided.append({"what": f"The {part} could not be read", "where": said or f"{error.what}: {error.where}",
                                  "do": error.do or "Look into the server's log, and verify again."})


def signed(settings, raw, verdict, seen):
    """Findings about the checkpoints that stand in the registry, and beside those that somebody kept elsewhere."""
    held = [(str(one.pop("id")), as_checkpoint(one)) for one in verification.checkpoints(raw)]
    end, known = verification.end(raw) or (0, None), witnesses.known_keys(settings)
    verdict.checkpoints, verdict.head = len(held), f"{end[0]} {end[1].hex()}" if end[1] else None
    key = known[0] if known else held[-1][1].key if held else None
    verdict.key = fingerprint(key) if key else None
    before = None
    for id_, one in held:
        for problem in standing(one, before, end[0], known, lambda size: verification.hash_at(raw, size)):
            yield fault(problem, "checkpoint", id_)
        before = one
    for one in seen:
        for problem in beside(one, end[0], [key] if key else [], lambda size: verification.hash_at(raw, size)):
            yield fault(problem, "witness", f"of {one.at:%Y-%m-%d %H:%M} at event {one.size}, key {fingerprint(one.key)}")


def as_checkpoint(row):
    return Checkpoint(**{name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()})


def standing(one, before, end, known, hash_at):
    """The names of what is wrong with a checkpoint of the registry itself."""
    if not one.signed:
        yield "checkpoint not signed by its key"
    if known and one.key not in known:
        yield "checkpoint signed by another key"
    if one.previous != (before.chained if before else bytes(32)):
        yield "checkpoint missing"
    if before and one.at < before.at:
        yield "clock ran backwards"
    if one.size > end:
        yield "tail lost"
    elif one.size and hash_at(one.size) != one.root:
        yield "chain differs from its checkpoint"


def beside(one, end, keys, hash_at):
    """The names of what tells the registry apart from a checkpoint that was kept elsewhere."""
    if keys and one.key not in keys:
        yield "another key than the witness"
    if one.size > end:
        yield "older than the witness"
    elif hash_at(one.size) != one.root:
        yield "fork"


def look_at_files(settings, verdict, listed, told):
    """Each kept file is hashed again, and what lies there besides is named."""
    try:
        kept = verification.documents(settings)
        verdict.files = len(kept)
        total = sum(kept.values())
        verdict.faults += evidence.looked(settings, kept, lambda _number, read: told("files", read, total))
        verdict.faults += evidence.besides(settings, listed, kept)
    except OSError as error:
        verdict.undecided.append({"what": "A kept file could not be read", "where": f"{error.filename} ({error.strerror})",
                                  "do": "Run it as the registry's own OS user."})
    except SiteregError as error:
        verdict.undecided.append({"what": error.what, "where": error.where, "do": error.do})


def remember(settings, verdict, *, at):
    """`last` answers from now on that this was found at that moment, where the state of the house can be written."""
    said = {"at": at.isoformat(), "verdict": verdict.word, "events": verdict.events, "faults": len(verdict.faults),
            "files": verdict.files}
    part = settings.state / f"{REMEMBERED}.{os.getpid()}"
    with contextlib.suppress(OSError):
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps(said))
        part.rename(settings.state / REMEMBERED)


def last(settings):
    """What the last `verify` found and when: {at, verdict, events, faults, files}; None where it never ran."""
    try:
        return json.loads((settings.state / REMEMBERED).read_text())
    except (OSError, ValueError):
        return None


def sign(session, settings, *, at=None):
    """A checkpoint of the chain as it is now is signed and stands in the registry; answers it as a witness keeps it (a dict).

    session: of the keeper. at: the moment, timezone-aware; now by the database's clock where it is not given.
    """
    head, key = session.one("keeper_head"), witnesses.signing_key(settings)
    at = at or head["now"]
    signature = key.sign(witnesses.message(head["size"], head["root"], at, head["previous"]))
    made = Checkpoint(head["size"], bytes(head["root"]), at, bytes(head["previous"]), signature, witnesses.public(key))
    session.call("keeper_checkpoint", size=made.size, root=made.root, at=at, previous=made.previous, signature=signature,
                 key=made.key)
    return made.told()


def log(session, *, before=None, limit=100):
    """The chain of events, the newest first, for auditors."""
    return session.rows("audit_log", before=before, limit=limit)
