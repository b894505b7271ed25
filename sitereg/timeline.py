"""Events on a line of time: where each begins and ends, which of it is certain, in shares of the line's length. Pure.

A moment is faded over all the days that it may be. A period is full between the last day on which it may have begun and the
first on which it may have ended, faded before and after. An end that nobody knows fades out; one that was open when recorded goes
on.
"""
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

__all__ = ["Bar", "Line", "drawn", "ordered"]

RANGE = re.compile(r"^([\[(])([^,]*),([^\])]*)([\])])$")
FADING = 0.06
TICKS = 8


@dataclass(frozen=True)
class Bar:
    """One event: shares (0-1) from where to where it may be (low, high), surely is (sure_low, sure_high; or None)."""

    number: int
    low: float
    high: float
    sure_low: float | None = None
    sure_high: float | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class Line:
    """The years that stand on the line, each with its share, and the bars; undated: numbers of events without any day."""

    years: list[tuple[int, float]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    undated: list[int] = field(default_factory=list)


def ends(given):
    """(first day, last day, whether it goes on) of a daterange as the database writes it."""
    met = RANGE.match(given or "")
    if not met:
        return None, None, False
    low, high = met.group(2, 3)
    last = date.fromisoformat(high) - timedelta(days=0 if met[4] == "]" else 1) if high and "infinity" not in high else None
    return (date.fromisoformat(low) if low and "infinity" not in low else None), last, high == "infinity"


def ordered(events):
    """The events with `order_sure`: whether each of the others of which a day is known surely came before or surely after.

    Of an event without any day the order is never sure. They stand in order of time.
    """
    spans = [ends(one["at"] or one["began"])[:2] for one in events]
    dated = [span != (None, None) for span in spans]
    return [{**one, "order_sure": dated[i] and all(apart(spans[i], other) for j, other in enumerate(spans) if j != i and dated[j])}
            for i, one in enumerate(events)]


def apart(one, other):
    return any(a[1] is not None and b[0] is not None and a[1] < b[0] for a, b in ((one, other), (other, one)))


def drawn(events, today):
    """The Line of events (api.person_page, numbered from 1 in their order) up to `today`."""
    told = [(n, parts(one, today)) for n, one in enumerate(events, 1)]
    days = [day for _n, part in told for day in part["days"]]
    undated = [n for n, part in told if not part["days"]]
    if not days:
        return Line(undated=undated)
    first, last = date(min(days).year, 1, 1), date(max(days).year, 12, 31)
    length = (last - first).days + 1

    def share(day, more=0):
        return (day - first).days / length + more / length

    bars = [bar(n, part, share) for n, part in told if part["days"]]
    every = max(1, -(-(last.year - first.year + 1) // TICKS))
    years = [(year, share(date(year, 1, 1))) for year in range(first.year, last.year + 1, every)]
    return Line(years, bars, undated)


def parts(event, today):
    """What is known of the days of one event: low, high, sure_low, sure_high, goes_on."""
    if event["at"] or not (event["began"] or event["ended"]):
        low, high, _on = ends(event["at"])
        sure = (low, high) if low and low == high else (None, None)
        return {"low": low, "high": high, "sure": sure, "goes_on": False, "days": [day for day in (low, high) if day]}
    low, begun, _on = ends(event["began"])
    over, high, on = ends(event["ended"])
    if on:
        over, high = over or today, today
    sure = (begun, over) if begun and over and begun <= over else (None, None)
    return {"low": low, "high": high, "sure": sure, "goes_on": on, "days": [day for day in (low, begun, over, high) if day]}


def bar(number, part, share):
    days = part["days"]
    low = share(part["low"]) if part["low"] else max(share(min(days)) - FADING, 0)
    high = share(part["high"], 1) if part["high"] else min(share(max(days), 1) + FADING, 1)
    sure_low, sure_high = part["sure"]
    sure = (share(sure_low) if sure_low else None, share(sure_high, 1) if sure_high else None)
    return Bar(number, low, high, *sure, part["goes_on"])
