"""A list of persons as keyed Bloom filters, one for each person (cryptographic long-term keys: Schnell, Bachteler, Reiher 2011).

Each mark of a person sets bits at places that HMAC-SHA512 (RFC 2104) gives under the key: independent ones, not double hashing,
whose regular places are what published attacks on such filters went by (Kroll and Steinmetzer 2015). fable-core sets, folds and
writes the bits. The file carries row numbers that were drawn by lot, encodings, and fingerprints of key and schema; nothing else.
"""
import hmac
import json
import re
import secrets
import struct
from dataclasses import dataclass

from bitarray import bitarray
from fable_core import bits, harden

from sitereg.crossing import keys
from sitereg.crossing.marks import marks
from sitereg.crossing.schema import WEIGHTS, Schema
from sitereg.errors import BadInput

FORMAT = "sitereg-crossing-1"
MOST_ROWS = 200_000

__all__ = ["Coded", "File", "encode", "read", "salt", "written"]


@dataclass(frozen=True)
class File:
    """What leaves the desk: fingerprints, and (number, encoding) in the order of the numbers."""

    commitment: str
    fingerprint: str
    schema: dict
    rows: tuple


@dataclass(frozen=True)
class Coded:
    """A File; numbers: {number: position in the list, from 0}, which stays at the desk; left: positions without a name to cross."""

    file: File
    numbers: dict
    left: tuple


def encode(people, key, schema=None):
    """The Coded of a sequence of Persons. Raises BadInput: no key, or nobody in the list has a name."""
    schema = schema or Schema()
    at, told = _Placer(key), [marks(one, schema.fields) for one in people]
    used = [i for i, found in enumerate(told) if found]
    if not used:
        raise BadInput("Nobody in the list has a name that can be crossed", do="Say which column holds the names: --name.")
    drawn = list(range(1, len(used) + 1))
    secrets.SystemRandom().shuffle(drawn)
    rows = sorted(zip(drawn, (_filter(told[i], people[i], at, schema) for i in used), strict=True), key=lambda row: row[0])
    file = File(keys.commitment(key), schema.fingerprint(), schema.said(), tuple(rows))
    return Coded(file, dict(zip(drawn, used, strict=True)), tuple(i for i, found in enumerate(told) if not found))


class _Placer:
    """Places of a mark in a filter, under one key: sixteen numbers of 32 bits from one HMAC, the same each time."""

    def __init__(self, key):
        self.key, self.kept = keys.derived(key, "encoding"), {}

    def __call__(self, *mark):
        if mark not in self.kept:
            digest = hmac.digest(self.key, json.dumps(mark, ensure_ascii=False).encode(), "sha512")
            self.kept[mark] = struct.unpack(">16I", digest)
        return self.kept[mark]


def _filter(found, person, at, schema):
    """The encoding of one person."""
    made = bitarray(schema.length)
    for (kind, mark), share in found.items():
        for place in at(salt(person, kind, schema), kind, mark)[:round(WEIGHTS[kind] * share)]:
            bits.set_bit(made, place)
    return harden.xor_fold()(made) if schema.hardening == "fold" else made


def salt(person, kind, schema):
    """With what else a mark of this kind is keyed: the year of birth where names are salted, else ''."""
    return str(person.born or "") if schema.salted and kind in ("word", "two") else ""


def written(file):
    """The File as text: one JSON document."""
    return json.dumps({"format": FORMAT, "key": file.commitment, "schema": file.fingerprint, "said": file.schema,
                       "rows": [[number, bits.to_base64(one)] for number, one in file.rows]}, indent=0)


def read(text, name="the file"):
    """The File of a text that anybody may have made. Raises BadInput for all that `written` does not make."""
    try:
        told = json.loads(text)
        rows = [(number, bits.from_base64(one)) for number, one in told["rows"]]
        said = told["said"]
        width = Schema(tuple(said["fields"]), said["hardening"], said["salted"], said["length"]).width
        file = File(told["key"], told["schema"], said, tuple(rows))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, BadInput):
        file = None
    if file is None or told["format"] != FORMAT or not all(map(_print, (file.commitment, file.fingerprint))):
        raise BadInput("This is no file of encodings", where=name, do="Make one by `sitereg cross encode`.")
    numbers = {number for number, _one in rows if type(number) is int}
    if not 0 < len(rows) <= MOST_ROWS or len(numbers) != len(rows) or any(len(one) != width for _n, one in rows):
        raise BadInput("Rows of the file are cut, doubled, missing or too many", where=name,
                       do=f"Ask for the file again; it may have {MOST_ROWS:,} rows.")
    return file


def _print(text):
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{32}", text) is not None
