"""What of a stored run moves for everybody: read once as a change is made good, written as whole rows of reg.link_part."""
import numpy

from sitereg.store.packing import packed

KINDS = {"whole": "float8", "half": "int4", "most": "int4", "leans": "bool", "lift": "float8", "gain": "float8"}

__all__ = ["Slots", "weights"]


def weights(found):
    """What of Ranked or Weights moves with every site that changes, as it is sent."""
    return {name: packed(numpy.asarray(getattr(found, name)).reshape(-1), kind) for name, kind in KINDS.items()}


class Slots:
    """The rows of link_part of a run, end to end; `at`: which slot in them is whose.

    Nobody but the keeper writes them. The slot of a link that is gone says nothing of anybody, whatever is written to it.
    """

    def __init__(self, opened, run, moving=True):
        """moving: something of somebody may move; else only `at` says who is there."""
        links, rows = opened.one("keeper_link_slots", run=run), opened.rows("keeper_link_parts", run=run) if moving else ()
        self.run, self.numbers = run, numpy.array([row["n"] for row in rows], int)
        self.ends = numpy.cumsum([len(row["whole"]) for row in rows], dtype=int)
        self.held = {name: numpy.array([one for row in rows for one in row[name]]).reshape(-1, *((3,) if name == "gain" else ()))
                     for name in KINDS}
        first = numpy.append(0, self.ends)[numpy.searchsorted(self.numbers, links["parts"])]
        self.at = dict(zip(links["persons"], (first + numpy.array(links["slots"], int) - 1).tolist(), strict=True))

    def put(self, found):
        """Of these persons (Ranked or Weights) this is what moves; it is written by the next `write`."""
        at = [self.at[one] for one in found.persons]
        for name, held in self.held.items():
            held[at] = getattr(found, name)
        return at

    def write(self, opened, at):
        """The rows in which these slots stand are written whole."""
        if not len(at):
            return
        row = numpy.unique(numpy.searchsorted(self.ends, numpy.asarray(at, int), side="right"))
        first = numpy.append(0, self.ends)
        chosen = numpy.concatenate([numpy.arange(first[n], first[n + 1]) for n in row])
        told = {name: packed(held[chosen], KINDS[name]) for name, held in self.held.items()}
        opened.call("keeper_link_moves", run=self.run, parts=packed(self.numbers[row], "int4"),
                    ends=packed(numpy.cumsum(first[row + 1] - first[row]), "int4"), **told)
