"""The ground on which places of an import are tested: admin units of its country, places of the gazetteer. Pure, built once a file.

    made(units, places)              -> Ground, or None where no unit of that country is in the database
    ground.on_land(lon, lat)         whether the country holds the point; ground.apart_m(unit, lon, lat) metres from a unit
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import shapely
from shapely.ops import nearest_points

from sitereg import geo, names
from sitereg.writing import bare_letters

CENTRE_M = 100.0
"""So near the middle of a unit a point stands for the unit."""

_ARTICLES = re.compile(r"^(?:al|el|ad|an|ar|as|at|az|ash|adh|ath)[ -]")


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """An admin unit of the edition in use; `middles` are its corrected centre and the centroid of its shape, lon and lat."""

    pcode: str
    edition: str
    level: int
    called: tuple[str, ...]
    shape: shapely.Geometry
    middles: tuple[tuple[float, float], ...]


@dataclass(eq=False)
class Ground:
    """One edition of a country's units, the codes that only other editions have, and the places of its gazetteer by name."""

    edition: str
    units: dict[str, Unit]
    elsewhere: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[tuple[str, float, float]]] = field(default_factory=dict)

    @property
    def finest(self) -> int:
        """The level of the smallest units: 3 a sub-district, 1 a governorate."""
        return max(one.level for one in self.units.values())

    @cached_property
    def _land(self) -> list[Unit]:
        top = min(one.level for one in self.units.values())
        return [one for one in self.units.values() if one.level == top]

    @cached_property
    def _middles(self) -> dict[tuple[int, int], list[tuple[Unit, float, float]]]:
        """The middles of units by the hundredth of a degree in which they may be met: each stands in nine."""
        found: dict[tuple[int, int], list[tuple[Unit, float, float]]] = {}
        for unit in self.units.values():
            for lon, lat in unit.middles:
                for x, y in ((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)):
                    found.setdefault((int(lon * 100) + x, int(lat * 100) + y), []).append((unit, lon, lat))
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.units.values():
            for key in {name_key(name) for name in unit.called} - {""}:
                found.setdefault(key, []).append(unit)
        return found

    def on_land(self, lon: float, lat: float) -> bool:
        """Whether the country, as drawn, holds the point."""
        return _on_land(self, round(lon, 7), round(lat, 7))

    def outside_m(self, lon: float, lat: float) -> float:
        """Metres from the point to the country as drawn; 0 inside."""
        return min(self.apart_m(one, lon, lat) for one in self._land)

    def apart_m(self, unit: Unit, lon: float, lat: float) -> float:
        """Metres from the point to the unit; 0 inside."""
        if shapely.contains_xy(unit.shape, lon, lat):
            return 0.0
        near, _ = nearest_points(unit.shape, shapely.Point(lon, lat))
        return geo.distance_m(near.x, near.y, lon, lat)

    def centred(self, lon: float, lat: float) -> Unit | None:
        """The largest unit whose middle lies within CENTRE_M of the point, or None."""
        near = [unit for unit, x, y in self._middles.get((int(lon * 100), int(lat * 100)), ())
                if geo.distance_m(x, y, lon, lat) <= CENTRE_M]
        return min(near, key=lambda one: one.level, default=None)

    def called(self, name: str) -> list[Unit]:
        """The units of that name, in either script and however it is spelt."""
        return self._by_name.get(name_key(name), [])

    def toponym(self, name: str) -> list[tuple[str, float, float]]:
        """The places of the gazetteer of that name: (name, lon, lat)."""
        return self.places.get(name_key(name), [])


@lru_cache(maxsize=100_000)
def _on_land(ground: Ground, lon: float, lat: float) -> bool:
    return any(shapely.contains_xy(one.shape, lon, lat) for one in ground._land)


@lru_cache(maxsize=20_000)
def name_key(name: str) -> str:
    """What spellings of one place name have in common: of Arabic the loose key, of Latin letters alone without article and
    marks."""
    if names.script(name) != "Latn":
        return names.key_loose(name)
    words = bare_letters(name).replace("'", "").replace("`", "").lower()
    return re.sub(r"[^a-z0-9]+", "", _ARTICLES.sub("", words.replace("-", " ").strip()))


def made(units: Iterable[dict], places: Iterable[dict] = ()) -> Ground | None:
    """The ground of these rows (api.ground_units, api.ground_places); of several editions those with a shape count."""
    found, elsewhere = {}, {}
    for row in units:
        if row["shape"] is None:
            elsewhere.setdefault(row["pcode"], row["edition"])
            continue
        shape = shapely.from_wkb(bytes(row["shape"]))
        shapely.prepare(shape)
        middle = shape.centroid
        called = tuple(name for name in (row["name_en"], row["name_ar"]) if name)
        found[row["pcode"]] = Unit(row["pcode"], row["edition"], row["level"], called, shape,
                                   ((row["lon"], row["lat"]), (middle.x, middle.y)))
    if not found:
        return None
    by_name: dict[str, list[tuple[str, float, float]]] = {}
    for row in places:
        told = " / ".join(filter(None, (row["name_en"], row["name_ar"])))
        for key in {name_key(name) for name in (row["name_en"], row["name_ar"]) if name} - {""}:
            by_name.setdefault(key, []).append((told, row["lon"], row["lat"]))
    return Ground(next(iter(found.values())).edition, found, {k: v for k, v in elsewhere.items() if k not in found}, by_name)
