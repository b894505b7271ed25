"""Just enough of Mapbox Vector Tiles to see what a tile says: layers, properties, geometry commands."""


def varint(data, at):
    shift = value = 0
    while True:
        value |= (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if not data[at - 1] & 128:
            return value, at


def fields(data):
    """(number, value) of a message: integers, or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def numbers(data):
    at, found = 0, []
    while at < len(data):
        one, at = varint(data, at)
        found.append(one)
    return found


def read(tile):
    """{layer: [(properties, geometry as numbers)]}."""
    layers = {}
    for _three, layer in fields(tile):
        parts = list(fields(layer))
        name = next(value for number, value in parts if number == 1).decode()
        keys = [value.decode() for number, value in parts if number == 3]
        values = [next((one.decode() if kind == 1 else one for kind, one in fields(value)), None)
                  for number, value in parts if number == 4]
        layers[name] = []
        for feature in (dict(fields(value)) for number, value in parts if number == 2):
            tags = numbers(feature.get(2, b""))
            layers[name].append(({keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}, numbers(feature[4])))
    return layers
