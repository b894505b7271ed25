"""How the words of a name sound, in Arabic or Latin letters -> what they are sought by; never shown, never merged by.

    words("د. عبد الرحمن بن أبي الخير")   ('د', 'عبدرحمن', 'ابوخير')
    words("Abd el-Rahman Abou Khair")     ('abdrahman', 'abukhair')
    sound("عبدرحمن"), sound("abdrahman")  ('abdrhmn', 'abdrahman')
    bones("عبدرحمن"), bones("abdrahman")  ('bdrhmn', 'bdrhmn')

Words stand in their order, articles and lineage left out, compounds joined. The sound is a word in one small alphabet whatever
it was written in; Arabic keeps its long vowels only. The bones are the consonants of the sound, so that transliterations meet
in them. `near` are marks that a word shares with those from which one slip of pen, ear or key parts it; `alike`, with those whose
consonants sound alike, or which are `other` readings of it (c is j, v is w, ch is kh, the article is glued on). The same rules
stand in SQL (40c_sounds.sql); tests/files/sounds.csv holds for both.
"""
import re
import unicodedata

from sitereg.names import key_strict

__all__ = ["alike", "bones", "light", "near", "other", "sound", "words"]

_BEFORE = str.maketrans({"ş": "sh", "ç": "ch", "ğ": "gh", "ø": "o", "ı": "i", "ß": "ss", "đ": "d", "ħ": "h",
                         "š": "sh", "ž": "j", "č": "ch", "ǧ": "j", "ġ": "gh", "ḫ": "kh", "ṯ": "th", "ḏ": "dh"})
_SILENT = re.compile("['’‘ʼʿʾ`´ʻ\u0300-\u036f]")
_BETWEEN = re.compile("[\x01-/:-@\\[-`{-¿×÷،؛؟٪-٭۔\u2000-\u206f\u3000-\u303f]+")
_MERGED = str.maketrans({"ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None})
_NUMBER = re.compile("(?<=[0-9]{2})(?=[^0-9 ])|(?<=[^0-9 ])(?=[0-9]{3})")

# Done one after the other to the whole name, in which words are parted by single blanks and a blank stands at both ends.
ARABIC = (
    (" (?:ابن|بن|بنت)(?= )", ""), (" عبد ال(?=[^ ])", " عبد"), (" عبدال(?=[^ ]{2})", " عبد"), (" عبدلله(?= )", " عبدله"),
    (" (?:ابو|ابا|ابي) (?:ال)?(?=[^ ])", " ابو"), (" ام (?:ال)?(?=[^ ])", " ام"), (" الدين(?= )", "دين"),
    (" الياس(?= )", " ايلياس"), (" ال(?=[^ ]{2})", " "), (" ال(?= )", ""),
)
LATIN = (
    (" (?:ibn|bin|ben|bint)(?= )", ""),
    (" abe?d[aeou]{1,2}l(?=[^ ]{2})", " abda"),
    (" abe?d[aeou]{0,2}l (?:[ae]l )?(?=[^ ])", " abda"), (" abe?d (?:[aeu][lrstdnz] |[aeu]sh |[aeu]l)(?=[^ ])", " abda"),
    (" (?:abu|abo|abou|aboo|aba|abi) (?:[ae]l )?(?=[^ ])", " abu"), (" (?:um|umm|om|omm|oum|oumm) (?:[ae]l )?(?=[^ ])", " um"),
    ("(?<=[^ ]) (?:[aeu][ld] )?(?:[aeu][ld])?(?:di|dee|de|die)ne?(?= )", "din"),
    (" (?:al|el|ul)(?= )", ""), (" [aeu](?:r(?= r)|s(?= s)|sh(?= sh)|t(?= t)|d(?= d)|n(?= n)|z(?= z))", ""),
    (" [ae]l(?=[bcdfghjkmnpqrstvwxyz][^ ]{2})", " "),
)
_STEPS = tuple((re.compile(find), put) for find, put in ARABIC + LATIN)
# What kind of place it is, said in either language
MEANT = {
    "branch": "فرع", "prison": "سجن", "jail": "سجن", "hospital": "مشفي", "مستشفي": "مشفي", "cemetery": "مقبره",
    "graveyard": "مقبره", "airport": "مطار", "airbase": "مطار", "military": "عسكري", "عسكريه": "عسكري", "central": "مركزي",
    "school": "مدرسه", "palestine": "فلسطين", "section": "قسم", "station": "مخفر", "checkpoint": "حاجز", "mosque": "جامع",
    "village": "قريه", "town": "بلده", "city": "مدينه", "camp": "مخيم", "security": "امن", "امني": "امن",
    "intelligence": "مخابرات", "mass": "جماعي", "جماعيه": "جماعي", "grave": "مقبره", "north": "شمالي", "south": "جنوبي",
    "east": "شرقي", "west": "غربي", "old": "قديم", "new": "جديد",
}

LIGHT = {"شيخ", "دكتور", "حاج", "عقيد", "sheikh", "shaykh", "sheyh", "cheikh", "dr", "hajj", "haj"}

# Digraphs before letters; capitals stand for sounds that Latin writes with two letters: C sh, X kh, G gh.
_ALIKE = tuple((re.compile(find), put) for find, put in (
    ("^ou(?=[aeiy])|^w", "W"), ("^y(?=[aeou])|^j(?=os)|^io", "Y"), ("^chr", "kr"), ("dsch", "j"), ("t?sch|sh|ch", "C"),
    ("kh", "X"), ("gh", "G"), ("dj|zh", "j"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("ck|q", "k"), ("c(?=[eiy])", "s"),
    ("(?<=...[aeiou])h$", ""), ("3", "a"), ("2", ""), ("7", "h"), ("5", "X"), ("9", "s"),
    ("ee|ii|ie|ei|[ei]", "y"), ("oo|ou|[ou]", "w")))
_LATIN = str.maketrans("cpvx", "kbfX")
_ARABIC = dict(zip(map(ord, "ابتثجحخدذرزسشصضطظعغفقكلمنهويىپچژ"), "abttjhXddrzsCsdtzaGfkklmnhwyabCj", strict=True))
_FIRST = re.compile("^[وي]")
# Letters that languages of Latin script read in two ways; an article before a vowel.
_OTHERWISE = tuple((re.compile(find), put) for find, put in (
    ("^[aeu]l(?=[aeiou][a-z]{3})", ""), ("(?<![st])ch(?!r)", "X"), ("c(?![hk])", "j"), ("v", "w")))
# Consonants of which one tongue makes the other: kh h, z d, gh j g, sh th t s.
_ALIKE_TO = str.maketrans("XzGjCt", "hdggss")
_TWICE = re.compile(r"(.)\1+")


def words(text: str) -> tuple[str, ...]:
    """The words by which a name is sought, in their order: at most twelve, of at most forty letters."""
    bare = unicodedata.normalize("NFD", key_strict(text[:300]).translate(_BEFORE))
    bare = unicodedata.normalize("NFC", _SILENT.sub("", bare)).translate(_MERGED)
    bare = " " + _NUMBER.sub(" ", _BETWEEN.sub(" ", bare)).strip(" ") + " "
    for find, put in _STEPS:
        bare = find.sub(put, bare)
    return tuple(MEANT.get(one, one)[:40] for one in bare.split(" ") if one)[:12]


def sound(word: str) -> str:
    """The word in the small alphabet; letters of other scripts and numbers stay as they are."""
    if word.isascii() and word.isdigit():
        return word
    said = _FIRST.sub(lambda met: "W" if met[0] == "و" else "Y", word)
    if (len(word) > 2 and said.endswith("ه")) or (len(word) > 3 and said.endswith("ح")):
        said = said[:-1]
    for find, put in _ALIKE:
        said = find.sub(put, said)
    return _TWICE.sub(r"\1", said.translate(_LATIN).translate(_ARABIC))


def bones(word: str) -> str:
    """The consonants of the sound; where fewer than two are left, with w and y."""
    if word.isascii() and word.isdigit():
        return word
    heard = sound(word)
    bare = _TWICE.sub(r"\1", re.sub("[awy]", "", heard))
    return bare if len(bare) > 1 else _TWICE.sub(r"\1", heard.replace("a", "").replace("W", "w").replace("Y", "y")) or heard


def other(word: str) -> str | None:
    """The word with the letters written that its own may stand for; None where there is one way to read it."""
    said = word
    for find, put in _OTHERWISE:
        said = find.sub(put, said)
    return said if said != word else None


def near(word: str) -> frozenset[str]:
    """Marks that words share which one letter less, more or other parts: of the bones, and where these are few of the sound."""
    return frozenset([word]) if word.isascii() and word.isdigit() else _slipped(sound(word), bones(word))


def alike(word: str) -> frozenset[str]:
    """Marks that words share whose bones sound alike, and those by which the word is near others if it is read otherwise."""
    if word.isascii() and word.isdigit():
        return frozenset()
    read = [(sound(one), bones(one)) for one in (word, other(word)) if one]
    blunt = {"=" + _TWICE.sub(r"\1", bare.translate(_ALIKE_TO)) for _heard, bare in read if len(bare) > 1}
    return frozenset(blunt).union(*(_slipped(*one) for one in read[1:]))


def _slipped(heard, bare):
    marks = {bare}
    if len(bare) > 2:
        marks |= {_TWICE.sub(r"\1", bare[:i] + bare[i + 1:]) for i in range(len(bare))}
    if len(bare) < 4:
        marks |= {"~" + heard, *("~" + heard[:i] + heard[i + 1:] for i in range(len(heard)) if len(heard) > 2)}
    return frozenset(marks)


def light(word: str) -> bool:
    """Whether the word is a title or a kunya, which says little of who it is."""
    return word in LIGHT or (word.startswith(("ابو", "abu")) and len(word) > 3)
