"""Makes gis_data/boundaries/syr_admin1.geojson, once, and prints its hash for gis_data/manifest.toml.

    python scripts/boundaries.py world_map.gpkg                     write
    python scripts/boundaries.py world_map.gpkg --compare FILE.shp  and compare it with OCHA's COD-AB

world_map.gpkg is the file of Debian's qgis-common (Natural Earth 1:10m, public domain); gis_data/README.md
says how to take it out of the package. The codes are OCHA's p-codes, joined by hand in GOVERNORATES; no
geometry of the COD is used or kept.
"""

import argparse
import hashlib
import json
import pathlib

import geopandas
import pandas
import pyogrio
import shapely
import shapely.ops

DATA = pathlib.Path(__file__).resolve().parent.parent / "gis_data"
TARGET = DATA / "boundaries" / "syr_admin1.geojson"
EDITION = "ne-10m"

# p-code: (Natural Earth names, English, Arabic). The UNDOF zone is part of Quneitra.
GOVERNORATES = {
    "SY01": (("Damascus",), "Damascus", "دمشق"),
    "SY02": (("Aleppo",), "Aleppo", "حلب"),
    "SY03": (("Rif Dimashq",), "Rural Damascus", "ريف دمشق"),
    "SY04": (("Homs (Hims)",), "Homs", "حمص"),
    "SY05": (("Hamah",), "Hama", "حماة"),
    "SY06": (("Lattakia",), "Lattakia", "اللاذقية"),
    "SY07": (("Idlib",), "Idleb", "إدلب"),
    "SY08": (("Hasaka (Al Haksa)",), "Al-Hasakeh", "الحسكة"),
    "SY09": (("Dayr Az Zawr",), "Deir-ez-Zor", "دير الزور"),
    "SY10": (("Tartus",), "Tartous", "طرطوس"),
    "SY11": (("Ar Raqqah",), "Ar-Raqqa", "الرقة"),
    "SY12": (("Dar`a",), "Dar'a", "درعا"),
    "SY13": (("As Suwayda'",), "As-Sweida", "السويداء"),
    "SY14": (("Quneitra", "UNDOF"), "Quneitra", "القنيطرة"),
}


def golan(gpkg):
    """The part of Natural Earth's HaZafon east of its own "Syrian claim" line: a Polygon in EPSG:4326.

    Natural Earth draws de facto control; the United Nations and the p-codes count the occupied Golan to
    Quneitra.
    """
    states = pyogrio.read_dataframe(gpkg, layer="states_provinces", where="name = 'HaZafon'")
    claims = pyogrio.read_dataframe(gpkg, layer="disputed_borders", where="name = 'Syrian claim'")
    north = states.geometry.union_all()
    # the line ends 1e-7 degrees short of the outline: the grid closes that gap
    noded = shapely.union_all([north.boundary, claims.geometry.union_all()], grid_size=1e-6)
    plateau = shapely.Point(35.78, 33.0)
    face = next(face for face in shapely.ops.polygonize(noded) if face.contains(plateau))
    if face.area > north.area / 2:
        raise SystemExit("the claim line does not cut the polygon in two")
    return face


def governorates(gpkg):
    """The 14 governorates (pcode, name_en, name_ar, edition, geometry), EPSG:4326, in p-code order."""
    states = pyogrio.read_dataframe(gpkg, layer="states_provinces", where="iso_a2 = 'SY'")
    wanted = {name for names, _, _ in GOVERNORATES.values() for name in names}
    if set(states["name"]) != wanted:
        raise SystemExit(f"names differ from the table: {sorted(set(states['name']) ^ wanted)}")
    rows = []
    for pcode, (names, english, arabic) in GOVERNORATES.items():
        parts = list(states.geometry[states["name"].isin(names)])
        if pcode == "SY14":
            parts.append(golan(gpkg))
        shape = shapely.set_precision(shapely.union_all(parts), 1e-6)
        rows.append(
            {"pcode": pcode, "name_en": english, "name_ar": arabic, "edition": EDITION, "geometry": shape}
        )
    frame = geopandas.GeoDataFrame(rows, crs="EPSG:4326")
    if not frame.is_valid.all():
        raise SystemExit("a governorate is not a valid polygon")
    return frame


def write(frame):
    """TARGET holds the frame as RFC 7946 GeoJSON, at most six decimals; returns its sha256."""
    features = []
    for row in frame.itertuples():
        shape = shapely.orient_polygons(row.geometry, exterior_cw=False)
        geometry = json.loads(shapely.to_geojson(shape), parse_float=lambda text: round(float(text), 6))
        names = {"pcode": row.pcode, "name_en": row.name_en, "name_ar": row.name_ar, "edition": row.edition}
        features.append({"type": "Feature", "id": row.pcode, "properties": names, "geometry": geometry})
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", encoding="utf-8")
    return hashlib.sha256(TARGET.read_bytes()).hexdigest()


def compare(frame, path):
    """A table by p-code: km2 here, km2 in the COD, intersection over union, and the p-code overlapped most.
    """
    metres = "EPSG:6933"
    ours = frame.to_crs(metres).set_index("pcode")
    cod = geopandas.read_file(path).to_crs(metres).set_index("adm1_pcode")
    rows = []
    for pcode, shape in ours.geometry.items():
        shared = cod.geometry.intersection(shape).area
        union = shape.union(cod.geometry[pcode]).area
        rows.append(
            {
                "pcode": pcode,
                "km2": round(shape.area / 1e6),
                "cod_km2": round(cod.geometry[pcode].area / 1e6),
                "iou": round(shared[pcode] / union, 3),
                "most": shared.idxmax(),
                "same_arabic": ours.name_ar[pcode] == cod.adm1_name1[pcode],
                "same_english": ours.name_en[pcode] == cod.adm1_name[pcode],
            }
        )
    whole = ours.geometry.union_all(), cod.geometry.union_all()
    print("whole country IoU", round(whole[0].intersection(whole[1]).area / whole[0].union(whole[1]).area, 3))
    return pandas.DataFrame(rows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gpkg", type=pathlib.Path)
    parser.add_argument("--compare", type=pathlib.Path)
    chosen = parser.parse_args()
    frame = governorates(chosen.gpkg)
    print(TARGET.name, TARGET.stat().st_size if TARGET.exists() else 0, write(frame))
    if chosen.compare:
        print(compare(frame, chosen.compare).to_string(index=False))


if __name__ == "__main__":
    main()
