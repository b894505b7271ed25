"""Arrays of numpy as PostgreSQL's binary arrays: a parameter of a hundred thousand numbers costs no more than its bytes."""
import numpy
from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

KINDS = {"float8": (701, 1022, ">f8"), "int4": (23, 1007, ">i4"), "bool": (16, 1000, "?"), "uuid": (2950, 2951, "V16")}

__all__ = ["Packed", "packed"]


class Packed:
    """An array in the form that goes over the wire; `oid` is its type's."""

    def __init__(self, data, oid):
        self.data, self.oid = data, oid


def packed(values, kind):
    """A Packed of an array, or of a list of UUIDs; kind: float8, int4, bool or uuid."""
    element, oid, form = KINDS[kind]
    if kind == "uuid":
        values = numpy.frombuffer(b"".join(one.bytes for one in values), "V16")
    values = numpy.asarray(values, form)
    sides = [number for side in values.shape for number in (side, 1)] if values.size else []
    head = numpy.array([len(sides) // 2, 0, element, *sides], ">i4")
    items = numpy.empty(values.size, [("length", ">i4"), ("value", form)])
    items["length"], items["value"] = values.dtype.itemsize, values.reshape(-1)
    return Packed(head.tobytes() + items.tobytes(), oid)


class PackedDumper(Dumper):
    """How the driver sends a Packed: as it is."""

    format = Format.BINARY

    def get_key(self, obj, format):
        """One dumper for each type of array."""
        return self.cls, obj.oid

    def upgrade(self, obj, format):
        """The dumper of that type."""
        made = PackedDumper(self.cls, None)
        made.oid = obj.oid
        return made

    def dump(self, obj):
        """The bytes."""
        return obj.data


adapters.register_dumper(Packed, PackedDumper)
