"""GeoJSON as RFC 7946 has it: WGS84, at most seven decimals, outer rings counter-clockwise, null where there is no place."""
import json

import numpy
import shapely

from sitereg.exports.rows import plain

SUFFIX = ".geojson"


def write(table, about, path):
    """The file is one FeatureCollection, a feature a line, ids the public codes, `about` beside the features."""
    shapes = shapely.orient_polygons(shapely.transform(table.geometry.to_numpy(), lambda xy: numpy.round(xy, 7)))
    properties = table.drop(columns="geometry").to_dict("records")
    with path.open("w", encoding="utf-8") as file:
        head = {"type": "FeatureCollection", "name": about["what"], "about": about}
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n')
        for n, (row, shape) in enumerate(zip(properties, shapes, strict=True)):
            feature = {"type": "Feature", "id": row["code"], "geometry": None if shape is None else shape.__geo_interface__,
                       "properties": {key: plain(value) for key, value in row.items()}}
            file.write((",\n" if n else "") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
        file.write("\n]}\n")
    return {}
