"""Documents: hashed before anybody parses them, kept once by their content, with a numbered chain of custody.

    settings.evidence / ab / cd / <sha256>      0400, written once, never replaced

A document is the row in the registry; the bytes lie under their SHA-256. A folder is kept file by file, and
its
manifest (sorted relative paths, hashes, sizes) is a document of its own: its hash is the hash of the whole.
"""

import contextlib
import hashlib
import json
import mimetypes
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sitereg import pictures
from sitereg.errors import BadInput, Refused, SiteregError, Unavailable, from_os
from sitereg.store import arriving, evidence
from sitereg.store.session import Json

PICTURES = ("image/png", "image/jpeg")
BUNDLE = "application/vnd.sitereg.bundle+json"
MOST_FILES = 2_000
MOST_BYTES = 4 * 2**30
_BLOCK = 2**20

__all__ = ["BUNDLE", "Staged", "Staging", "find", "keep", "location", "of_site", "room", "stage", "store"]


@dataclass(frozen=True, slots=True)
class Staged:
    """A copy of one file under our own name, hashed as it was copied; `name` is its relative path as
    given."""

    name: str
    path: Path
    sha256: str
    size: int
    media_type: str

    def told(self, how: str) -> dict:
        """What api functions take of a file."""
        return {"sha256": self.sha256, "size": self.size, "media_type": self.media_type, "original_name": self.name, "how": how}


@dataclass(frozen=True, slots=True)
class Staging:
    """What was given, copied: the main document first (the file, or the manifest of the folder), then its
    parts."""

    main: Staged
    parts: tuple[Staged, ...] = ()

    @property
    def files(self) -> tuple[Staged, ...]:
        """The files that a reader may open: the parts of a folder, else the one file."""
        return self.parts or (self.main,)

    @property
    def documents(self) -> tuple[Staged, ...]:
        """All that is kept, the main document first."""
        return (self.main, *self.parts)


@contextlib.contextmanager
def room() -> Iterator[Path]:
    """A private folder for copies, gone after the block; as root one whose path other users can cross, since the
    reader of copies is another user."""
    with tempfile.TemporaryDirectory(prefix="sitereg-room-", dir=_crossable_folder()) as name:
        yield Path(name)


def _crossable_folder() -> str | None:
    if os.geteuid() != 0:
        return None
    for folder in (tempfile.gettempdir(), "/var/tmp", "/tmp"):  # noqa: S108  (the room itself is 0700)
        if all(one.stat().st_mode & 0o001 for one in (Path(folder), *Path(folder).parents)):
            return folder
    raise Unavailable("No temporary folder can be crossed by the reader's user", where=tempfile.gettempdir(),
                      do="Set TMPDIR to a folder such as /tmp.")


def stage(path: Path, into: Path) -> Staging:
    """The file or folder is copied into `into` (a new folder of ours) and hashed on the way.

    Names are not trusted: the copies are called 0, 1, 2 ... Links are not followed. Raises BadInput if
    there is
    nothing to read, something that is no file, or more than MOST_FILES or MOST_BYTES.
    """
    path = Path(path)
    if path.is_file():
        return Staging(_copy(path, into / "0", path.name))
    if not path.is_dir():
        raise BadInput("There is no such file or folder", where=str(path), do="Check the path.")
    parts, total = [], 0
    for at, found in enumerate(_walk(path), start=1):
        if at > MOST_FILES:
            raise BadInput(
                f"The folder holds more than {MOST_FILES} files", where=str(path), do="Import it in parts."
            )
        parts.append(_copy(found, into / str(at), found.relative_to(path).as_posix()))
        total += parts[-1].size
        if total > MOST_BYTES:
            raise BadInput("The folder is too large", where=str(path), do="Import it in parts.")
    if not parts:
        raise BadInput("The folder is empty", where=str(path), do="Check the path.")
    return Staging(_manifest(path, parts, into / "0"), tuple(parts))


def keep(
    session, *, path: Path, how: str = "file", terms: dict | None = None, tier: int = 1,
    compartments: tuple[str, ...] = (), role: str = "evidentiary", derived_from: str | None = None,
) -> str:
    """The bytes of `path` lie in the evidence store and their document stands in the registry; answers its id.

    `terms` as api.keep_document takes them: partner, terms, permitted_uses and consent are needed. role: a working or
    redacted copy says of which document it is made (derived_from), which has a step of custody for it. The same
    bytes again are the same document with two further steps of custody. Of a folder this is the id of its manifest.
    """
    with room() as folder:
        held = stage(path, folder)
        made = [
            session.value("keep_document", file=Json({**each.told(how), "role": role, "derived_from": derived_from}),
                          terms=Json(terms or {}), tier=tier, compartments=list(compartments))
            for each in held.documents
        ]
        for each, document in zip(held.documents, made, strict=True):
            store(session.settings, each.path, each.sha256)
            if each.media_type in PICTURES and role == "evidentiary":
                _keep_camera(session, document, each.path)
    return made[0]


def _keep_camera(session, document, path: Path) -> None:
    """Where the photograph says that it was taken from stands beside it, for staff: no copy that is shown tells it any more."""
    told = pictures.camera(path.read_bytes())
    if told:
        session.call("keep_camera", document=document, lon=told.lon, lat=told.lat, uncertainty_m=told.uncertainty_m,
                     bearing=told.bearing, taken=told.taken)


def of_site(session, code, *, limit=20):
    """The documents on which what is said of a site rests, as far as the caller sees it: the rows of api.site_documents."""
    return session.rows("site_documents", code=code, limit=limit)


def find(session, *, sha256: str) -> list[dict]:
    """The visible documents of these bytes, each with its custody."""
    return session.rows("documents_of", sha256=sha256)


def release(session, document, *, recipient, purpose, risk, legal_basis=None) -> dict:
    """The document may leave, recorded: {disclosure, sha256, media_type, name, waits}; a T2 one waits for a releaser (a task's id).

    risk: in words to site, sources, families and staff. Raises BadInput by field, Refused (terms, compartment, frozen).
    """
    return session.one("release_document", document=document, recipient=recipient, purpose=purpose, risk=Json(risk),
                       legal_basis=legal_basis)


def waiting(session) -> list[dict]:
    """The confidential documents that somebody asks to give out: tasks of the releasers."""
    return [one for one in session.rows("tasks", limit=1000) if one["what"] == "release_document"]


def agree(session, task) -> dict:
    """A releaser agrees, another person than the one who asked: it may leave, recorded with both; as `release` answers."""
    return session.one("agree_release", task=task)


def leaving(settings, made: dict) -> bytes:
    """The bytes that leave, hashed once more; a picture without what it tells beside itself, a PDF bound anew of its pages."""
    if made["pages"]:
        return pictures.bound([pictures.bare(bytes_of(settings, one)) for one in made["pages"]])
    data = bytes_of(settings, made["sha256"])
    return pictures.bare(data) if made["media_type"] in PICTURES else data


def bytes_of(settings, sha256: str) -> bytes:
    """The bytes kept under that hash, hashed once more; where they are gone (Unavailable) or are others (Refused) it is noted, and
    the keeper seals the documents of them."""
    try:
        data = location(settings, sha256).read_bytes()
    except OSError as error:
        evidence.suspect(settings, sha256)
        raise Unavailable("The document is not in the evidence store", do="Run `sitereg verify --files`.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        evidence.suspect(settings, sha256)
        raise _changed("A kept document is not what it was", sha256)
    return data


def _changed(what: str, sha256: str) -> Refused:
    return Refused(what, where=sha256, guard="evidence", code="evidence_changed",
                   do="It is given to nobody until its bytes are put back from a backup: run `sitereg verify --files`.")


def location(settings, sha256: str) -> Path:
    """Where the bytes of that hash lie, if they are kept."""
    return arriving.target(settings, sha256)


def store(settings, path: Path, sha256: str) -> bool:
    """The bytes lie in the evidence store, 0400 and synced to disk, noted as arriving; answers whether they are new there.

    To be called before the transaction of their row commits: then no row is without bytes, and what no row came to speak of is
    found by its note (store.arriving).
    They are hashed once more as they are written: SiteregError if the copy changed since it was staged, or if
    what lies there under that hash has another size.
    """
    target = location(settings, sha256)
    try:
        arriving.note(settings, sha256)
    except OSError as error:
        raise from_os(error) or Unavailable("The evidence store cannot be written", where=error.strerror,
                          do="Check the disk; nothing was kept.") from error
    if target.exists():
        if target.stat().st_size != path.stat().st_size:
            evidence.suspect(settings, sha256)
            raise _changed("A kept document has another size than it had", sha256)
        return False
    part = target.with_name(f"{sha256}.{os.getpid()}.part")
    try:
        for folder in (settings.evidence, target.parent.parent, target.parent):
            folder.mkdir(mode=0o700, exist_ok=True, parents=True)
        digest = _write(path, part)
        if digest != sha256:
            raise SiteregError("The file changed while it was read", where=sha256, code="hash_mismatch", do="Import it again.")
        arriving.sync(part)
        part.rename(target)
        arriving.sync(target.parent)
    except OSError as error:
        raise from_os(error) or Unavailable("The evidence store cannot be written", where=error.strerror,
                          do="Check the disk; nothing was kept.") from error
    finally:
        part.unlink(missing_ok=True)
    return True


def _walk(folder: Path) -> Iterator[Path]:
    """All files below a folder in the order of their relative paths; refuses links and special files."""
    found = sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix())
    for one in found:
        if one.is_symlink() or not (one.is_file() or one.is_dir()):
            raise BadInput(
                "The folder holds a link or something that is no file",
                where=one.name,
                do="Give a folder of plain files.",
            )
        if one.is_file():
            yield one


def _copy(source: Path, target: Path, name: str) -> Staged:
    try:
        size = source.stat().st_size
        if size > MOST_BYTES:
            raise BadInput("The file is too large", where=name, do="Import it in parts.")
        digest = _write(source, target)
    except OSError as error:
        raise BadInput(
            "The file cannot be read", where=f"{name} ({error.strerror})", do="Check its rights."
        ) from error
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Staged(name, target, digest, target.stat().st_size, kind)


def _manifest(folder: Path, parts: list[Staged], target: Path) -> Staged:
    listed = [{"path": one.name, "sha256": one.sha256, "size": one.size} for one in parts]
    words = json.dumps({"files": listed}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    target.write_bytes(words)
    target.chmod(0o400)
    return Staged(folder.name, target, hashlib.sha256(words).hexdigest(), len(words), BUNDLE)


def _write(source: Path, target: Path) -> str:
    """`target` is a new copy of `source`, 0400; answers the SHA-256 of what was written."""
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o400)
    with os.fdopen(descriptor, "wb") as out, source.open("rb") as given:
        while block := given.read(_BLOCK):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()
