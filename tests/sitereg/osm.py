"""A small extract of OpenStreetMap as bytes (.osm.pbf): nodes and ways with tags, written from the published format."""
import struct
import zlib


def number(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out + bytes([n]))


def zigzag(n):
    return number(n << 1 if n >= 0 else (-n << 1) - 1)


def field(key, value):
    return number(key << 3 | 2) + number(len(value)) + value if isinstance(value, bytes) else number(key << 3) + number(value)


def blob(kind, body):
    held = field(2, len(body)) + field(3, zlib.compress(body))
    head = field(1, kind) + field(3, len(held))
    return struct.pack(">I", len(head)) + head + held


def steps(values):
    return b"".join(zigzag(after - before) for before, after in zip([0, *values], values, strict=False))


def extract(ways):
    """ways: [([(lon, lat), ...], {tag: value})]; one whose ends are the same is closed over the same node."""
    words, nodes, told = [b""], {}, b""
    for line, _tags in ways:
        for at in line:
            nodes.setdefault(at, len(nodes) + 1)

    def word(text):
        text = text.encode()
        if text not in words:
            words.append(text)
        return words.index(text)

    for n, (line, tags) in enumerate(ways, start=1):
        told += field(3, field(1, n) + field(2, b"".join(number(word(one)) for one in tags)) + field(3, b"".join(number(word(one)) for one in tags.values()))
                      + field(8, steps([nodes[at] for at in line])))
    dense = (field(1, steps(list(nodes.values()))) + field(8, steps([round(lat * 1e7) for _lon, lat in nodes]))
             + field(9, steps([round(lon * 1e7) for lon, _lat in nodes])))
    table = b"".join(field(1, one) for one in words)
    block = field(1, table) + field(2, field(2, dense)) + field(2, told)
    return blob(b"OSMHeader", field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")) + blob(b"OSMData", block)
