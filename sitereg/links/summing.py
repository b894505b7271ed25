"""links.ranking that keeps, of each person whom it ranks, what links.shares needs: the same answer to the last bit."""
import numpy

from sitereg.links.kernels import compiled
from sitereg.links.ranking import emptied, one
from sitereg.links.shares import take

__all__ = ["rank"]


@compiled
def rank(asked, shared, room, held, moved):
    """Each row of the room and of `held` is that of one person; moved: which sites remains were moved from or to."""
    scratch, none = emptied(shared, room), numpy.empty(0)
    for n in range(len(asked.first)):
        one(asked, n, shared, scratch, room)
        take(held, n, room[0][n], room[1][n], scratch.total, scratch.plain, scratch.p, scratch.bars[7] if scratch.says[7] else none,
             scratch.bars[8] if scratch.says[8] else none, scratch.mass, scratch.flags, moved, shared.unlisted, shared.levels)
