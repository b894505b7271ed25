"""Persons as the score reads them, from rows of their events; and who is of one group: those tied by having been taken together."""
from dataclasses import dataclass
from itertools import groupby

import numpy

from sitereg.links.model import Event, Person, Statement

CUSTODY = "last_custody"
TOGETHER = {"taken_together", "held_together", "transferred_together"}
CONFIDENCE = {0: 0.7, 1: 0.5, 2: 0.3}  # by the class of what is said; judgement
TWICE = 0.9                            # said by two origins

__all__ = ["Numbers", "by_person", "numbered", "person"]


@dataclass(frozen=True)
class Numbers:
    """Numbers of the persons that the world tells of, the groups they are of, and who was taken with whom."""

    of: dict                  # person -> number
    groups: dict              # person -> group
    beside: dict              # person -> {other: confidence}

    def group(self, one):
        """The group of a person, -1 where he was taken with nobody."""
        return self.groups.get(one, -1)


def numbered(confirmed, companions):
    """The Numbers of confirmed links and of companions; the same whatever the order of the rows."""
    beside = {}
    for row in companions:
        if row["kind"] not in TOGETHER:
            continue
        sure = TWICE if row["class"] == 0 and row["origins"] > 1 else CONFIDENCE[row["class"]]
        for one, other in ((row["person"], row["other"]), (row["other"], row["person"])):
            mine = beside.setdefault(one, {})
            mine[other] = max(mine.get(other, 0.0), sure)
    of = {one: n for n, one in enumerate(sorted({row["person"] for row in confirmed}))}
    groups = {}
    for one in sorted(beside):
        if one not in groups:
            reach(one, beside, groups, len(set(groups.values())))
    return Numbers(of, groups, beside)


def reach(one, beside, groups, group):
    """Everybody who is tied to this one is of the group."""
    waiting = [one]
    while waiting:
        next_one = waiting.pop()
        if next_one not in groups:
            groups[next_one] = group
            waiting.extend(beside[next_one])


def by_person(rows):
    """(person, rows) for rows that come person by person."""
    return [(one, list(many)) for one, many in groupby(rows, key=lambda row: row["person"])]


def person(row, events, read, locate):
    """The Person of a row and of the rows of the events; locate(event) -> place."""
    used = custody_used(events)
    made = tuple(event(one, read, locate) for one in events
                 if one["leg"] not in (None, "buried") and (one["leg"] != CUSTODY or one in used))
    return Person(
        row["id"], row["code"], made,
        frozenset(str(one["authority"]) for one in events if one["leg"] == "arrested" and one["authority"]),
        row["sex"] if row["sex"] in ("male", "female") else None, minor(row, events),
        True if "combatant_missing_in_action" in (row["circumstances"] or ()) else None,
        tuple(said for one in events if one not in used for said in statements(one, read)),
        tuple(sorted((read.numbers.of[other], sure) for other, sure in read.numbers.beside.get(row["id"], {}).items()
                     if other in read.numbers.of)),
        living(events), read.numbers.of.get(row["id"], -1), read.numbers.group(row["id"]))


def custody_used(events):
    """Of the custodies the one that the bar of space reads, or all where none has a day."""
    held = [one for one in events if one["leg"] == CUSTODY and (one["geometry"] is not None or one["site"])]
    dated = [one for one in held if one["last_day"]]
    if not dated:
        return held
    return [max(dated, key=lambda one: (one["last_day"], one["first_day"], str(one["id"])))]


def event(row, read, locate):
    """The Event of a row."""
    return Event(row["leg"], locate(row), (day(row["first_day"]), day(row["last_day"])), read.custody.get(row["site"], -1),
                 row["kind"], row["id"], row["reliability"])


def statements(row, read):
    """What an event says of a candidate, once for each origin of it; nothing where it names none."""
    position = read.positions.get(row["site"], -1)
    if position < 0 or row["credibility"] in ("4", "5"):
        return []
    return [Statement(position, row["reliability"], lineage) for lineage in row["lineages"]]


def living(events):
    """The latest day of which a sign of life is known, as a number; NaN where there is none."""
    return max((day(one["first_day"]) for one in events if one["alive_evidence"] == "positive" and one["first_day"]),
               default=numpy.nan)


def minor(row, events):
    """Whether the person was under 18 when taken: True, False, or None where that is not sure."""
    taken = min((one["first_day"] for one in events if one["leg"] in ("arrested", "last_seen_free") and one["first_day"]),
                default=None)
    if taken and row["birth_earliest"] and row["birth_latest"]:
        ages = [years(born, taken) for born in (row["birth_latest"], row["birth_earliest"])]
    else:
        ages = [(row["age"] or {}).get(end) for end in ("min", "max")]
    if None in ages:
        return None
    return True if ages[1] < 18 else False if ages[0] >= 18 else None


def years(born, then):
    return then.year - born.year - ((then.month, then.day) < (born.month, born.day))


def day(value):
    return numpy.nan if value is None else float(value.toordinal())
