"""What two partners must agree on beside the key, and the fingerprint by which unlike agreements are told apart."""
import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache

from sitereg.crossing.marks import FIELDS, Person, marks
from sitereg.errors import BadInput

HARDENINGS = ("fold", "plain")
LENGTHS = (512, 1024, 2048)
WEIGHTS = {"word": 3, "two": 6, "born": 6, "year": 5, "from": 8}
"""How many bits a mark of a kind sets: the bones of a word, two letters of them, a year and its neighbours, a place. Judged by
bench.crossing on bench.names_slips; bench.names_held was looked at for reporting alone."""

# Invented names whose marks tell whether two machines read names by the same rules.
PROBES = (Person("الشيخ عبد الرحمن بن أبي الخير الحلبي", 1961, "معرة النعمان"), Person("Abdulqader el-Khoury", 1974, "Al-Bab"),
          Person("Yousuf Şükrü Dschamal Abu Ghazzi", None, "Rastan"), Person("فاطمة يحيى قاسم", 2003, ""))

__all__ = ["HARDENINGS", "Schema"]


@dataclass(frozen=True, slots=True)
class Schema:
    """fields: of FIELDS, the name always. hardening: fold (the two halves of an encoding laid on each other by XOR) or plain.
    salted: marks of a name are keyed with the year of birth, too, so that one name has another encoding in each year. length: bits
    before folding."""

    fields: tuple = FIELDS
    hardening: str = "fold"
    salted: bool = False
    length: int = 1024

    def __post_init__(self):
        unknown = [one for one in self.fields if one not in FIELDS]
        if unknown or "name" not in self.fields or self.hardening not in HARDENINGS or self.length not in LENGTHS:
            raise BadInput("This is no way to encode a list", where=", ".join(map(str, (*unknown, self.hardening, self.length))),
                           do=f"Fields are {', '.join(FIELDS)} (name always), hardenings {', '.join(HARDENINGS)}, "
                              f"lengths {', '.join(map(str, LENGTHS))}.")
        if self.salted and "born" not in self.fields:
            raise BadInput("Names cannot be salted by a year of birth that is left out", do="Leave out one of the two.")

    @property
    def width(self):
        """Bits of an encoding as it stands in a file."""
        return self.length // 2 if self.hardening == "fold" else self.length

    def said(self):
        """The schema as the file carries it."""
        return {**asdict(self), "fields": sorted(self.fields), "weights": WEIGHTS}

    def fingerprint(self):
        """32 hexadecimal digits: the schema and how this machine reads names."""
        return _printed(json.dumps(self.said(), sort_keys=True))


@lru_cache(maxsize=64)
def _printed(said):
    read = [sorted(map(str, marks(one).items())) for one in PROBES]
    return hashlib.sha256(json.dumps([said, read], sort_keys=True).encode()).hexdigest()[:32]
