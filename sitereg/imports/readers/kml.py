"""KML and KMZ by the XML parser alone: folders are layers, places are rows, links to elsewhere are dropped and told."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from sitereg.imports.readers import LAYER, Unreadable, archive

DRIVERS: tuple[str, ...] = ()
NEEDS = ("shapely", "shapely.wkb", "xml.etree.ElementTree")
DEEPEST = 40
MOST_BYTES = 256 * 2**20
_LINKS = {"NetworkLink": "links to other files", "GroundOverlay": "pictures", "ScreenOverlay": "pictures",
          "PhotoOverlay": "photographs"}
_TIMES = ("when", "begin", "end")


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """The placemarks of each folder that the profile names, or of all; a folder within another is "outer/inner".

    Columns: name, description, those of address, when, begin and end that any place gives, the fields of schemas and the names of
    the extended data.
    """
    if len(files) != 1:
        raise Unreadable("A KML import takes one file, not a folder", do="Give the file itself.")
    found: dict[str, list] = {}
    links: dict[str, int] = {}
    root = _parse(Path(files[0]["path"]))
    _walk(root, "", 0, found, links)
    icons = sum(_tag(one) in ("IconStyle", "ItemIcon") and any(_tag(each) == "href" for each in one.iter()) for one in root.iter())
    links |= {"icons": icons} if icons else {}
    rows = {name: [_row(name, n, mark) for n, mark in enumerate(marks, start=1)] for name, marks in found.items()}
    wanted = set(options.get("layers") or ())
    said = [c for each in rows.values() for row in each for c, text in row["cells"].items() if text and c != LAYER]
    declared = [one.get("name") for one in root.iter() if _tag(one) == "SimpleField" and one.get("name")]
    columns = [*dict.fromkeys(["name", "description", *declared, *said]), LAYER]
    for what, times in links.items():
        yield {"note": {"code": "link_dropped", "field": what, "message": f"{times} {what} were not followed"}}
    for name, each in rows.items():
        if wanted and name not in wanted:
            yield {"note": {"code": "not_read", "field": name, "message": f"The folder {name} ({len(each)} places) is not read"}}
            continue
        yield {"layer": {"part": name, "columns": columns, "crs": "EPSG:4326", "shapes": True}}
        for row in each:
            yield {"row": row}


def _parse(path: Path) -> ElementTree.Element:
    if archive.is_zip(path):
        with archive.opened(path) as bundle:
            inner = sorted(one for one in bundle.namelist() if one.lower().endswith(".kml"))
            if not inner:
                raise Unreadable("The archive holds no .kml", code="not_this_format", do="Ask for the file again.")
            data = archive.content(bundle, "doc.kml" if "doc.kml" in inner else inner[0])
    elif path.stat().st_size > MOST_BYTES:
        raise Unreadable("The file is too large for KML", code="too_large", do="Import it in parts.")
    else:
        data = path.read_bytes()
    archive.refuse_declarations(data)
    try:
        root = ElementTree.fromstring(data.decode("utf-8-sig").lstrip())  # noqa: S314  (no DOCTYPE, so no entities)
    except UnicodeDecodeError as error:
        raise Unreadable("KML is UTF-8 and this file is not", code="bad_encoding", do="Ask for the file again.") from error
    except (ElementTree.ParseError, ValueError) as error:
        raise Unreadable("The file is no KML", code="not_this_format", do="Ask for the file again.") from error
    if _tag(root) != "kml":
        raise Unreadable("The file is no KML", code="not_this_format", do="Ask for the file again.")
    return root


def _walk(node: ElementTree.Element, name: str, depth: int, found: dict, links: dict) -> None:
    if depth > DEEPEST:
        raise Unreadable("Folders lie too deep within each other", do="Ask for the file again.")
    for child in node:
        kind = _tag(child)
        if kind == "Placemark":
            found.setdefault(name, []).append(child)
        elif kind == "Folder":
            inner = (_of(child, "name") or "folder").strip()
            _walk(child, f"{name}/{inner}" if name else inner, depth + 1, found, links)
        elif kind == "Document":
            _walk(child, name, depth + 1, found, links)
        elif kind in _LINKS:
            links[_LINKS[kind]] = links.get(_LINKS[kind], 0) + 1


def _row(part: str, number: int, mark: ElementTree.Element) -> dict:
    cells = {name: _of(mark, name) or "" for name in ("name", "description")}
    cells |= {"address": _of(mark, "address")} if _of(mark, "address") else {}
    cells |= {_tag(one): one.text for one in mark.iter() if _tag(one) in _TIMES and one.text}
    for one in mark.iter():
        if _tag(one) == "Data" and one.get("name"):
            cells[one.get("name")] = (_of(one, "value") or "").strip()
        elif _tag(one) == "SimpleData" and one.get("name"):
            cells[one.get("name")] = (one.text or "").strip()
    row = {"part": part, "n": number, "line": None, "cells": {**cells, LAYER: part}, "shape": None, "faults": []}
    try:
        row["shape"] = _shape(mark)
        if any(ring and ring[0] != ring[-1] for ring in map(_points, _rings(mark))):
            row["faults"] = [["geometry_repaired", "A ring was not closed: its first corner was added at its end"]]
    except Exception as error:
        row["faults"] = [["bad_geometry", f"The shape of this record cannot be read ({type(error).__name__})"]]
    return row


def _shape(mark: ElementTree.Element) -> str | None:
    from shapely import wkb

    drawn = [one for one in map(_drawn, mark) if one is not None]
    if not drawn or drawn[0].is_empty:
        return None
    return wkb.dumps(drawn[0], hex=True)


def _rings(mark: ElementTree.Element) -> list[ElementTree.Element]:
    return [one for one in mark.iter() if _tag(one) in ("outerBoundaryIs", "innerBoundaryIs")]


def _drawn(node: ElementTree.Element):
    """The shape of an element, None where it is none. Raises ValueError for shapes that are not read."""
    import shapely

    kind = _tag(node)
    if kind == "Point":
        return shapely.Point(_points(node)[0])
    if kind in ("LineString", "LinearRing"):
        return shapely.LineString(_points(node))
    if kind == "Polygon":
        outer, inner = ([_points(one) for one in node.iter() if _tag(one) == f"{side}BoundaryIs"] for side in ("outer", "inner"))
        return shapely.Polygon(outer[0], inner)
    if kind == "MultiGeometry":
        parts = [one for one in map(_drawn, node) if one is not None]
        kinds = {one.geom_type for one in parts}
        many = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
        if len(parts) == 1:
            return parts[0]
        return many[kinds.pop()](parts) if len(kinds) == 1 and kinds <= set(many) else shapely.GeometryCollection(parts)
    if kind in ("Model", "Track", "MultiTrack"):
        raise ValueError(f"{kind} is not read")
    return None


def _points(node: ElementTree.Element) -> list[tuple[float, float]]:
    text = next((one.text or "" for one in node.iter() if _tag(one) == "coordinates"), "")
    found = []
    for token in text.split():
        lon, lat, *_ = map(float, token.split(","))
        found.append((lon, lat))
    return found


def _of(node: ElementTree.Element, name: str) -> str | None:
    return next((one.text for one in node if _tag(one) == name), None)


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]
