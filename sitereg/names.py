"""Names in Arabic and Latin letters -> keys to search and block by, never to show and never to merge by.

    key_strict("الشَّيخ أحمدُ بـــن عبد اللّه")    'الشيخ احمد بن عبد الله'
    key_loose("الشَّيخ أحمدُ بـــن عبد اللّه")     'احمد شيخ عبدالله'

Strict undoes what keyboards and pens do to one spelling; loose also merges spellings. Under-folded is
recoverable, over-folded may corrupt names: the verbatim stays. The same rules stand in SQL, and
tests/files/names.csv holds for both; so nothing here depends on a locale (blanks are the ASCII ones that NFKC
leaves, tokens are sorted by code point).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sitereg.writing import UNSEEN, digits

_DROPPED = dict.fromkeys((
    *map(ord, UNSEEN), 0x0640, *range(0x064B, 0x0660), 0x0670))
_FOLDED = str.maketrans({
    "ی": "ي", "ێ": "ي", "ک": "ك", "گ": "ك", "ڤ": "ف", "ە": "ه", "ھ": "ه", "ہ": "ه", "ۆ": "و",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
})
_LOOSE = str.maketrans({"ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None})
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_FINAL = re.compile("ى(?= |$)")
_LINEAGE = {"ابن", "بن", "بنت"}


def key_strict(text: str) -> str:
    """One spelling of a name however it was typed, small letters, words in their order.

    NFKC; invisible marks, tatweel and harakat dropped; Persian and Kurdish letters and all digits folded;
    hamza seats of alef dropped; alef maksura at the end of a word made yeh; blanks made single.
    """
    apart = unicodedata.normalize("NFKC", text).translate(_DROPPED)
    folded = digits(apart).translate(_FOLDED).lower()
    return _FINAL.sub("ي", _BLANKS.sub(" ", folded).strip(" "))


def key_loose(text: str) -> str:
    """The set of the name's words, spellings merged, sorted by code point; '' where none is left.

    After key_strict: teh marbuta made heh, hamza on waw and yeh unseated, lone hamza dropped; ابن بن بنت
    dropped; `عبد ال` and `ابو X` joined; a leading ال stripped where two letters remain.
    """
    words = [word for word in key_strict(text).translate(_LOOSE).split(" ") if word and word not in _LINEAGE]
    joined: list[str] = []
    for word in words:
        if joined and ((joined[-1] == "عبد" and word.startswith("ال")) or joined[-1] == "ابو"):
            joined[-1] += word
        else:
            joined.append("عبدالله" if word == "عبدلله" else word)
    return " ".join(sorted({_bare(word) for word in joined} - {""}))


def _bare(word: str) -> str:
    if word == "ال":
        return ""
    return word[2:] if word.startswith("ال") and len(word) >= 4 else word



def _keys(*rows: str) -> frozenset[str]:
    return frozenset(key_strict(name) for row in rows for name in row.split("|"))


_NO_NAME = _keys(
    "مجهول|مجهولة|مجهول الهوية|مجهولة الهوية|غير معروف|غير معروفة|غير معلوم|لا يوجد|بدون اسم|بلا اسم|لا اسم",
    "فلان|فلانة|فلان الفلاني|طفل|طفلة|رضيع|رضيعة|شخص|رجل|امرأة|شاب|جثة|جثة مجهولة|جثمان|رفات|اسم|الاسم",
    "unknown|unknown name|unidentified|no name|noname|not known|n/a|na|none|null|nil|name|test|john doe",
    "jane doe|anonymous|child|baby|infant|man|woman|person|body|nn|n.n.|inconnu|inconnue",
    "desconocido|desconocida|sin nombre|sin identificar|no identificado",
)
_NUMBERED = re.compile(
    r"(?P<word>.*?)[ :]*(?:رقم|رمز|no\.?|nr\.?|number|#|num\.?)?[ :]*(?P<number>[a-z\u0621-\u064a]{0,3}\d[\da-z\u0621-\u064a/-]*)")
_EMPTY = re.compile(r"[\W\d_x]*|(.)\1{2,}")
_TITLES = _keys(
    "الشيخ|الدكتور|الدكتورة|د.|المهندس|المهندسة|الأستاذ|الأستاذة|الحاج|الحاجة|المحامي|المحامية|العقيد|العميد",
    "اللواء|الرائد|النقيب|الملازم|المقدم|الرقيب|المجند|الشهيد",
    "dr|dr.|mr|mr.|mrs|mrs.|ms|sheikh|shaykh|eng.|prof.|hajj",
)
_RELATIVES = _keys(
    "زوجة|زوج|حرم|أرملة|والدة|والد|أخت|أخو|شقيق|شقيقة|ابنة|كنة",
    "wife of|husband of|mother of|father of|son of|daughter of|widow of",
)
_BESIDE = re.compile(
    r"(?P<name>[^()]+?) ?(?:\((?P<called>[^()]+)\)"
    r"|(?:الملقبة? ?(?:بـ ?|ب ?)?|المعروفة? (?:بـ ?|ب ?)|a\.?k\.?a\.? |alias )(?P<marked>.+))")
_KUNYA = re.compile(r"(?:ابو|ابا|ابي|ام|abu|abou|um|umm|oum)[ -]\S+(?: \S+)?")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it was written, its keys, and what must be known before anybody matches by it.

    script: ISO 15924 (Arab, Latn, ...), or None without letters. unnamed: a placeholder; then both keys are
    '' and `number` keeps the number of a body or a list. titles: what stood before the name and is no part of
    the keys. kunya_only: Abu or Umm of somebody and nothing else. through_relative: said by a relation ("wife
    of"): the own name is not known and this is a relation, not an alias.
    """

    verbatim: str
    script: str | None
    strict: str
    loose: str
    unnamed: bool = False
    number: str | None = None
    titles: tuple[str, ...] = ()
    kunya_only: bool = False
    through_relative: bool = False


def read(text: str) -> Name:
    """The name with its keys and marks; never raises for any text."""
    strict = key_strict(text)
    if is_placeholder(text):
        met = _NUMBERED.fullmatch(strict)
        return Name(text, script(text), "", "", unnamed=True, number=met["number"] if met else None)
    words = strict.split(" ")
    titles: list[str] = []
    while len(words) > 1 and words[0] in _TITLES:
        titles.append(words.pop(0))
    bare = " ".join(words)
    return Name(
        text, script(text), bare, key_loose(bare), titles=tuple(titles),
        kunya_only=bool(_KUNYA.fullmatch(bare)) and len(words) == 2,
        through_relative=any(bare.startswith(word + " ") for word in _RELATIVES),
    )


@dataclass(frozen=True, slots=True)
class Parted:
    """A name without what stood before or beside it: titles, a kunya that is all there is or stands in brackets, an alias."""

    name: str
    titles: tuple[str, ...] = ()
    kunya: str | None = None
    alias: str | None = None


def parted(text: str) -> Parted:
    """The words of a name as written, what is no part of it apart; a kunya within a name stays, for families are called so."""
    words, titles, kunya, alias = text.split(), [], None, None
    while len(words) > 1 and key_strict(words[0]) in _TITLES:
        titles.append(words.pop(0))
    met = _BESIDE.fullmatch(" ".join(words))
    name, beside = ((met["name"], met["called"] or met["marked"]) if met else (" ".join(words), None))
    if beside:
        kunya, alias = (beside, None) if _KUNYA.fullmatch(key_strict(beside)) else (None, beside)
    if _KUNYA.fullmatch(key_strict(name)) and len(name.split()) <= 2:
        return Parted("", tuple(titles), name, alias or kunya)
    return Parted(name, tuple(titles), kunya, alias)


@dataclass(frozen=True, slots=True)
class Parts:
    """One way to read the words of a name; `weight` is its share among the ways, none of which is preferred."""

    ism: str
    nasab_father: str | None
    nasab_grandfather: str | None
    family: str | None
    weight: float

    def as_dict(self) -> dict:
        """The parts that there are, under the codes of vocab.NamePart, and the weight."""
        told = {"ism": self.ism, "nasab_father": self.nasab_father, "nasab_grandfather": self.nasab_grandfather,
                "family": self.family}
        return {**{part: words for part, words in told.items() if words}, "weight": round(self.weight, 3)}


def parts(text: str) -> tuple[Parts, ...]:
    """The ways to read a name of Syria as given name, father's, grandfather's and family name; () where it is no name.

    `ibn` settles who is whose son; without it three words may end with a family or with a grandfather, and the first two of
    four may be one given name. Never raises.
    """
    if is_placeholder(text) or read(text).through_relative:
        return ()
    words, linked = _joined(parted(text).name.split())
    if not words:
        return ()
    if linked:
        ways = [(*words[:linked + 1], *[None] * (2 - linked), " ".join(words[linked + 1:]) or None)]
    else:
        ways = _WAYS[min(len(words), 4)](words)
    full = [tuple(one) + (None,) * (4 - len(one)) for one in dict.fromkeys(map(tuple, ways))]
    return tuple(Parts(*one[:4], 1 / len(full)) for one in full)


_WAYS = {
    1: lambda w: [(w[0],)],
    2: lambda w: [(w[0], None, None, w[1]), (w[0], w[1])],
    3: lambda w: [(w[0], w[1], None, w[2]), (w[0], w[1], w[2]), (f"{w[0]} {w[1]}", None, None, w[2])],
    4: lambda w: [(w[0], w[1], w[2], " ".join(w[3:])), (f"{w[0]} {w[1]}", w[2], None, " ".join(w[3:]))],
}
_COMPOUND = _keys("عبد|أبو|ابو|آل|ال|abd|abdul|abdel|abu|abou|al|el")
_SON = _keys("ابن|بن|بنت|bin|ibn|ben|bint")


def _joined(words: list[str]) -> tuple[list[str], int]:
    """The words with those of one name joined, and how many of the first follow an `ibn` (at most 2)."""
    made: list[str] = []
    linked, after = 0, False
    for word in words:
        key = key_strict(word)
        if made and key in _SON:
            after = True
        elif made and key_strict(made[-1]).split(" ")[-1] in _COMPOUND and not after:
            made[-1] += f" {word}"
        else:
            linked += 1 if after and len(made) == linked + 1 and linked < 2 else 0
            made.append(word)
            after = False
    return made, linked


def is_placeholder(text: str) -> bool:
    """Whether the text stands for no name: unknown, child, xxx, a dash, a body with a number."""
    strict = key_strict(text)
    if _EMPTY.fullmatch(strict) or strict in _NO_NAME:
        return True
    met = _NUMBERED.fullmatch(strict)
    return bool(met) and (met["word"].strip() in _NO_NAME or not met["word"].strip())


def script(text: str) -> str | None:
    """The ISO 15924 code of the script most letters are of; Zyyy where two are even, None without letters."""
    counts: dict[str, int] = {}
    for one in map(_script_of, text):
        if one:
            counts[one] = counts.get(one, 0) + 1
    most = sorted(counts.items(), key=lambda item: -item[1])
    if not most:
        return None
    return "Zyyy" if len(most) > 1 and most[0][1] == most[1][1] else most[0][0]


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str | None:
    """The script of one letter; None for what is no letter."""
    if not unicodedata.category(letter).startswith("L"):
        return None
    return _SCRIPTS.get(unicodedata.name(letter, "UNKNOWN").split(" ")[0], "Zzzz")


_SCRIPTS = {"ARABIC": "Arab", "LATIN": "Latn", "CYRILLIC": "Cyrl", "SYRIAC": "Syrc", "ARMENIAN": "Armn",
            "GREEK": "Grek", "HEBREW": "Hebr"}
