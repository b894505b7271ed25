"""A package as a folder: its files, a manifest with the hash of each, the signature of the keeper's key, and the verifier."""
import csv
import io
import json
import os
import shutil
import tempfile
from pathlib import Path

from sitereg import witness
from sitereg.errors import BadInput
from sitereg.packages import verifier
from sitereg.writing import inert

SCHEMA = "sitereg-package/1"

__all__ = ["SCHEMA", "fingerprint", "finish", "free", "geojson", "lines", "named", "started", "table"]


def free(folder):
    """The path of a folder that is to be made: nothing stands there, and the folder around it does. BadInput otherwise."""
    folder = Path(folder).absolute()
    if folder.exists():
        raise BadInput("There is such a folder already", where=str(folder), do="Give another name: nothing is written over.")
    if not folder.parent.is_dir() or not os.access(folder.parent, os.W_OK | os.X_OK):
        raise BadInput("Nothing can be written there", where=str(folder.parent), do="Make the folder first, or give another path.")
    return folder


def started(folder):
    """A private folder beside the one that is to be made (0700)."""
    return Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))


def named(made, folder):
    """The folder that was made stands under its name, readable by its owner alone."""
    for path in made.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    os.rename(made, folder)


def fingerprint(settings):
    """That of the key which signs packages: the keeper's, as of checkpoints."""
    return witness.fingerprint(witness.public(witness.signing_key(settings)))


def finish(made, settings, about):
    """The verifier, the manifest (`about` and every file with its hashes) and its signature stand in the folder.

    Answers (manifest, its SHA-256, the fingerprint of the key).
    """
    shutil.copyfile(verifier.__file__, made / "verify.py")
    files = [{"path": path.relative_to(made).as_posix(), **verifier.described(path)}
             for path in sorted(made.rglob("*")) if path.is_file()]
    manifest = {"schema": SCHEMA, **about, "files": files}
    raw = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    (made / verifier.MANIFEST).write_bytes(raw)
    key = witness.signing_key(settings)
    public = witness.public(key)
    told = {"algorithm": "Ed25519", "signs": "the bytes `sitereg package|` and the SHA-256 of manifest.json in hexadecimal digits",
            "signature": key.sign(verifier.signed(raw)).hex(), "key": public.hex(), "fingerprint": witness.fingerprint(public)}
    (made / verifier.SIGNATURE).write_text(json.dumps(told, indent=1) + "\n")
    return manifest, bytes.fromhex(verifier.digest(raw)), told["fingerprint"]


def table(path, columns, rows):
    """A CSV in UTF-8 with these columns; a text that a spreadsheet would run gets an apostrophe in front. Answers how many rows."""
    held = io.StringIO()
    out = csv.writer(held, lineterminator="\r\n")
    out.writerow(columns)
    for row in rows:
        out.writerow([cell(row.get(name)) for name in columns])
    path.write_text(held.getvalue(), encoding="utf-8-sig", newline="")
    return len(rows)


def cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return inert(json.dumps(value, ensure_ascii=False))
    return inert(value) if isinstance(value, str) else value


def lines(path, rows):
    """JSON lines, one row each; answers how many."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return len(rows)


def geojson(path, rows):
    """A FeatureCollection of rows with `geometry` (CRS84, or none); answers how many features."""
    features = [{"type": "Feature", "geometry": row["geometry"], "properties": {k: v for k, v in row.items() if k != "geometry"}}
                for row in rows]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(features)
