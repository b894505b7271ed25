"""How much two records look like one thing: bits for and against, each with what it says; pure, proposes and never settles.

    found = pairs(records)                     the pairs worth looking at, the likeliest first
    found[0].bits, found[0].parts              14.2, (("name", 9.1, ("same", "sounds")), ("place", 4.0, 0.3), ...)

Each part is the logarithm (base 2) of how much likelier it is between two records of one thing than between any two: after
Fellegi and Sunter (1969), with judged weights for places and days, and for names what the records themselves tell: a word that few
carry says more. Only pairs are compared that share a block: a rare word by its consonants, two words, a place within reach.
"""
import itertools
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sitereg import sounds

PROPOSED, STRONG = 9.0, 16.0  # bits: from here a pair is shown; from here it is called strong
CLOSE = 4.0                   # bits: a pair so far behind the best of one of its two is not shown
CROWD = 60                    # a block with more records than this tells too little
PRIOR = 1000                  # as if so many names had been read before: kinds of place common in them, other words rare
COMMON = frozenset(sounds.MEANT.values())
PART_WORDS = {"قسم", "جناح", "مبني", "wing", "building", "block", "annex", "mulhaq", "ملحق", "ساحه", "yard"}

__all__ = ["PROPOSED", "STRONG", "Pair", "Record", "Word", "beside", "compare", "pairs", "read"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name: the same word, the same consonants, marks of one slip; number: digits that must be the same; light: a title
    or a kunya, which says little and is often left out."""

    key: object
    bones: object
    near: frozenset
    number: bool = False
    light: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared. names: tuples of Words. lon, lat in degrees (EPSG:4326) with uncertainty_m, or None. began, ended: first
    and last day on which it can have been, or None; born: (first, last) day. listed: {(scheme, value)} of outside lists."""

    id: object
    names: tuple
    kinds: frozenset = frozenset()
    groups: frozenset = frozenset()
    lon: float | None = None
    lat: float | None = None
    uncertainty_m: float = 0.0
    areas: frozenset = frozenset()
    began: date | None = None
    ended: date | None = None
    born: tuple | None = None
    sex: str | None = None
    listed: frozenset = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records with how alike they are in bits, what speaks for and against ((what, bits, said), ...), and what they may be."""

    one: object
    other: object
    bits: float
    parts: tuple
    suggests: str

    @property
    def strong(self):
        return self.bits >= STRONG


def read(text):
    """A name in Words, for records whose names may be read."""
    return tuple(Word(word, sounds.bones(word), sounds.near(word), word.isascii() and word.isdigit(), sounds.light(word))
                 for word in sounds.words(text))


def pairs(records, *, known=frozenset()):
    """The pairs of these records from PROPOSED bits, the likeliest first; known: {frozenset of two ids} that are settled."""
    held = {one.id: one for one in records}
    counts, n = carried(records), max(len(held), 2)
    found = []
    for one, other in candidates(records, counts):
        if frozenset((one, other)) not in known:
            made = score(held[one], held[other], counts, n)
            if made.bits >= PROPOSED:
                found.append(made)
    best = defaultdict(float)
    for made in found:
        for who in (made.one, made.other):
            best[who] = max(best[who], made.bits)
    return sorted((made for made in found if made.bits >= max(best[made.one], best[made.other]) - CLOSE),
                  key=lambda made: (-made.bits, str(made.one), str(made.other)))


def of_name(name, counts):
    """The blocks of a name: a rare word, any two of its words, a word with one that a slip may part."""
    words = sorted({word.bones for word in name}, key=str)
    yield from (("word", bones) for bones in words if counts[bones] <= CROWD)
    yield from (("words", *two) for two in itertools.combinations(words, 2))
    for word, slipped in itertools.permutations(name, 2) if len(name) < 5 else ():
        yield from (("slip", word.bones, mark) for mark in slipped.near - {slipped.bones})


def of_place(one):
    """The blocks of a place: squares of about two kilometres, each with its neighbours to the north and east."""
    if one.lat is not None and one.uncertainty_m <= 2000:
        x, y = int(one.lon * 50), int(one.lat * 60)
        yield from (("place", x + dx, y + dy) for dx, dy in itertools.product((0, 1), repeat=2))


def compare(one, other, among):
    """The Pair of two records among these, however little alike they look."""
    return score(one, other, carried(among), max(len(among), 2))


def beside(one, records):
    """The Pairs of this record with each of the others from PROPOSED bits, the likeliest first; records: all, itself too."""
    held = {each.id: each for each in records}
    counts, n = carried(records), max(len(held), 2)
    met = {pair[0] if pair[1] == one.id else pair[1] for pair in candidates(records, counts) if one.id in pair}
    found = [score(one, held[other], counts, n) for other in met]
    return sorted((made for made in found if made.bits >= PROPOSED), key=lambda made: (-made.bits, str(made.other)))


def carried(records):
    """In how many records a word stands, by its bones."""
    return Counter(bones for one in records for bones in {word.bones for name in one.names for word in name})


def candidates(records, counts):
    """Pairs of ids that share a block."""
    blocks = defaultdict(set)
    for one in records:
        for block in itertools.chain(*(of_name(name, counts) for name in one.names), of_place(one)):
            blocks[block].add(one.id)
    seen = set()
    for block in blocks.values():
        if len(block) <= CROWD:
            for two in itertools.combinations(sorted(block, key=str), 2):
                if two not in seen:
                    seen.add(two)
                    yield two


def score(one, other, counts, n):
    """The Pair of two records; counts: in how many of n records a word (by its bones) stands."""
    name = max((names(a, b, counts, n) for a in one.names for b in other.names), default=(0.0, ()))
    parts = [("name", *name), *place(one, other), *days(one, other), *rest(one, other)]
    parts = tuple((what, round(bits, 1), said) for what, bits, said in parts if said not in ((), None))
    return Pair(one.id, other.id, round(sum(bits for _what, bits, _said in parts), 1), parts, suggested(one, other))


def names(a, b, counts, n):
    """(bits, how each word of the shorter name was met: same, sounds, slip, missing, number). Words of one name hang together: the
    three that say most count whole, the others a third; what the longer name has besides speaks against, half as much."""
    short, long = sorted((a, b), key=len)
    free, gains, bits, said = list(long), [], 0.0, []

    def rare(word):
        usual = PRIOR * (0.1 if word.key in COMMON else 0.001)
        return min(10.0, math.log2((n + PRIOR) / (counts[word.bones] + usual))) * (0.2 if word.light else 1)

    for word in sorted(short, key=lambda word: counts[word.bones]):
        ways = [(1.0, "same", w) for w in free if w.key == word.key]
        if not word.number:
            ways += [(0.9, "sounds", w) for w in free if w.bones == word.bones]
            ways += [(0.6, "slip", w) for w in free if w.near & word.near]
        if ways:
            weight, how, met = max(ways, key=lambda way: way[0])
            free.remove(met)
            gains.append(rare(word) * weight - (how == "slip"))
        else:
            how = "number" if word.number and any(w.number for w in long) else "missing"
            bits -= 8.0 if how == "number" else min(rare(word), 6.0)
        said.append(how)
    gains.sort(reverse=True)
    return bits + sum(gains[:3]) + sum(gains[3:]) / 3 - sum(min(rare(word), 6.0) for word in free) / 2, tuple(said)


def kilometres(one, other):
    x = math.radians(other.lon - one.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return 6371.0 * math.hypot(x, math.radians(other.lat - one.lat))


def place(one, other):
    """Within what both are uncertain by: the smaller that is, the more it says; beyond: against, the farther the more."""
    if one.lat is not None and other.lat is not None:
        apart, reach = kilometres(one, other), max((one.uncertainty_m + other.uncertainty_m) / 1000, 0.25)
        bits = min(7.0, max(0.0, 8.0 - math.log2(1 + reach))) if apart <= reach else -min(20.0, 2.5 * math.log2(apart / reach))
        yield "place", bits, round(apart, 2)
    elif one.areas and other.areas:
        yield "area", *((2.0, "same") if one.areas & other.areas else (-2.0, "other"))


def days(one, other):
    if one.born and other.born:
        meet = one.born[0] <= other.born[1] and other.born[0] <= one.born[1]
        span = max((one.born[1] - one.born[0]).days, (other.born[1] - other.born[0]).days) + 1
        yield "born", *((max(0.5, math.log2(20_000 / span) / 2.5), "same") if meet else (-5.0, "other"))
    if one.began and one.ended and other.began and other.ended:
        meet = one.began <= other.ended and other.began <= one.ended
        span = max((one.ended - one.began).days, (other.ended - other.began).days) + 1
        yield "days", *((min(5.0, max(0.0, math.log2(5_000 / span) / 2)), "same") if meet else (-2.5, "other"))


def rest(one, other):
    if one.kinds and other.kinds:
        yield "kind", *((1.5, "same") if one.kinds & other.kinds else
                        (0.5, "group") if one.groups & other.groups else (-2.0, "other"))
    if one.sex and other.sex and "unknown" not in (one.sex, other.sex):
        yield "sex", *((0.7, "same") if one.sex == other.sex else (-5.0, "other"))
    both = {scheme for scheme, _value in one.listed} & {scheme for scheme, _value in other.listed}
    if both:
        yield "listed", *((8.0, "same") if one.listed & other.listed else (-3.0, "other"))


def suggested(one, other):
    """part_of where the name of the one is the other's and more, or a part is named; else same_as."""
    best = max(((a, b) for a in one.names for b in other.names), default=((), ()),
               key=lambda two: len({w.bones for w in two[0]} & {w.bones for w in two[1]}))
    apart = {word.key for word in best[0]} ^ {word.key for word in best[1]}
    return "part_of" if apart & PART_WORDS or (one.kinds and other.kinds and not one.groups & other.groups) else "same_as"
