"""A partner's list of names, made in a temporary file and taken in by the importer, as any list is: with its own profile and batch.

As real lists do it repeats a number, leaves cells empty, has a date that is none, a line that names nobody, and names some whom the
registry knows already: nothing is matched in silence, truth/listed.csv tells who they are.
"""
import csv
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sitereg import claims, decisions, imports
from sitereg.demo import names
from sitereg.demo.deciding import agree, by
from sitereg.demo.dice import Dice

PROFILE = Path(__file__).with_name("association.toml")
HEAD = ("no", "name", "latin", "sex", "born", "written", "register", "remarks")
SEX = {"male": "ذكر", "female": "أنثى"}
NOBODY = "مجهول"


@dataclass(frozen=True)
class Row:
    """One line of the list; person: the case of the registry that it names in truth, or None."""

    cells: tuple[str, ...]
    person: object | None = None


def planned(seed, persons, many):
    """The lines of the list, in order."""
    dice, made = Dice(seed, "list"), []
    for n in range(many):
        known = dice.choice(persons) if n % 25 == 7 else None
        sex = known.sex if known else dice.choice(("male", "male", "male", "female"))
        latin, arabic = known.names if known else names.person(dice, sex, 5000 + n)
        born = str(dice.randint(1950, 1998)) if n % 3 else ""
        on = dice.day(date(2012, 1, 5), date(2014, 11, 30))
        written = f"{on:%d/%m/%Y}" if n % 5 else dice.choice(("2013", "05/2013", ""))
        made.append(Row((f"N-{n + 1:04}", arabic, latin if n % 4 else "", SEX[sex], born, written,
                         f"Invented register {n % 7 + 1}", "synthetic"), known))
    for n, line in ((11, {0: made[3].cells[0]}), (17, {5: "31/02/2013"}), (23, {1: NOBODY, 2: ""}), (29, {3: "?"})):
        made[n] = Row(tuple(line.get(k, cell) for k, cell in enumerate(made[n].cells)))
    return made


def take_in(settings, rows):
    """The list is a batch of the registry; answers the report of the import."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invented-association-synthetic.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEAD, *(row.cells for row in rows)])
        with by(settings, "steward") as opened:
            return imports.run(opened, path, profile=PROFILE)


def matched(settings, report, rows, told_by):
    """A family asks for one whom the list names; another line names a case that stands, and is closed as its duplicate."""
    taken = [(one, rows[one.row - 1]) for one in report.rows if one.subject and one.new]
    asked = next(one for one, row in taken if row.person is None)
    again, row = next((one, row) for one, row in taken if row.person is not None)
    with by(settings, "investigator") as opened:
        came = claims.record(opened, [claims.said(
            "event", {"kind": "reported_missing_filed"}, source=told_by["testimony_family"][0], credibility="2",
            subject=asked.subject, at=date(2025, 10, 2))], reason="demonstration")
        decisions.decide(opened, asked.subject, "case", "open_missing", reason="The family asks for one whom the list names",
                         basis=[came[0].claim])
        waits = decisions.decide(opened, again.subject, "case", "closed_duplicate", value={"duplicate_of": str(row.person.id)},
                                 reason="The list names one whose case is open already").proposal
    agree(settings, [waits], "verifier")
