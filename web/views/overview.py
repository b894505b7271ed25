"""What the registry covers, how that moved, and where it is silent: charts with a table behind each, from the reader's own rows."""

from flask import Blueprint, g, render_template, request

from sitereg import overview, places
from sitereg.errors import BadInput
from web import asking, language, pages, words_overview
from web.identity import ANYONE, logs, open_to

views = Blueprint("overview", __name__)
CLOCKS = ("recorded", "observed")


@views.get("/overview")
@open_to(*ANYONE)
def index(opened):
    """Coverage by area, period, kind and source, and levels and statuses over time, after what the counts cannot say."""
    clock = asked("clock", CLOCKS) or CLOCKS[0]
    units, today = pages.governorates(opened), opened.value("today")
    told, moved = overview.coverage(opened), overview.progress(opened, clock=clock)
    made = overview.tables(told, moved)
    findings, notes = overview.findings(made, language.code(), units), overview.notes(told, made, language.code(), units)
    return render_template(
        "overview/index.html",
        told=told,
        clock=clock,
        today=today,
        notes=notes,
        isolated=words_overview.isolated,
        gives=bool(set(g.me["roles"]) & set(pages.GIVERS)),
        parts=words_overview.parts(made, findings, units, districts(opened, made)),
    )


@views.get("/overview/silent")
@open_to(*ANYONE)
def silent(opened):
    """Units in which many were last seen and nothing is recorded, as a list and on a map."""
    levels = {str(level) for level in overview.LEVELS if level == 4 or places.units(opened, level=level)}
    level = asked("level", sorted(levels))
    rows = overview.silent_places(opened, level=level and int(level))
    logs("silent_units", count=len(rows))
    shown = [
        {**row, "number": n, "name": words_overview.near(row, language.code()), "above": row[f"parent_{language.code()}"]}
        for n, row in enumerate(rows, 1)
    ]
    return render_template(
        "overview/silent.html",
        rows=shown,
        level=level or "4",
        levels=sorted(levels),
        named=words_overview.levels(),
        band=words_overview.band,
        map=pages.numbered([stop(row) for row in shown]),
    )


def asked(name, known):
    """One of the words that may stand in the address under this name, or None; raises BadInput."""
    problems = [
        asking.problem("unknown_field", one, "", "There is no such filter") for one in request.args if one not in (name, "lang")
    ]
    given = request.args.get(name)
    if given is not None and given not in known:
        problems.append(asking.problem("unknown_code", name, "", "This is no term of the list"))
    if problems:
        raise BadInput("This cannot be asked", problems=problems)
    return given


def districts(opened, made):
    """{p-code: name} of the districts that stand in the table."""
    if not made["adm2"].rows:
        return {}
    return {one["pcode"]: one[f"name_{language.code()}"] or one["name_en"] for one in places.units(opened, level=2)}


def stop(row):
    return {
        "numbers": [row["number"]],
        "at": [row["lat"], row["lon"]],
        "shape": row["shape"],
        "sure": False,
        "shown_as": "cell_10km" if row["level"] == 4 else "admin_unit",
        "radius": 0,
        "texts": [f"{row['number']}. {row['name']}"],
    }
