"""A sheet as it was typed -> a sheet as it is understood, with every fault at once; nothing typed is lost or changed."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sitereg import dates, names, persons
from sitereg.entering import fields, places
from sitereg.entering.fields import NEEDED, NO_FIELD
from sitereg.entering.readback import AGREED
from sitereg.reports import SAY_OTHERWISE
from sitereg.vocab import ProblemCode
from sitereg.writing import digits, plain

DITTO = {'"', "''", "״", "″", "〃", "=", "^"}
SAME_AS = re.compile(r"[=#]\s*([0-9]{1,2})")
CASE = re.compile(r"SYP-[2-9A-Z]{6}-[2-9A-Z]")
NOTHING_ABOVE = "Nothing stands above this to be repeated"
NO_ROW = "There is no such line above, or it names nobody"
NO_CASE = "There is no such case for you"
TWICE = "The same name stands in a line above: say whether it is the same person"
NO_ROWS = "Write down at least one person"
TOO_MANY = "A sheet holds sixty lines: send it, and begin another"
NO_NAMES = "Names of persons need the compartment `names`: ask somebody who holds it to take this down"
PICK = "This can be read in more than one way: choose below which is meant"
NOT_KEPT = "Say that they agree to its being stored, or that they refuse: without that nothing may be kept"
NOWHERE = "Say a name, a place, or what happened to whom"
NOT_YOURS = "Only an investigator opens a case: leave this out, and tell one"
ORDER = "The end lies before the beginning"
FOR_INSIDERS = "Only what an insider said is told again in other words: leave this empty"
FAULTS = (NOTHING_ABOVE, NO_ROW, NO_CASE, TWICE, NO_ROWS, TOO_MANY, NO_NAMES, PICK, NOT_KEPT, NOWHERE, NOT_YOURS, ORDER,
          places.NO_SITE, FOR_INSIDERS, SAY_OTHERWISE)
KEPT_DATES = (ProblemCode.BAD_DATE,)


@dataclass
class Sheet:
    """One sheet: what was typed; what it is understood to say; what is wrong with it ({code, field, value, message}, row in lines).

    head and said: typed values by field. places: Readings, days: dates.Days, each by field (`r3_place` for the third line). rows:
    lines of a testimony, each with `line`, values, and `whom`: ("new", n) for the new person of line n, ("case", id, code) for one
    that stands.
    """

    form: str
    once: UUID
    typed: Mapping
    typed_rows: list
    head: dict = field(default_factory=dict)
    said: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    places: dict = field(default_factory=dict)
    days: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)

    @property
    def insider(self):
        """Whether its teller's words and exact days are for the vault."""
        return self.head["who_type"] == "testimony_insider"

    def wrong(self, name, code, message, value="", row=None):
        told = {"code": str(code), "field": name, "value": str(value)[:60], "message": message}
        self.problems.append(told if row is None else {**told, "row": row})


def read(session, form, typed, *, rows=(), once):
    """The Sheet of that form. typed: {field: text, or a list of codes}; a place `x` may have `x_pick`, the key of a choice.

    rows: lines of a testimony as {field: text}; lines in which nothing stands are passed over. `"` in a line repeats what stands
    above, `=2` as person is the person of line 2. Words that are no date stay as words; days are as seen today.
    """
    sheet = Sheet(form, once, typed, [dict(row) for row in rows])
    wanted = fields.FORMS[form]
    known = {*fields.HEAD, *wanted, *fields.PICKS}
    for name in sorted(set(typed) - known):
        sheet.wrong(name[:60], "unknown_field", NO_FIELD)
    reader = _Reader(session, sheet, session.value("today"))
    sheet.head = {name: reader.plain(name, one, typed.get(name)) for name, one in fields.HEAD.items()}
    sheet.said = {name: reader.any(name, one, typed) for name, one in wanted.items()}
    if sheet.head["consent"] in AGREED and "store" not in sheet.head["scope"]:
        sheet.wrong("scope", "missing_required", NOT_KEPT)
    if form == "testimony":
        reader.lines()
    if form == "person" and not any(sheet.said[name] for name in ("name", "words", "what")):
        sheet.wrong("name", "missing_required", NOWHERE)
    if sheet.said.get("asked") and "investigator" not in session.one("self")["roles"]:
        sheet.wrong("asked", "denied", NOT_YOURS)
    if sheet.said.get("paraphrase") and not sheet.insider:
        sheet.wrong("paraphrase", "bad_value", FOR_INSIDERS)
    if sheet.insider and sheet.said.get("words") and not sheet.said["paraphrase"]:
        sheet.wrong("paraphrase", "missing_required", SAY_OTHERWISE)
    if form == "site":
        _in_order(sheet)
    if _personal(sheet) and "names" not in session.one("self")["compartments"]:
        sheet.wrong("form", "bad_compartment", NO_NAMES)
    return sheet


def _personal(sheet):
    return sheet.form == "testimony" or (sheet.form == "person" and any(
        sheet.said[name] for name in ("name", "name_other", "number", "words")))


def _in_order(sheet):
    began, ended = sheet.days.get("began"), sheet.days.get("ended")
    if began and ended and began.earliest and ended.latest and ended.latest < began.earliest:
        sheet.wrong("ended", "reversed_interval", ORDER, sheet.said["ended"])


@dataclass
class _Reader:
    session: object
    sheet: Sheet
    today: object
    met: dict = field(default_factory=dict)

    def plain(self, name, one, given, row=None):
        try:
            held = fields.value(one, given)
        except ValueError as fault:
            self.sheet.wrong(name, "bad_value", str(fault), fields.one_text(given), row)
            return [] if one.kind == "terms" else None
        if one.must and not held:
            self.sheet.wrong(name, "missing_required", NEEDED, row=row)
        return held

    def any(self, name, one, typed, *, prefix="", row=None):
        """The field of that name, wherever it stands; places and days are read as well."""
        held = self.plain(prefix + name, one, typed.get(name), row)
        if one.kind == "place":
            self.place(prefix + name, held, fields.one_text(typed.get(name + "_pick")), row)
        if one.kind == "when" and held:
            self.when(prefix + name, held, row)
        return held

    def place(self, name, text, pick, row):
        if (text, pick) not in self.met:
            self.met[text, pick] = places.read(self.session, text, pick)
        found = self.sheet.places[name] = self.met[text, pick]
        if found.state == "choose":
            self.sheet.wrong(name, found.why or "ambiguous_place", PICK if found.choices else _told(found.why), text, row)

    def when(self, name, text, row):
        found = dates.parse(text, self.today)
        bad = [one for one in found.problems if not found.found and one not in KEPT_DATES]
        if bad:
            self.sheet.wrong(name, bad[0], bad[0].label, text, row)
        self.sheet.days[name] = found

    def lines(self):
        """The lines of a testimony, each with its person settled."""
        held = [(number, row) for number, row in enumerate(self.sheet.typed_rows, 1) if not fields.blank_row(row)]
        if not held:
            self.sheet.wrong("rows", "missing_required", NO_ROWS)
        if len(held) > fields.MOST_ROWS:
            self.sheet.wrong("rows", "too_long", TOO_MANY)
            return
        above, whose = None, {}
        for number, row in held:
            for name in sorted(set(row) - {*fields.ROWS, *fields.PICKS}):
                self.sheet.wrong(f"r{number}_{name[:40]}", "unknown_field", NO_FIELD, row=number)
            said = self.repeated(number, row, above)
            line = {name: self.any(name, one, said, prefix=f"r{number}_", row=number) for name, one in fields.ROWS.items()}
            line |= {"line": number, "whom": self.whom(number, line, whose)}
            whose[number] = line
            self.sheet.rows.append(line)
            above = said

    def repeated(self, number, row, above):
        """The line with what it repeats from the one above."""
        said = {name: fields.one_text(row.get(name)) for name in (*fields.ROWS, "place_pick")}
        for name in ("what", "place", "when", "how"):
            if said[name] in DITTO:
                if above is None:
                    self.sheet.wrong(f"r{number}_{name}", "bad_value", NOTHING_ABOVE, said[name], number)
                said[name] = above[name] if above else ""
                if name == "place":
                    said["place_pick"] = above["place_pick"] if above else ""
        return said

    def whom(self, number, line, whose):
        """("new", line) or ("case", id, code); None where it cannot be said yet."""
        name = f"r{number}_person"
        text = digits(line["person"] or "")
        if met := SAME_AS.fullmatch(plain(text)):
            earlier = whose.get(int(met[1]))
            if earlier is None or earlier["whom"] is None:
                self.sheet.wrong(name, "bad_value", NO_ROW, text, number)
                return None
            return earlier["whom"]
        if met := CASE.search(plain(text).upper()):
            found = next(iter(persons.find(self.session, q=met[0], limit=1)), None)
            if found is None:
                self.sheet.wrong(name, "not_found", NO_CASE, text, number)
                return None
            return "case", found["id"], found["code"]
        key = names.key_strict(text)
        twin = next((one for one in whose.values() if key and names.key_strict(one["person"] or "") == key), None)
        if twin is None or names.is_placeholder(text) or line["same"] == "other":
            return "new", number
        if line["same"] == "same":
            return twin["whom"]
        self.sheet.wrong(name, "duplicate_row", TWICE, text, number)
        return None


def _told(why):
    return ProblemCode(why).label if why in set(ProblemCode.codes()) else why
