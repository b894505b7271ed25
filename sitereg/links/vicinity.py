"""E[k] between one place and many sites, compiled: the sites' nodes laid out once for all places that are asked."""
from functools import cached_property

import numpy

from sitereg.links import curves, kernels
from sitereg.links.blurring import Tables, sphere

__all__ = ["Vicinity"]


class Vicinity:
    """The places of some sites ready to be asked; a value hangs on its own site and place alone, whichever others stand beside."""

    def __init__(self, places, parameters):
        self.parameters = parameters
        radius = numpy.repeat(places.radius_m, numpy.diff(places.start))
        order = numpy.argsort(radius > 0, kind="stable")
        self.nodes = tuple(numpy.ascontiguousarray(one) for one in sphere(places.lon[order], places.lat[order]).T)
        at = numpy.empty(len(order), int)
        at[order] = numpy.arange(len(order))
        self.laid = int((radius == 0).sum()), numpy.asarray(places.start, numpy.int64), at, places.weight
        self.tables = Tables(("power", parameters.d0_km, parameters.g), radius[order], 1000, -1)

    def expected(self, points, radius_m):
        """E[k] from a place to each site, NaN where that has none; points as the bytes of an (n, 2) array of degrees."""
        if not len(self.nodes[0]):
            return numpy.full(len(self.laid[1]) - 1, numpy.nan)
        at = numpy.frombuffer(points).reshape(-1, 2)
        stack, which = self.tables.at(radius_m)
        return kernels.expected(sphere(at[:, 0], at[:, 1]), self.nodes, self.laid, which[self.tables.of], stack, self.tables.step,
                                (self.parameters.d0_km, self.parameters.g), *self.curves)

    @cached_property
    def curves(self):
        """((k, ln(1 + km / d0)) as curves, the number of their first piece)."""
        return curves.kernel(self.parameters.d0_km, self.parameters.g)
