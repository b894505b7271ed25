"""Makes gis_data/waters/*.geojson, once, and prints their hashes for gis_data/manifest.toml.

    python scripts/waters.py FOLDER

FOLDER holds Natural Earth's 1:10m rivers and lakes (public domain) as GeoJSON:
ne_10m_rivers_lake_centerlines*.geojson and ne_10m_lakes*.geojson. Kept: what lies within 300 km of Syria,
with the English and Arabic names of NAMES, at five decimals.
"""

import hashlib
import json
import pathlib
import sys

import geopandas
import shapely

TARGET = pathlib.Path(__file__).resolve().parent.parent / "gis_data" / "waters"
AROUND = shapely.box(32.5, 29.5, 45.5, 40.0)

NAMES = {
    "Euphrates": ("Euphrates", "الفرات"),
    "Firat": ("Euphrates", "الفرات"),
    "Al Furat": ("Euphrates", "الفرات"),
    "Tigris": ("Tigris", "دجلة"),
    "Dicle": ("Tigris", "دجلة"),
    "Jordan": ("Jordan", "نهر الأردن"),
    "Ceyhan": ("Ceyhan", "جيحان"),
    "Sea of Galilee": ("Lake Tiberias", "بحيرة طبريا"),
    "Ataturk Barajt": ("Atatürk reservoir", "بحيرة أتاتورك"),
    "Buhayrat al-Assad": ("Lake Assad", "بحيرة الأسد"),
}


def cut(path):
    """The features of one file inside AROUND as GeoJSON features with name_en and name_ar."""
    frame = geopandas.read_file(path).to_crs("EPSG:4326").clip(AROUND)
    for row in frame.itertuples():
        english, arabic = NAMES[row.name]
        shape = shapely.set_precision(row.geometry.simplify(0.002), 1e-5)
        if not shape.is_empty:
            geometry = json.loads(shapely.to_geojson(shape), parse_float=lambda text: round(float(text), 5))
            yield {
                "type": "Feature",
                "properties": {"name_en": english, "name_ar": arabic},
                "geometry": geometry,
            }


def main(folder):
    TARGET.mkdir(parents=True, exist_ok=True)
    for pattern, name in (("ne_10m_rivers*.geojson", "rivers"), ("ne_10m_lakes*.geojson", "lakes")):
        source = sorted(pathlib.Path(folder).glob(pattern))[0]
        lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in cut(source))
        target = TARGET / f"{name}.geojson"
        target.write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", encoding="utf-8")
        print(target.name, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    main(sys.argv[1])
