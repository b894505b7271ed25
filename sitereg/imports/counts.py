"""Counts as people write them: a number, a range, about, dozens, hundreds. Pure."""

import re
from functools import lru_cache

from sitereg.vocab import ProblemCode
from sitereg.writing import plain

Count = tuple[int | None, int | None, int | None, ProblemCode | None]

_NUMBER = r"(\d{1,9})(?:[.,]0+)?"
_RANGE = re.compile(rf"{_NUMBER} ?(?:-|–|—|to|a|الى|إلى|بين) ?{_NUMBER}")
_BETWEEN = re.compile(rf"(?:between|from|بين|من) {_NUMBER} (?:and|to|و|الى|إلى) ?{_NUMBER}")
_ABOUT = re.compile(rf"(?:حوالي|نحو|قرابة|تقريبا|ca\.?|about|approx\.?|around|unos|uns|~) ?{_NUMBER}")
_LEAST = re.compile(rf"(?:على الأقل|أكثر من|at least|more than|over|más de|més de|≥|>) ?{_NUMBER}|{_NUMBER} ?\+")
_MOST = re.compile(rf"(?:على الأكثر|أقل من|at most|up to|less than|hasta|≤|<) ?{_NUMBER}")
_WORDS = {
    1: "one|واحد|واحدة", 2: "two|اثنان|اثنين|جثتان|جثتين|شخصان|شخصين", 3: "three|ثلاثة|ثلاث", 4: "four|أربعة|اربعة|أربع",
    5: "five|خمسة|خمس", 6: "six|ستة|ست", 7: "seven|سبعة|سبع", 8: "eight|ثمانية|ثمان|ثماني", 9: "nine|تسعة|تسع",
    10: "ten|عشرة|عشر", 11: "eleven|أحد عشر|احد عشر", 12: "twelve|a dozen|اثنا عشر|اثني عشر|دزينة", 20: "twenty|عشرون|عشرين",
    30: "thirty|ثلاثون|ثلاثين", 40: "forty|أربعون|أربعين|اربعين", 50: "fifty|خمسون|خمسين", 60: "sixty|ستون|ستين",
    70: "seventy|سبعون|سبعين", 80: "eighty|ثمانون|ثمانين", 90: "ninety|تسعون|تسعين", 100: "a hundred|one hundred|مئة|مائة|مية",
    200: "two hundred|مئتان|مئتين|مائتان|مائتين", 1000: "a thousand|one thousand|ألف|الف", 2000: "two thousand|ألفان|ألفين",
}
_NUMBERS = {word: str(number) for number, words in _WORDS.items() for word in words.split("|")}
_SPELT = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(_NUMBERS, key=len, reverse=True)))})(?![^\W_])")
_OF = re.compile(r" (?:bodies|people|persons|victims|جثة|جثث|جثمان|شخصا?|أشخاص|ضحية|ضحايا|قتيلا?|رفات)$")
_NONE = {"none", "no", "لا أحد", "لا يوجد", "صفر", "zero"}
_VAGUE = {
    "a few": 3,
    "several": 3,
    "بضعة": 3,
    "بضع": 3,
    "عدة": 3,
    "a few dozen": 20,
    "tens": 20,
    "بضع عشرات": 20,
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


def _spelt(words: str) -> str:
    """The words with numbers in letters at their ends written in digits: "about fifty" -> "about 50"."""
    return _SPELT.sub(lambda met: _NUMBERS[met[0]], words)


@lru_cache(maxsize=20_000)
def read_count(text: str) -> Count:
    """(min, best, max, problem) of a count: "about 50" has a best alone, "dozens" a min of 20 and no max.

    What is no count at all is (None, None, None, bad_number): it is kept as written and nothing is claimed.
    """
    words = _OF.sub("", plain(text).lower())
    words = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", words)
    words = _NUMBERS.get(words) or _spelt(words)
    if words in _NONE:
        return 0, 0, 0, None
    if met := re.fullmatch(_NUMBER, words):
        number = int(met[1])
        return number, number, number, None
    if met := _RANGE.fullmatch(words) or _BETWEEN.fullmatch(words):
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
