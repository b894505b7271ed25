"""What the files of an attacker are made with: the list of them, and how a file and an archive are written."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Attack:
    """number: in section 2 of the corpus; code: of the refusal, or None where it is read and the secret is not."""

    number: int
    says: str
    format: str
    code: str | None
    make: Callable[[Path, Path, str], Path]


ATTACKS: dict[str, Attack] = {}


def attack(number: int, format: str, code: str | None, says: str):
    def keep(make):
        ATTACKS[make.__name__] = Attack(number, says, format, code, make)
        return make
    return keep


def written(path: Path, data: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def zipped(path: Path, members, how=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as bundle:
        for name, data in members:
            bundle.writestr(name, data)
    return path
