"""Whether a site fits the person: the authority that took, whom the site held, and who names it. Judgement where no data were."""
from dataclasses import dataclass

import numpy

PRISONS = {"prison_central", "prison_military", "prison", "stadium", "multi_agency"}
SERVES = {"childrens_institution": "minors", "prison_military": "soldiers"}
WHOM = ("men", "women", "minors", "soldiers")

__all__ = ["Standing", "authority", "mention", "person_fits"]


@dataclass(frozen=True)
class Standing:
    """The authorities and the regime of every site, laid flat."""

    site: numpy.ndarray       # of each row of authority
    code: numpy.ndarray       # an index into codes
    begin: numpy.ndarray
    end: numpy.ndarray
    codes: tuple
    parents: dict
    silent: numpy.ndarray     # sites where authority says nothing: several bodies, prisons, stadiums
    serves: dict              # whom -> which sites

    @classmethod
    def of(cls, world):
        """The Standing of the sites of a world."""
        sites = world.sites
        rows = [(n, *one) for n, many in enumerate(sites.authorities) for one in many]
        codes = tuple(sorted({row[1] for row in rows}))
        place = {code: n for n, code in enumerate(codes)}
        begin, end = (numpy.array([row[k] for row in rows], float) for k in (2, 3))
        serves = {whom: numpy.array([whom in served or any(SERVES.get(kind) == whom for kind in kinds)
                                     for served, kinds in zip(sites.serves, sites.kinds, strict=True)], bool) for whom in WHOM}
        silent = numpy.array([bool(PRISONS & set(kinds)) for kinds in sites.kinds], bool) | sites.multi
        return cls(numpy.array([row[0] for row in rows], int), numpy.array([place[row[1]] for row in rows], int),
                   numpy.nan_to_num(begin, nan=-numpy.inf), numpy.nan_to_num(end, nan=numpy.inf), codes, dict(world.parents),
                   silent, serves)


def authority(world, person, between, standing):
    """w_authority of each site (held only): the same authority at that date, one of the same parent, both known and disjoint."""
    count = len(world.sites)
    bar = numpy.zeros(count)
    if world.question != "held" or not person.authorities or not len(standing.site):
        return bar
    first, last = between or (-numpy.inf, numpy.inf)
    then = (standing.begin <= last) & (standing.end >= first)
    same, parent, other = world.parameters.authority
    mine, family = person.authorities, kin(person.authorities, standing.parents)
    is_same = numpy.array([code in mine for code in standing.codes])[standing.code]
    is_kin = numpy.array([bool(kin({code}, standing.parents) & family) for code in standing.codes])[standing.code]
    bar[standing.site[then]] = other
    bar[standing.site[then & is_kin]] = parent
    bar[standing.site[then & is_same]] = same
    bar[standing.silent] = 0
    return bar


def kin(codes, parents):
    """The codes and their parents."""
    return set(codes) | {parents[code] for code in codes if code in parents}


def person_fits(person, standing, parameters):
    """w_person of each site: whom it held contradicts or fits sex, age and service; what is not known says 0."""
    fits, against = parameters.person
    says = {"men": None if person.sex is None else person.sex == "male",
            "women": None if person.sex is None else person.sex == "female",
            "minors": person.minor, "soldiers": True if person.soldier else None}
    bar = numpy.zeros(len(standing.silent))
    for whom, true in says.items():
        if true:
            bar[standing.serves[whom]] = fits
    for whom, true in says.items():
        if true is False:
            bar[standing.serves[whom]] = against
    return bar


def mention(person, count, parameters):
    """w_mention of each site: who names it, by reliability; of one lineage only the strongest, all in all at most the cap."""
    weights, strongest = dict(parameters.reliability), {}
    for one in person.statements:
        r = weights.get(one.reliability)
        if r is None or one.site < 0:
            continue
        key, value = (one.site, one.against, repr(one.root)), numpy.log(r * (parameters.mention_among - 1) / (1 - r))
        strongest[key] = max(strongest.get(key, -numpy.inf), value)
    bar = numpy.zeros(count)
    for (site, against, _), value in sorted(strongest.items()):
        bar[site] += -value if against else value
    return numpy.clip(bar, -parameters.mention_cap, parameters.mention_cap)
