"""What partners submit through their door: sealed parts that come in any order, a receipt, and the opening by a handler.

    settings.door / <submission> / <item>-<part>      an age file as the browser made it, with at most PART bytes in it, 0600

Item 0 is the letter: JSON {v, text, places, files: [{name, size, parts: [sha256 of each part before it was sealed]}]}.
Files keep the hour and no finer time. Nothing here knows what a part says before a handler's key opens it.
"""
import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sitereg import sealing
from sitereg.errors import BadInput, NotFound, Refused
from sitereg.store.session import Json

PART = 128 * 1024
AROUND = 4096  # bytes that sealing adds, at most
MAGIC = b"age-encryption.org/v1\n"

__all__ = ["AROUND", "PART", "Item", "Letter", "begin", "drop", "keys", "mine", "open_", "part", "parts", "refused", "send",
           "sweep", "there", "waiting"]


@dataclass(frozen=True)
class Item:
    """A file that came sealed: the name that the partner gave it, its bytes; sound: whether the letter names them."""

    name: str
    data: bytes
    sound: bool


@dataclass(frozen=True)
class Letter:
    """What a handler opened: who sent it and in which hour, its words, places as they were written, its files."""

    about: dict
    text: str
    places: str
    files: tuple[Item, ...]


def keys(session):
    """The institution's public keys, to which a browser seals; none where the vault is not set up."""
    return [row["public"] for row in session.rows("door_keys")]


def begin(session, title, counts):
    """A submission of these many parts for each item (the letter first) may come now; answers its id. Raises BadInput, Refused."""
    return session.call("door_begin", title=title, parts=list(counts))


def mine(session, submission=None):
    """One's own submissions, newest first, or that one: id, title, parts, hour, receipt, state. Raises NotFound."""
    rows = session.rows("door_mine", id=submission)
    if submission and not rows:
        raise NotFound
    return rows[0] if submission else rows


def there(settings, submission):
    """The parts that have come, as `item-part`."""
    folder = _folder(settings, submission)
    return sorted(one.name for one in folder.iterdir() if one.suffix == "") if folder.is_dir() else []


def part(session, submission, item, n, data):
    """The part lies on the disk; one that is there already stays. Raises NotFound, Refused (sent), BadInput (not sealed)."""
    about = mine(session, submission)
    if about["state"] != "unsent":
        raise Refused("This was sent already", guard="sent", needs="Begin another submission.")
    if not (item < len(about["parts"]) and n < about["parts"][item]):
        raise NotFound
    if not data.startswith(MAGIC) or len(data) > PART + AROUND:
        raise BadInput("A part is sealed before it is sent", code="not_sealed", do="Load the page again, and send it once more.")
    folder = _folder(session.settings, submission)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{item}-{n}"
    if not target.exists():
        with _coming(folder) as (file, path):
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # it came a second time, and that one was faster
                os.link(path, target)
    _hour(target), _hour(folder)


@contextlib.contextmanager
def _coming(folder):
    """(file, path) of a private file beside the parts, gone after the block."""
    held, path = tempfile.mkstemp(suffix=".part", dir=folder)
    try:
        with os.fdopen(held, "wb") as file:
            yield file, path
    finally:
        os.unlink(path)


def send(session, submission):
    """All parts are there and it is sent: its receipt, again the same. Raises BadInput where parts are missing, NotFound."""
    about = mine(session, submission)
    if about["state"] == "unsent" and set(there(session.settings, submission)) != set(parts(about)):
        raise BadInput("Not all of it has come yet", code="incomplete",
                       do="Choose the same files again: what has come is not sent again.")
    return session.call("door_send", id=submission, sha256=_digest(session.settings, submission, about))


def parts(about):
    """The names of all parts of a submission."""
    return [f"{item}-{n}" for item, count in enumerate(about["parts"]) for n in range(count)]


def drop(session, submission):
    """A submission that was not sent is gone, with what had come of it."""
    session.call("door_drop", id=submission)
    shutil.rmtree(_folder(session.settings, submission), ignore_errors=True)


def waiting(session):
    """What partners sent, for source handlers, unopened first: id, sender, title, parts, hour, receipt, opened_by."""
    return session.rows("submissions")


def open_(session, key, submission):
    """What a submission says, opened with a handler's key: a Letter; which stands recorded. Raises NotFound, Refused."""
    about = session.one("submission_open", id=submission)
    if _digest(session.settings, submission, about) != bytes(about["sha256"]):
        raise Refused("The sealed parts are not those that were sent", guard="evidence", needs="Ask whoever keeps the server.")
    text, places, told = _told(_opened(session.settings, key, submission, 0, 1)[0], len(about["parts"]) - 1)
    files = []
    for item, ((name, size, parts_), count) in enumerate(zip(told, about["parts"][1:], strict=True), start=1):
        pieces = _opened(session.settings, key, submission, item, count)
        sound = [hashlib.sha256(one).hexdigest() for one in pieces] == parts_ and sum(map(len, pieces)) == size
        files.append(Item(name, b"".join(pieces), sound))
    return Letter(about, text, places, tuple(files))


def refused(session, submission, trouble):
    """That an opening of it was refused stands in the log of reads, with the guard: of a transaction that commits."""
    detail = Json({"guard": getattr(trouble, "guard", "passphrase")})
    session.call("log_read", action="submission_refused", object=submission, detail=detail)


def _told(letter, count):
    """Words, places and (name, size, hashes) of each file of a letter; Refused where it is none that the door would make."""
    try:
        told = json.loads(letter)
        files = [(str(one["name"])[:200], one["size"], one["parts"]) for one in told["files"]]
        if len(files) != count:
            raise ValueError
        return str(told.get("text", "")), str(told.get("places", "")), files
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused("The letter is not as the door makes it", guard="evidence",
                      needs="Ask the partner to send it again.") from None


def sweep(settings, known):
    """Folders of submissions that are no more are gone. known: which of these ids still stand."""
    found = [one for one in settings.door.iterdir() if one.is_dir()] if settings.door.is_dir() else []
    standing = {str(one) for one in known([one.name for one in found])} if found else set()
    for folder in found:
        if folder.name not in standing and time.time() - folder.stat().st_mtime > 2 * 3600:
            shutil.rmtree(folder, ignore_errors=True)


def _opened(settings, key, submission, item, count):
    pieces = [sealing.opened((_folder(settings, submission) / f"{item}-{n}").read_bytes(), key.secret) for n in range(count)]
    if any(one is None for one in pieces):
        raise Refused("It was sealed before your key was made", guard="not_shared",
                      needs="A colleague with an older key opens it.")
    return pieces


def _digest(settings, submission, about):
    made = hashlib.sha256()
    for name in parts(about):
        path = _folder(settings, submission) / name
        made.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"")
    return made.digest()


def _folder(settings, submission) -> Path:
    return settings.door / str(submission)


def _hour(path):
    at = int(time.time()) // 3600 * 3600
    os.utime(path, (at, at))
