"""Which sites lie within so many kilometres of which events, both of them uncertain; and what a naive join would have said.

GeoDataFrames in, DataFrames out, no database. Of each place: its shape (a point, a line, an area), `uncertainty_m` around it
(metres; a cell or unit, told by `shown_as`, is itself the area and has none), and its days.
"""
from dataclasses import dataclass

import geopandas
import numpy
import pandas
import shapely

from sitereg.errors import BadInput
from sitereg.geo import apart, spread

__all__ = ["Comparison", "best", "compare", "within"]

SITE_POINTS = 25
LARGE_SITE_M = 1_000
AT_ONCE = 50_000
WORLD = (-180, -90, 180, 90)


def within(events, sites, km, *, period=True):
    """Every pair of an event and a site that may lie within `km` of each other, nearest first within an event.

    events, sites: GeoDataFrames with a CRS (any), columns as `events.frame` and `sites.frame` give them; only the geometry is
    needed. Answers a DataFrame: event, site (labels of their rows), event_id, site_id, site_code where the frames have them,
    d_min_m and d_max_m (the least and greatest geodesic metres between them if both lie within their stated radii), p_inside
    (the chance that they truly lie within km: sitereg.geo.spread), and with `period` time_overlap: certain, possible, none, or
    unknown (one of the two has no date). Rows without a place match nothing. Raises BadInput: no CRS, km not above 0.
    """
    if not (numpy.isfinite(km) and 0 < km <= 500):
        raise BadInput("Near is more than 0 and at most 500 km", where=str(km))
    one, other = Side(events, "events", spread.MOST), Side(sites, "sites", SITE_POINTS)
    limit = km * 1000
    found = [measured(one, other, *pairs, limit) for pairs in candidates(one, other, limit)]
    near = pandas.concat(found, ignore_index=True) if found else measured(one, other, *[numpy.empty(0, int)] * 2, limit)
    rows = one.rows().merge(near, on="mine").merge(other.rows("other", "site"), on="other")
    rows = rows.sort_values(["event", "d_min_m", "site"], kind="stable", ignore_index=True)
    if period:
        rows["time_overlap"] = overlaps(events, sites, rows["event"].to_numpy(), rows["site"].to_numpy())
    return labelled(rows, events, sites)


class Side:
    """The distinct places of one frame: shapes with their radii, and which rows stand at each."""

    def __init__(self, frame, name, most):
        if frame.crs is None:
            raise BadInput(f"The {name} have no CRS", do="Set it with frame.set_crs(...): a join cannot guess it.")
        shapes = frame.geometry.to_crs("EPSG:4326").to_numpy()
        slack = radii(frame)
        placed = numpy.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        known, objects = {}, numpy.empty(len(placed), int)
        for n, shape in enumerate(shapes[placed]):
            objects[n] = known.setdefault(id(shape), len(known))
        first = numpy.full(len(known), -1)
        first[objects[::-1]] = placed[::-1]
        same = pandas.factorize(numpy.array([*shapely.to_wkb(shapes[first]), None], object)[:-1])[0][objects]
        group, at = numpy.unique(numpy.column_stack([same, slack[placed]]), axis=0, return_inverse=True)
        chosen = numpy.full(len(group), -1)
        chosen[at[::-1]] = placed[::-1]
        self.placed, self.at, self.most = placed, at.reshape(-1), most
        self.shapes, self.slack = shapes[chosen], slack[chosen]
        self.dense = apart.densified(self.shapes)
        self.flat = shapely.get_type_id(self.shapes) != 0
        self.xy = numpy.column_stack([shapely.get_x(self.shapes), shapely.get_y(self.shapes)])  # of points; else NaN
        self.drawn = {}

    def rows(self, key="mine", name="event"):
        """One row for each placed row of the frame: its position and which place it stands at."""
        return pandas.DataFrame({name: self.placed, key: self.at})

    def boxes(self, metres):
        """Boxes in degrees that surely hold everything within `metres` and the place's own radius."""
        west, south, east, north = shapely.bounds(self.shapes).T.reshape(4, -1)
        up = numpy.degrees((metres + self.slack) * 1.01 / 6_335_000)
        top = numpy.maximum(abs(south), abs(north)) + up
        with numpy.errstate(divide="ignore", invalid="ignore"):
            across = up / numpy.cos(numpy.radians(top))
        wide = (top >= 89) | (west - across <= -180) | (east + across >= 180)
        edges = [west - across, south - up, east + across, north + up]
        return shapely.box(*(numpy.where(wide, edge, one) for edge, one in zip(WORLD, edges, strict=True)))

    def points(self, n):
        """The points in degrees that stand for the place n, without its radius."""
        if n not in self.drawn:
            shape = self.shapes[n]
            small = self.most < spread.MOST and apart.farthest(shape, [shape])[0] <= LARGE_SITE_M
            self.drawn[n] = spread.points(shape.centroid if small and self.flat[n] else shape, self.most)
        return self.drawn[n]


def radii(frame):
    """The radius of each row's place in metres; 0 where its shape is the area in which it lies."""
    held = frame["uncertainty_m"].to_numpy(float, na_value=0) if "uncertainty_m" in frame else numpy.zeros(len(frame))
    held = numpy.nan_to_num(held)
    if "shown_as" in frame:
        held = numpy.where(frame["shown_as"].astype(object).isin(["exact", None]) | frame["shown_as"].isna(), held, 0)
    if (held < 0).any() or not numpy.isfinite(held).all():
        raise BadInput("An uncertainty is a finite number of metres, 0 or more", where="uncertainty_m")
    return held


def candidates(one, other, limit):
    """Pairs of places whose boxes meet, for so many places of `one` at a time."""
    tree = shapely.STRtree(other.boxes(0))
    boxes = one.boxes(limit)
    for n in range(0, len(boxes), AT_ONCE):
        mine, theirs = tree.query(boxes[n:n + AT_ONCE])
        if len(mine):
            yield mine + n, theirs


def measured(one, other, mine, theirs, limit):
    """mine, other, d_min_m, d_max_m, p_inside of those pairs of places that may lie within the limit (metres)."""
    slack = one.slack[mine] + other.slack[theirs]
    sigma = numpy.hypot(one.slack[mine], other.slack[theirs]) / spread.SIGMA
    table = numpy.full((len(mine), 3), numpy.nan)
    points = ~one.flat[mine] & ~other.flat[theirs]
    if points.any():
        d = apart.inverse_m(one.xy[mine[points]], other.xy[theirs[points]])
        table[points] = numpy.column_stack([d, d, spread.chance_within(d, limit, sigma[points])])
    areas = numpy.flatnonzero(~points)
    by_mine = areas[one.flat[mine[areas]]]
    by_other = areas[~one.flat[mine[areas]]]
    for pairs, ours, key, others, their in ((by_mine, one, mine, other, theirs), (by_other, other, theirs, one, mine)):
        pairs = pairs[numpy.argsort(key[pairs], kind="stable")]
        for group in numpy.split(pairs, numpy.flatnonzero(numpy.diff(key[pairs])) + 1) if len(pairs) else ():
            table[group] = around(ours, key[group[0]], others, their[group], limit, slack[group], sigma[group])
    table[:, 0] = numpy.maximum(table[:, 0] - slack, 0)
    table[:, 1] += slack
    near = table[:, 0] <= limit
    return pandas.DataFrame({"mine": mine[near], "other": theirs[near], "d_min_m": table[near, 0], "d_max_m": table[near, 1],
                             "p_inside": table[near, 2]})


def around(ours, n, others, which, limit, slack, sigma):
    """Least and greatest metres and chance for the place n, a line or an area, and each place `which` of the others."""
    table = numpy.full((len(which), 3), numpy.nan)
    least = apart.nearest(ours.dense[n], others.dense[which], limit + slack.max())
    table[:, 0] = least
    near = numpy.flatnonzero(least - slack <= limit)
    if not len(near):
        return table
    table[near, 1] = apart.farthest(ours.shapes[n], others.shapes[which[near]])
    plane = apart.Plane.about(ours.shapes[n])
    mine = plane.xy(ours.points(n))
    sets = [others.points(k) for k in which[near]]
    theirs = plane.xy(numpy.concatenate(sets))
    counts = numpy.array([len(one) for one in sets])
    starts = numpy.concatenate([[0], counts.cumsum()[:-1]])
    spreads = numpy.repeat(sigma[near], counts)
    chance = numpy.empty(len(theirs))
    for k in range(0, len(theirs), 5_000):
        part = theirs[k:k + 5_000]
        away = numpy.hypot(part[:, None, 0] - mine[None, :, 0], part[:, None, 1] - mine[None, :, 1])
        chance[k:k + 5_000] = spread.chance_within(away, limit, spreads[k:k + 5_000][:, None]).mean(axis=1)
    table[near, 2] = numpy.add.reduceat(chance, starts) / counts
    return table


def overlaps(events, sites, event, site):
    """certain, possible, none or unknown for pairs of rows: whether the event fell into the days in which the site was in use.

    An event is a moment (at_earliest, at_latest) or a period (began_..., ended_...), a site a period. What is not known
    constrains nothing; where the event or the site has no day at all the answer is unknown.
    """
    at = [days(events, name)[event] for name in ("at_earliest", "at_latest")]
    began, ended = ([days(events, f"{end}_{side}")[event] for side in ("earliest", "latest")] for end in ("began", "ended"))
    opened, closed = ([days(sites, f"{end}_{side}")[site] for side in ("earliest", "latest")] for end in ("began", "ended"))
    moment = ~(numpy.isnat(at[0]) & numpy.isnat(at[1]))
    low = numpy.where(moment, at[0], began[0])
    high = numpy.where(moment, at[1], ended[1])
    core = numpy.maximum(began[1], opened[1]) <= numpy.minimum(ended[0], closed[0])  # NaT compares as false
    said = numpy.full(len(event), "possible", object)
    said[((low >= opened[1]) & (high <= closed[0])) | (~moment & core)] = "certain"
    said[(high < opened[0]) | (low > closed[1])] = "none"
    unknown = (numpy.isnat(low) & numpy.isnat(high)) | numpy.logical_and.reduce([numpy.isnat(one) for one in (*opened, *closed)])
    said[unknown] = "unknown"
    return pandas.Categorical(said, ["certain", "possible", "none", "unknown"])


def days(frame, name):
    if name not in frame:
        return numpy.full(len(frame), numpy.datetime64("NaT", "D"))
    return pandas.to_datetime(frame[name]).to_numpy().astype("datetime64[D]")


def labelled(rows, events, sites):
    """Positions become the labels of the frames' rows, with ids and codes beside them where the frames have them."""
    event, site = rows["event"].to_numpy(), rows["site"].to_numpy()
    rows["event"], rows["site"] = events.index.to_numpy()[event], sites.index.to_numpy()[site]
    ids = []
    for frame, at, column, name in ((events, event, "id", "event_id"), (sites, site, "id", "site_id"),
                                    (sites, site, "code", "site_code")):
        if column in frame:
            rows[name] = frame[column].array.take(at)
            ids.append(name)
    told = [name for name in ("d_min_m", "d_max_m", "p_inside", "time_overlap") if name in rows]
    return rows[["event", "site", *ids, *told]]


def best(events, sites, k=20, *, periods=None):
    """The k best sites of each event by the simple score of sitereg.geo.near: near for its uncertainty, in use on its days.

    events, sites: GeoDataFrames in one projected CRS in metres, whose plane measures the distances. events: `uncertainty_m`;
    `within_m` (how far to look; else 2 u + 5 km, at most 60 km); days as `within` reads them. sites: began_earliest and
    ended_latest, or periods=(first, last), two arrays (sites, m) of datetime64[D] for several periods a site. Unknown days exclude
    nothing. Answers a DataFrame event, site, score, the best first; exact. A first look, no line of inquiry. Raises BadInput.
    """
    from sitereg.geo import near

    if events.crs is None or events.crs != sites.crs or not events.crs.is_projected or events.crs.axis_info[0].unit_name != "metre":
        raise BadInput("The best sites are sought in one projected plane, in metres", where=f"{events.crs}, {sites.crs}",
                       do="Bring both frames into the UTM zone or national grid of the area with to_crs.")
    if k < 1:
        raise BadInput("At least one site is asked for", where=str(k))
    shapes, places = events.geometry.to_numpy(), sites.geometry.to_numpy()
    spread_m = radii(events)
    reach = events["within_m"].to_numpy(float) if "within_m" in events else numpy.minimum(2 * spread_m + 5_000, 60_000)
    placed, sited = (numpy.flatnonzero(~(shapely.is_missing(one) | shapely.is_empty(one))) for one in (shapes, places))
    day = span(days(events, "at_earliest"), days(events, "at_latest"))
    used = periods or (days(sites, "began_earliest")[:, None], days(sites, "ended_latest")[:, None])
    if not (len(placed) and len(sited)):
        return pandas.DataFrame({"event": events.index[:0], "site": sites.index[:0], "score": numpy.empty(0)})
    field = near.Field(places[sited], *(one[sited] for one in span(*used, open_ends=True)))
    found, scores = near.best(field, shapes[placed], reach[placed], spread_m[placed], *(one[placed] for one in day), k)
    at, many = numpy.flatnonzero(found >= 0), found.shape[1]
    site, score = sites.index.to_numpy()[sited[found.ravel()[at]]], scores.ravel()[at]
    del found, scores  # of a million events they are as large as the answer
    return pandas.DataFrame({"event": events.index.to_numpy()[placed[at // many]], "site": site, "score": score}, copy=False)


def span(first, last, open_ends=False):
    """First and last days as whole numbers; where both are missing nothing is known, a missing one is the other or unbounded."""
    from sitereg.geo.near import FAR

    none = numpy.isnat(first) & numpy.isnat(last)
    other = (-FAR, FAR) if open_ends else (last.astype(numpy.int64), first.astype(numpy.int64))
    ends = [numpy.where(numpy.isnat(one), there, one.astype(numpy.int64)) for one, there in zip((first, last), other, strict=True)]
    unknown = (FAR, -FAR) if open_ends else (-FAR, -FAR)
    return [numpy.where(none, one, end) for one, end in zip(unknown, ends, strict=True)]


COUNTED = {
    "pairs": "pairs that may lie within it, as uncertain as both places are",
    "naive_pairs": "pairs whose middles lie within it, which is all that a naive join sees",
    "in_both": "pairs that both find",
    "only_here": "pairs that the naive join misses",
    "only_naive": "pairs that the naive join makes up: no part of the two lies so near",
    "events_that_differ": "events for which the two find different sites",
    "nearest_differs": "events whose nearest middle is not their likeliest site",
}


@dataclass(frozen=True)
class Comparison:
    """What uncertainty changes: the pairs found here, those of a naive join, each event's nearest site by it, and counts."""

    pairs: pandas.DataFrame
    naive: pandas.DataFrame
    nearest: pandas.DataFrame
    counts: dict

    def __repr__(self):
        return f"Comparison({', '.join(f'{name}={count}' for name, count in self.counts.items())})"


def compare(events, sites, km, *, period=True):
    """`within`, beside geopandas' sjoin of the middles (dwithin km) and sjoin_nearest in one UTM zone, with what differs.

    counts: pairs, naive_pairs, in_both, only_here, only_naive, events_that_differ (their sets of sites are not the same) and
    nearest_differs (of the events with a pair, those whose naive nearest site is not the likeliest one here).
    """
    pairs = within(events, sites, km, period=period)
    crs = events.geometry.to_crs("EPSG:4326").estimate_utm_crs()
    left, right = (geopandas.GeoDataFrame({name: frame.index}, geometry=frame.geometry.to_crs(crs).centroid.array, crs=crs)
                   for frame, name in ((events, "event"), (sites, "site")))
    left, right = (one[~(one.geometry.isna() | one.geometry.is_empty)] for one in (left, right))
    naive = left.sjoin(right, predicate="dwithin", distance=km * 1000)[["event", "site"]].reset_index(drop=True)
    nearest = left.sjoin_nearest(right, distance_col="d_m")[["event", "site", "d_m"]].drop_duplicates("event", ignore_index=True)
    both = pairs[["event", "site"]].merge(naive, how="outer", indicator=True)
    sides = both["_merge"].value_counts()
    order = [-pairs["p_inside"], pairs["d_min_m"], pairs["d_max_m"]]
    likeliest = pairs.iloc[numpy.lexsort(order[::-1])].drop_duplicates("event")
    chosen = likeliest[["event", "site"]].merge(nearest, on="event", suffixes=("", "_naive"))
    counts = {"pairs": len(pairs), "naive_pairs": len(naive), "in_both": int(sides["both"]), "only_here": int(sides["left_only"]),
              "only_naive": int(sides["right_only"]),
              "events_that_differ": int(both.loc[both["_merge"] != "both", "event"].nunique()),
              "nearest_differs": int((chosen["site"] != chosen["site_naive"]).sum())}
    return Comparison(pairs, naive, nearest, counts)
