"""KML 2.2: one folder of placemarks with their columns as extended data; no link, no icon from elsewhere, no style of its own."""
import pyogrio

from sitereg.exports.gpkg import simple

SUFFIX = ".kml"


def write(table, about, path):
    """The file has one placemark for each site, named by its name, else its code; places as longitude and latitude in WGS84."""
    made = table.assign(**{name: held for name in table.columns if (held := simple(table[name])) is not None})
    made["synthetic"] = ["true" if one else "false" for one in table["synthetic"]]
    made.insert(0, "Name", table["name_en"].fillna(table["name_ar"]).fillna(table["code"]))
    told = "; ".join(f"{name}: {value}" for name, value in about.items())
    pyogrio.write_dataframe(made.assign(Description=told), path, layer=about["what"], driver="KML")
    return {}
