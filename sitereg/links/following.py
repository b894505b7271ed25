"""A world that has changed a little: what rests on nothing that changed is taken over, and who cannot be touched is told.

A changed site, link or transfer moves the mean over all candidates, and with it every person's odds, so a run is reckoned anew; but
the rows of its places, days and authorities stand where their own inputs do, and where only transfers changed nobody is touched
who was never known in custody at a site.
"""
from dataclasses import fields, is_dataclass, replace

import numpy

from sitereg.links.chain import regrown
from sitereg.links.resited import resited

RESTS_ON = {  # rows: the parts of the world that they are made from
    "ratio": ("places",), "expected": ("places",), "middle": (), "authority": ("standing",), "fits": ("standing",),
    "onward": ("places", "nodes", "network"),
}

__all__ = ["changed", "take_over", "touched"]


def parts(world):
    """The parts of a world that rows rest on."""
    sites, network = world.sites, world.network
    return {"places": sites.places, "nodes": network.custody, "periods": (sites.period_site, sites.periods, len(sites)),
            "confirmed": world.confirmed, "count": len(sites), "network": (network.moves, network.documented, network.burials),
            "standing": (sites.authorities, sites.kinds, sites.multi, sites.serves, world.parents),
            "moved": network.moved, "built": sites.built}


def changed(one, other):
    """The names of the parts in which two worlds differ; None where they are not comparable (other parameters)."""
    if one.parameters != other.parameters:
        return None
    mine, theirs = parts(one), parts(other)
    return {name for name in mine if not alike(mine[name], theirs[name])}


def alike(one, other):
    """Whether two values are the same, NaN equal to NaN."""
    if isinstance(one, numpy.ndarray) and isinstance(other, numpy.ndarray):
        return one.shape == other.shape and numpy.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if is_dataclass(one) and type(one) is type(other):
        return all(alike(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and (equal(one, other) or all(map(alike, one, other)))
    return one == other or (one != one and other != other)


def equal(one, other):
    """Whether two tuples are equal as they stand; arrays and another NaN in them are looked for part by part."""
    try:
        return one == other
    except ValueError:  # of arrays
        return False


def take_over(rows, before):
    """The rows of an engine before are those of this one too, as far as nothing that they rest on has changed."""
    differ = changed(rows.world, before.world)
    if differ is None:
        return
    rows.held.update({name: held for name, held in before.held.items() if not differ & set(RESTS_ON.get(name, ()))
                      and name in RESTS_ON})
    if differ & {"places", "count"}:
        resettled(rows, before)
        return
    rows.near = before.near
    if "nodes" in differ:
        return
    if "network" not in differ:
        rows.facts = replace(rows.facts, chain=before.facts.chain)
        return
    pulls = before.facts.chain.__dict__
    rows.facts.chain.__dict__.update({name: pulls[name] for name in ("within", "across") if name in pulls})


def resettled(rows, before):
    """What wide places give to each site, and gravity, stand but for sites new or elsewhere: the same bits as if made again."""
    from sitereg.links.vicinity import Vicinity

    sites = resited(rows.world, before.world)
    if sites is None:
        return
    appeared, chain = sites.appeared, before.facts.chain.__dict__
    known = all(one.world.sites.places.known.all() for one in (rows, before))
    if "within" in chain and rows.world.question == "held" and known:
        here, nodes = numpy.setdiff1d(numpy.arange(sites.count), appeared), rows.world.sites.places
        rows.facts.chain.__dict__["within"] = regrown(chain["within"], sites.back[here], here, nodes, rows.parameters)
    if not before.held.get("expected"):
        return
    few, (stay, was) = Vicinity(rows.world.sites.places.part(appeared), rows.parameters), sites.was(numpy.arange(sites.count))
    for key, row in list(before.held["expected"].items()):
        made = numpy.empty(sites.count)
        made[stay] = row[was]
        made[appeared] = few.expected(*key)
        rows.keep("expected", key, made)


def touched(world, before):
    """A function that tells of a person whether the answer can be another in this world than in the one before."""
    differ = changed(world, before)
    if differ is not None and not differ:
        return lambda person: False
    if differ and differ <= {"network", "nodes"}:
        return lambda person: any(one.site >= 0 for one in person.events)
    return lambda person: True
