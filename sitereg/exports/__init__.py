"""Files that leave: one module a format, one act that records who gets them. At most tier 1; nothing of a compartment.

    with sitereg.exports.write(...)   asks recipient and purpose; the disclosure is committed, then the file gets its name

A format is a module with SUFFIX and write(table, about, path) -> facts for the manifest; its line stands in WRITERS.
"""
import dataclasses
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from sitereg import sharing
from sitereg.errors import BadInput, Refused
from sitereg.exports import counts, csv, geojson, gpkg, kml, parquet, pdf, rows, xlsx
from sitereg.store.session import Json
from sitereg.vocab import Tier

WRITERS = {"geojson": geojson, "gpkg": gpkg, "parquet": parquet, "kml": kml, "csv": csv, "xlsx": xlsx, "pdf": pdf}
READ_BACK = tuple(name for name in WRITERS if name != "pdf")
PRECISION = {0: "cells of 10 km or coarser, unless a disclosure decision says otherwise",
             1: "exact only where the exact place is not restricted; else cells of 1 km or coarser"}

__all__ = ["READ_BACK", "WRITERS", "Parcel", "counts", "make", "write"]


@dataclasses.dataclass(frozen=True)
class Parcel:
    """A file that is made and recorded but has no name yet: `release` gives it one, `discard` leaves nothing of it."""

    path: Path
    folder: Path
    about: dict

    @property
    def manifest_path(self):
        """Where the manifest stands: beside the file."""
        return self.path.with_name(self.path.name + ".manifest.json")

    def release(self):
        """File and manifest stand under their names, readable by their owner alone; answers the manifest. Raises BadInput
        if there is such a file meanwhile: nothing is written over."""
        try:
            named(self.folder / ("file" + self.path.suffix), self.path)
            named(self.folder / "manifest", self.manifest_path)
        except FileExistsError as error:
            raise BadInput("There is such a file already", where=error.filename, do="Give another name.") from error
        finally:
            self.discard()
        return self.about

    def discard(self):
        """Nothing of the parcel is left in the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def named(made, path):
    """The file stands at `path`, whole; FileExistsError where something stands there (links are not asked for: FAT has none)."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    os.replace(made, path)


def write(acting, path, **asked):
    """The file and its manifest stand at `path`, the disclosure is committed; answers the manifest as a dict.

    acting: what opens a transaction that commits (`sitereg.acting`). The attempt is logged first, whatever becomes of it, unless
    there is no folder to write into; then file and disclosure are made in one transaction; the name comes last. asked: see `make`.
    """
    path = placed(path)
    with acting() as session:
        tried = {key: str(asked.get(key)) for key in ("format", "recipient", "purpose")}
        session.call("log_read", action="export", detail=Json(tried))
    parcel = None
    try:
        with acting() as session:
            parcel = make(session, path, **asked)
    except BaseException:
        if parcel:
            parcel.discard()
        raise
    return parcel.release()


def make(session, path, *, recipient, purpose, format=None, risk=None, legal_basis=None, tier=None, filter=None,
         language=None):
    """A Parcel with the sites of face `tier` (by default the caller's own, at most 1), recorded in this transaction.

    path: where the file will stand; format: one of WRITERS, else by the path's suffix; filter: {kinds, groups,
    verification, adm1, bbox}, each a list; language: of a PDF (en, ar), which names who prints it. Raises BadInput (no recipient
    or purpose, unknown format, no such folder, a file of that name), Denied, Refused (no site fits: there is nothing to disclose).
    """
    path = placed(path)
    writer = chosen(path, format)
    for name, value in (("recipient", recipient), ("purpose", purpose)):
        if not (value or "").strip():
            raise BadInput(f"A file leaves only with its {name}", where=name, do="Say to whom it goes and what for.")
    if path.exists() or path.with_name(path.name + ".manifest.json").exists():
        raise BadInput("There is such a file already", where=str(path), do="Give another name.")
    me = session.one("self")
    face = min(me["level"], 1) if tier is None else tier
    if face not in PRECISION:
        raise BadInput("A file is made from face 0 or 1", where=f"tier {face}", do="What is of tier 2 leaves by two persons.")
    filter = {key: list(value) for key, value in (filter or {}).items() if value}
    about = described(session, face, writer, recipient.strip(), purpose.strip(), filter)
    about["withheld"] = session.value("leaving_withheld", face=face, filter=Json(filter))
    table = rows.leaving(session, face, filter, about)
    if table.empty:
        raise Refused("No site that may leave fits: there is neither file nor disclosure", guard="rows",
                      needs="Ask for more: fewer filters, a larger box, another tier.")
    folder = Path(tempfile.mkdtemp(prefix=".leaving-", dir=path.absolute().parent))
    parcel = Parcel(path, folder, about)
    try:
        file = folder / ("file" + path.suffix)
        on_paper = {"face": face, "language": language, "by": me["display"]} if writer is pdf else {}  # a sheet says who printed it
        about.update(writer.write(table.drop(columns="id"), {**about, **on_paper}, file))
        about.update(rows=len(table), unverified=int((table["stamp"] != "").sum()), sha256=fingerprint(file), file=path.name)
        about["disclosure"] = str(sharing.disclose(
            session, recipient=recipient, purpose=purpose, format=about["format"], precision=about["precision"], face=face,
            rows=len(table), sha256=bytes.fromhex(about["sha256"]), subjects=table["id"], filter=filter, legal_basis=legal_basis,
            risk=risk))
        about["legal_basis"] = legal_basis
        (folder / "manifest").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        for made in (file, folder / "manifest"):
            made.chmod(0o600)
    except BaseException:
        parcel.discard()
        raise
    return parcel


def placed(path):
    """The path, once its folder is there and can be written into; BadInput names the folder where not."""
    path = Path(path)
    folder = path.absolute().parent
    if not folder.is_dir():
        raise BadInput("There is no such folder", where=str(folder), do="Make it first, or give another path.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadInput("Nothing can be written into this folder", where=str(folder), do="Give another path.")
    return path


def chosen(path, format):
    """The writer of that format, or of the path's suffix; BadInput names those there are."""
    name = format or path.suffix.lstrip(".").lower()
    if name not in WRITERS:
        raise BadInput("There is no such format", where=name or str(path), do=f"Choose one of {', '.join(WRITERS)}.")
    return WRITERS[name]


def described(session, face, writer, recipient, purpose, filter):
    """What file and manifest say of themselves; the unit, never a person."""
    sender, tier = sharing.sender(session), Tier(str(face))
    return {"what": "sites", "unit": sender["unit"], "registry": sender["registry"], "recipient": recipient, "purpose": purpose,
            "date": sender["today"].isoformat(), "format": writer.__name__.rsplit(".", 1)[-1], "tier": tier.label,
            "tlp": tier.attrs["tlp"], "classification": tier.attrs["un"], "ocha": tier.attrs["ocha"], "precision": PRECISION[face],
            "filter": filter, "crs": "EPSG:4326", "synthetic": sender["synthetic"]}


def fingerprint(file):
    """The SHA-256 of the file as it is on disk."""
    with file.open("rb") as held:
        os.fsync(held.fileno())
        return hashlib.file_digest(held, "sha256").hexdigest()
