"""Sites as the caller is shown them: found, shown, explained, near a place, as a frame.

    sites.find(session, kinds=["mass_grave"], adm1=["SY07"], limit=50)
    sites.why(session, "SYS-K7F49M-3", "place")

Everything is computed from the rows of the caller's face: what is hidden is absent, and a place is no finer than that face shows
it. Rows are dicts with the columns of the api function of the same purpose. All functions take the same filters:

q           words of a name in any script, or a code
kinds, groups, verification   codes; one kind of the site must fit all three (a refuted kind fits only where refuted is asked for)
protection, adm1              codes; adm1 takes p-codes of governorates, `none` for not known
            a code with a minus before it leaves out: of kinds, groups, protection and adm1 the sites that it alone would find,
            of verification the kinds of that level (kinds=["-checkpoint"], adm1=["SY07", "-none"])
bbox        west, south, east, north in degrees, or longitude and latitude of each corner of an area; met by what is shown
around_km   with bbox: what may lie within so many kilometres of it (at most 500), an exact place with its uncertainty
from_, to   days; the site may have been active between them (unknown could be any time)
overdue     True: the review is overdue; False: it is not
ids         ids of sites

Raises NotFound for what is not there or not visible, BadInput for a filter or field that does not exist.
"""
from uuid import UUID

from sitereg import frames
from sitereg.errors import BadInput

FILTERS = ("q", "kinds", "groups", "verification", "protection", "adm1", "bbox", "around_km", "from", "to", "overdue", "ids")

__all__ = ["count", "facets", "find", "frame", "history", "near", "show", "show_on", "transfers", "why", "years"]


def find(session, *, limit=100, after=None, **filters):
    """Sites that fit, by code: at most `limit` (1000) of them, after the code `after`.

    shape: GeoJSON of what is shown, shown_as says as what (exact, cell_1km, cell_10km, admin_unit, none), uncertainty_m metres
    around it, lon and lat its middle (EPSG:4326). kinds: [{kind, group, verification, began, ended}], the best known first.
    """
    return session.rows("site_list", limit=limit, after=after, **asked(filters))


def count(session, **filters):
    """How many sites fit in all."""
    return session.value("site_count", **asked(filters))


def facets(session, **filters):
    """How many of the sites that fit have what: {facet: {code: n}}.

    Facets: kind, group, verification (of kinds that fit), protection, adm1, shown_as, overdue.
    """
    found = {}
    for row in session.rows("site_facets", **asked(filters)):
        found.setdefault(row["facet"], {})[row["code"]] = row["n"]
    return found


def years(session, **filters):
    """In which years the sites that fit were in use, whatever period is asked for: ({year: n}, of how many nothing is said)."""
    rows = session.rows("site_years", **{name: value for name, value in asked(filters).items() if name not in ("from", "to")})
    return {row["year"]: row["n"] for row in rows if row["year"]}, sum(row["n"] for row in rows if not row["year"])


def transfers(session, *, from_=None, to=None, limit=1000):
    """From which site people, bodies and remains were taken to which other, as far as it is said and seen.

    lon, lat and other_lon, other_lat: the middles of what is shown of both; origins: how many say so; persons: how many of those
    that one sees are known to have been at both.
    """
    return session.rows("site_transfers", limit=limit, **{"from": from_, "to": to})


def show(session, code):
    """Everything of one site as one dict; {code, merged_into} for the old code of a merged site."""
    return session.value("site_page", code=code)


def show_on(session, code, day):
    """A site as it was known at the end of a past day, as `show` tells today's; known: whether anything was recorded by then.

    Under the rights of today: what was retracted, frozen or withdrawn since stays unseen; place is None below the exact tier.
    Raises Refused at tier 0, BadInput for a day that is not past.
    """
    return session.value("site_page_on", code=code, day=day)


def why(session, code, field):
    """The claims behind a field, as the resolve rule orders them.

    chosen marks the one whose value is shown, contradicts those that it excludes, beside those of compartments that the record
    lacks, withheld those finer than the caller is shown. field: a predicate (place, kind, building, ...) or one of its values
    (kind:mass_grave, name:ar, count:bodies_reported).
    """
    return session.rows("site_why", code=code, field=field)


def claims(session, code, ids):
    """These claims of a site, as `why` tells them, those of them that the caller sees."""
    return session.rows("site_claims", code=code, claims=[UUID(str(one)) for one in ids])


def said(session, code):
    """Every live claim of a site that the caller sees, as `why` tells them, by field."""
    return claims(session, code, [one["id"] for one in session.rows("all_claims", codes=[code])])


def history(session, code):
    """The decisions on a site and the days on which claims were recorded or ended, newest first."""
    return session.rows("site_history", code=code)


def near(session, *, lon, lat, km, limit=100, **filters):
    """Sites that may lie within `km` of a point (degrees, EPSG:4326), nearest first.

    The columns of `find`, and d_min_m, d_max_m: geodesic metres to the nearest and the farthest place where the site can be; a
    cell or an admin unit counts as a whole, an exact place with its uncertainty.
    """
    return session.rows("sites_near", lon=lon, lat=lat, km=km, limit=limit, **asked(filters))


def frame(session, **filters):
    """Every site that fits as a GeoDataFrame (EPSG:4326), one row a site; the read stands in the log.

    geometry: what the caller is shown (exact, a cell, an admin unit, None), uncertainty_m metres around it; kinds and groups are
    joined by commas with the best known first, `kind` and `group` are the first of them; began_..., ended_...: days, both included.
    """
    return frames.frame(session, "site_frame", terms={"kind": "site_kind"}, **asked(filters))


def asked(filters):
    """The filters as parameters of the api functions; raises BadInput for one that there is not."""
    given = {name.rstrip("_"): value for name, value in filters.items() if value is not None}
    for name in given.keys() - set(FILTERS):
        raise BadInput("There is no such filter", where=name, do=f"Filters are {', '.join(FILTERS)}.")
    if "ids" in given:
        given["ids"] = [UUID(str(one)) for one in given["ids"]]
    if "bbox" in given:
        given["bbox"] = [float(one) for one in given["bbox"]]
    return given
