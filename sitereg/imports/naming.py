"""Identifiers for a list that gives none: what stands in the declared columns, numbered where it stands twice. Pure."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import date

from sitereg.imports.desk import Desk, Made
from sitereg.imports.readers import Row
from sitereg.imports.rules import Profile


def identifiers(rows: Iterable[Row], profile: Profile, key: bytes | None) -> dict[tuple[str, int], Made]:
    """{(part, row): its identifier}, the same for the same words wherever they stand in a newer export.

    Rows with the same words differ by a number, in the order of the file: nobody can tell which is which, and nobody needs
    to. Opaque ones (Profile.opaque) are keyed, so that nobody confirms a guess by them: ValueError without the key.
    """
    if profile.opaque and not key:
        raise ValueError("Identifiers of persons and of hidden places need the registry's key.")
    found, times, first = {}, {}, {}
    for row in rows:
        desk = Desk(row, profile, date.min)
        words = [" ".join(row.cells.get(column, "").split()) for column in profile.id.columns]
        if not any(map(desk.cell, profile.id.columns)):
            found[row.part, row.number] = Made("")
            continue
        said = tuple(words)
        times[said] = times.get(said, 0) + 1
        text = _keyed(words, times[said], profile, key) if profile.opaque else _plain(words, times[said])
        found[row.part, row.number] = Made(text, first.get(said))
        first.setdefault(said, row.number)
    return found


def _plain(words: list[str], number: int) -> str:
    return " / ".join(word or "-" for word in words) + (f" #{number}" if number > 1 else "")


def _keyed(words: list[str], number: int, profile: Profile, key: bytes) -> str:
    said = json.dumps([profile.id.scheme, words, number], ensure_ascii=False).encode()
    return hmac.new(key, b"identifier" + said, hashlib.sha256).hexdigest()[:16]
