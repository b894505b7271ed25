"""Two files of encodings laid beside each other, at a place that holds neither list nor key.

Similarity is Dice's: twice the bits that both have, over the bits of either. Pairs are one-to-one, taken from the likeliest down.
"""
from dataclasses import dataclass

import numpy

from sitereg.errors import BadInput

LEAST = 0.75
BATCH = 1_000

__all__ = ["LEAST", "Crossed", "Pair", "cross", "similarities"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A number of the one file and one of the other, how alike they are, and how alike the next best of either is (0 to 1): where
    that is near, a person must look at both."""

    one: int
    other: int
    similarity: float
    rival: float


@dataclass(frozen=True)
class Crossed:
    """The pairs, the likeliest first, and how many rows either file has."""

    pairs: tuple
    rows: tuple
    least: float


def cross(one, other, least=LEAST):
    """The Crossed of two Files from `least` on. Raises BadInput: unlike keys, unlike schemas, a threshold that is none."""
    if not 0 < least <= 1:
        raise BadInput("The threshold is no share", where=str(least), do="Give one above 0 and at most 1.")
    if one.commitment != other.commitment:
        raise BadInput("The two lists were encoded under different keys", where=f"{one.commitment[:8]}, {other.commitment[:8]}",
                       do="Both partners join the same two halves, compare the spoken word of the key, and encode again.",
                       code="other_key")
    if one.fingerprint != other.fingerprint:
        unlike = sorted(name for name in {*one.schema, *other.schema} if one.schema.get(name) != other.schema.get(name))
        raise BadInput("The two lists were encoded by different rules", where=", ".join(unlike) or "how names are read",
                       do="Agree on fields and hardening, use the same version of sitereg, and encode again.", code="other_schema")
    rows, columns, alike, lead = _candidates(_matrix(one), _matrix(other), least)
    order = numpy.lexsort((columns, rows, -alike))
    taken, used = [], (set(), set())
    for k in order:
        a, b = int(rows[k]), int(columns[k])
        if a not in used[0] and b not in used[1]:
            used[0].add(a)
            used[1].add(b)
            taken.append(Pair(one.rows[a][0], other.rows[b][0], round(float(alike[k]), 4), round(float(lead[k]), 4)))
    return Crossed(tuple(taken), (len(one.rows), len(other.rows)), least)


def similarities(a, b):
    """Dice's coefficient of each row of a (n, bits) with each of b (m, bits), zeros and ones as float32; shape (n, m)."""
    with numpy.errstate(invalid="ignore"):
        return numpy.nan_to_num(2 * (a @ b.T) / (a.sum(1)[:, None] + b.sum(1)[None, :]))


def _matrix(file):
    return numpy.array([numpy.frombuffer(one.unpack(), dtype=numpy.uint8) for _number, one in file.rows], dtype=numpy.float32)


def _candidates(a, b, least):
    """(row of a, row of b, similarity, best similarity of either with any other) of every pair from `least` on."""
    found, tops = [], []
    down = numpy.zeros((2, len(b)), dtype=numpy.float32)  # the two best of each column so far
    for start in range(0, len(a), BATCH):
        alike = similarities(a[start:start + BATCH], b)
        down = _two(numpy.vstack([down, _two(alike)]))
        tops.append(_two(alike.T).T)
        rows, columns = numpy.nonzero(alike >= least)
        found.append((rows + start, columns, alike[rows, columns]))
    rows, columns, alike = (numpy.concatenate(part) for part in zip(*found, strict=True))
    across = numpy.vstack(tops).T
    return rows, columns, alike, numpy.maximum(_next(across[:, rows], alike), _next(down[:, columns], alike))


def _two(table):
    """The two largest of each column, the larger first; 0 where there is one row."""
    if len(table) < 2:
        table = numpy.vstack([table, numpy.zeros_like(table[:1])])
    return -numpy.partition(-table, 1, axis=0)[:2]


def _next(best, alike):
    """Of the two best of a row, the best that is not this pair's own."""
    return numpy.where(best[0] > alike, best[0], best[1])
