"""The rows of a file that leaves: flat columns, each with what must not get lost on the way (how sure, how near, of when)."""
import geopandas
import shapely

from sitereg import frames, vocab
from sitereg.store.session import Json

STAMP = "UNVERIFIED"
COLUMNS = ("id", "code", "name_en", "name_ar", "kind", "kind_en", "kinds", "verification", "verifications", "stamp", "protection",
           "remains_state", "began_earliest", "began_latest", "ended_earliest", "ended_latest", "shown_as", "uncertainty_m",
           "precision", "place_kind", "method", "place_grade", "kind_grade", "lon", "lat", "country", "adm1", "adm1_en", "adm1_ar",
           "adm2", "adm3", "edition", "classification", "registry", "synthetic", "as_of", "geometry")


def leaving(session, face, filter, about):
    """A GeoDataFrame of the sites that leave from this face, in the order of their codes; columns: COLUMNS.

    stamp: UNVERIFIED where any kind of the site is below `confirmed`; verifications: of `kinds`, in their order; method: how the
    place came about; place_grade, kind_grade: reliability and credibility (C3) of the claim that the place and the first kind rest
    on; edition: of the admin units whose codes stand in the row.
    """
    with session.streamed("leaving_sites", face=face, filter=Json(filter)) as (columns, messages):
        table = frames.read(columns, messages)
    table["kind_en"] = [vocab.label("site_kind", kind) if isinstance(kind, str) else None for kind in table["kind"]]
    table["stamp"] = ["" if set(levels.split(",")) == {"confirmed"} else STAMP for levels in table["verifications"]]
    table["lon"], table["lat"] = table["lon"].round(7), table["lat"].round(7)
    for name, told in (("classification", "tlp"), ("registry", "registry"), ("synthetic", "synthetic"), ("as_of", "date")):
        table[name] = about[told]
    return geopandas.GeoDataFrame(table[list(COLUMNS)], geometry="geometry", crs="EPSG:4326")


def sheet(table):
    """The rows of a sheet as {column: value}: the header, the row of HXL tags, then the sites; the last column is the WKT."""
    flat = table.drop(columns="geometry")
    flat["wkt"] = shapely.to_wkt(table.geometry.to_numpy(), rounding_precision=7)
    yield {name: name for name in flat.columns}
    yield {name: TAGS[name] for name in flat.columns}
    for row in flat.to_dict("records"):
        yield {name: plain(value) for name, value in row.items()}


def plain(value):
    """A cell as JSON and CSV hold it: None for what is missing, days as ISO 8601, numbers as numbers."""
    if value is None or value != value:
        return None
    if hasattr(value, "date"):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


TAGS = {
    "code": "#loc+code", "name_en": "#loc+name+i_en", "name_ar": "#loc+name+i_ar",
    "kind": "#loc+type+code", "kind_en": "#loc+type+i_en", "kinds": "#loc+type+list",
    "verification": "#status+verification", "verifications": "#status+verification+list", "stamp": "#status+stamp",
    "protection": "#status+protection", "remains_state": "#status+remains", "began_earliest": "#date+start+earliest",
    "began_latest": "#date+start+latest", "ended_earliest": "#date+end+earliest",
    "ended_latest": "#date+end+latest", "shown_as": "#geo+type", "uncertainty_m": "#geo+uncertainty_m",
    "precision": "#geo+precision", "place_kind": "#geo+kind", "method": "#geo+method",
    "place_grade": "#geo+grade", "kind_grade": "#loc+type+grade",
    "lon": "#geo+lon", "lat": "#geo+lat", "country": "#country+code+iso2",
    "adm1": "#adm1+code", "adm1_en": "#adm1+name+i_en", "adm1_ar": "#adm1+name+i_ar",
    "adm2": "#adm2+code", "adm3": "#adm3+code", "edition": "#meta+edition",
    "classification": "#meta+classification", "registry": "#meta+registry", "synthetic": "#meta+synthetic", "as_of": "#date+asof",
    "wkt": "#geo+wkt",
}
"""The HXL tag of each column of a sheet."""
