"""The counts as the database gives them, the same rows for pages, shell and scripts."""

from dataclasses import dataclass

import shapely
from shapely.geometry import mapping

from sitereg import frames, vocab

FAMILIES = tuple(dict.fromkeys(term.attrs["family"] for term in vocab.SCHEMES["source_type"]))
CUTS = ("total", "adm1", "adm2", "active", "began", "kind", "protection", "source", "source_any", "note")
LEVELS = {1: "governorate", 2: "district", 3: "sub-district", 4: "cell of 10 km"}
PLAIN = 0.005  # degrees by which an outline on a page may be plainer


@dataclass(frozen=True)
class Coverage:
    """The rows of api.coverage: cut, code, part, sites, low, high, accounts, sources."""

    rows: tuple[dict, ...]

    def cut(self, name):
        """The rows of one cut, in the order of their codes."""
        return [row for row in self.rows if row["cut"] == name]

    def by(self, name, column="sites"):
        """{code: the sum of a column over its parts} of one cut."""
        found: dict = {}
        for row in self.cut(name):
            found[row["code"]] = found.get(row["code"], 0) + (row[column] or 0)
        return found

    @property
    def sites(self):
        """How many sites the caller sees."""
        return int(self.by("total").get("sites", 0))

    @property
    def accounts(self):
        """How many live accounts stand behind them."""
        return self.by("total", "accounts").get("sites", 0)


def coverage(session, **narrowed):
    """The Coverage of the caller's face; api.coverage says what each cut counts. narrowed: ids of sites, a face (0 or 1) that a
    file is made of."""
    return Coverage(tuple(session.rows("coverage", **narrowed)))


def progress(session, *, months=36, clock="recorded"):
    """{what: {first day of the month: {state: n}}} for verification, protection and visits, up to the present month.

    clock: recorded (the day on which a decision was recorded) or observed (on which it was seen to be so). Raises BadInput.
    """
    told: dict = {"verification": {}, "protection": {}, "visits": {}}
    for row in session.rows("progress", months=months, clock=clock):
        told[row["what"]].setdefault(row["month"], {})[row["state"]] = row["n"]
    return told


def silent(session, *, level=None, least=5):
    """Units in which many were last seen and nothing is recorded, as a GeoDataFrame (EPSG:4326); the read is logged.

    level: 1 governorate, 2 district, 3 sub-district, by default 4, cells of 10 km named after the nearest place (edition `grid`,
    pcode size/east/north in EPSG:6933, as cell_10km of the views); least: persons, 5 or more. persons, surely and perhaps are
    bands ("10-19"); the order is that of persons, the fullest band first. Empty below tier 1.
    Raises BadInput: no such level.
    """
    found = frames.frame(
        session,
        "silent_units",
        terms={"parent": None, "persons": False, "surely": False, "perhaps": False},
        geometry="geom",
        level=level,
        least=least,
    )
    return found.rename_geometry("geometry")


def silent_places(session, *, level=None, least=5):
    """The same as dicts for a page: no key, `shape` (GeoJSON, its outline made plainer) in place of geom."""
    rows = session.rows("silent_units", level=level, least=least)
    return [
        {
            **{name: value for name, value in row.items() if name not in ("key", "geom")},
            "shape": mapping(shapely.simplify(shapely.from_wkb(row["geom"]), PLAIN)),
        }
        for row in rows
    ]
