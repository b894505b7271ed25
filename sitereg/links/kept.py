"""Worlds that stand between two rounds of the keeper, each with its engine: who relinks one person lays out nothing anew.

    held = kept.find(settings, tier, question)
    held.stands(opened, tier, persons)     nothing that these say changed what is the same for everybody

Within this process only, at most ROOM bytes for all worlds together (a quarter of the machine's memory), the one asked for last the
longest; read anew after AGE.
Nothing is missed: what a world is made from lies in rows of sites, persons, authorities and units, and every change of those is
noted by the database (reg.link_touched). A site, an authority or a unit that is noted has the world read again; of a person the
rows that the world was made from are compared with what they are now.
"""
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import numpy

from sitereg.links import world
from sitereg.store import cluster

LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container, where it has one
LEAST, AGE = 2 ** 30, 3600.0
HELD = {}

__all__ = ["Kept", "find", "forget", "keep", "room"]


def room(limit=LIMIT):
    """How many bytes all worlds together may take: a quarter of the memory that this process can have, a gibibyte at least."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    told = limit.read_text().strip() if limit.exists() else "max"
    return max(min(whole, int(told) if told.isdecimal() else whole) // 4, LEAST)


ROOM = room()


@dataclass
class Kept:
    """A world that was read, its hash, its engine; the run whose persons the engine keeps sums of; whether changes were noted."""

    read: world.Read
    mark: bytes
    engine: object
    run: object = None
    noted: bool = True
    since: float = field(default_factory=time.monotonic)

    def stands(self, opened, tier, persons):
        """Whether the world would be the same if it were read again, where nothing but these persons may have changed."""
        if not self.noted or time.monotonic() - self.since > AGE:
            return False
        if not persons:
            return True
        ask = world.tier(opened, tier)
        now = world.tied(ask("confirmed", persons=list(persons)), ask("companions", persons=list(persons)))
        return all(now.get(one) == self.read.tied.get(one) for one in persons)

    def bytes(self):
        """How much memory the rows of the engine take, with what it has laid out, the matrices of its network and its sums."""
        sums, rows = self.engine.sums, self.engine.rows
        network = [one for name, one in rows.facts.chain.__dict__.items() if name != "world"]
        laid = (rows.held, network, self.engine.__dict__.get("shared", ()))
        return size(laid) + (sums.bytes() if sums else 0)


def size(value):
    """The bytes of all arrays in a value."""
    if isinstance(value, numpy.ndarray):
        return value.nbytes
    if isinstance(value, UUID | float | int | str | bytes):
        return 0
    if isinstance(value, dict):
        return sum(map(size, list(value.values())))
    return sum(map(size, value)) if isinstance(value, tuple | list) else size(getattr(value, "__dict__", ()))


def find(settings, tier, question):
    """The Kept of a tier and question of this registry, or None."""
    return HELD.get((cluster.dsn(settings), tier, question))


def keep(settings, tier, question, held):
    """This is what is kept; those asked for the longest ago give way, first their rows, which are only reckoned again."""
    key = (cluster.dsn(settings), tier, question)
    HELD.pop(key, None)
    HELD[key] = held
    taken = {one: each.bytes() for one, each in HELD.items()}
    for one in HELD:
        if sum(taken.values()) > ROOM:
            HELD[one].engine.rows.held.clear()
            taken[one] = HELD[one].bytes()
    for one in list(HELD):
        if sum(taken.values()) > ROOM:
            HELD.pop(one)
            taken.pop(one)


def forget(settings=None, tier=None, question=None):
    """Nothing is kept any more, or not of this tier and question."""
    if settings is None:
        HELD.clear()
    else:
        HELD.pop((cluster.dsn(settings), tier, question), None)
