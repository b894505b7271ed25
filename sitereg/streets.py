"""Maps of streets that an office brought: PMTiles or extracts of OpenStreetMap beside the drawn background, used offline.

    settings.home / basemaps / <number>.pmtiles, <number>.json      0600; the number follows from the bytes

`add` refuses what the map cannot draw. Nothing is fetched: whoever brings a file downloaded it where that tells nobody anything.
"""
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from uuid import UUID

from sitereg import extracts, pmtiles
from sitereg.errors import BadInput, Conflict, NotFound, Unavailable

DRAWN = ("roads", "transportation", "buildings", "building", "water", "landuse")
"""Layers of which something is drawn: by the names of the Protomaps and the OpenMapTiles schema."""
SYRIA = (35.5, 32.2, 42.5, 37.5)
MOST_BYTES = 8 * 2**30

__all__ = ["add", "added", "path_of", "remove"]


def add(settings, path, *, name=None, licence=None):
    """The archive is copied into the home and drawn from the next page on; answers what `added` tells of it.

    path: PMTiles with vector tiles, or an extract of OpenStreetMap (.osm.pbf), of which such an archive is made for Syria.
    licence: whose data it is and under which terms, shown on the map; needed where the archive does not say it itself. Raises
    BadInput for what cannot be drawn, Conflict for the same bytes again.
    """
    path = Path(path)
    if path.name.endswith(extracts.ENDINGS):
        return _added_extract(settings, path, name, licence)
    told = _checked(path)
    said = (licence or told["attribution"]).strip()
    if not said:
        raise BadInput("The archive does not say whose data it is", where=path.name,
                       do="Say it with --licence: it is shown on the map.")
    folder = _folder(settings)
    if shutil.disk_usage(folder).free < 2 * path.stat().st_size:
        raise Unavailable("The disk has no room for it", where=path.name, do="Free some, then add it again.")
    part = folder / f"{os.getpid()}.part"
    try:
        number = _copy(path, part)
        target = folder / f"{number}.pmtiles"
        if target.exists():
            raise Conflict("This map is there already", where=str(number), do="Remove it first, if its name or licence is another.")
        about = {"number": str(number), "name": (name or told["name"] or path.stem)[:80], "licence": _plain(said)[:300],
                 "zooms": told["zooms"], "bounds": told["bounds"], "layers": told["layers"], "bytes": part.stat().st_size}
        (folder / f"{number}.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return about


def _added_extract(settings, path, name, licence):
    """The same of an extract of OpenStreetMap, drawn first."""
    _size(path)
    with tempfile.TemporaryDirectory(prefix="extract-", dir=_folder(settings)) as folder:
        named = name or path.name.removesuffix(extracts.ENDINGS[0])
        made = extracts.draw(path, Path(folder) / "streets.pmtiles", box=SYRIA, name=named)
        return add(settings, made, name=named, licence=licence)


def added(settings):
    """What is there: {number, name, licence, zooms, bounds, layers, bytes}, by name."""
    folder = settings.home / "basemaps"
    found = [json.loads(one.read_text(encoding="utf-8")) for one in folder.glob("*.json") if one.with_suffix(".pmtiles").exists()]
    return sorted(found, key=lambda one: (one["name"], one["number"]))


def remove(settings, number):
    """The map is there no more; NotFound for a number that is none."""
    path_of(settings, number).unlink()
    path_of(settings, number, there=False).with_suffix(".json").unlink(missing_ok=True)


def path_of(settings, number, *, there=True):
    """Where the archive lies; NotFound where there is none."""
    path = settings.home / "basemaps" / f"{UUID(str(number))}.pmtiles"
    if there and not path.is_file():
        raise NotFound
    return path


def _folder(settings):
    folder = settings.home / "basemaps"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _size(path):
    if not path.is_file():
        raise BadInput("There is no such file", where=str(path), do="Check the path.")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput("The archive is too large", where=f"{path.name}, more than 8 GB",
                       do="Cut it to the country (pmtiles extract).")


def _checked(path):
    _size(path)
    try:
        told = pmtiles.read(path)
    except (pmtiles.Unreadable, UnicodeDecodeError, json.JSONDecodeError) as error:
        why = str(error) if isinstance(error, pmtiles.Unreadable) else "its description cannot be read"
        raise BadInput("This is no map that can be drawn", where=f"{path.name}: {why}",
                       do="Give vector tiles as PMTiles, such as an extract of a Protomaps build, or .osm.pbf.") from error
    if not set(told["layers"]) & set(DRAWN):
        raise BadInput("Nothing in it is drawn", where=f"{path.name} has the layers {', '.join(told['layers'][:8]) or 'none'}",
                       do=f"Give tiles with one of these layers: {', '.join(DRAWN)}.")
    west, south, east, north = told["bounds"]
    if west > SYRIA[2] or east < SYRIA[0] or south > SYRIA[3] or north < SYRIA[1]:
        raise BadInput("It shows no part of Syria", where=f"{path.name}: {west:.2f} {south:.2f} {east:.2f} {north:.2f}",
                       do="Cut another extract.")
    return told


def _copy(path, part):
    digest = hashlib.sha256()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as out, path.open("rb") as given:
        while block := given.read(2**20):
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return UUID(bytes=digest.digest()[:16])


def _plain(text):
    """Words without markup: archives write links as HTML."""
    told, inside = [], False
    for letter in text:
        inside = letter == "<" or (inside and letter != ">")
        if not inside and letter != ">":
            told.append(letter)
    return " ".join("".join(told).split())
