"""COPY's binary format -> typed columns of a DataFrame, decoded by whole columns while the server still sends.

One message of COPY is one row, so the rows' lengths are known without looking into them, and each field is found for
thousands of rows at once. Dates become datetime64[s] (infinity: the last or first day of years 9999 and 1), codes become
categories, uuids and texts strings, whole numbers and truth values nullable ones, WKB and PostGIS shapes geometries in EPSG:4326.
"""
from itertools import islice
from uuid import UUID

import geopandas
import numpy
import pandas
import pyarrow
import pyarrow.compute
import shapely

from sitereg import vocab
from sitereg.errors import BadInput
from sitereg.store import session as store

__all__ = ["frame", "read"]

AT_ONCE, AT_ONCE_BYTES = 16_384, 16_000_000
SIGNATURE = b"PGCOPY\n\xff\r\n\x00"
HEADER = len(SIGNATURE) + 8
TRAILER = b"\xff\xff"
OUTLINES = {"site_frame": "site_outlines", "event_frame": "event_outlines"}
STRING = pandas.StringDtype("pyarrow", na_value=numpy.nan)
# columns of codes and their vocabulary; None: codes of no vocabulary, the categories are those seen
TERMS = {
    "kind": None, "group": "site_kind_group", "kind_group": "site_kind_group", "verification": "verification_level",
    "protection": "protection_status", "precision": "precision_class", "place_kind": "place_kind",
    "method": "georef_method", "remains_state": "remains_state", "building": "building", "current_use": "current_use",
    "case_state": "case_state", "fate": "fate", "whereabouts": "whereabouts", "sex": "sex",
    "reliability": "reliability", "credibility": "credibility", "shown_as": None, "edition": None, "pcode": None,
    "adm1": None, "adm2": None, "adm3": None, "country": None,
}


def frame(session, function, *, terms=None, geometry="geometry", **args):
    """All rows of api.<function>, a GeoDataFrame in EPSG:4326 (a DataFrame where there is no column of that name).

    terms: {column: scheme of vocab, or None} for columns of codes besides TERMS. The read stands in the log before its first
    row is asked for. Raises BadInput for a column of a type that no frame holds.
    """
    with store.acting(session.settings, session.actor) as log:
        log.call("log_read", action="frame", detail=store.Json({"of": function, "filter": {k: str(v) for k, v in args.items()}}))
    with session.streamed(function, **args) as (columns, messages):
        table = read(columns, messages, terms={**TERMS, **(terms or {})}, geometry=geometry)
    if geometry not in table:
        return table
    if function in OUTLINES:
        outline(session, OUTLINES[function], table, geometry)
    return geopandas.GeoDataFrame(table, geometry=geometry, crs="EPSG:4326")


def outline(session, function, table, geometry):
    """Every row shown as an admin unit has the unit's outline, which is asked for once for each (lon, lat, uncertainty_m)."""
    rows = numpy.flatnonzero(table["shown_as"] == "admin_unit")
    if not len(rows):
        return
    units = table.iloc[rows].groupby(["lon", "lat", "uncertainty_m"], dropna=False)
    ids = units["id"].first()
    shapes = {row["id"]: shapely.from_wkb(row["geometry"]) for row in session.rows(function, ids=[UUID(one) for one in ids])}
    held = numpy.array(table[geometry].array)
    held[rows] = numpy.array([*(shapes[one] for one in ids), None], object)[:-1][units.ngroup().to_numpy()]
    table[geometry] = geopandas.array.from_shapely(held, crs="EPSG:4326")


def read(columns, messages, *, terms=None, geometry="geometry"):
    """The DataFrame of a COPY in binary format.

    columns: (name, type oid) in their order; messages: the bytes of each message of COPY, the first with the header, the
    last the trailer. Raises BadInput: a type that is not known, or a stream that is not such a copy.
    """
    makers = [maker(name, oid, (terms or {}).get(name, False), name == geometry) for name, oid in columns]
    messages, first = iter(messages), True
    while rows := chunk(messages):
        if first:
            rows[0], first = bytes(rows[0]), False
            if rows[0][:len(SIGNATURE)] != SIGNATURE:
                raise BadInput("This is no copy in binary format")
            rows[0] = rows[0][HEADER:]
        if rows[-1] == TRAILER:
            rows.pop()
        if rows:
            for made, field in zip(makers, fields(rows, len(makers)), strict=True):
                made.add(*field)
    return pandas.DataFrame({name: made.done() for (name, _), made in zip(columns, makers, strict=True)}, copy=False)


def chunk(messages):
    """The next messages, so many that their bytes stay in the processor's reach."""
    rows, size = [], 0
    while len(rows) < AT_ONCE and size < AT_ONCE_BYTES and (more := list(islice(messages, 512))):
        rows += more
        size += sum(map(len, more))
    return rows


def fields(rows, width):
    """For each column the bytes of all rows, where in them its values begin, and their lengths (-1: null)."""
    held = numpy.frombuffer(b"".join((*rows, bytes(32))), numpy.uint8)
    lengths = numpy.fromiter(map(len, rows), numpy.int64, len(rows))
    ends = lengths.cumsum().astype(numpy.int32 if len(held) < 2**31 else numpy.int64)
    position = ends - lengths.astype(ends.dtype)
    counts = numbers(held, position, ">i2")
    position = position + 2
    found = []
    for _ in range(width):
        size = numbers(held, position, ">i4")
        position = position + 4
        found.append((held, position, size))
        position = position + numpy.maximum(size, 0)
    if (counts != width).any() or (position != ends).any():
        raise BadInput("The rows of the copy do not have the columns that were announced")
    return found


def numbers(held, position, kind):
    """The numbers of type `kind` that begin at each position, aligned or not, in the machine's own order."""
    kind = numpy.dtype(kind)
    everywhere = numpy.ndarray((len(held) - kind.itemsize + 1,), kind, held, strides=(1,))
    return everywhere[position].astype(kind.newbyteorder("="))


class Numbers:
    """A column of numbers, truth values or days; nulls as pandas says them for that type."""

    def __init__(self, kind, dtype):
        self.kind, self.dtype, self.values, self.absent = kind, dtype, [], []

    def add(self, held, position, size):
        self.values.append(numbers(held, position, self.kind))
        self.absent.append(size < 0)

    def done(self):
        values = numpy.concatenate(self.values) if self.values else numpy.empty(0, numpy.dtype(self.kind).newbyteorder("="))
        absent = numpy.concatenate(self.absent) if self.absent else numpy.empty(0, bool)
        if self.dtype == "day":
            return days(values, absent)
        if self.dtype == "moment":
            moments = (values + 946_684_800_000_000).view("datetime64[us]")
            moments[absent] = numpy.datetime64("NaT")
            return pandas.Series(moments).dt.tz_localize("UTC")
        if self.dtype == "float":
            values = values.astype(numpy.float64, copy=False)
            values[absent] = numpy.nan
            return values
        if self.dtype == "bool":
            return pandas.arrays.BooleanArray(values.astype(bool), absent)
        return pandas.arrays.IntegerArray(values, absent)


def days(values, absent):
    """Days since 2000 as datetime64[s]; PostgreSQL's infinities become 9999-12-31 and 0001-01-01."""
    found = (values.astype(numpy.int64) + 10_957).view("datetime64[D]")
    found[values == 2**31 - 1] = numpy.datetime64("9999-12-31")
    found[values == -(2**31)] = numpy.datetime64("0001-01-01")
    found[absent] = numpy.datetime64("NaT")
    return found.astype("datetime64[s]")


class Texts:
    """A column of texts; skip: bytes before the text (the version of a jsonb); terms: False = no codes, None or codes."""

    arrow = pyarrow.large_string()

    def __init__(self, terms=False, skip=0):
        self.terms, self.skip, self.parts = terms, skip, []

    def add(self, held, position, size):
        absent = size < 0
        sizes = numpy.where(absent, 0, size - self.skip)
        offsets = numpy.zeros(len(sizes) + 1, numpy.int64)
        sizes.cumsum(out=offsets[1:])
        at = numpy.repeat(position + self.skip - offsets[:-1].astype(position.dtype), sizes)
        at += numpy.arange(len(at), dtype=at.dtype)
        known = None if not absent.any() else pyarrow.py_buffer(numpy.packbits(~absent, bitorder="little"))
        buffers = [known, pyarrow.py_buffer(offsets), pyarrow.py_buffer(held[at])]
        self.parts.append(pyarrow.Array.from_buffers(self.arrow, len(sizes), buffers))

    def done(self):
        held = pyarrow.chunked_array(self.parts, type=pyarrow.large_string())
        if self.terms is False:
            return STRING.__from_arrow__(held)
        if self.terms is None:
            coded = held.dictionary_encode().combine_chunks()
            if isinstance(coded, pyarrow.ChunkedArray):  # no chunk at all
                return pandas.Categorical([])
            seen = coded.dictionary.to_pandas().astype(object)
            return pandas.Categorical.from_codes(coded.indices.fill_null(-1).to_numpy(), seen)
        codes = list(vocab.SCHEMES[self.terms].codes())
        at = pyarrow.compute.index_in(held, pyarrow.array(codes, pyarrow.large_string()))
        return pandas.Categorical.from_codes(at.fill_null(-1).to_numpy(), codes)


class Lists:
    """A column of text[]: each value a list of texts, in the array's order."""

    def __init__(self):
        self.values = []

    def add(self, held, position, size):
        raw = held.tobytes()
        self.values += [None if s < 0 else items(raw[p:p + s]) for p, s in zip(position.tolist(), size.tolist(), strict=True)]

    def done(self):
        return pandas.Series(self.values, dtype=object)


def items(raw):
    """The texts of a one-dimensional text[] in binary form."""
    if int.from_bytes(raw[:4]) == 0:
        return []
    found, at = [], 20
    for _ in range(int.from_bytes(raw[12:16])):
        size = int.from_bytes(raw[at:at + 4], signed=True)
        found.append(None if size < 0 else raw[at + 4:at + 4 + size].decode())
        at += 4 + max(size, 0)
    return found


class Ids(Texts):
    """A column of uuids as their usual texts of 36 letters."""

    DIGITS = numpy.frombuffer("".join(f"{n:02x}" for n in range(256)).encode(), numpy.uint16)
    WHERE = numpy.array([0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34])

    def add(self, held, position, size):
        raw = held[position[:, None] + numpy.arange(16)]
        text = numpy.full((len(raw), 36), ord("-"), numpy.uint8)
        pairs = self.DIGITS[raw].view(numpy.uint8).reshape(len(raw), 16, 2)
        text[:, self.WHERE], text[:, self.WHERE + 1] = pairs[:, :, 0], pairs[:, :, 1]
        at = numpy.arange(len(raw), dtype=numpy.int64) * 36
        super().add(text.reshape(-1), at, numpy.where(size < 0, size, 36))


class Shapes(Texts):
    """A column of WKB, PostGIS's own included: points straight from their numbers, other shapes once for each that differs."""

    arrow = pyarrow.large_binary()

    def __init__(self):
        super().__init__()
        self.made = []

    def add(self, held, position, size):
        shapes = numpy.full(len(size), None, object)
        little = (size == 21) & (held[position] == 1) & (numbers(held, position + 1, "<u4") == 1)
        at = position[little]
        shapes[little] = shapely.points(numbers(held, at + 5, "<f8"), numbers(held, at + 13, "<f8"))
        others = (size >= 0) & ~little
        if others.any():
            super().add(held, position[others], size[others])
            coded = self.parts.pop().dictionary_encode()
            distinct = shapely.set_srid(shapely.from_wkb(coded.dictionary.to_numpy(zero_copy_only=False)), 0)
            shapes[others] = distinct[coded.indices.to_numpy()]
        self.made.append(shapes)

    def done(self):
        held = numpy.concatenate(self.made) if self.made else numpy.empty(0, object)
        return geopandas.array.from_shapely(held, crs="EPSG:4326")


PLAIN = {16: ("?", "bool"), 20: (">i8", "int"), 21: (">i2", "int"), 23: (">i4", "int"), 700: (">f4", "float"),
         701: (">f8", "float"), 1082: (">i4", "day"), 1184: (">i8", "moment")}
OID_TEXTS, OID_UUID, OID_BYTES, OID_JSONB, OID_LIST = (25, 1042, 1043), 2950, 17, 3802, 1009
FIRST_OWN = 16384  # types of extensions, of which a column of shapes is PostGIS's geometry


def maker(name, oid, terms, shape):
    """What decodes the column, by the type's oid; raises BadInput where no frame holds that type."""
    if shape and (oid == OID_BYTES or oid >= FIRST_OWN):
        return Shapes()
    if oid in PLAIN:
        return Numbers(*PLAIN[oid])
    if oid in OID_TEXTS:
        return Texts(terms)
    if oid == OID_UUID:
        return Ids()
    if oid == OID_JSONB:
        return Texts(skip=1)
    if oid == OID_LIST:
        return Lists()
    raise BadInput("A frame holds no column of this type", where=f"{name} (oid {oid})",
                   do="Answer it as text, a number, a date or WKB.")
