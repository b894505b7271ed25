"""Every table of the registry as a frame for scripts, and frames as a working GeoPackage.

    with sitereg.reading() as s:
        holdings, visits = sitereg.tables.frame(s, "holdings"), sitereg.tables.frame(s, "visits")
        sitereg.tables.save({"holdings": holdings, "visits": visits}, "work.gpkg")

Each frame is the caller's face: what is not for him is absent, and an empty frame has the same columns and types. Places stand in
`geometry` (EPSG:4326), codes are categories, days are datetime64, both included; what a column means stands at the view of the
same name (`\\d+ v_holding`).
"""
import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sitereg import events, exports, frames, persons, sites
from sitereg.errors import BadInput

__all__ = ["NAMES", "frame", "save"]


@dataclass(frozen=True)
class Table:
    """An api function that answers all rows, and the vocabularies of its codes (None: codes of no vocabulary)."""

    function: str
    terms: dict = field(default_factory=dict)
    geometry: str | None = None


OF_RECORD = {"record_kind": None}
TABLES = {
    "site_kinds": Table("all_site_kinds", {"kind": "site_kind"}),
    "relations": Table("all_relations", {"kind": "relation_kind", "feature_kind": "feature_kind"}),
    "holdings": Table("all_holdings", {"condition": "record_condition", "last_access": "records_access"}, "geom"),
    "claims": Table("all_claims", OF_RECORD | {"source_type": "source_type", "source_family": None, "connection": None}, "geom"),
    "sources": Table("all_sources", {"source_type": "source_type", "source_family": None, "connection": None}),
    "documents": Table("all_documents", {"role": "document_role"}),
    "inquiries": Table("all_inquiries", OF_RECORD | {"result": "inquiry_result"}),
    "visits": Table("all_visits", OF_RECORD | {"method": None}, "geom"),
    "measures": Table("all_measures", OF_RECORD | {"kind": "measure_kind", "state": "measure_state",
                                                   "agent_kind": "authority_kind"}, "geom"),
    "disturbances": Table("all_disturbances", OF_RECORD | {"kind": "disturbance_kind", "by": "disturbance_by",
                                                           "severity": "severity"}),
    "decisions": Table("all_decisions", OF_RECORD | {"machine": "machine", "how": None}),
    "proposals": Table("all_proposals", {"machine": "machine"}),
    "tasks": Table("all_tasks", {"role": "role", "what": None}),
    "reports": Table("all_reports", {"state": "report_state", "consent": "consent_state"}, "geom"),
    "disclosures": Table("all_disclosures", {"legal_basis": "legal_basis", "format": None, "precision": False}),
    "batches": Table("all_batches", {"state": None, "consent": "consent_state", "profile": None}),
    "units": Table("all_units", {"parent": None}, "geom"),
}
ROOMS = {"sites": sites, "persons": persons, "events": events}
NAMES = (*ROOMS, *TABLES)


def frame(session, name, **asked):
    """All rows of a table that the caller is shown, a GeoDataFrame (EPSG:4326) where it has places; the read stands in the log.

    asked: the filters of sites, persons and events; codes (a list of public codes) of claims. Raises BadInput: no such table.
    """
    if name in ROOMS:
        return ROOMS[name].frame(session, **asked)
    if name not in TABLES:
        raise BadInput("There is no such table", where=str(name), do=f"Tables are {', '.join(NAMES)}.")
    if asked and (name != "claims" or asked.keys() != {"codes"}):
        raise BadInput("There is no such filter", where=", ".join(sorted(asked)), do="Take all rows, and choose among them.")
    table = TABLES[name]
    found = frames.frame(session, table.function, terms=table.terms, geometry=table.geometry or "geometry", **asked)
    return found.rename_geometry("geometry") if table.geometry else found


def save(tables, path):
    """The frames {name: frame} stand in a new GeoPackage that its owner alone can read: a working copy for the same machine.

    A layer for points, lines and areas each (`visits_area`), a table for rows without a place (`visits_unplaced`; `decisions` where
    there are never any), and `about`. It is no disclosure: what is handed to somebody is made by `exports`. Raises BadInput: such a
    file is there already, or there is no frame.
    """
    path = exports.placed(path)
    if not tables:
        raise BadInput("There is no frame to save", do="Give at least one: {\"sites\": sites.frame(session)}.")
    if path.exists():
        raise BadInput("There is such a file already", where=str(path), do="Give another name.")
    about = {"what": ", ".join(tables), "made": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "crs": "EPSG:4326",
             "use": "A working copy of what one person is shown. Not to be handed on: `sitereg export` makes files that leave."}
    with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.absolute().parent) as folder:
        made = Path(folder) / "file.gpkg"
        counts = {}
        for name, table in tables.items():
            counts |= exports.gpkg.layers(table, made, name)
        exports.gpkg.tell(about, made)
        os.chmod(made, 0o600)
        exports.named(made, path)
    return counts
