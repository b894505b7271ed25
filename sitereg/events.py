"""What happened to persons, where and when: events as a frame for scripts."""
from uuid import UUID

from sitereg import frames
from sitereg.errors import BadInput

TERMS = {"kind": "event_kind", "alive_evidence": "alive_evidence"}
FILTERS = ("states", "kinds", "bbox", "from", "to", "site", "ids", "fates", "whereabouts", "sexes", "ages", "circumstances", "adm1")

__all__ = ["frame"]


def frame(session, **filters):
    """Every event of the caller's face that fits as a GeoDataFrame (EPSG:4326), one row an event; empty below tier 1.

    geometry: what the caller is shown of the place (exact, a cell, an admin unit, None), shown_as says which; uncertainty_m:
    metres around it; at_earliest and at_latest (or began_..., ended_...): days as datetime64, both included, NaT where not
    bounded; codes as categories in the order of their vocabulary; person and site: public codes. filters: states of the case,
    kinds of event, bbox (west, south, east, north), from_ and to (days), site (a code), ids of persons. The read is logged.
    Raises BadInput (a filter or term that there is not), NotFound (the site).
    """
    asked = {name.rstrip("_"): value for name, value in filters.items() if value is not None}
    for name in asked.keys() - set(FILTERS):
        raise BadInput("There is no such filter", where=name, do=f"Filters are {', '.join(FILTERS)}.")
    if "ids" in asked:
        asked["ids"] = [UUID(str(one)) for one in asked["ids"]]
    if "bbox" in asked:
        asked["bbox"] = [float(one) for one in asked["bbox"]]
    return frames.frame(session, "event_frame", terms=TERMS, **asked)
