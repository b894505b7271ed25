"""The bars of a candidate as they are drawn: bits from zero, each with its sentence, what is missing marked. Pure.

    for row in waterfall.drawn(candidate, answer.missing, locale): ...     one Row a bar, in order, `total` at the end
    waterfall.apart(contrast, locale)                                      the same of the differences of two
"""
import math
from dataclasses import dataclass

from sitereg.links.model import BARS
from sitereg.links.words import LABELS
from sitereg.sentences import said

BIT = math.log(2)

__all__ = ["Row", "apart", "drawn", "widest"]


@dataclass(frozen=True)
class Row:
    """One bar: its name in words, its bits, what it says; lacking: what is not known that would fill it (a Missing), or None."""

    bar: str
    label: str
    bits: float
    sentences: tuple[str, ...]
    lacking: object = None


def drawn(candidate, missing, locale):
    """The Rows of a candidate: their bits sum to those of the total, which is the last."""
    lacks = {one.bar: one for one in missing}
    rows = [row(bar, candidate.bars[bar], (candidate.sentences[bar],), locale, None if candidate.bars[bar] else lacks.get(bar))
            for bar in BARS]
    return (*rows, row("total", candidate.total, (), locale))


def apart(contrast, locale):
    """The Rows of a Contrast: what speaks for the one is positive; the sentences are those of the one and of the other."""
    rows = [row(bar, bits, (contrast.one.sentences[bar], contrast.other.sentences[bar]), locale)
            for bar, bits in contrast.differences.items() if bits]
    return (*rows, row("total", contrast.total, (), locale))


def row(bar, nats, sentences, locale, lacking=None):
    return Row(bar, said(LABELS[bar], locale), nats / BIT, sentences, lacking)


def widest(*drawings):
    """The longest bar of several drawings, in bits, so that all are drawn to one measure; never under one bit."""
    return max([1.0, *(abs(one.bits) for rows in drawings for one in rows)])
