"""The planted truth, written beside the registry and never into it: with it links can be measured, and nobody works with it."""
import csv
import os

HEAD = ("person", "taken_on", "lon", "lat", "held_at", "hospital", "buried_at", "moved_to", "moved_on", "alive", "synthetic")

NAMED = ("line", "person", "synthetic")  # lines of the partner's list that name a case which stands
LEGS = ("branch", "hospital", "grave", "moved_to", "began", "ended", "moved_on", "persons", "synthetic")


def write(settings, persons, routes, listed):
    """The tables persons.csv, routes.csv and listed.csv stand in the folder truth of the home, for its OS user alone."""
    folder = settings.home / "truth"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _table(folder / "persons.csv", HEAD, (_person(one) for one in persons))
    _table(folder / "routes.csv", LEGS, ((one.branch.code, one.hospital.code, one.grave.code, one.moved_to.code, one.began,
                                          one.ended, one.moved_on, one.volume, "yes") for one in routes))
    _table(folder / "listed.csv", NAMED, ((row.cells[0], row.person.code, "yes") for row in listed if row.person))
    return folder


def _person(one):
    way = one.route
    dead = way is not None and not one.alive
    return (one.code, one.taken_on, one.taken_at.x, one.taken_at.y, way.branch.code if way else "",
            *((way.hospital.code, way.grave.code, way.moved_to.code, way.moved_on) if dead else ("", "", "", "")),
            "yes" if one.alive else "no", "yes")


def _table(path, head, rows):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as file:
        csv.writer(file).writerows([head, *rows])
