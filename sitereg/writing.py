"""Text as it comes from keyboards, papers and messengers, made plain enough for a strict grammar."""

import re
import unicodedata

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
UNSEEN = BIDI + "\u200b\u200c\u200d\u2060\ufeff\u00ad"

_DIGITS = {
    base + value: str(value) for base in (0x0660, 0x06F0, 0xFF10) for value in range(10)
}
_PLAIN = str.maketrans({
    **{ord(one): None for one in UNSEEN},
    **_DIGITS,
    "\u066b": ".",      # Arabic decimal separator
    "\u066c": None,     # Arabic thousands separator
    "\u060c": ", ",     # Arabic comma: never a decimal one
    "\u061b": ";",
    "\u2212": "-",
    **dict.fromkeys("\u00a0\u202f\u2007\u2009\t\r\n\u3000", " "),
})

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def plain(text: str) -> str:
    """The text with Western digits and separators, without invisible marks, its blanks made single.

    Arabic-Indic and Persian digits, U+066B and U+066C are mapped one by one: float() reads the digits but not
    the separators, and guesses nothing here.
    """
    return " ".join(text.translate(_PLAIN).split())


def digits(text: str) -> str:
    """The text with Western digits and nothing else changed."""
    return text.translate(_DIGITS)


def bare_letters(text: str) -> str:
    """Latin letters without the marks of scientific transliteration: Şaydnāyā becomes Saydnaya."""
    apart = unicodedata.normalize("NFD", text.translate({0x2BF: None, 0x2BE: None, 0x2018: "'", 0x2019: "'"}))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_BLANK = {"", "-", "--", "?", "n/a", "na", "n.a.", "nan", "nat", "nil", "none", "null", "unknown", "#n/a",
          "no disponible", "s/d", "غير معروف", "لا يوجد"}


def is_blank(text: str) -> bool:
    """Whether a cell holds nothing, or one of the words that programs and people put for nothing."""
    return plain(text).lower() in _BLANK


def has_controls(text: str) -> bool:
    """Whether the text holds a character that no field may hold: NUL, other controls, a lone surrogate."""
    return bool(_CONTROLS.search(text))


_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def inert(text: str) -> str:
    """The text as a cell that no spreadsheet runs: an apostrophe before what would be a formula. `restored` takes it off again."""
    return "'" + text if text.lstrip("'").startswith(_FORMULA) else text


def restored(cell: str) -> str:
    """The text of which `inert` made the cell."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_FORMULA) else cell


def check_letter(body: str) -> str:
    """The check character of the random part of a code, as reg.check_letter gives it."""
    return CODE_LETTERS[sum(CODE_LETTERS.index(one) * (n * 2 + 1) for n, one in enumerate(body, 1)) % len(CODE_LETTERS)]
