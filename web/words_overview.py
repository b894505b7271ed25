"""The tables of the overview with their words: panels of charts, and the table behind them, in the reader's language."""

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup, escape

from sitereg import charts
from sitereg.overview import saying
from sitereg.sentences import said
from web import language, words
from web.words_links import band

NUMBER = re.compile(r"\d[\d,.]*\d|\d")

__all__ = ["Part", "band", "isolated", "levels", "parts"]


@dataclass(frozen=True)
class Part:
    """One part of the page: what it found, what is counted, panels [(title, svg)], and the table (head, rows of cells)."""

    name: str
    title: Markup
    about: str
    panels: list
    head: list
    rows: list
    legend: str = ""


def isolated(text):
    """A sentence with its numbers in <bdi>, so that they keep their place in either direction."""
    return Markup(NUMBER.sub(r'<bdi class="num">\g<0></bdi>', str(escape(text))))  # noqa: S704 (escaped before)


def levels():
    return {"1": _("Governorates"), "2": _("Districts"), "3": _("Sub-districts"), "4": _("Cells of 10 km")}


def near(row, locale):
    """How a silent unit is called; of a cell the place that is nearest to it."""
    name = row[f"name_{locale}"]
    if row["level"] < 4:
        return name
    return _("near %(place)s", place=name) if name else _("no place near")


def parts(tables, told, units, districts):
    """The Parts of the page in their order; told: {name: finding}; units, districts: {p-code: name}."""
    locale = language.code()
    made = [
        by_unit(tables["adm1"], told, units, locale),
        by_district(tables["adm2"], units, districts),
        by_year(tables["active"], told, locale),
        by_kind(tables["kind"], told, locale),
        by_source(tables["source"], told, locale),
        by_month("verification", _("Pairs of a site and what it was, by month."), tables, told, locale, "verification_level"),
        by_month("protection", _("Sites, by month."), tables, told, locale, "protection_status"),
        visits(tables["visits"], told, locale),
    ]
    return [one for one in made if one.rows]


def whole(number):
    return charts.plain(number)


def cells(table, row, columns):
    return [whole(table.cells.get((row, column), 0)) for column in columns]


def by_unit(table, told, units, locale):
    """Governorates: sites of each group of kinds, and accounts to a site."""
    groups, named = language.labels(locale)["group"], [units.get(row, row) for row in table.rows]

    def panel(title, values, most, group=""):
        rows = [charts.Bar(name, value) for name, value in zip(named, values, strict=True)]
        return title, charts.bars(rows, most=most, locale=locale, said=aloud(title), group=group)

    totals = [table.total(row) for row in table.rows]
    rates = [round(table.beside[row]["accounts"] / table.beside[row]["sites"], 1) for row in table.rows]
    most = max([1, *totals])
    panels = [panel(_("All sites"), totals, most)]
    panels += [panel(groups[one], [table.cells.get((row, one), 0) for row in table.rows], most, one) for one in table.columns]
    panels.append(panel(_("Accounts to a site"), rates, max([1, *rates])))
    rows = [
        [name, *cells(table, row, table.columns), whole(total), whole(table.beside[row]["accounts"]), whole(rate)]
        for name, row, total, rate in zip(named, table.rows, totals, rates, strict=True)
    ]
    head = [_("Governorate"), *(groups[one] for one in table.columns), _("All sites"), _("Accounts"), _("Accounts to a site")]
    return Part(
        "adm1",
        isolated(told["adm1"]),
        _("Sites by governorate: each once, under what it is best known to have been. All panels but the last have one measure."),
        panels,
        head,
        rows,
    )


def by_district(table, units, districts):
    rows = []
    for row in table.rows:
        unit, _slash, code = row.partition("/")
        rows.append([units.get(unit, unit), districts.get(code, _("not known")), whole(table.cells[row, "sites"])])
    return Part(
        "adm2",
        isolated(_("By district, where what you see is fine enough")),
        _("Sites by district: each once."),
        [],
        [_("Governorate"), _("District"), _("All sites")],
        rows,
    )


def by_year(table, told, locale):
    """Years: places in use, surely and possibly, of each group of kinds."""
    groups, panels = language.labels(locale)["group"], []
    for one in table.columns:
        points = [
            charts.Bar(
                year, table.cells.get((year, one), 0), low=table.low.get((year, one), 0), high=table.high.get((year, one), 0)
            )
            for year in table.rows
        ]
        panels.append((groups[one], charts.columns(points, most=table.most(), locale=locale, said=aloud(groups[one]), group=one)))
    rows = [
        [
            year,
            *(between(table.low.get((year, one), 0), table.high.get((year, one), 0)) for one in table.columns),
            f"{table.beside[year]['began']:.1f}",
        ]
        for year in table.rows
    ]
    return Part(
        "active",
        isolated(told["active"]),
        _(
            "Sites in use, by year. An end that nobody knows may be any day. "
            "Began: each site spread over the days on which it may have begun."
        ),
        panels,
        [_("Year"), *(groups[one] for one in table.columns), _("Began")],
        rows,
        _("Full: surely in use. Pale: may have been in use."),
    )


def between(low, high):
    return whole(low) if low == high else f"{whole(low)}-{whole(high)}"


def by_kind(table, told, locale):
    """Kinds by how well they are known."""
    kinds, known = (language.labels(locale)[name] for name in ("kind", "verification"))
    most, panels = table.most(), []
    for one in table.columns:
        shown = [row for row in table.rows if table.cells.get((row, one))]
        rows = [charts.Bar(kinds.get(row, row), table.cells[row, one]) for row in shown]
        panels.append((known[one], charts.bars(rows, most=most, locale=locale, said=aloud(known[one]), above=True)))
    rows = [[kinds.get(row, row), *cells(table, row, table.columns), whole(table.total(row))] for row in table.rows]
    return Part(
        "kind",
        isolated(told["kind"]),
        _("What sites were, by how well that is known. A site that was two things counts twice."),
        panels,
        [_("Kind"), *(known[one] for one in table.columns), _("Together")],
        rows,
    )


def by_source(table, told, locale):
    """Families of sources: what rests on them alone, and what on them among others."""
    named = {row: said(saying.FAMILIES[row], locale) for row in table.rows}
    most, panels = table.most(), []
    for one, title in (("any", _("Sites with such an account")), ("alone", _("Sites resting on it alone"))):
        rows = [charts.Bar(named[row], table.cells[row, one]) for row in table.rows if (row, one) in table.cells]
        panels.append((title, charts.bars(rows, most=most, locale=locale, said=aloud(title), above=True)))
    rows = [
        [
            named[row],
            *(whole(table.cells[row, one]) if (row, one) in table.cells else "" for one in table.columns),
            *(whole(table.beside[row][one]) if row in table.beside else "" for one in ("accounts", "sources")),
        ]
        for row in table.rows
    ]
    return Part(
        "source",
        isolated(told["source"]),
        _("Families of sources, never who is said to have done what. Alone, several families and none add up to all sites."),
        panels,
        [_("Family of sources"), _("Sites with such an account"), _("Sites resting on it alone"), _("Accounts"), _("Sources")],
        rows,
    )


def by_month(name, about, tables, told, locale, scheme):
    """Levels or statuses at the end of each month, one panel for each."""
    table, panels = tables[name], []
    label = dict(language.labels_of(scheme))
    for one in table.columns:
        points = [charts.Bar(f"{month:%Y-%m}", table.cells.get((month, one), 0)) for month in table.rows]
        panels.append((label[one], charts.columns(points, most=table.most(), locale=locale, said=aloud(label[one]))))
    rows = [[words.month_of(month), *cells(table, month, table.columns)] for month in reversed(table.rows)]
    return Part(name, isolated(told[name]), about, panels, [_("Month"), *(label[one] for one in table.columns)], rows)


def visits(table, told, locale):
    points = [charts.Bar(f"{month:%Y-%m}", table.total(month)) for month in table.rows]
    panels = [
        (
            _("Sites visited"),
            charts.columns(points, most=max([1, *(one.value for one in points)]), locale=locale, said=aloud(_("Sites visited"))),
        )
    ]
    named = {one: words.method(one) for one in table.columns}
    rows = [[words.month_of(month), *cells(table, month, table.columns)] for month in reversed(table.rows)]
    return Part(
        "visits",
        isolated(told["visits"]),
        _("Sites visited or reviewed in a month, by how."),
        panels,
        [_("Month"), *named.values()],
        rows if table.columns else [[words.month_of(month)] for month in reversed(table.rows)],
    )


def aloud(title):
    """What is read aloud of a chart."""
    return _("%(title)s; the table below says the same.", title=title)
