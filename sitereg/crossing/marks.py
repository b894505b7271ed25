"""A person as a set of small marks that either script, and most slips, leave mostly as they are; in clear, at the desk alone.

    marks(Person("عبد الرحمن الخير", 1984, "حلب"))    {("word", "bdrhmn"): 1.0, ("two", "_b"): 1.0, ...}

Words are read by the house's rules (sitereg.sounds): articles and lineage left out, compounds joined, each word by its bones, in
which Arabic and Latin spellings meet; the order of words says nothing. A year shares marks with those beside it.
"""
import re
from dataclasses import dataclass

from fable_core.common import tokenize

from sitereg import names, sounds
from sitereg.writing import plain

FIRST = 1850
LIGHT = 0.5  # of a title or a kunya, which one source has and the other has not
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")

__all__ = ["FIELDS", "Person", "marks", "year"]

FIELDS = ("name", "born", "origin")


@dataclass(frozen=True, slots=True)
class Person:
    """What is crossed of a person: the name as written, the year of birth or None, the place of origin as written or ''."""

    name: str
    born: int | None = None
    origin: str = ""


def year(text):
    """The year that a cell says, in any digits, as a year or a day; None where it says none or several."""
    met = {int(one) for one in _YEAR.findall(plain(str(text or "")))} if text else set()
    return met.pop() if len(met) == 1 and min(met) >= FIRST else None


def marks(person, fields=FIELDS):
    """{(kind, mark): its share}; {} for a name that is none (a placeholder): such a row crosses with nobody."""
    words = named(person.name)
    if not words:
        return {}
    found = {}
    for word in words:
        share = LIGHT if sounds.light(word) and len(words) > 1 else 1.0
        _put(found, "word", [sounds.bones(word)], share)
        _put(found, "two", tokenize(sounds.bones(word)), share)
    if person.born and "born" in fields:
        _put(found, "born", [person.born - 1, person.born, person.born + 1], 1.0)
        _put(found, "year", [person.born], 1.0)
    for word in sounds.words(person.origin) if "origin" in fields else ():
        _put(found, "from", [sounds.bones(word)], 1.0)
    return found


def named(text):
    """The words of a name, each once; () for what is no name, or says only by whom a person is known."""
    read = names.read(text)
    if read.unnamed or read.through_relative:
        return ()
    return tuple(dict.fromkeys(sounds.words(names.parted(text).name or text)))


def _put(found, kind, texts, share):
    for text in texts:
        found[kind, str(text)] = max(share, found.get((kind, str(text)), 0.0))
