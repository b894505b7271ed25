"""How a name is typed by somebody who heard it, read it badly, or hit the key beside: by rules of keyboards, scans and habits."""
import re

from bench import names_made

ROWS_AR = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ")
ROWS_LATIN = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SCANNED = ("بتثني", "جحخ", "دذ", "رز", "سش", "صض", "طظ", "عغ", "فق", "كل", "مه")
HEARD = (("oo", "u"), ("ou", "u"), ("ee", "i"), ("e", "i"), ("o", "u"), ("i", "e"), ("a", "e"), ("q", "k"), ("k", "q"),
         ("dh", "d"), ("th", "t"),
         ("sh", "ch"), ("mm", "m"), ("ss", "s"), ("w", "ou"), ("y", "i"), ("j", "g"), ("z", "th"), ("kh", "k"), ("gh", "g"))
KUNYAS = (("أبو", "Abu"), ("ابو", "Abou"))
TITLES = (("الشيخ", "Sheikh"), ("الدكتور", "Dr."), ("الحاج", "Hajj"), ("العقيد", "Sheikh"))

SLIPS: dict = {}


def slip(*scripts):
    def kept(made):
        for script in scripts:
            SLIPS.setdefault(script, {})[made.__name__] = made
        return made
    return kept


@slip("ar")
def spelling(dice, text):
    """A habit of writing: hamza, ta marbuta, alef maksura, the points of a scholar, letters of a Persian keyboard."""
    habits = (("[أإآ]", "ا"), ("ة(?= |$)", "ه"), ("ى(?= |$)", "ي"), ("ي(?= |$)", "ى"), ("ؤ", "و"), ("ئ", "ي"), ("ة(?= |$)", "ت"),
              ("عبد ال", "عبدال"), ("ي", "ی"), ("ك", "ک"), ("^ا", "أ"), ("(?<=[بحدرسمن])(?=[بحدرسمنل])", "َ"),
              ("(?<=[بحسمن])(?=[بحسمنل])", "ـ"), ("ه(?= |$)", "ة"), ("اء(?= |$)", "ا"))
    fits = [one for one in habits if re.search(one[0], text)]
    find, put = fits[dice.integers(len(fits))] if fits else ("$", "")
    return re.sub(find, put, text)


@slip("latin")
def hearing(dice, text):
    """A word as another ear writes it."""
    fits = [one for one in HEARD if one[0] in text.lower()]
    find, put = fits[dice.integers(len(fits))] if fits else ("", "")
    return text.lower().replace(find, put, 1 if dice.random() < 0.5 else 9) if find else text


def place(dice, text):
    spots = [i for i, letter in enumerate(text) if letter.isalpha()]
    return spots[dice.integers(len(spots))]


@slip("ar", "latin")
def key(dice, text):
    """The key beside."""
    i = place(dice, text)
    for row in ROWS_AR + ROWS_LATIN:
        j = row.find(text[i].lower())
        if j >= 0:
            return text[:i] + row[max(0, min(len(row) - 1, j + (1 if dice.random() < 0.5 else -1)))] + text[i + 1:]
    return text


@slip("ar")
def scan(dice, text):
    """A letter of the same body with other dots."""
    spots = [(i, group) for i, letter in enumerate(text) for group in SCANNED if letter in group]
    if not spots:
        return text
    i, group = spots[dice.integers(len(spots))]
    others = group.replace(text[i], "")
    return text[:i] + others[dice.integers(len(others))] + text[i + 1:]


@slip("ar", "latin")
def missing(dice, text):
    i = place(dice, text)
    return text[:i] + text[i + 1:]


@slip("ar", "latin")
def doubled(dice, text):
    i = place(dice, text)
    return text[:i] + text[i] + text[i:]


@slip("ar", "latin")
def turned(dice, text):
    i = place(dice, text)
    return text[:i] + text[i + 1:i + 2] + text[i] + text[i + 2:]


@slip("ar", "latin")
def article(dice, text):
    """The article put where it was not, or left out."""
    if re.search("[ء-ي]", text):
        return re.sub("(?<= )ال(?=[^ ]+$)", "", text) if re.search(" ال[^ ]+$", text) else re.sub("(?<= )(?=[^ ]+$)", "ال", text)
    bare = re.sub("(?i)(?<= )(a[a-zşğ]{1,2}-|el |al |el-|el)(?=[^ ]+$)", "", text)
    return bare if bare != text else re.sub("(?<= )(?=[^ ]+$)", "al-", text)


@slip("ar", "latin")
def kunya(dice, text):
    ar = re.search("[ء-ي]", text) is not None
    child = names_made.MALE[dice.integers(20)]
    return f"{KUNYAS[dice.integers(2)][not ar]} {names_made.written([child], 'ar' if ar else 'english')} {text}"


@slip("ar", "latin")
def title(dice, text):
    return f"{TITLES[dice.integers(len(TITLES))][re.search('[ء-ي]', text) is None]} {text}"


@slip("ar", "latin")
def lineage(dice, text):
    """The father named as such."""
    return re.sub(" ", " بن " if re.search("[ء-ي]", text) else " bin ", text, count=1) if "عبد " not in text else text


def asked(dice, name, script):
    """(what is typed, the words of the name that are in it): one slip, often two, in a system of the typist's own choice."""
    parts = list(name)
    chance = dice.random()
    if chance < 0.12:
        parts = [*parts[1:], parts[0]] if dice.random() < 0.3 else [parts[-1], *parts[:-1]]
    elif chance < 0.24 and len(parts) > 2:
        parts.pop(dice.integers(1, len(parts)))
    text = names_made.written(parts, "ar" if script == "ar" else list(names_made.SYSTEMS)[dice.integers(len(names_made.SYSTEMS))])
    for _ in range(1 + (dice.random() < 0.3)):
        kinds = list(SLIPS[script])
        text = SLIPS[script][kinds[dice.integers(len(kinds))]](dice, text)
    return text, tuple(parts)
