"""The rows of a file that leaves: flat columns, each with what must not get lost on the way (how sure, how near, of when)."""
import geopandas

from sitereg import frames, vocab
from sitereg.store.session import Json

STAMP = "UNVERIFIED"
COLUMNS = ("id", "code", "name_en", "name_ar", "kind", "kind_en", "kinds", "verification", "stamp", "protection",
           "remains_state", "began_earliest", "began_latest", "ended_earliest", "ended_latest", "shown_as", "uncertainty_m",
           "precision", "lon", "lat", "country", "adm1", "adm1_en", "adm1_ar", "adm2", "adm3", "edition", "classification",
           "synthetic", "as_of", "geometry")


def leaving(session, face, filter, about):
    """A GeoDataFrame of the sites that leave from this face, in the order of their codes; columns: COLUMNS.

    stamp: UNVERIFIED where any kind of the site is below `confirmed`; edition: of the admin units whose codes stand in the row.
    """
    with session.streamed("leaving_sites", face=face, filter=Json(filter)) as (columns, messages):
        table = frames.read(columns, messages)
    table["kind_en"] = [vocab.label("site_kind", kind) if isinstance(kind, str) else None for kind in table["kind"]]
    table["stamp"] = ["" if set(levels.split(",")) == {"confirmed"} else STAMP for levels in table["verifications"]]
    table["lon"], table["lat"] = table["lon"].round(7), table["lat"].round(7)
    table["classification"], table["synthetic"], table["as_of"] = about["tlp"], about["synthetic"], about["date"]
    return geopandas.GeoDataFrame(table[list(COLUMNS)], geometry="geometry", crs="EPSG:4326")


def plain(value):
    """A cell as JSON and CSV hold it: None for what is missing, days as ISO 8601, numbers as numbers."""
    if value is None or value != value:
        return None
    if hasattr(value, "date"):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
