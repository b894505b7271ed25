"""The counts as tables of codes: which rows stand in which order, which columns, what the total is. Words are the doors' part."""

from dataclasses import dataclass, field
from datetime import date

from sitereg import vocab
from sitereg.overview.reading import FAMILIES

GROUPS = vocab.SCHEMES["site_kind_group"]
ORDERS = {"adm1": GROUPS.codes(), "active": GROUPS.codes(), "kind": vocab.SCHEMES["verification_level"].codes()}

__all__ = ["Table", "tables"]


@dataclass(frozen=True)
class Table:
    """Codes of rows and columns in their order; cells {(row, column): number}, low and high the same of the surely and the
    possibly counted, beside {row: {name: number}} what else is told of a row. A cell that is missing is 0."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict
    low: dict = field(default_factory=dict)
    high: dict = field(default_factory=dict)
    beside: dict = field(default_factory=dict)

    def total(self, row):
        """The sum of a row over its columns."""
        return sum(self.cells.get((row, column), 0) for column in self.columns)

    def most(self):
        """The largest number that is drawn; never under 1."""
        return max([1, *self.cells.values(), *self.high.values()])


def tables(told, moved):
    """{name: Table} of a Coverage and of what progress answers, each under the name of its cut."""
    return {
        "adm1": units(told),
        "adm2": districts(told),
        "active": years(told),
        "kind": kinds(told),
        "source": sources(told),
        **{
            name: months(name, moved[name], vocab.SCHEMES[scheme].codes())
            for name, scheme in (("verification", "verification_level"), ("protection", "protection_status"))
        },
        "visits": months("visits", moved["visits"], ("on_site", "imagery", "telephone"), all_months(moved)),
    }


def crossed(told, name, order):
    cells = {(row["code"], row["part"]): row["sites"] for row in told.cut(name)}
    return cells, tuple(one for one in order if any(column == one for _row, column in cells))


def units(told):
    """Governorates with most sites first, what lies in none last; beside: accounts behind them."""
    cells, columns = crossed(told, "adm1", ORDERS["adm1"])
    sums, accounts = told.by("adm1"), told.by("adm1", "accounts")
    rows = sorted(sums, key=lambda code: (code == "none", -sums[code], code))
    return Table(
        "adm1", tuple(rows), columns, cells, beside={code: {"accounts": accounts[code], "sites": sums[code]} for code in rows}
    )


def districts(told):
    """Districts under their governorates, those of which it is not known last."""
    found = {(row["part"], row["code"]): row for row in told.cut("adm2")}
    order = sorted(found, key=lambda one: (one[0] == "none", one[0], one[1] == "none", one[1]))
    rows = tuple(f"{unit}/{code}" for unit, code in order)
    return Table("adm2", rows, ("sites",), {(f"{unit}/{code}", "sites"): found[unit, code]["sites"] for unit, code in order})


def years(told):
    """Each year since the first in which any site may have been in use; beside: how many may have begun in it."""
    dated = [row for row in told.cut("active") if row["code"] != "none" and row["high"]]
    first = min((row["code"] for row in dated), default=None)
    rows = sorted({row["code"] for row in told.cut("active") if first and row["code"] != "none" and row["code"] >= first})
    columns = tuple(one for one in ORDERS["active"] if any(row["part"] == one for row in dated))
    low, high, mean = ({(row["code"], row["part"]): row[name] or 0 for row in dated} for name in ("low", "high", "sites"))
    began = told.by("began")
    return Table("active", tuple(rows), columns, mean, low, high, {year: {"began": began.get(year, 0)} for year in rows})


def kinds(told):
    """Kinds with most pairs first, by verification."""
    cells, columns = crossed(told, "kind", ORDERS["kind"])
    sums = told.by("kind")
    return Table("kind", tuple(sorted(sums, key=lambda code: (code == "unknown", -sums[code], code))), columns, cells)


def sources(told):
    """Families of sources: sites with any account of one, those resting on it alone; `several` and `none` last."""
    alone, some = told.by("source"), {row["code"]: row for row in told.cut("source_any")}
    rows = [one for one in FAMILIES if one in some]
    cells = {(one, "any"): some[one]["sites"] for one in rows} | {(one, "alone"): alone.get(one, 0) for one in rows}
    more = [one for one in ("several", "none") if one in alone]
    return Table(
        "source",
        (*rows, *more),
        ("any", "alone"),
        cells | {(one, "alone"): alone[one] for one in more},
        beside={one: {name: some[one][name] for name in ("accounts", "sources")} for one in rows},
    )


def all_months(moved):
    """Every month from the first of which anything is told to the last."""
    told = sorted({month for what in moved.values() for month in what})
    if not told:
        return []
    first, last = ((one.year * 12 + one.month - 1) for one in (told[0], told[-1]))
    return [date(n // 12, n % 12 + 1, 1) for n in range(first, last + 1)]


def months(name, held, order, every=None):
    """Month by month, the oldest first."""
    cells = {(month, state): n for month, states in held.items() for state, n in states.items()}
    columns = tuple(one for one in order if any(state == one for _month, state in cells))
    return Table(name, tuple(every if every is not None else sorted(held)), columns, cells)
