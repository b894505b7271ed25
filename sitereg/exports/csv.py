"""CSV in UTF-8 (with the mark that spreadsheets look for), a row of HXL tags under the header, shapes as WKT.

A text that a spreadsheet would run as a formula gets an apostrophe in front; the manifest counts them by column. Numbers stay
numbers, minus and all.
"""
import csv

import shapely

from sitereg.exports.rows import plain

SUFFIX = ".csv"
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
TAGS = {
    "code": "#loc+code", "name_en": "#loc+name+i_en", "name_ar": "#loc+name+i_ar",
    "kind": "#loc+type+code", "kind_en": "#loc+type+i_en", "kinds": "#loc+type+list",
    "verification": "#status+verification", "stamp": "#status+stamp", "protection": "#status+protection",
    "remains_state": "#status+remains", "began_earliest": "#date+start+earliest",
    "began_latest": "#date+start+latest", "ended_earliest": "#date+end+earliest",
    "ended_latest": "#date+end+latest", "shown_as": "#geo+type", "uncertainty_m": "#geo+uncertainty_m",
    "precision": "#geo+precision", "lon": "#geo+lon", "lat": "#geo+lat", "country": "#country+code+iso2",
    "adm1": "#adm1+code", "adm1_en": "#adm1+name+i_en", "adm1_ar": "#adm1+name+i_ar",
    "adm2": "#adm2+code", "adm3": "#adm3+code", "edition": "#meta+edition",
    "classification": "#meta+classification", "synthetic": "#meta+synthetic", "as_of": "#date+asof",
    "wkt": "#geo+wkt",
}


def write(table, about, path):
    """The file has a header, the row of tags, and one row for each site; answers how many cells got an apostrophe, by column."""
    flat = table.drop(columns="geometry")
    flat["wkt"] = shapely.to_wkt(table.geometry.to_numpy(), rounding_precision=7)
    kept = {}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(flat.columns)
        out.writerow([TAGS[name] for name in flat.columns])
        for row in flat.to_dict("records"):
            out.writerow([cell(plain(value), name, kept) for name, value in row.items()])
    return {"neutralised": kept}


def cell(value, name, kept):
    """The value as a cell that no spreadsheet runs; `kept` counts what was changed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULA):
        kept[name] = kept.get(name, 0) + 1
        return "'" + value
    return value
