"""One PMTiles archive (version 3) out of folders of vector tiles: a map in a single file, read by ranges.

Tiles of one address in several folders are joined: a vector tile is a list of layers, so their bytes follow
one another. Layout and Hilbert numbering: the PMTiles version 3 specification (header of 127 bytes, root and
leaf directories, contents).
"""

import gzip
import json
import struct
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
