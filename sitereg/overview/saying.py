"""What the counts say, as the title of each chart, and what they cannot say: each reckoned from the rows that are shown."""

from sitereg import vocab
from sitereg.sentences import said

ENOUGH = 5  # sites of a governorate from which its accounts are set beside those of others
NAMED = 3  # governorates that a sentence names at most

FINDINGS = {
    "nothing": "Nothing is recorded in what you may see.",
    "adm1": "Most sites are recorded in %(unit)s: %(n)s of %(of)s.",
    "active": "In %(year)s the most sites may have been in use: %(high)s, %(low)s of them surely.",
    "active_none": "Of no site is it known when it was in use.",
    "kind": "What a site was is confirmed %(n)s times of %(of)s; recorded most often: %(kind)s.",
    "source": "%(n)s of %(of)s sites rest on one family of sources alone, most of these on: %(family)s.",
    "source_several": "%(n)s of %(of)s sites rest on several families of sources.",
    "verification_now": "Confirmed are %(now)s of %(of)s; there is one month yet.",
    "verification": "Since %(month)s the confirmed went from %(before)s to %(now)s, of %(of)s.",
    "protection_now": "Protected wholly or in part are %(now)s of %(of)s sites; there is one month yet.",
    "protection": "Protected wholly or in part are %(now)s of %(of)s sites; in %(month)s it was %(before)s.",
    "visits": "In %(n)s of %(of)s months no visit is recorded.",
}
FAMILIES = {
    "testimony": "testimonies",
    "record": "records",
    "visit": "visits",
    "imagery": "imagery",
    "media": "media",
    "report": "reports and datasets",
    "tip": "anonymous tips",
    "analysis": "analysis",
    "several": "several families",
    "none": "no account that you may see",
}
NOTES = {
    "told": "This counts what was told and recorded, not what happened: "
    "%(accounts)s accounts of %(sources)s sources stand behind %(of)s sites.",
    "uneven": "Accounts are uneven: %(least)s to a site in %(few)s, %(most)s in %(many)s. "
    "Where more people could speak, more is known.",
    "empty": "In %(n)s governorates no site is recorded (%(units)s). "
    "That says that nobody told of one here, not that there is none.",
    "no_place": "%(n)s of %(of)s sites have no place; they stand in no governorate.",
    "unit_only": "%(n)s of %(of)s sites are known no better than to an administrative unit.",
    "no_day": "%(n)s of %(of)s sites have no day at all; they stand in no year.",
    "part": "%(n)s of %(of)s sites are parts of another (a trench, a wing): what was described closely counts more often.",
    "one_origin": "%(n)s of %(of)s sites rest on a single origin for what they were, or on none.",
    "not_visited": "Of %(n)s of %(of)s sites no visit and no review is recorded: their state is as it was told.",
    "conflict": "Of %(n)s of %(of)s sites accounts contradict each other; what the rule chose is counted.",
    "months": "In %(n)s of the last %(of)s months no visit is recorded: statuses of those months are of earlier days.",
}
CAN_BE_NONE = ("no_place", "unit_only", "no_day", "part", "one_origin", "not_visited", "conflict")

__all__ = ["FAMILIES", "FINDINGS", "NOTES", "findings", "notes"]


def findings(tables, locale, units):
    """{name of a table: the sentence that its chart shows}. units: {p-code: name} in that language."""
    told = {
        "adm1": of_units(tables["adm1"], units),
        "active": of_years(tables["active"]),
        "kind": of_kinds(tables["kind"], locale),
        "source": of_sources(tables["source"], locale),
        "verification": of_levels(tables["verification"]),
        "protection": of_protection(tables["protection"]),
        "visits": of_visits(tables["visits"]),
    }
    return {name: say(locale, *one) for name, one in told.items()}


def say(locale, name, parts):
    month = parts.get("month")
    if month is not None:
        from sitereg.dates import spoken

        parts = {**parts, "month": spoken.month_of(month, locale)}
    return said(FINDINGS[name], locale, **parts) if parts else said(FINDINGS[name], locale)


def whole(number):
    return f"{round(number):,}"


def of_units(table, units):
    placed = [row for row in table.rows if row != "none"]
    if not placed:
        return "nothing", {}
    return "adm1", {
        "unit": units.get(placed[0], placed[0]),
        "n": whole(table.total(placed[0])),
        "of": whole(sum(map(table.total, table.rows))),
    }


def of_years(table):
    if not table.rows:
        return "active_none", {}
    high = {year: sum(table.high.get((year, column), 0) for column in table.columns) for year in table.rows}
    year = max(table.rows, key=lambda one: (high[one], one))
    return "active", {
        "year": year,
        "high": whole(high[year]),
        "low": whole(sum(table.low.get((year, column), 0) for column in table.columns)),
    }


def of_kinds(table, locale):
    if not table.rows:
        return "nothing", {}
    confirmed = sum(table.cells.get((row, "confirmed"), 0) for row in table.rows)
    return "kind", {
        "n": whole(confirmed),
        "of": whole(sum(map(table.total, table.rows))),
        "kind": vocab.label("site_kind", table.rows[0], locale),
    }


def of_sources(table, locale):
    alone = {row: table.cells.get((row, "alone"), 0) for row in table.rows}
    of = whole(sum(alone.values()))
    single = {row: n for row, n in alone.items() if row not in ("several", "none") and n}
    if single:
        return "source", {"n": whole(sum(single.values())), "of": of, "family": said(FAMILIES[max(single, key=single.get)], locale)}
    return ("source_several", {"n": whole(alone["several"]), "of": of}) if alone.get("several") else ("nothing", {})


def of_levels(table):
    if not table.rows:
        return "nothing", {}
    first, last = table.rows[0], table.rows[-1]
    return "verification" if first != last else "verification_now", {
        "month": first,
        "before": whole(table.cells.get((first, "confirmed"), 0)),
        "now": whole(table.cells.get((last, "confirmed"), 0)),
        "of": whole(table.total(last)),
    }


def of_protection(table):
    if not table.rows:
        return "nothing", {}
    before, now = (
        sum(table.cells.get((month, state), 0) for state in ("protected", "partially_protected"))
        for month in (table.rows[0], table.rows[-1])
    )
    return "protection" if len(table.rows) > 1 else "protection_now", {
        "month": table.rows[0],
        "before": whole(before),
        "now": whole(now),
        "of": whole(table.total(table.rows[-1])),
    }


def of_visits(table):
    if not table.rows:
        return "nothing", {}
    return "visits", {"n": whole(len(without(table))), "of": whole(len(table.rows))}


def without(table):
    """The months of a table in which there is nothing."""
    return [month for month in table.rows if not table.total(month)]


def notes(told, tables, locale, units):
    """Sentences on what the counts cannot say, each with its numbers; one that does not apply is left out.

    told: a Coverage; tables: of it; units: {p-code: name} of every governorate in that language.
    """
    of = whole(told.sites)
    if not told.sites:
        return [said(FINDINGS["nothing"], locale)]
    made = [("told", {"accounts": whole(told.accounts), "sources": whole(told.by("total", "sources")["sites"]), "of": of})]
    made += uneven(tables["adm1"], units) + empty(tables["adm1"], units, locale)
    counted = told.by("note")
    made += [(name, {"n": whole(counted[name]), "of": of}) for name in CAN_BE_NONE if counted.get(name)]
    idle = without(tables["visits"])
    made += [("months", {"n": whole(len(idle)), "of": whole(len(tables["visits"].rows))})] if idle else []
    return [said(NOTES[name], locale, **parts) for name, parts in made]


def uneven(table, units):
    """Where the fewest and the most accounts stand behind a site, of governorates with some sites."""
    rates = {row: one["accounts"] / one["sites"] for row, one in table.beside.items() if row != "none" and one["sites"] >= ENOUGH}
    if len(rates) < 2 or min(rates.values()) == max(rates.values()):
        return []
    few, many = min(rates, key=rates.get), max(rates, key=rates.get)
    return [
        (
            "uneven",
            {"least": f"{rates[few]:.1f}", "few": units.get(few, few), "most": f"{rates[many]:.1f}", "many": units.get(many, many)},
        )
    ]


def empty(table, units, locale):
    """The governorates in which nothing is recorded, some of them by name."""
    lacking = [name for code, name in units.items() if code not in table.rows and code != "none"]
    told = ("، " if locale == "ar" else ", ").join(lacking[:NAMED]) + (" …" if len(lacking) > NAMED else "")
    return [("empty", {"n": whole(len(lacking)), "units": told})] if lacking else []
