"""links.ranking that keeps, of each person whom it ranks, what links.shares needs: the same answer to the last bit."""
import numpy

from sitereg.links.batch import PLACES
from sitereg.links.kernels import compiled
from sitereg.links.ranking import emptied, one
from sitereg.links.shares import Mixed, portions, take

__all__ = ["rank"]


@compiled
def rank(asked, shared, room, held, moved, known, near):
    """Each row of the room, of `held` and of `near` is that of one person.

    moved: which sites remains were moved from or to; known: which have a place; near: which part each place has in the answer.
    """
    scratch, none = emptied(shared, room), numpy.empty(0)
    for n in range(len(asked.first)):
        one(asked, n, shared, scratch, room)
        first, last = asked.place_start[n], asked.place_start[n + 1]
        if last - first > PLACES or (asked.law[first:last] >= 0).any():
            last = first
        mixed = Mixed(asked.near, asked.place[first:last], asked.weight[first:last], known,
                      scratch.bars[9] if scratch.says[9] else none)
        for k in range(room[0].shape[1]):
            if room[0][n, k] >= 0:
                portions(room[0][n, k], mixed, near[n, k])
        cohort, companion = scratch.bars[7] if scratch.says[7] else none, scratch.bars[8] if scratch.says[8] else none
        take(held, n, room[0][n], room[1][n], scratch.total, scratch.plain, scratch.p, cohort, companion, scratch.mass,
             scratch.flags, moved, shared.unlisted, shared.levels, mixed)
