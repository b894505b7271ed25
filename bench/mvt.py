"""The little of a Mapbox Vector Tile that a comparison needs: layers with the attributes of their features."""
import struct

__all__ = ["attributes"]


def attributes(tile):
    """{layer: [{key: value} of each feature]} of the bytes of a tile (version 2); b"" and None have no layer."""
    return dict(layer(body) for _, body in fields(bytes(tile or b"")))


def layer(data):
    name, keys, values, tags = None, [], [], []
    for number, body in fields(data):
        if number == 1:
            name = body.decode()
        elif number == 2:
            tags.append(next((packed(inner) for n, inner in fields(body) if n == 2), []))
        elif number == 3:
            keys.append(body.decode())
        elif number == 4:
            values.append(value(body))
    return name, [{keys[k]: values[v] for k, v in zip(each[::2], each[1::2], strict=True)} for each in tags]


def value(data):
    for number, body in fields(data):
        if number == 1:
            return body.decode()
        if number in (2, 3):
            return struct.unpack("<f" if number == 2 else "<d", body)[0]
        return (body >> 1) ^ -(body & 1) if number == 6 else body
    return None


def fields(data):
    """(field number, payload) of a protobuf message: an int, or the bytes of a longer field."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            found, at = varint(data, at)
        else:
            size, at = varint(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            found, at = data[at:at + size], at + size
        yield key >> 3, found


def packed(data):
    found, at = [], 0
    while at < len(data):
        one, at = varint(data, at)
        found.append(one)
    return found


def varint(data, at):
    shift = total = 0
    while True:
        byte = data[at]
        at += 1
        total |= (byte & 127) << shift
        if byte < 128:
            return total, at
        shift += 7
