"""From a cell to claims: one function for each type of value that a predicate takes. Pure."""

import re
from collections.abc import Iterator

from sitereg import names
from sitereg.imports import facts, personal
from sitereg.imports.counts import read_count
from sitereg.imports.desk import Desk
from sitereg.imports.rules import Saying, When
from sitereg.vocab import Predicate, ProblemCode

_GAP = re.compile(r"\s{3,}")
PERSONAL = "{what} may stand here: it goes under the compartment `names`, or to the vault where it tells a source"
_TOTALS = {"total", "totals", "grand total", "total general", "totales", "المجموع", "الإجمالي"}


def say(rule: Saying, desk: Desk) -> list[dict]:
    """The claims of one rule for one row, without source and subject; `from` names the columns (taken off
    later)."""
    predicate = Predicate(rule.predicate)
    if rule.doubted and desk.cell(rule.column, rule.missing) in rule.doubted:
        text = desk.cell(rule.column)
        desk.note(ProblemCode.BAD_NUMBER, rule.column, text, f"{text} may stand for unknown: nothing is claimed", outcome="flagged")
        return []
    if rule.inferred:
        if desk.cell(rule.column, rule.missing):
            desk.note(ProblemCode.INFERRED_VALUE, rule.column, desk.cell(rule.column))
        return []
    kind = predicate.code if predicate is Predicate.SEX and not (rule.words or rule.code) else _type(predicate)
    made, dates = list(_BUILDERS[kind](rule, desk)), rule.dates
    _date(rule, dates, desk, made)
    if not made:
        return made
    locator = desk.locator(*rule.reads, *(when.column for when in dates.values()))
    for claim in made:
        claim.setdefault("predicate", predicate.code)
        claim.setdefault("credibility", rule.credibility)
        claim["from"] = rule.reads
        claim["locator"] = locator
        if rule.first_hand is not None:
            claim["first_hand"] = rule.first_hand
        if rule.compartments:
            claim["compartments"] = list(rule.compartments)
    return made


def is_total(desk: Desk) -> bool:
    """Whether the row sums up others: its first cell or its identifier says total."""
    first = next(iter(desk.row.cells.values()), "")
    return bool({first.strip().lower(), *(desk.cell(column).lower() for column in desk.profile.id.reads)} & _TOTALS)


def _type(predicate: Predicate) -> str:
    value = predicate.attrs["value"]
    if value == "json" or predicate is Predicate.PERSON_NAME:
        return predicate.code
    return "term" if value.startswith("term:") else value


def _date(rule: Saying, dates: dict[str, When], desk: Desk, made: list[dict]) -> None:
    """The claims of the rule carry its dates; a date without a claim to carry it is told, not dropped."""
    for name, when in dates.items():
        found = desk.days(when)
        if found is None:
            continue
        if rule.predicate == Predicate.BIRTH:
            desk.moments.append(("birth", when.column, found))
        if not made and rule.predicate != Predicate.AGE:  # the day of an age is that of an event, which carries it
            desk.note(
                ProblemCode.MISSING_REQUIRED,
                ", ".join(rule.reads),
                found.verbatim,
                f"{when.column} gives a date and {', '.join(rule.reads)} does not say of what",
                outcome="flagged",
            )
        for claim in made:
            claim[name] = found.daterange()
            claim["edtf"], claim["calendar"] = found.edtf, found.calendar
            claim.setdefault("verbatim", found.verbatim)


def _word(rule: Saying, desk: Desk) -> tuple[str, object]:
    """The cell and what the profile's words make of it: None where the word is not known, "" where it says
    nothing."""
    text = " ".join(desk.cell(rule.column, rule.missing).split())
    if not text:
        return "", ""
    known = rule.ticks.get(facts.ticked(text) or text, "" if facts.ticked(text) else None) if rule.ticks else rule.words.get(text)
    if known is None and rule.partial:
        return text, ""
    if known is None:
        desk.note(
            ProblemCode.UNKNOWN_CODE,
            rule.column,
            text,
            f"The profile has no word for {rule.column} = {text!r}",
            outcome=rule.unknown,
        )
    return text, known


def _term(rule: Saying, desk: Desk) -> Iterator[dict]:
    if rule.code is not None:
        yield {"value": {"code": rule.code}}
        return
    if rule.split:
        for one in dict.fromkeys(filter(None, (part.strip() for part in desk.cell(rule.column, rule.missing).split(rule.split)))):
            if one in _codes(rule):
                yield {"value": {"code": one}, "verbatim": one}
            else:
                desk.note(ProblemCode.UNKNOWN_CODE, rule.column, one, outcome=rule.unknown)
        return
    worded = rule.words or rule.ticks
    text, code = _word(rule, desk) if worded else (desk.cell(rule.column, rule.missing),) * 2
    if text and not worded and code not in _codes(rule):
        desk.note(ProblemCode.UNKNOWN_CODE, rule.column, text, outcome=rule.unknown)
    elif code:
        yield {"value": {"code": code}, "verbatim": text}


def _codes(rule: Saying) -> tuple[str, ...]:
    from sitereg import vocab

    return vocab.SCHEMES[Predicate(rule.predicate).attrs["value"].removeprefix("term:")].codes()


def _name(rule: Saying, desk: Desk) -> Iterator[dict]:
    first, rest = _apart(rule, desk)
    wanted = first.split(rule.alternatives) if rule.alternatives else [first]
    raw = desk.row.cells.get(rule.column, "")
    for text in dict.fromkeys(" ".join(one.split()) for one in wanted):
        if not text:
            continue
        if names.is_placeholder(text):
            desk.note(ProblemCode.PLACEHOLDER_NAME, rule.column, text)
            continue
        value = {"text": text, "lang": rule.lang or "und", "script": names.script(text)}
        yield {"value": value, **({"verbatim": raw} if raw != text else {})}
    yield from _remarks(rest, raw)


def _text(rule: Saying, desk: Desk) -> Iterator[dict]:
    if rule.column:
        text, rest = _apart(rule, desk)
    else:
        text, rest = rule.join.join(filter(None, (desk.cell(c, rule.missing) for c in rule.columns))), []
    if not text:
        return
    what = None if rule.compartments else personal.tells(text)
    if what:
        desk.note(ProblemCode.PERSONAL_DATA, ", ".join(rule.reads), "", PERSONAL.format(what=what))
    raw = desk.row.cells.get(rule.column, "") if rest else None
    yield {
        "value": {"text": f"{rule.label}: {text}" if rule.label else text},
        **({"verbatim": raw} if raw else {}),
    }
    yield from _remarks(rest, raw)


def _apart(rule: Saying, desk: Desk) -> tuple[str, list[str]]:
    """The cell, and what stood in further columns of a page behind runs of blanks, where the rule expects
    such runs."""
    text = desk.cell(rule.column, rule.missing)
    if not rule.gap or not _GAP.search(text):
        return text, []
    first, *rest = _GAP.split(text)
    desk.note(ProblemCode.TEXT_SPLIT, rule.column, " ".join(text.split()))
    return first, rest


def _remarks(rest: list[str], raw: str | None) -> Iterator[dict]:
    for text in rest:
        yield {"predicate": Predicate.NOTE.code, "value": {"text": " ".join(text.split())}, "verbatim": raw}


def _count(rule: Saying, desk: Desk) -> Iterator[dict]:
    text = desk.cell(rule.column, rule.missing)
    if not text:
        return
    low, best, high, code = read_count(text)
    if code:
        desk.note(code, rule.column, text)
    if (low, best, high) != (None, None, None):
        yield {
            "value": {"definition": rule.definition, "min": low, "best": best, "max": high},
            "verbatim": text,
        }


def _authority(rule: Saying, desk: Desk) -> Iterator[dict]:
    text, body = _word(rule, desk)
    if body:
        yield {
            "value": {"role": rule.role},
            "verbatim": text,
            "authority": {"names": {rule.lang or "und": body["name"]}, "kind": body["kind"]},
        }


def _official_status(rule: Saying, desk: Desk) -> Iterator[dict]:
    text, code = _word(rule, desk) if rule.words else (desk.cell(rule.column, rule.missing),) * 2
    if code:
        yield {"value": {"scheme": rule.scheme, "code": code, "text": text}}


def _birth(rule: Saying, desk: Desk) -> Iterator[dict]:
    if rule.at and desk.cell(rule.at.column) and desk.quiet(rule.at).found:
        yield {"value": {}}


_BUILDERS = {
    "term": _term,
    "name": _name,
    "text": _text,
    "count": _count,
    "authority": _authority,
    "date": _birth,
    "official_status": _official_status,
    "age": facts.age,
    "id": facts.identifier,
    "person_name": facts.person_name,
    "sex": facts.sex,
}
