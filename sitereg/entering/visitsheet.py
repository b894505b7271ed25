"""What the form of a visit asks, its XLSForm, and the rows of an export of its submissions."""
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sitereg import documents, vocab
from sitereg.errors import BadInput
from sitereg.imports.readers import ENDINGS, process
from sitereg.sentences import LOCALES, said

CODE = "SYS-[0-9A-Z]{6}-[0-9A-Z]"
LANGUAGES = {"en": "English (en)", "ar": "العربية (ar)"}
BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
MOST_BYTES = 50 * 2**20

__all__ = ["FIELDS", "form", "questions", "submissions"]


@dataclass(frozen=True)
class Field:
    """One question: its words, the kind of answer (text, long, code, date, yes_no, select, area, image), when it is asked."""

    words: str
    kind: str
    hint: str = ""
    of: str = ""
    required: bool = False
    only: bool = False  # asked where something was disturbed

    def read(self, text):
        """The answer as the registry takes it, None for none. Raises ValueError in words."""
        if not text:
            return None
        if self.kind == "date":
            return _day(text)
        if self.kind == "yes_no":
            known = {**BOOLEANS, **{said(word, locale): BOOLEANS[word] for word in ("yes", "no") for locale in LOCALES}}
            if text.lower() not in known:
                raise ValueError("Say yes or no")
            return known[text.lower()]
        if self.kind == "select":
            return _code(self.of, text)
        if self.kind == "code" and not re.fullmatch(CODE, text.upper()):
            raise ValueError("This is no public code of a site (SYS-......-.)")
        return text.upper() if self.kind == "code" else text


FIELDS = {
    "site": Field("Public code of the site", "code", "As it stands on your sheet, such as SYS-......-.", required=True),
    "visited_on": Field("Day of the visit", "date", required=True),
    "team": Field("Team", "text", "The number or sign of the team, no names."),
    "covered": Field("What was covered", "long", "Which part of the place was walked, and how."),
    "covered_shape": Field("The area that was covered", "area", "Only where your orders allow that the device keeps it."),
    "not_searched": Field("What was not searched, and why", "long"),
    "findings": Field("What was seen", "long", "What anybody would see; no names, no conclusions."),
    "negative": Field("Was nothing found in what was covered?", "yes_no", required=True),
    "damage_assessed": Field("Was the damage assessed?", "yes_no", required=True),
    "remains": Field("Are remains still in the ground?", "select", of="remains_state"),
    "disturbed": Field("Has the place been disturbed?", "yes_no", required=True),
    "kind": Field("How was it disturbed?", "select", of="disturbance_kind", only=True),
    "severity": Field("How bad is it?", "select", of="severity", only=True),
    "by": Field("By whom, as far as it can be seen?", "select", of="disturbance_by", only=True),
    "observed": Field("Since when?", "date", "The day, if it is known.", only=True),
    "reversible": Field("Can it be undone?", "yes_no", only=True),
    "disturbance_note": Field("More about the disturbance", "long", only=True),
    "photo_1": Field("Photograph", "image"),
    "photo_2": Field("Second photograph", "image"),
    "photo_3": Field("Third photograph", "image"),
}
TYPES = {"text": "text", "long": "text", "code": "text", "date": "date", "area": "geoshape", "image": "image"}


def form(path, *, public_key=None):
    """The XLSForm stands at `path` (never over a file that is there), in both languages.

    public_key: the RSA key (base64 of its DER) to which devices encrypt what is filled in before they keep it.
    """
    from openpyxl import Workbook

    if Path(path).exists():
        raise BadInput("There is a file of that name already", where=Path(path).name, do="Give another name.")
    book = Workbook()
    survey, choices, settings = book.active, book.create_sheet("choices"), book.create_sheet("settings")
    survey.title = "survey"
    _survey(survey)
    _choices(choices)
    head = {"form_title": "Visit", "form_id": "visit", "version": "1", "default_language": LANGUAGES["en"],
            **({"public_key": "".join(public_key.split())} if public_key else {})}
    settings.append(list(head))
    settings.append(list(head.values()))
    book.save(path)


def questions():
    """[{name, kind, label {locale: words}, hint, choices [{locale: word}]}] of the form as it stands on paper, without pictures."""
    def both(words):
        return {locale: said(words, locale) if words else "" for locale in LOCALES}

    told = []
    for name, one in FIELDS.items():
        choices = [{locale: vocab.label(one.of, code, locale) for locale in LOCALES}
                   for code in (vocab.SCHEMES[one.of].codes() if one.of else ())]
        if one.kind == "yes_no":
            choices = [both("yes"), both("no")]
        told.append({"name": name, "kind": one.kind, "choices": choices, "label": both(one.words), "hint": both(one.hint)})
    return [one for one in told if one["kind"] != "image"]


def submissions(path):
    """[(number, {field: text})] of an export: columns by their names or labels, whatever groups a server puts before them."""
    format = ENDINGS.get(path.suffix.lower())
    if format not in ("csv", "xlsx"):
        raise BadInput("Submissions come as .csv or .xlsx", where=path.name, do="Export them so, one row a submission.")
    if path.exists() and path.stat().st_size > MOST_BYTES:
        raise BadInput("The file is too large for submissions", where=path.name, do="Export them in parts.")
    with documents.room() as room:
        rows = process.read(documents.stage(path, room).files, room, format=format).rows
    known = {one: name for name in FIELDS for one in (name, *(said(FIELDS[name].words, locale) for locale in LOCALES))}
    found = [(row.number, {known[key]: text for column, text in row.cells.items() if (key := _last(column, known))})
             for row in rows]
    missing = [name for name in ("site", "visited_on") if not any(name in words for _, words in found)]
    if missing:
        raise BadInput("This is no export of the form of visits", where=f"{path.name}, missing: {', '.join(missing)}",
                       do="Export the submissions of the form that `sitereg visits form` makes.")
    return found


def _last(column, known):
    """The column without the groups that servers put before a name, if the form asks it."""
    for one in (column, column.rpartition("/")[2], column.rpartition("-")[2], column.rpartition(":")[2]):
        if one.strip() in known:
            return one.strip()
    return None


def _survey(sheet):
    spoken = ("label", "hint", "constraint_message")
    sheet.append(["type", "name", "required", "relevant", "constraint", "appearance", "parameters",
                  *(f"{what}::{language}" for what in spoken for language in LANGUAGES.values())])
    for name, one in FIELDS.items():
        rule, message = RULES.get(name, ("", ""))
        kind = {"select": f"select_one {one.of}", "yes_no": "select_one yes_no"}.get(one.kind) or TYPES[one.kind]
        sheet.append([kind, name, "yes" if one.required or name in ("kind", "severity") else "",
                      "${disturbed} = 'yes'" if one.only else "", rule, "multiline" if one.kind == "long" else "",
                      "max-pixels=2048" if one.kind == "image" else "",
                      *(said(words, locale) if words else "" for words in (one.words, one.hint, message) for locale in LANGUAGES)])


RULES = {
    "site": (f"regex(., '{CODE}')", "This is no public code of a site"),
    "visited_on": (". <= today()", "This day lies in the future"),
    "observed": (". <= today()", "This day lies in the future"),
    "negative": (". = 'no' or ${covered} != ''", "Where nothing was found, say what was covered"),
}


def _choices(sheet):
    sheet.append(["list_name", "name", *(f"label::{one}" for one in LANGUAGES.values())])
    for word in ("yes", "no"):
        sheet.append(["yes_no", word, *(said(word, locale) for locale in LANGUAGES)])
    for scheme in dict.fromkeys(one.of for one in FIELDS.values() if one.of):
        for code in vocab.SCHEMES[scheme].codes():
            sheet.append([scheme, code, *(vocab.label(scheme, code, locale) for locale in LANGUAGES)])


def _day(text):
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError("This is no day such as 2025-03-10") from None


def _code(scheme, text):
    known = {word: code for code in vocab.SCHEMES[scheme].codes()
             for word in (code, *(vocab.label(scheme, code, locale) for locale in LOCALES))}
    if text not in known:
        raise ValueError(f"This is no word of {scheme}")
    return known[text]
