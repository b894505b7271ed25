"""One PMTiles archive (version 3) out of folders of vector tiles: a map in a single file, read by ranges.

Tiles of one address in several folders are joined: a vector tile is a list of layers, so their bytes follow
one another. Layout and Hilbert numbering: the PMTiles version 3 specification (header of 127 bytes, root and
leaf directories, contents).
"""

import gzip
import io
import json
import struct
import zlib
from pathlib import Path

ROOT_LIMIT = 16384 - 127
LEAF_ENTRIES = 4096
GZIP, MVT, CLUSTERED = 2, 1, 1


def join(folders, target, *, name, layers, bounds, attribution):
    """`target` holds every tile of `folders` (z/x/y.pbf, gzipped or not) as one archive; returns its path.

    layers: the list of {"id", "minzoom", "maxzoom", "fields"} written into the metadata; bounds: (west,
    south, east, north) in degrees, EPSG:4326. Raises ValueError where no tile is found. The file appears
    whole or not at all.
    """
    tiles = _tiles(folders)
    if not tiles:
        raise ValueError("no tile found in " + ", ".join(str(folder) for folder in folders))
    contents, entries, places = bytearray(), [], {}
    for number in sorted(tiles):
        body = gzip.compress(b"".join(tiles[number]), mtime=0)
        if body not in places:
            places[body] = len(contents)
            contents += body
        _extend(entries, number, places[body], len(body))
    root, leaves = _directories(entries)
    zooms = [_zoom(number) for number in (min(tiles), max(tiles))]
    metadata = gzip.compress(
        json.dumps(
            {
                "name": name,
                "attribution": attribution,
                "type": "baselayer",
                "vector_layers": layers,
            },
            ensure_ascii=False,
        ).encode(),
        mtime=0,
    )
    header = _header(
        root,
        metadata,
        leaves,
        contents,
        counts=(len(tiles), len(entries), len(places)),
        zooms=zooms,
        bounds=bounds,
    )
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_bytes(header + root + metadata + leaves + contents)
    part.replace(target)
    return target


def tile_number(zoom, x, y):
    """The place of a tile on the Hilbert curve, counted through all lower zooms."""
    number, size = ((1 << (2 * zoom)) - 1) // 3, 1 << zoom
    half = size >> 1
    while half:
        right, low = int(bool(x & half)), int(bool(y & half))
        number += half * half * ((3 * right) ^ low)
        if not low:
            if right:
                x, y = size - 1 - x, size - 1 - y
            x, y = y, x
        half >>= 1
    return number


def _zoom(number):
    zoom = 0
    while number >= ((1 << (2 * (zoom + 1))) - 1) // 3:
        zoom += 1
    return zoom


def _tiles(folders):
    tiles = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("*/*/*.pbf")):
            body = path.read_bytes()
            body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            if body:
                number = tile_number(int(path.parts[-3]), int(path.parts[-2]), int(path.stem))
                tiles.setdefault(number, []).append(body)
    return tiles


def _extend(entries, number, offset, length):
    """Adds a tile; neighbours with the same bytes are one entry [number, run, length, offset]."""
    last = entries[-1] if entries else None
    if last and last[3] == offset and number == last[0] + last[1]:
        last[1] += 1
    else:
        entries.append([number, 1, length, offset])


def _varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _directory(entries):
    out, last = bytearray(_varint(len(entries))), 0
    for entry in entries:
        out += _varint(entry[0] - last)
        last = entry[0]
    for column in (1, 2):
        for entry in entries:
            out += _varint(entry[column])
    follows = None
    for entry in entries:
        out += _varint(0 if entry[3] == follows else entry[3] + 1)
        follows = entry[3] + entry[2]
    return gzip.compress(bytes(out), mtime=0)


def _directories(entries):
    root = _directory(entries)
    if len(root) <= ROOT_LIMIT:
        return root, b""
    leaves, pointers = bytearray(), []
    for start in range(0, len(entries), LEAF_ENTRIES):
        leaf = _directory(entries[start : start + LEAF_ENTRIES])
        pointers.append([entries[start][0], 0, len(leaf), len(leaves)])
        leaves += leaf
    return _directory(pointers), bytes(leaves)


def _header(root, metadata, leaves, contents, *, counts, zooms, bounds):
    offsets, at = [], 127
    for part in (root, metadata, leaves, contents):
        offsets += [at, len(part)]
        at += len(part)
    west, south, east, north = (round(value * 1e7) for value in bounds)
    return b"PMTiles" + struct.pack(
        "<B11Q6B4iB2i",
        3,
        *offsets,
        *counts,
        CLUSTERED,
        GZIP,
        GZIP,
        MVT,
        *zooms,
        west,
        south,
        east,
        north,
        zooms[0],
        (west + east) // 2,
        (south + north) // 2,
    )


class Unreadable(ValueError):
    """The bytes are no archive of vector tiles as the specification has them; says why."""


def read(path):
    """What an archive says of itself, checked against its bytes: {layers, zooms, bounds, attribution, name, tiles}.

    Raises Unreadable for what is no PMTiles of version 3 with gzipped or plain vector tiles, or is cut short or crossed.
    """
    path = Path(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(127)
        if head[:7] != b"PMTiles":
            raise Unreadable("it is no PMTiles archive")
        if len(head) < 127 or head[7] != 3:
            raise Unreadable("it is not of version 3 of the specification")
        numbers = struct.unpack("<11Q6B4iB2i", head[8:])
        parts, (inner, outer, kind, low, high), bounds = numbers[:8], numbers[12:17], numbers[17:21]
        for start, length in zip(parts[::2], parts[1::2], strict=True):
            if start + length > size:
                raise Unreadable("it is cut short")
        if kind != MVT:
            raise Unreadable("its tiles are pictures, or of no known kind: the map draws vector tiles (MVT)")
        if inner not in (1, GZIP) or outer not in (1, GZIP):
            raise Unreadable("it is packed otherwise than by gzip")
        metadata = json.loads(_part(file, *parts[2:4], inner) or b"{}")
        entries = _entries(_part(file, *parts[:2], inner))
        if not entries or not low <= high <= 22:
            raise Unreadable("it holds no tile")
        first = next((one for one in entries if one[1]), None)
        if first and not _part(file, parts[6] + first[3], first[2], outer):
            raise Unreadable("its first tile is empty")
    layers = [str(one.get("id")) for one in metadata.get("vector_layers", []) if isinstance(one, dict)]
    return {"layers": layers, "zooms": (low, high), "bounds": tuple(one / 1e7 for one in bounds), "tiles": numbers[8],
            "attribution": str(metadata.get("attribution") or ""), "name": str(metadata.get("name") or "")}


MOST_UNPACKED = 64 * 2**20


def _part(file, start, length, packed):
    """The bytes of one part, unpacked; Unreadable where they are broken or a bomb."""
    file.seek(start)
    held = file.read(length)
    if packed != GZIP or not held:
        return held
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(held)) as unpacked:
            told = unpacked.read(MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable("one of its parts cannot be unpacked") from error
    if len(told) > MOST_UNPACKED:
        raise Unreadable("one of its parts unpacks to more than any map needs")
    return told


def _entries(held):
    """[tile number, run, length, offset] of a directory."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            if at >= len(held) or shift > 63:
                raise Unreadable("its directory is broken")
            byte = held[at]
            at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return value

    count = number()
    if count > len(held):
        raise Unreadable("its directory is broken")
    entries, last = [[0, 0, 0, 0] for _one in range(count)], 0
    for entry in entries:
        last = entry[0] = last + number()
    for column in (1, 2):
        for entry in entries:
            entry[column] = number()
    for before, entry in zip([None, *entries], entries, strict=False):
        value = number()
        entry[3] = before[3] + before[2] if value == 0 and before else value - 1
    return entries
