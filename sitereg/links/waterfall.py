"""The bars of a candidate as they are drawn: bits from zero, each with its sentence, what is missing marked. Pure.

    for row in waterfall.drawn(candidate, answer.missing, locale): ...     one Row a bar, in order, `total` at the end
    waterfall.apart(contrast, locale)                                      the same of the differences of two
"""
from dataclasses import dataclass

from sitereg.links.explain import LABELS, bits
from sitereg.sentences import said

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
    rows = [row(bar, bits(value), (candidate.sentences[bar],), locale, None if value else lacks.get(bar))
            for bar, value in candidate.bars.items()]
    return (*rows, row("total", candidate.bits, (), locale))


def apart(contrast, locale):
    """The Rows of a Contrast: what speaks for the one is positive; the sentences are those of the one and of the other."""
    rows = [row(bar, value, (contrast.one.sentences[bar], contrast.other.sentences[bar]), locale)
            for bar, value in contrast.differences.items() if value]
    return (*rows, row("total", contrast.bits, (), locale))


def row(bar, value, sentences, locale, lacking=None):
    return Row(bar, said(LABELS[bar], locale), value, sentences, lacking)


def widest(*drawings):
    """The longest bar of several drawings, in bits, so that all are drawn to one measure; never under one bit."""
    return max([1.0, *(abs(one.bits) for rows in drawings for one in rows)])
