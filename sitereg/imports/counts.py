"""Counts as people write them: a number, a range, about, dozens, hundreds. Pure."""

import re

from sitereg.vocab import ProblemCode
from sitereg.writing import plain

Count = tuple[int | None, int | None, int | None, ProblemCode | None]

_NUMBER = r"(\d{1,9})(?:[.,]0+)?"
_RANGE = re.compile(rf"{_NUMBER} ?(?:-|–|—|to|a|الى|إلى|بين) ?{_NUMBER}")
_ABOUT = re.compile(rf"(?:حوالي|نحو|قرابة|تقريبا|ca\.?|about|approx\.?|around|unos|uns|~) ?{_NUMBER}")
_LEAST = re.compile(rf"(?:على الأقل|أكثر من|at least|more than|over|más de|més de|≥|>) ?{_NUMBER}|{_NUMBER} ?\+")
_MOST = re.compile(rf"(?:على الأكثر|أقل من|at most|up to|less than|hasta|≤|<) ?{_NUMBER}")
_VAGUE = {
    "عشرات": 20,
    "العشرات": 20,
    "dozens": 20,
    "decenas": 20,
    "مئات": 200,
    "المئات": 200,
    "hundreds": 200,
    "cientos": 200,
    "آلاف": 2000,
    "الآلاف": 2000,
    "thousands": 2000,
    "miles": 2000,
}


def read_count(text: str) -> Count:
    """(min, best, max, problem) of a count: "about 50" has a best alone, "dozens" a min of 20 and no max.

    What is no count at all is (None, None, None, bad_number): it is kept as written and nothing is claimed.
    """
    words = plain(text).lower()
    if met := re.fullmatch(_NUMBER, words):
        number = int(met[1])
        return number, number, number, None
    if met := _RANGE.fullmatch(words):
        low, high = int(met[1]), int(met[2])
        return (
            (low, None, high, ProblemCode.VAGUE_COUNT)
            if low <= high
            else (None, None, None, ProblemCode.BAD_NUMBER)
        )
    if met := _ABOUT.fullmatch(words):
        return None, int(met[1]), None, ProblemCode.VAGUE_COUNT
    if met := _LEAST.fullmatch(words):
        return int(met[1] or met[2]), None, None, ProblemCode.VAGUE_COUNT
    if met := _MOST.fullmatch(words):
        return None, None, int(met[1]), ProblemCode.VAGUE_COUNT
    if words in _VAGUE:
        return _VAGUE[words], None, None, ProblemCode.VAGUE_COUNT
    return None, None, None, ProblemCode.BAD_NUMBER
