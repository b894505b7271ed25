"""What an attacker who has a register of names learns of a file of encodings: with the key, with none, and by counting.

The register holds everybody of the file (the worst case), each as another source writes them, among four times as many others.
Counting: bits that always come together are taken for one mark and aligned with the marks of the register by how often they occur
(after Christen, Ranbaduge, Vatsalan and Schnell 2018, simplified), then each encoding is given to whoever has most of them.
Known: of one encoding in twenty he knows whose it is, and reads from these which bits a mark sets.
"""
import functools
from collections import Counter

import numpy

from sitereg.crossing import comparing, encodings, keys
from sitereg.crossing.marks import marks

TOGETHER = 0.7  # Jaccard of the rows of two bits that are taken for one mark
COMMON = 50
KNOWN = 0.05
BATCH = 500

__all__ = ["learnt"]


def learnt(register, victims, schema):
    """{what an attacker does: share of the file's rows, or of common marks, that he has right}; victims[i] is register[i]."""
    key = keys.join(keys.half(), keys.half())
    file = encodings.encode(victims, key, schema)
    who = numpy.array([file.numbers[number] for number, _one in file.file.rows])
    rows = matrix(file.file)
    guessed, right = counting(rows, register, victims, schema, who)
    return {"dictionary with the key": best(rows, register, key, schema, who),
            "dictionary without the key": best(rows, register, keys.join(keys.half(), keys.half()), schema, who),
            "whole encodings by frequency": by_frequency(rows, register, victims, schema, who),
            f"marks by counting, of the {COMMON} commonest": right, "persons by counting": guessed,
            f"the other persons, {KNOWN:.0%} being known": known(rows, register, victims, schema, who),
            "blind guess": 1 / len(register)}


def matrix(file):
    return numpy.array([numpy.frombuffer(one.unpack(), dtype=numpy.uint8) for _number, one in file.rows], dtype=numpy.float32)


def best(rows, register, key, schema, who):
    """Each encoding given to the most similar of the register encoded under this key."""
    made = encodings.encode(register, key, schema)
    theirs = numpy.array([made.numbers[number] for number, _one in made.file.rows])
    table, hits = matrix(made.file), 0
    for start in range(0, len(rows), BATCH):
        top = comparing.similarities(rows[start:start + BATCH], table).argmax(1)
        hits += int((theirs[top] == who[start:start + BATCH]).sum())
    return hits / len(rows)


@functools.cache
def told(person, schema):
    """The marks of a person as they are keyed, with what is salted into them."""
    return frozenset((encodings.salt(person, kind, schema), kind, mark) for kind, mark in marks(person, schema.fields))


def by_frequency(rows, register, victims, schema, who):
    """Rows of equal encodings, the most frequent first, given to the most frequent persons-as-written of the register."""
    groups, hits = {}, 0
    for i, row in enumerate(rows.astype(bool)):
        groups.setdefault(row.tobytes(), []).append(i)
    wholes = Counter(told(one, schema) for one in register).most_common(len(groups))
    for group, (whole, _count) in zip(sorted(groups.values(), key=len, reverse=True), wholes, strict=False):
        hits += sum(told(victims[who[i]], schema) == whole for i in group if len(group) > 1)
    return hits / len(rows)


def counting(rows, register, victims, schema, who):
    """(share of rows given to the right person, share of the commonest marks that were aligned rightly)."""
    sets = [told(one, schema) for one in register]
    common = [mark for mark, _count in Counter(mark for one in sets for mark in one).most_common(4 * COMMON)]
    patterns = together(rows)
    aligned = align(patterns, common, sets, len(rows))
    truth = [told(victims[i], schema) for i in who]
    right = sum(agrees(held, [mark in one for one in truth]) for mark, held in aligned.items() if mark in set(common[:COMMON]))
    given = given_to(aligned, sets) == who if aligned else numpy.zeros(1)
    return float(given.mean()), right / COMMON


def given_to(seen, sets):
    """The person of the register, as a position, who has the most of what is seen in each row; seen: {mark: rows as booleans}."""
    place = {mark: i for i, mark in enumerate(seen)}
    theirs = numpy.zeros((len(sets), len(place)), dtype=numpy.float32)
    for i, one in enumerate(sets):
        theirs[i, [place[mark] for mark in one if mark in place]] = 1
    told = numpy.array(list(seen.values()), dtype=numpy.float32).T
    return numpy.concatenate([comparing.similarities(told[start:start + BATCH], theirs).argmax(1)
                              for start in range(0, len(told), BATCH)])


def known(rows, register, victims, schema, who):
    """The share of the other rows given to the right person by who knows the persons of the first rows."""
    few = int(KNOWN * len(rows))
    held = [told(victims[i], schema) for i in who[:few]]
    counts, seen = Counter(mark for one in held for mark in one), {}
    for mark, count in counts.items():
        bits = rows[:few][[mark in one for one in held]].min(0) > 0
        if count >= 3 and bits.any():
            seen[mark] = rows[:, bits].min(1) > 0
    if not seen:
        return 0.0
    given = given_to(seen, [told(one, schema) for one in register])
    return float((given == who)[few:].mean())


def agrees(held, truth):
    """Whether the rows of a pattern are those of a mark (Jaccard above one half)."""
    truth = numpy.array(truth)
    return (held & truth).sum() > 0.5 * (held | truth).sum()


def together(rows):
    """[rows that hold them all, as booleans] of sets of three bits and more that come together."""
    counts, both = rows.sum(0), rows.T @ rows
    alike = both / numpy.maximum(counts[:, None] + counts[None, :] - both, 1)
    found, free = [], set(numpy.nonzero(counts)[0].tolist())
    for bit in numpy.argsort(-counts):
        if bit in free:
            group = [int(one) for one in numpy.nonzero(alike[bit] >= TOGETHER)[0] if int(one) in free]
            free -= set(group)
            if len(group) >= 3:
                found.append(rows[:, group].min(1) > 0)
    return found


def align(patterns, common, sets, n):
    """{mark: rows of the pattern} one to one, each mark with the free pattern whose share of rows is the nearest to its own."""
    shares, free, made = Counter(mark for one in sets for mark in one), list(range(len(patterns))), {}
    for mark in common:
        near = min(free, key=lambda k, mark=mark: abs(patterns[k].sum() / n - shares[mark] / len(sets)), default=None)
        if near is not None:
            free.remove(near)
            made[mark] = patterns[near]
    return made
