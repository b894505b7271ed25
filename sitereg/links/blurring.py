"""Points on the unit sphere, and the blurred laws of space.table stacked for the compiled loops."""
import math
from threading import Lock

import numpy

from sitereg.links import space

__all__ = ["Tables", "sphere"]


def sphere(lon, lat):
    """Points on the unit sphere, (n, 3), of degrees."""
    lon, lat = numpy.radians(lon), numpy.radians(lat)
    return numpy.ascontiguousarray(numpy.column_stack([numpy.cos(lat) * numpy.cos(lon), numpy.cos(lat) * numpy.sin(lon),
                                                       numpy.sin(lat)]))


class Tables:
    """The blurred laws of one kernel, stacked, by the joint radius of a place and each of ours; `none` stands for no radius."""

    def __init__(self, law, radii, unit, none):
        self.law, self.unit, self.none, self.lock = law, unit, none, Lock()
        self.radii, self.of = numpy.unique(radii, return_inverse=True)
        self.step = math.log1p(math.pi * space.SPHERE_KM / law[1]) / (space.GRID - 1)
        self.stack, self.held, self.which = numpy.zeros((none + 1, space.GRID)), {}, {}

    def at(self, radius):
        """(stack, which of its rows each of our distinct radii reads beside a place of this radius)."""
        with self.lock:
            if radius not in self.which:
                joint = space.steps(numpy.hypot(radius, self.radii) / self.unit)
                self.which[radius] = numpy.array([self.row(float(one)) if one > 0 else self.none for one in joint], int)
            return self.stack, self.which[radius]

    def row(self, joint):
        if joint not in self.held:
            self.held[joint] = len(self.stack)
            self.stack = numpy.concatenate([self.stack, space.table(joint, self.law)[1][None]])
        return self.held[joint]

    def reach(self, stack, least):
        """The square of the chord on the unit sphere beyond which each row of a stack is surely below ln `least`."""
        km = self.law[1] * numpy.expm1(self.step * numpy.arange(space.GRID))
        below = stack < least - 1e-9
        found = numpy.where(below.any(axis=1), km[below.argmax(axis=1)], numpy.inf)
        if self.none == 0:
            found[0] = -least * self.law[1]
        chord = 2 * numpy.sin(numpy.minimum(found / space.SPHERE_KM / 2, 1.5))
        return numpy.where(found >= math.pi * space.SPHERE_KM, 5.0, chord ** 2 * (1 + 1e-9) + 1e-18)
