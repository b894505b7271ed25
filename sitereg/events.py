"""What happened to persons, where and when: events as a frame for scripts."""
from sitereg import frames

TERMS = {"kind": "event_kind", "alive_evidence": "alive_evidence"}

__all__ = ["frame"]


def frame(session, **filters):
    """Every event of the caller's face as a GeoDataFrame (EPSG:4326), one row an event; empty below tier 1.

    geometry: what the caller is shown of the place (exact, a cell, an admin unit, None), shown_as says which; uncertainty_m:
    metres around it; at_earliest and at_latest (or began_..., ended_...): days as datetime64, both included, NaT where not
    bounded; codes as categories in the order of their vocabulary. filters: those of api.event_frame.
    """
    return frames.frame(session, "event_frame", terms=TERMS, **filters)
