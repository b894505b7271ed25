"""From cells to facts of a person: names, numbers of bodies, ages, sex, consent, grades; identifiers that a spreadsheet spoilt.

Pure.
"""

import re
from collections.abc import Iterator

from sitereg import names
from sitereg.imports.desk import Desk
from sitereg.imports.rules import Saying
from sitereg.vocab import NamePart, Predicate, ProblemCode, Sex
from sitereg.writing import CODE_LETTERS, check_letter, plain

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_SPOILT = (
    (r"\d(?:\.\d+)?[eE]\+?\d+", "a spreadsheet wrote it as a power of ten and its last digits are lost"),
    (rf"\d{{1,2}}-(?:{_MONTHS})(?:-\d{{2,4}})?|(?:{_MONTHS})-\d{{2,4}}|\d{{4}}(?:-\d{{2}}){{2}} \d{{2}}(?::\d{{2}}){{2}}",
     "a spreadsheet may have made a day of it"),
    (r"\d+\.0+", "a spreadsheet made a number of it: its form, and zeros before it, may be lost"),
    (r"\d{15}0+", "a spreadsheet keeps 15 digits: those behind them may be lost"),
)
_CODE = re.compile(rf"SY[SPH]-([{CODE_LETTERS}]{{6}})-(.)")
_SEXES = {"m": "male", "male": "male", "ذ": "male", "ذكر": "male", "رجل": "male", "f": "female", "female": "female", "أ": "female",
          "ا": "female", "أنثى": "female", "انثى": "female", "امرأة": "female", "homme": "male", "femme": "female",
          "unknown": "unknown", "غير معروف": "unknown"}
_GUESSED = re.compile(r"inferred|guess|from (?:the )?name|assumed|من الاسم|حسب الاسم|مستنتج|تخمين|\?$", re.IGNORECASE)
_YES_NO = {**dict.fromkeys(("yes", "y", "true", "1", "✓", "✔", "نعم", "أجل", "صح", "oui", "si", "sí"), "yes"),
           **dict.fromkeys(("no", "n", "false", "0", "✗", "✘", "لا", "كلا", "non", "none", "لا يوجد"), "no"),
           **dict.fromkeys(("unknown", "not known", "?", "غير معروف", "غير معلوم", "لا أعرف"), "unknown")}
_AGES = {"رضيع": (0, 2), "رضيعة": (0, 2), "infant": (0, 2), "baby": (0, 2), "طفل": (0, 17), "طفلة": (0, 17), "child": (0, 17),
         "قاصر": (0, 17), "minor": (0, 17), "بالغ": (18, 120), "adult": (18, 120)}
_RANGE = re.compile(r"(\d{1,3}) ?(?:-|–|—|to|الى|إلى) ?(\d{1,3})")
_DECADES = {"العشرينات": 20, "العشرينيات": 20, "الثلاثينات": 30, "الثلاثينيات": 30, "الأربعينات": 40, "الخمسينات": 50,
            "الستينات": 60, "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
_GRADE = re.compile(r"([A-Za-z])[ /-]?(\d)")
_OLDEST, _OF_AGE = 120, 18


def spoilt(text: str) -> str | None:
    """Why an identifier is no longer what it was: a spreadsheet changed it, or it is a code of a registry of this kind whose check
    character is that of another code. None where nothing tells."""
    met = _CODE.fullmatch(text.upper())
    if met and check_letter(met[1]) != met[2]:
        return f"its check character is {check_letter(met[1])} and not {met[2]}: a letter or digit of the code was misread"
    return next((why for form, why in _SPOILT if re.fullmatch(form, text, re.IGNORECASE)), None)


def identifier(rule: Saying, desk: Desk) -> Iterator[dict]:
    """A number of a person as text."""
    text = desk.cell(rule.column, rule.missing)
    fault = spoilt(text)
    if fault:
        desk.note(ProblemCode.DIGITS_LOST, rule.column, text, f"{text}: {fault}")
    elif text:
        yield {"value": {"text": text}}


def person_name(rule: Saying, desk: Desk) -> Iterator[dict]:
    """A name with its parts as far as they can be told: a placeholder claims no name, a relation ("wife of") is a note.

    The number of a body is kept as such. A title or a kunya is taken out of the name and stands beside it.
    """
    text = " ".join(" ".join(desk.cell(column, rule.missing) for column in rule.reads).split())
    if not text:
        return
    found, column = names.read(text), ", ".join(rule.reads)
    if found.unnamed:
        desk.note(ProblemCode.PLACEHOLDER_NAME, column, text)
        if found.number:
            value = {"text": found.number, "part": NamePart.CORPSE_NUMBER.code}
            yield {"predicate": Predicate.DETAINEE_NUMBER.code, "value": value}
        return
    if found.through_relative:
        words = "A relation is named and not the person: kept as a note, no alias"
        desk.note(ProblemCode.NAMED_BY_RELATION, column, text, words)
        yield {"predicate": Predicate.PERSON_NOTE.code, "value": {"text": text}}
        return
    parted = names.parted(text)
    if parted.titles or parted.kunya or parted.alias:
        desk.note(ProblemCode.NAME_PARTED, column, text)
    told = {"lang": rule.lang or "und", "script": found.script}
    if parted.name:
        read = _parts(rule, desk, parted.name) if rule.part is None else []
        more = {"part": rule.part} if rule.part else {"parts": read} if read else {}
        titles = {"titles": list(parted.titles)} if parted.titles else {}
        yield {"value": {"text": parted.name, **told, **more, **titles}}
    for part, said in ((NamePart.KUNYA, parted.kunya), (NamePart.ALIAS, parted.alias)):
        if said:
            yield {"value": {"text": said, **told, "part": part.code}}


def _parts(rule: Saying, desk: Desk, name: str) -> list[dict]:
    """The ways to read a name; one that the list gives in columns of its own is read in the one way that these say."""
    if not rule.parts:
        return [one.as_dict() for one in names.parts(name)]
    told = {part: " ".join(desk.cell(column, rule.missing).split()) for part, column in zip(rule.parts, rule.reads, strict=True)}
    return [{**{part: words for part, words in told.items() if words}, "weight": 1.0}]


def age(rule: Saying, desk: Desk) -> Iterator[dict]:
    """An age as the years it may mean: a number, a range, "child", "in the twenties"."""
    text = desk.cell(rule.column, rule.missing)
    if not text:
        return
    years = read_age(text)
    if years is None:
        desk.note(ProblemCode.BAD_NUMBER, rule.column, text, f"{text!r} is no age of 0 to {_OLDEST} years", outcome="flagged")
        return
    if rule.at is None or not desk.cell(rule.at.column):
        desk.note(ProblemCode.MISSING_REQUIRED, rule.column, text, "An age without the day on which it was true", outcome="flagged")
    desk.ages.append((rule.column, text, years, desk.quiet(rule.at) if rule.at else None))
    yield {"value": {"min": years[0], "max": years[1]}}


def read_age(text: str) -> tuple[int, int] | None:
    """The least and the most years that the words of an age mean, or None."""
    words = plain(text).lower()
    decade = _DECADES.get(re.sub("^(?:في|in the|in his|in her) ", "", words))
    known = _AGES.get(words) or (decade and (decade, decade + 9))
    met, single = _RANGE.fullmatch(words), re.fullmatch(r"(\d{1,3})(?:\.0+)?", words)
    years = known or (met and (int(met[1]), int(met[2]))) or (single and (int(single[1]),) * 2) or None
    return years if years and 0 <= years[0] <= years[1] <= _OLDEST else None


def sex(rule: Saying, desk: Desk) -> Iterator[dict]:
    """Sex as it was recorded; what was guessed from a name is not taken."""
    text = " ".join(desk.cell(rule.column, rule.missing).split())
    if not text:
        return
    if _GUESSED.search(text):
        desk.note(ProblemCode.INFERRED_VALUE, rule.column, text)
        return
    code = sex_of(text)
    if code in Sex.codes():
        yield {"value": {"code": code}, "verbatim": text}
    else:
        desk.note(ProblemCode.UNKNOWN_CODE, rule.column, text, f"{text!r} is none of ذكر, أنثى, M, F", outcome=rule.unknown)


def sex_of(text: str) -> str | None:
    """The code of a sex as lists write it in two languages, or None."""
    return _SEXES.get(plain(text).lower())


def ticked(text: str) -> str | None:
    """yes, no or unknown as people tick it in two languages; not_asked for a blank; None for other words."""
    words = plain(text).lower()
    return _YES_NO.get(words) if words else "not_asked"


def tier(desk: Desk) -> int | None:
    """2 where the row has no clear yes of somebody who may give it, and says so; None where it has, or nobody asks.

    A minor's yes is that of a parent; where a scope is asked for, a yes to nothing is none.
    """
    rule = desk.profile.consent
    if rule is None:
        return None
    lacking = None
    years = read_age(desk.cell(rule.minor)) if rule.minor and desk.cell(rule.minor) else None
    if ticked(desk.cell(rule.column)) != "yes":
        lacking = f"{rule.column} is no yes"
    elif years and years[0] < _OF_AGE and desk.cell(rule.by) not in rule.parents:
        lacking = "for a minor a parent says yes, and this was somebody else"
    elif rule.scope and not desk.cell(rule.scope):
        lacking = "nobody says to what"
    if lacking is None:
        return None
    desk.note(ProblemCode.CONSENT_MISSING, rule.column, desk.cell(rule.column),
              f"Consent is treated as not asked: {lacking}. What the row says is T2 and is not shared")
    return 2


def graded(desk: Desk) -> str | None:
    """The credibility that the row's own grade gives its claims, None where it gives none; what it cannot be is told.

    The reliability is the source's and stands in the profile: another letter in the row changes nothing.
    """
    text, source = desk.cell(desk.profile.grade), desk.profile.source
    if not text:
        return None
    met = _GRADE.fullmatch(plain(text))
    letter, digit = (met[1].upper(), met[2]) if met else ("", "")
    if letter not in "ABCDEF" or digit not in "123456" or not met:
        desk.note(ProblemCode.BAD_GRADE, desk.profile.grade, text, f"{text!r} is no grade of A1 to F6: taken as not judged (6)")
        return "6"
    if met[0] != letter + digit:
        desk.note(ProblemCode.BAD_GRADE, desk.profile.grade, text, f"Read as {letter}{digit}", outcome="accepted")
    if letter in "AB" and source.connection in ("second_hand", "unknown", None):
        desk.note(ProblemCode.BAD_GRADE, desk.profile.grade, text,
                  f"{letter} for hearsay or for somebody unknown: the source stays {source.reliability}")
    elif letter not in ("F", source.reliability):
        desk.note(ProblemCode.BAD_GRADE, desk.profile.grade, text,
                  f"The source is graded {source.reliability} and the row says {letter}", outcome="accepted")
    return digit
