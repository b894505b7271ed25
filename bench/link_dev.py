"""The two resolved countries of link_dev as files for `sitereg links evaluate`; the data stay where they are.

    python -m bench.link_dev DATA OUT      writes OUT/SET-{persons,sites,truth}.csv for each SET:
                                           spain-residence, spain-birth, argentina, argentina-found

Groups as their README asks: Spain the same grave and month; Argentina the same town and day, once of the arrest, once (the
harder question) of the finding. Spain is then evaluated with --cap 3. Every person is in the files, those without a place
too: their links count.
"""
import csv
import sys
from pathlib import Path


def main(data, out):
    """The files of the three sets stand in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for origin in ("residence", "birth"):
        spain(data, out, origin)
    argentina(data, out)


def rows(path):
    """The rows of a file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(out, name, persons, sites, truth):
    """The three files of a set."""
    for what, head, lines in (("persons", "pid group lat lon radius_km date_lo date_hi authority", persons),
                              ("sites", "sid lat lon kind authority period_lo period_hi", sites),
                              ("truth", "pid sid date", truth)):
        with (out / f"{name}-{what}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head.split(), *lines])


def spain(data, out, origin):
    """Victims whose place of this origin is known are asked about; the graves of all others count."""
    victims = rows(data / "es_victims.csv")
    graves = [one for one in rows(data / "es_graves.csv") if one["lat"]]
    there = {one["sid"] for one in graves}
    victims = [one for one in victims if one["sid"] in there]
    place = [(one["lat"], one["lon"]) if one["origin"] == origin else ("", "") for one in victims]
    write(out, f"spain-{origin}",
          [(one["pid"], f"{one['sid']} {one['date'][:7]}", *at, "", one["date"], one["date"], "")
           for one, at in zip(victims, place, strict=True)],
          [(one["sid"], one["lat"], one["lon"], one["TIPO_FOSA"].lower(), "", "", "") for one in graves],
          [(one["pid"], one["sid"], one["date"]) for one in victims])


def argentina(data, out):
    """From the town of arrest to the town where a person was killed or found; with each of the two readings of a group."""
    people = [one for one in rows(data / "ar_persons.csv") if one["f_lat"]]
    towns = {one["f_place"]: one for one in people}
    for name, group in (("argentina", ("place", "date_lo")), ("argentina-found", ("f_place", "f_lo"))):
        write(out, name,
              [(one["pid"], " ".join(one[part] for part in group), one["lat"], one["lon"], one["radius_km"], one["date_lo"],
                one["date_hi"], "") for one in people],
              [(town, one["f_lat"], one["f_lon"], "town", "", "", "") for town, one in sorted(towns.items())],
              [(one["pid"], one["f_place"], one["date_lo"]) for one in people])


if __name__ == "__main__":
    main(*(Path(one) for one in sys.argv[1:]))
