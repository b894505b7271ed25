"""A small reader of Mapbox Vector Tiles (version 2), for tests: protobuf by hand, geometry in tile units, y downwards."""
import math
import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    id: int | None
    kind: int  # 1 point, 2 line, 3 polygon
    parts: list
    props: dict


def layers(tile):
    """{name: [Feature]} of the bytes of a tile."""
    found = {}
    for number, body in fields(tile):
        assert number == 3
        name, features = layer(body)
        assert name not in found, "a layer stands twice"
        found[name] = features
    return found


def layer(data):
    name, keys, values, bodies = None, [], [], []
    for number, body in fields(data):
        if number == 1:
            name = body.decode()
        elif number == 2:
            bodies.append(body)
        elif number == 3:
            keys.append(body.decode())
        elif number == 4:
            values.append(value(body))
        elif number == 5:
            assert body == 4096
    return name, [feature(body, keys, values) for body in bodies]


def feature(data, keys, values):
    id_, tags, kind, geometry = None, [], 0, []
    for number, body in fields(data):
        if number == 1:
            id_ = body
        elif number == 2:
            tags = list(packed(body))
        elif number == 3:
            kind = body
        elif number == 4:
            geometry = parts(list(packed(body)))
    return Feature(id_, kind, geometry, {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)})


def parts(commands):
    found, at, x, y = [], 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            x, y, at = x + zigzag(commands[at]), y + zigzag(commands[at + 1]), at + 2
            if command == 1:
                found.append([])
            found[-1].append((x, y))
    return found


def value(data):
    ((number, body),) = fields(data)
    return {1: lambda: body.decode(), 2: lambda: struct.unpack("<f", body)[0], 3: lambda: struct.unpack("<d", body)[0],
            4: lambda: body, 5: lambda: body, 6: lambda: zigzag(body), 7: lambda: bool(body)}[number]()


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            body, at = varint(data, at)
        else:
            size, at = {1: (8, at), 5: (4, at)}.get(wire) or varint(data, at)
            body, at = data[at:at + size], at + size
        yield number, body


def packed(data):
    at = 0
    while at < len(data):
        one, at = varint(data, at)
        yield one


def varint(data, at):
    result = shift = 0
    while True:
        byte = data[at]
        result, shift, at = result | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return result, at


def zigzag(number):
    return (number >> 1) ^ -(number & 1)


def tile(lon, lat, z):
    """The tile of zoom z that holds a point, as the parameters of a request."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return {"z": z, "x": int((lon + 180) / 360 * 2**z), "y": int(y * 2**z)}


def degrees(px, py, *, z, x, y):
    """Longitude and latitude of a place within a tile."""
    return (x + px / 4096) / 2**z * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + py / 4096) / 2**z))))
