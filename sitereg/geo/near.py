"""The best sites of each event on one plane, by nearness and shared days: flat arrays, a grid of cells, an exact early stop.

score = share of the event's days in which the site was in use / (1 + (d / (u + 250 m))²), d the metres between the two shapes,
u the metres of uncertainty of the event. It never rises with d: once k sites are found the search ends at the distance beyond
which no site can reach the k-th of them, so nothing is left out. Compiled once a machine (numba keeps it); no database.
"""
import numba
import numpy
import shapely

SOFT_M = 250.0
FULL = 6  # sites a cell, about
FAR = 10 ** 8  # a day that bounds nothing

__all__ = ["FAR", "Field", "best"]


class Field:
    """Sites laid out for the search: their shapes (points, lines, areas in metres) and days of use (n, m), sorted into cells."""

    def __init__(self, shapes, first, last):
        bounds = shapely.bounds(shapes)
        centre = numpy.ascontiguousarray((bounds[:, :2] + bounds[:, 2:]) / 2)
        self.low = centre.min(axis=0)
        self.size = max(float(numpy.sqrt(max(numpy.prod(numpy.ptp(centre, axis=0)), 1.0) * FULL / len(centre))),
                        float(numpy.ptp(centre, axis=0).max()) / 4_000, 1.0)
        column, row = ((centre - self.low) // self.size).astype(numpy.int64).T
        self.across, self.up = int(column.max()) + 1, int(row.max()) + 1
        cell = row * self.across + column
        self.order = numpy.argsort(cell, kind="stable")
        self.starts = numpy.searchsorted(cell[self.order], numpy.arange(self.across * self.up + 1))
        self.centre = centre[self.order]
        self.radius = numpy.hypot(*(bounds[:, 2:] - bounds[:, :2]).T)[self.order] / 2
        self.first, self.last = (numpy.ascontiguousarray(one[self.order], numpy.int32) for one in (first, last))
        self.edges, self.edge_starts, self.is_area = edges(shapes[self.order])
        self.shapes = shapes

    def grid(self):
        return (self.low, self.size, self.across, self.up, self.starts)

    def sites(self):
        return (self.order, self.centre, self.radius, self.edges, self.edge_starts, self.is_area, self.first, self.last)


def edges(shapes):
    """(edges (n, 4), where each shape's begin, which shapes are areas): a point has none, its place is its centre."""
    kind = shapely.get_type_id(shapes)
    drawn = numpy.flatnonzero(kind != 0)
    parts, of_part = shapely.get_parts(shapes[drawn], return_index=True)
    rings, of_ring = shapely.get_rings(parts[shapely.get_type_id(parts) == 3], return_index=True)
    ring_of = of_part[numpy.flatnonzero(shapely.get_type_id(parts) == 3)[of_ring]]
    lines = shapely.get_type_id(parts) == 1
    xy, at = shapely.get_coordinates(numpy.concatenate([rings, parts[lines]]), return_index=True)
    of = numpy.concatenate([ring_of, of_part[lines]])
    joined = numpy.flatnonzero(at[1:] == at[:-1])
    owner = drawn[of[at[joined]]]
    by = numpy.argsort(owner, kind="stable")
    found = numpy.column_stack([xy[joined], xy[joined + 1]])[by]
    return found, numpy.searchsorted(owner[by], numpy.arange(len(shapes) + 1)), numpy.isin(kind, (3, 6))


def best(field, shapes, within_m, spread_m, first, last, k):
    """(sites (n, k), scores (n, k)) of events at points or in areas, each area's distances measured once."""
    point = shapely.get_type_id(shapes) == 0
    sites, scores = numpy.full((len(shapes), k), -1, numpy.int64), numpy.zeros((len(shapes), k))
    xy = shapely.get_coordinates(shapes[point])
    asked = [numpy.ascontiguousarray(one, kind) for one, kind in
             ((within_m, float), (spread_m, float), (first, numpy.int64), (last, numpy.int64))]
    sites[point], scores[point] = of_points(field, xy, *(one[point] for one in asked), k)
    if not point.all():
        areas, area = distinct(shapes[~point])
        sites[~point], scores[~point] = of_areas(field, areas, area, *(one[~point] for one in asked), k)
    return sites, scores


def distinct(shapes):
    """The distinct ones among many shapes, and which of them each is."""
    held = {}
    which = numpy.fromiter((held.setdefault(id(one), len(held)) for one in shapes), numpy.int64, len(shapes))
    firsts = numpy.empty(len(held), numpy.int64)
    firsts[which[::-1]] = numpy.arange(len(shapes))[::-1]
    _, first, same = numpy.unique(shapely.to_wkb(shapes[firsts]), return_index=True, return_inverse=True)
    return shapes[firsts[first]], same.reshape(-1)[which]


def of_points(field, xy, within_m, spread_m, first, last, k):
    """(sites (n, k), scores (n, k)) of events at points: positions of the sites, the best first, -1 where there are no more."""
    return search(xy, within_m, spread_m, first, last, k, *field.grid(), *field.sites())


def of_areas(field, areas, area, within_m, spread_m, first, last, k):
    """The same for events of which only an area is known: areas (m,), area = which of them is each event's.

    The distances of an area are measured once, however many events it has, nearest first.
    """
    shapely.prepare(areas)
    widest = numpy.zeros(len(areas))
    numpy.maximum.at(widest, area, within_m)
    one, other = shapely.STRtree(field.shapes).query(areas, predicate="dwithin", distance=widest)
    d = shapely.distance(areas[one], field.shapes[other])
    by = numpy.lexsort((d, one))
    starts = numpy.searchsorted(one[by], numpy.arange(len(areas) + 1))
    place = numpy.empty(len(field.order), numpy.int64)
    place[field.order] = numpy.arange(len(place))
    return listed(area, within_m, spread_m, first, last, k, starts, place[other[by]], d[by], field.order, field.first, field.last)


@numba.njit(cache=True, nogil=True, inline="always")
def share(first, last, begins, ends):
    """Which part of the days first..last lies within the periods of one site; 1 where no day is known."""
    days, known = 0, False
    for n in range(len(begins)):
        known = known or begins[n] < FAR
        days += max(0, min(last, ends[n]) - max(first, begins[n]) + 1)
    return min(days / (last - first + 1), 1.0) if known and first > -FAR else 1.0


@numba.njit(cache=True, nogil=True, inline="always")
def keep(site, score, found, scores, held):
    """The site takes its place among the best; how many there are now. Ties: the site that stands first in its frame."""
    k = len(found)
    n = held if held < k else k - 1
    if held == k and (score < scores[n] or (score == scores[n] and site > found[n])):
        return held
    while n > 0 and (scores[n - 1] < score or (scores[n - 1] == score and found[n - 1] > site)):
        found[n], scores[n] = found[n - 1], scores[n - 1]
        n -= 1
    found[n], scores[n] = site, score
    return min(held + 1, k)


@numba.njit(cache=True, nogil=True, inline="always")
def farthest(worst, soft, within):
    """Beyond so many metres no site scores `worst`; a hair more than that, so that rounding loses none."""
    return within if worst <= 0 else min(within, soft * (max(1.0 / worst - 1.0, 0.0) ** 0.5) * (1 + 1e-9) + 1e-9)


@numba.njit(cache=True, nogil=True)
def to_shape(x, y, edges, begin, end, area):
    """Metres from a point to the edges begin..end; 0 within an area."""
    least, inside = numpy.inf, False
    for n in range(begin, end):
        ax, ay, bx, by = edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3]
        if area and (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        along = 0.0 if length == 0 else min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length))
        least = min(least, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2)
    return 0.0 if inside else least ** 0.5


@numba.njit(cache=True, nogil=True)
def search(xy, within_m, spread_m, first, last, k, low, size, across, up, starts, *sites):
    """Ring by ring of cells around each event, until no cell left can hold a site that is near enough."""
    found, scores = numpy.full((len(xy), k), -1, numpy.int64), numpy.zeros((len(xy), k))
    largest = sites[2].max()
    for e in range(len(xy)):
        x, y, soft = xy[e, 0], xy[e, 1], spread_m[e] + SOFT_M
        limit, held = within_m[e], 0
        column, row = int((x - low[0]) // size), int((y - low[1]) // size)
        ring = max(0, -column, column - across + 1, -row, row - up + 1)
        last_ring = max(column, across - 1 - column, row, up - 1 - row)
        while ring <= last_ring and (ring - 1) * size - largest <= limit:
            for j in range(max(row - ring, 0), min(row + ring, up - 1) + 1):
                step = 1 if abs(j - row) == ring or ring == 0 else 2 * ring
                for i in range(column - ring, column + ring + 1, step):
                    if 0 <= i < across:
                        cell = j * across + i
                        held, limit = weigh(x, y, soft, within_m[e], limit, first[e], last[e], starts[cell], starts[cell + 1],
                                            found[e], scores[e], held, *sites)
            ring += 1
    return found, scores


@numba.njit(cache=True, nogil=True)
def weigh(x, y, soft, within, limit, first, last, begin, end, found, scores, held,
          order, centre, radius, edges, edge_starts, is_area, begins, ends):
    """The sites begin..end of one cell take their places; how many are held, and how far it is still worth to look."""
    for n in range(begin, end):
        away2 = (x - centre[n, 0]) ** 2 + (y - centre[n, 1]) ** 2
        if away2 > (limit + radius[n]) ** 2 * (1 + 1e-12):
            continue
        part = share(first, last, begins[n], ends[n])
        if part == 0:
            continue
        d = away2 ** 0.5
        if edge_starts[n + 1] > edge_starts[n]:
            d = to_shape(x, y, edges, edge_starts[n], edge_starts[n + 1], is_area[n])
        if d <= limit:
            held = keep(order[n], part / (1 + (d / soft) ** 2), found, scores, held)
            if held == len(found):
                limit = farthest(scores[held - 1], soft, within)
    return held, limit


@numba.njit(cache=True, nogil=True)
def listed(area, within_m, spread_m, first, last, k, starts, place, metres, order, begins, ends):
    sites, scores = numpy.full((len(area), k), -1, numpy.int64), numpy.zeros((len(area), k))
    for e in range(len(area)):
        soft, held, limit = spread_m[e] + SOFT_M, 0, within_m[e]
        for n in range(starts[area[e]], starts[area[e] + 1]):
            if metres[n] > limit:
                break
            part = share(first[e], last[e], begins[place[n]], ends[place[n]])
            if part > 0:
                held = keep(order[place[n]], part / (1 + (metres[n] / soft) ** 2), sites[e], scores[e], held)
                if held == k:
                    limit = farthest(scores[e, k - 1], soft, within_m[e])
    return sites, scores
