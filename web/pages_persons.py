"""What templates of cases are given: choices of the filters, the trail as a map, the line of time, why a state holds."""
from flask import g
from shapely.geometry import shape

from sitereg import decisions, maps, places, timeline
from sitereg.matrix.roles import SIGNERS
from web import basemaps, language, words
from web.pages import GIVERS, SETTLERS

AXES = ("fate", "whereabouts")
WIDTH, ROW, TOP, SIDE, AXIS = 900, 26, 30, 44, 28
NEXT = 5


def choices(opened, codes):
    """{name of the filter: [{code, label}]}; governorates, and that none is known."""
    told = {name: [{"code": code, "label": label} for code, label in language.labels_of(scheme)]
            for name, (_field, scheme) in codes.items()}
    return {**told, "governorate": [*units(opened, 1), {"code": "none", "label": language.none_known()}]}


def units(opened, *levels):
    """[{code, label}] of the admin units of these levels, by their names."""
    told = {one["pcode"]: one[f"name_{language.code()}"] or one["name_en"]
            for level in levels for one in places.units(opened, level=level)}
    return [{"code": code, "label": label} for code, label in sorted(told.items(), key=lambda one: one[1])]


def case(opened, one):
    """The parts of a case's page that do not stand in api.person_page."""
    settled = decisions.history(opened, one["id"])
    since = {axis: next((row for row in settled if row["machine"] == axis), None) for axis in (*AXES, "case")}
    line = timeline.drawn(one["events"], opened.value("today"))
    return {"since": since, "line": line, "chart": chart(line, marks(one["events"])), "map": trail(one["events"]),
            "may_name": "names" in g.me["compartments"], "may_print": bool(set(GIVERS) & set(g.me["roles"])),
            "may_unlink": bool(set(SETTLERS) & set(g.me["roles"])), "may_tell": bool(set(SIGNERS) & set(g.me["roles"]))}


def marks(events):
    """What stands before each event on the line of time: its number, and ~ where its place in the order is not certain."""
    return [f"{n}~" if not one["order_sure"] and len(events) > 1 else str(n) for n, one in enumerate(events, 1)]


def chart(line, marked, above=None):
    """The measures of the drawing: rows of bars in pixels, each with its mark; in Arabic time runs from right to left.

    above: how many of the events stand above an axis (its height: axis), the others below.
    """
    inner = WIDTH - SIDE * 2
    turned = language.code() == "ar"

    def x(share):
        return round(SIDE + (1 - share if turned else share) * inner, 1)

    def span(low, high):
        left, right = sorted((x(low), x(high)))
        return {"x": left, "width": max(right - left, 4)}

    upper = sum(one.number <= above for one in line.bars) if above is not None else len(line.bars)
    gap = AXIS if above is not None else 0
    bars = [{"mark": marked[one.number - 1], "y": TOP + n * ROW + gap * (n >= upper), "below": n >= upper,
             "whole": span(one.low, one.high),
             "sure": span(one.sure_low, one.sure_high) if one.sure_low is not None and one.sure_high is not None else None,
             "goes_on": one.goes_on, "end": x(one.high), "turned": turned} for n, one in enumerate(line.bars)]
    return {"width": WIDTH, "height": TOP + max(len(line.bars), 1) * ROW + 8 + gap, "bars": bars, "row": ROW,
            "axis": TOP + upper * ROW + gap // 2,
            "years": [(year, x(share)) for year, share in line.years]}


def trail(events, beside=(), colour=None):
    """A map of what the reader is shown of the places, numbered in order of time, as maps.Parts; None where none is known.

    beside: other places as maps.Trail takes them; the first of them are sure to lie in the picture.
    """
    stops = {}
    for number, one in enumerate(events, 1):
        if not one["shape"]:
            continue
        key = (one["lon"], one["lat"], one["shown_as"], one["uncertainty_m"])
        stop = stops.setdefault(key, {"numbers": [], "sure": True, "texts": [], "shown_as": one["shown_as"], "shape": one["shape"],
                                      "radius": one["uncertainty_m"], "at": [one["lat"], one["lon"]]})
        stop["numbers"].append(number)
        stop["sure"] = stop["sure"] and one["order_sure"]
        stop["texts"].append(f"{number}. {language.word('event_kind', one['kind'])}, {words.days(one['at'] or one['began'])}")
    if not stops and not beside:
        return None
    boxes = [shape(one["shape"]).bounds for one in (*stops.values(), *beside[:NEXT])]
    west, south, east, north = (pick(side) for pick, side in zip((min, min, max, max), zip(*boxes, strict=True), strict=True))
    room = max((east - west) / 8, (north - south) / 8, 0.03)
    drawn = basemaps.base(more=("trail",), bounds=(west - room, south - room, east + room, north + room))
    maps.Trail(list(stops.values()), locale=language.code(), beside=beside, colour=colour).add_to(drawn)
    return maps.render(drawn, g.nonce)
