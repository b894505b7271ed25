"""The catalogue of rasters: the file as it came lies sealed, beside it the cloud-optimised copy that is read, both by their hashes.

A raster is seen by whoever may see its document: its tier, its compartments, the freezes in force. Its days are said by whoever
registers it, from the provider's own record of the scene; a mosaic or a picture of a web map has none (`date_unknown`).
"""
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sitereg import documents
from sitereg.errors import BadInput
from sitereg.imports.readers import process
from sitereg.store.session import Json, Session

MOST_BYTES = 16 * 2**30
USES = ("search_for_missing", "protection_of_sites", "analysis")

__all__ = ["Raster", "add", "days", "find", "path", "show"]


@dataclass(frozen=True)
class Raster:
    """One raster of the catalogue. taken: the first and the last day, or None where no day is known. resolution_m: the longer side
    of a cell, metres. bands: [{name, unit, scale, offset, low, high}]. unit_m: metres in one unit of elevation, else None.
    footprint: the ground on which it has values (GeoJSON, EPSG:4326). sha256: of the file as it came; copy: of what is read."""

    id: UUID
    kind: str
    making: str
    name: str
    sensor: str
    scene: str | None
    taken: tuple[date, date] | None
    date_unknown: bool
    resolution_m: float
    crs: str
    width: int
    height: int
    bands: list[dict]
    unit_m: float | None
    licence: str
    attribution: str
    note: str | None
    footprint: dict
    tier: int
    compartments: list[str]
    document: UUID
    sha256: str
    copy: str
    original_name: str
    recorded_at: datetime
    replaced: bool


def days(first: date | None, last: date | None = None) -> str | None:
    """The literal of a PostgreSQL daterange from the first to the last day, both of them in it; None without a day."""
    last = last or first
    if first is None or last is None:
        return None
    if last < first:
        raise BadInput("The last day lies before the first", where=f"{first} to {last}", code="bad_period",
                       do="Give the earlier day first.")
    return f"[{first},{last + timedelta(days=1)})"


def add(session: Session, file: Path, *, kind: str, sensor: str, licence: str, attribution: str, making: str = "scene",
        scene: str | None = None, taken: date | None = None, until: date | None = None, name: str | None = None,
        note: str | None = None, unit_m: float = 1.0, nodata: float | None = None, bands: tuple[str, ...] = (),
        terms: dict | None = None, tier: int = 1, compartments: tuple[str, ...] = ()) -> dict:
    """The raster of a GeoTIFF stands in the catalogue: {raster, already}; of the same file anew it replaces what was said before.

    kind: imagery or elevation. making: scene, composite, mosaic, screenshot; the last two have no day (taken, until: the first
    and the last).
    nodata: a value that means nothing is known, beside what the file says. bands: their names in order, instead of the file's.
    unit_m: metres in one unit of elevation. terms: from whom and under which terms, as documents.keep takes them; without them
    its attribution, its licence and any use that these permit. Raises BadInput for a file that is no GeoTIFF, does not say where
    it lies, is a bomb, or lacks what must be said; Denied for whoever is no data steward.
    """
    taken_days = days(taken, until)
    session.call("may_register_raster")  # before anything is read or kept
    session.unhurried()  # the copy of a large scene takes its minutes
    terms = terms or {"partner": {"en": attribution}, "terms": licence, "permitted_uses": list(USES), "consent": "not_applicable"}
    kept = {"terms": terms, "tier": tier, "compartments": compartments}
    with documents.room() as folder, session.savepoint():
        staged = documents.stage(file, folder).main
        made, told = process.made([staged], folder, format="raster", most_bytes=MOST_BYTES, nodata=nodata)
        told["bands"] = _named(told["bands"], bands)
        original = documents.keep(session, path=file, **kept)
        copy = folder / f"{Path(file).stem[:80]}.cog.tif"
        made.rename(copy)
        working = documents.keep(session, path=copy, role="working", derived_from=str(original), how="cloud_optimised", **kept)
        about = {**told, "kind": kind, "making": making, "name": name or Path(file).stem[:200], "sensor": sensor, "scene": scene,
                 "unit_m": unit_m, "licence": licence, "attribution": attribution, "note": note}
        return session.one("register_raster", document=original, copy=working, about=Json(about), taken=taken_days)


def _named(found: list[dict], names: tuple[str, ...]) -> list[dict]:
    if names and len(names) != len(found):
        raise BadInput("There is a name for each band", where=f"{len(found)} bands, {len(names)} names",
                       do="Give them in their order.")
    return [{**band, "name": name} for band, name in zip(found, names or [one["name"] for one in found], strict=True)]


def find(session: Session, *, site: str | None = None, around: Any = None, kind: str | None = None,
         at: tuple[date, date | None] | None = None, limit: int = 100, after: UUID | None = None) -> list[Raster]:
    """The rasters that the caller may see, oldest first, those without a day last: all, those that reach a site as it is shown to
    him, or a shape (`around`, EPSG:4326); of a kind; taken on days that meet these. NotFound for a site that is not visible."""
    rows = session.rows("rasters", site=site, area=None if around is None else f"SRID=4326;{around.wkt}", kind=kind,
                        at=days(*at) if at else None, limit=limit, after=after)
    return sorted((_raster(row["told"]) for row in rows), key=lambda one: (one.taken is None, one.taken or (), str(one.id)))


def show(session: Session, raster: UUID) -> Raster:
    """All that the catalogue tells of one raster; NotFound where it is not visible."""
    return _raster(session.value("raster", raster=raster))


def path(settings: Any, raster: Raster) -> Path:
    """Where the cloud-optimised copy lies, to be read and never written."""
    return documents.location(settings, raster.copy)


def _raster(told: dict) -> Raster:
    taken = told["taken"]
    if taken:
        first, last = (date.fromisoformat(one) for one in taken.strip("[)").split(","))
        taken = first, last - timedelta(days=1)
    known = {**told, "taken": taken, "id": UUID(told["id"]), "document": UUID(told["document"]),
             "recorded_at": datetime.fromisoformat(told["recorded_at"])}
    return Raster(**{one.name: known[one.name] for one in fields(Raster)})
