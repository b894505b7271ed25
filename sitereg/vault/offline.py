"""The recovery key outside the house: a file of all that is sealed, opened without a registry; locks for a handler made from it.

The file is a zip of age files, one folder a box: `key.age` (the box's secret key, sealed to the recovery key) and the sheets,
`identity-1.age` and so on, sealed to that. Any age program opens them one after the other.
"""
import json
import zipfile
from dataclasses import dataclass
from io import BytesIO

import psycopg

from sitereg import house, sealing
from sitereg.errors import BadInput
from sitereg.store import boxes, cluster, people
from sitereg.store import session as store
from sitereg.vault.sheets import text

README = """Each folder is a box of the vault. With any age program and the recovery key:
  age -d -i recovery-key.txt FOLDER/key.age > key.txt
  age -d -i key.txt FOLDER/identity-1.age
Or: sitereg vault recover THIS.zip --identity recovery-key.txt
"""
MOST = 64 * 2**20


@dataclass(frozen=True)
class Box:
    """One opened box: its folder in the file, whose it is (source, inquiry), and [(kind, said)]."""

    subject: str
    kind: str
    sheets: tuple


def export(settings):
    """All that is sealed, as the bytes of a zip file, by whoever runs this machine; nothing in it is open. An event tells of it."""
    held = BytesIO()
    with store.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        rows = boxes.sealed(raw)
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("README.txt", README)
            file.writestr("boxes.json", json.dumps({str(one["subject"]): one["kind"] for one in rows}))
            for one in rows:
                file.writestr(f"{one['subject']}/key.age", bytes(one["wrapped"]))
                for n, (kind, cipher) in enumerate(one["sheets"], 1):
                    file.writestr(f"{one['subject']}/{kind}-{n}.age", cipher)
        people.tell(raw, "vault_export", None, f"{len(rows)} boxes, sealed")
    return held.getvalue()


def recover(path, identity):
    """The Boxes of an exported file, opened with the recovery key. identity: the text of its file. Raises BadInput."""
    return [Box(subject, kind, tuple(sheets)) for subject, kind, _secret, sheets in _opened(path, identity)]


def locks(path, identity, public):
    """Locks of all boxes of an exported file for a handler's key, as `vault.add_locks` takes them. Raises BadInput."""
    if not sealing.is_public(public):
        raise BadInput("This is no public key of a handler", where=public[:70],
                       do="Take it from `sitereg vault state`: it begins with age1.")
    return [{"subject": subject, "public": public, "wrapped": text(sealing.sealed(secret.encode(), [public]))}
            for subject, _kind, secret, _sheets in _opened(path, identity)]


def _opened(path, identity):
    recovery = house.secret_in(identity)
    if recovery is None:
        raise BadInput("This file holds no secret key", where="--identity",
                       do="Take the recovery key's file: one line AGE-SECRET-KEY-1...")
    try:
        with zipfile.ZipFile(path) as file:
            kinds = json.loads(_read(file, "boxes.json"))
            names = file.namelist()
            for subject, kind in kinds.items():
                secret = sealing.opened(_read(file, f"{subject}/key.age"), recovery)
                if secret is None:
                    raise BadInput("This key does not open that file", where=path.name,
                                   do="Take the recovery key of the registry that made it.")
                sheets = [name for name in names if name.startswith(f"{subject}/") and not name.endswith("/key.age")]
                told = [(_kind(name), json.loads(sealing.opened(_read(file, name), secret.decode()) or "{}")) for name in sheets]
                yield subject, kind, secret.decode(), told
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as fault:
        raise BadInput("This is no file that `sitereg vault export` made", where=path.name, do="Give that file.") from fault


def _kind(name):
    return name.rpartition("/")[2].partition("-")[0]


def _read(file, name):
    if file.getinfo(name).file_size > MOST:
        raise BadInput("A part of this file is too large", where=name, do="Take the file as it was made.")
    return file.read(name)
