"""What was seen from above at a site: on one raster, or by comparing two; also what was not seen, where an image was unusable."""
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sitereg.store.session import Json, Session

__all__ = ["Observation", "observations", "observe"]


@dataclass(frozen=True)
class Observation:
    """One observation to be written. result: changed, unchanged, image_unusable (with `unusable`, why). before: the earlier raster
    where two were compared. changed_m2: square metres. changed: GeoJSON (EPSG:4326). strength: as the method defines it.
    confidence: 0 to 1. limits: codes of what weakens it. figures: what else the method measured, by name."""

    site: UUID
    raster: UUID
    result: str
    before: UUID | None = None
    unusable: str | None = None
    changed_m2: float | None = None
    changed: dict | None = None
    direction: str | None = None
    strength: float | None = None
    confidence: float | None = None
    limits: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    note: str | None = None


def observe(session: Session, rows: Iterable[Observation], *, method: str, how: str = "machine", reason: str = "") -> list[UUID]:
    """All rows stand in one event, or none; their ids in the order of the rows.

    method: its name and version. how: machine or person; it is of the account that writes it. NotFound where a site or a raster is
    not visible, Refused where a site's exact place is not shown, BadInput for a row that is not whole.
    """
    told = [{**asdict(one), "n": n} for n, one in enumerate(rows, start=1)]
    found = session.rows("record_observations", rows=Json(_plain(told)), method=method, how=how, reason=reason)
    return [row["observation"] for row in found]


def observations(session: Session, *, site: str | None = None, raster: UUID | None = None, before: UUID | None = None,
                 method: str | None = None, result: str | None = None, limit: int = 100, after: UUID | None = None) -> list[dict]:
    """What was observed, newest first, at sites whose exact place the caller is shown, on rasters that he may see.

    Each a dict: id, site, code, raster, before, taken and taken_before (first and last day, or None), result, unusable, changed_m2,
    changed, direction, strength, confidence, limits, figures, method, how, note, by, recorded_at.
    """
    rows = session.rows("observations", site=site, raster=raster, before=before, method=method, result=result, limit=limit,
                        after=after)
    return [{**row, "taken": _days(row["taken"]), "taken_before": _days(row["taken_before"])} for row in rows]


def _days(told: Any) -> tuple[date, date] | None:
    return None if told is None else (told.lower, told.upper - timedelta(days=1))


def _plain(value: Any) -> Any:
    """The same with ids as text and numbers of numpy as numbers; what is no finite number is none."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, UUID):
        return str(value)
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and value - value != 0 else value
