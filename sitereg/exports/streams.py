"""A frame as bytes for a script that asks over HTTPS: a logged read of one's own, not a file that leaves (that is `write`)."""
import csv
import io
import json

import pandas
import shapely

from sitereg.exports.csv import cell
from sitereg.exports.rows import plain

TYPES = {"geojson": "application/geo+json", "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
AT_ONCE = 500


def stream(table, form):
    """The frame's bytes, part by part. form: `geojson` (a table without shapes has null geometries), `csv` (shapes as WKT, a text
    that a spreadsheet would run gets an apostrophe), `parquet` (GeoParquet where there are shapes)."""
    return {"geojson": features, "csv": lines, "parquet": parquet}[form](table)


def features(table):
    shapes = table.geometry.to_numpy() if "geometry" in table else [None] * len(table)
    flat = table.drop(columns="geometry", errors="ignore")
    yield b'{"type": "FeatureCollection", "features": ['
    for begin in range(0, len(flat), AT_ONCE):
        rows = flat.iloc[begin:begin + AT_ONCE].to_dict("records")
        part = [f'{{"type": "Feature", "geometry": {shapely.to_geojson(one) if one is not None else "null"}, "properties": '
                f"{json.dumps({name: told(value) for name, value in row.items()}, ensure_ascii=False)}}}"
                for row, one in zip(rows, shapes[begin:begin + AT_ONCE], strict=True)]
        yield ((", " if begin else "") + ", ".join(part)).encode()
    yield b"]}"


def lines(table):
    flat = table.drop(columns="geometry", errors="ignore")
    if "geometry" in table:
        flat["wkt"] = shapely.to_wkt(table.geometry.to_numpy(), rounding_precision=7)
    out = io.StringIO(newline="")
    row = csv.writer(out, lineterminator="\r\n")
    row.writerow(flat.columns)
    for n, said in enumerate(flat.to_dict("records")):
        row.writerow([cell(told(value), name, {}) for name, value in said.items()])
        if n % AT_ONCE == 0:
            yield taken(out)
    yield taken(out)


def told(value):
    return None if value is pandas.NA else plain(value)


def taken(out):
    held = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return held


def parquet(table):
    out = io.BytesIO()
    table.to_parquet(out, index=False)
    yield out.getvalue()
