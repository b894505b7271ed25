"""The transfer network with its planted truth: branch -> hospital -> burial site, and remains that were moved later."""
from dataclasses import dataclass
from datetime import date

from sitereg import claims
from sitereg.demo.dice import Dice, Turns
from sitereg.demo.sites import Site
from sitereg.vocab import MovedBy


@dataclass
class Route:
    """What truly happened to those of one branch; volumes are persons from `began` to `ended`."""

    branch: Site
    hospital: Site
    grave: Site
    moved_to: Site
    began: date
    ended: date
    moved_on: date
    volume: int


def planned(seed, made, stories):
    """Routes between planned sites, and before all the one of the story."""
    dice = Dice(seed, "network")

    def of(*kinds):
        return [one for one in made if one.kind in kinds and one.spot is not None]

    branches, hospitals, graves = of("security_branch"), of("hospital_military", "hospital_civil"), of("mass_grave")
    routes = [stories]
    for n, branch in enumerate(branches):
        one, other = dice.sample(graves, 2)
        began = dice.day(date(2011, 9, 1), date(2013, 6, 1))
        ended = dice.day(date(2014, 1, 1), date(2016, 6, 1))
        routes.append(Route(branch, hospitals[n % len(hospitals)], one, other, began, ended, dice.day(date(2017, 1, 1), date(
            2019, 1, 1)), dice.randint(20, 120)))
    for way in routes[1:]:
        for site in (way.branch, way.hospital, way.grave):
            site.held(way.began, way.ended)
        way.moved_to.held(way.moved_on, way.moved_on)
    return routes


def told(seed, routes, sources):
    """What is known of the routes: most legs by one or two sources, one in seven by none."""
    dice, turns, said = Dice(seed, "legs"), Turns(), []
    for n, one in enumerate(routes):
        legs = ((one.branch, "transferred_bodies_to", one.hospital, one.began, one.ended),
                (one.hospital, "transferred_bodies_to", one.grave, one.began, one.ended),
                (one.grave, "remains_moved_to", one.moved_to, one.moved_on, one.moved_on))
        for leg, (start, kind, end, began, ended) in enumerate(legs):
            if n and (n + leg) % 7 == 3:
                continue
            for by in (("testimony_insider", "testimony_gravedigger_driver") if not n or (n + leg) % 2 else ("leaked_record",)):
                value = {"kind": kind} | ({"by": turns.next(MovedBy)} if kind == "remains_moved_to" else {})
                said.append(claims.said("relation", value, source=dice.choice(sources[by]), subject=start.id, object=end.id,
                                        credibility="3", first_hand=by.startswith("testimony"), began=dice.around(began, 30),
                                        ended=dice.around(ended, 60)))
    return said
