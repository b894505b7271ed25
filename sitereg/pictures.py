"""Pictures as bytes: what a PNG or JPEG is, how large it is, and the same picture without what it tells beside itself.

No decoder: the headers of both formats (PNG 1.2 section 5; JPEG, ITU-T T.81 annex B) are read as they stand.
"""
import io
import struct
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 200_000_000
"""More than a scanner of a large map gives; a picture of more would fill the memory of whoever looks at it."""
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM"}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_TOLD = {*range(0xE1, 0xF0), 0xFE} - {0xEE}  # EXIF, XMP, IPTC, devices' profiles, second pictures, comments; not Adobe's colours
_JFIF, _JFIF_SIZE = b"JFIF\0", 14  # without the thumbnail that may follow
_SCAN, _APP0 = 0xDA, 0xE0
_ORIENTATION = 0x0112
_EXIF_MARKER, _GPS_AT, _INNER_AT, _TAKEN, _CHANGED = 0xE1, 0x8825, 0x8769, 0x9003, 0x0132
_LAT, _LON, _BEARING, _DATUM, _OFF_BY = 0x02, 0x04, 0x11, 0x12, 0x1F
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 9: 4, 10: 8}
_LETTER = {1: "B", 3: "H", 4: "I", 9: "i"}
_MOST_TAGS, _MOST_TEXT = 500, 4_096
UNSTATED_M, DATUM_M, LEAST_M, DEGREE_M = 100.0, 150.0, 10.0, 143_700.0
"""Metres: where a device does not say how exact it was (judged), where another datum is named, the least of any, a degree."""


def measure(data: bytes) -> tuple[str, int, int]:
    """(media type, width, height in pixels); ValueError where it is neither a PNG nor a JPEG, or is cut short."""
    if data[:8] == PNG and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return _sized("image/png", width, height)
    for marker, start, _end in _segments(data):
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[start + 5:start + 9])
            return _sized("image/jpeg", width, height)
    raise ValueError("neither a PNG nor a JPEG")


def bare(data: bytes) -> bytes:
    """The same picture without coordinates, camera, thumbnails, profile, comments, or what stands behind its end."""
    if data[:8] == PNG:
        kept, at = [PNG], 8
        while at + 12 <= len(data):
            end = at + 12 + struct.unpack(">I", data[at:at + 4])[0]
            if data[at + 4:at + 8] in _KEPT:
                kept.append(data[at:end])
            at = len(data) if data[at + 4:at + 8] == b"IEND" else end
        return b"".join(kept)
    kept, at = [data[:2]], 2
    for marker, start, end in _segments(data, whole=True):
        if marker == _APP0:
            kept += [_without_thumbnail(data[start + 4:end])] if data[start + 4:start + 9] == _JFIF else []
        elif marker not in _TOLD:
            kept.append(data[start:end])
        at = end
    return b"".join([*kept, data[at:at + 2]])


def _without_thumbnail(jfif):
    return b"\xff\xe0" + struct.pack(">H", _JFIF_SIZE + 2) + jfif[:_JFIF_SIZE - 2] + b"\0\0"


def turned(data: bytes) -> bool:
    """Whether a JPEG says of itself that it is to be shown turned or mirrored; `bare` forgets that."""
    if data[:2] != b"\xff\xd8":
        return False
    for marker, start, end in _segments(data):
        held = data[start + 4:end]
        if marker == _EXIF_MARKER and held[:6] == b"Exif\0\0":
            return _orientation(held[6:]) not in (None, 1)
    return False


def _orientation(tiff):
    """The orientation that the first directory of an EXIF block says, or None."""
    try:
        order, at = _begins(tiff)
        return next(iter(_directory(tiff, order, at).get(_ORIENTATION, ())), None)
    except (struct.error, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a photograph says that it was taken from: degrees, metres it may be off, where it looked, the device's own time."""

    lon: float
    lat: float
    uncertainty_m: float
    bearing: float | None = None
    taken: str | None = None


def camera(data: bytes) -> Camera | None:
    """What the EXIF block of a JPEG or PNG tells of the camera (EXIF 2.32, 4.6.6); None where it has no coordinates, or 0, 0.

    The uncertainty is the sum of twice what the device states (it means one half of the cases; where it states nothing,
    UNSTATED_M), of the last unit that was written, and of DATUM_M where another datum than WGS84 is named.
    """
    try:
        tiff = _exif(data)
        order, at = _begins(tiff)
        first = _directory(tiff, order, at)
        gps = _directory(tiff, order, first[_GPS_AT][0])
        lat, fine = _degrees(gps, _LAT, "N", "S", 90)
        lon, finer = _degrees(gps, _LON, "E", "W", 180)
    except (struct.error, ValueError, KeyError, IndexError, TypeError, ZeroDivisionError):
        return None
    if lat == lon == 0:
        return None
    stated = _one(gps.get(_OFF_BY))
    named = "".join(one for one in str(gps.get(_DATUM, "")).upper() if one.isalnum())
    metres = (2 * stated if stated and 0 < stated < 100_000 else UNSTATED_M) + max(fine, finer) * DEGREE_M
    metres += 0 if named in ("", "WGS84") else DATUM_M
    bearing = _one(gps.get(_BEARING))
    return Camera(lon, lat, max(metres, LEAST_M), bearing if bearing is not None and 0 <= bearing <= 360 else None,
                  _taken(tiff, order, first))


def _exif(data):
    """The TIFF that an EXIF block of a JPEG (APP1) or PNG (eXIf) holds; ValueError where there is none."""
    if data[:8] == PNG:
        at = 8
        while at + 12 <= len(data):
            end = at + 12 + struct.unpack(">I", data[at:at + 4])[0]
            if data[at + 4:at + 8] == b"eXIf":
                return data[at + 8:end - 4]
            at = end
        raise ValueError("no EXIF")
    for marker, start, end in _segments(data):
        if marker == _EXIF_MARKER and data[start + 4:start + 10] == b"Exif\0\0":
            return data[start + 10:end]
    raise ValueError("no EXIF")


def _begins(tiff):
    order = {b"II": "<", b"MM": ">"}.get(bytes(tiff[:2]))
    if order is None:
        raise ValueError("no TIFF")
    return order, struct.unpack_from(f"{order}I", tiff, 4)[0]


def _directory(tiff, order, at):
    """{tag: values} of the directory at that byte: text, or a tuple of numbers (a fraction is two in a pair)."""
    found = {}
    for n in range(min(struct.unpack_from(f"{order}H", tiff, at)[0], _MOST_TAGS)):
        tag, kind, count = struct.unpack_from(f"{order}HHI", tiff, at + 2 + 12 * n)
        size = _SIZES.get(kind, 0) * count
        if not 0 < size <= _MOST_TEXT:
            continue
        inside = at + 10 + 12 * n
        where = inside if size <= 4 else struct.unpack_from(f"{order}I", tiff, inside)[0]
        if where + size > len(tiff):
            continue
        if kind == 2:
            found[tag] = tiff[where:where + count].split(b"\0")[0].decode("ascii", "replace").strip()
        elif kind in (5, 10):
            numbers = struct.unpack_from(f"{order}{2 * count}{'I' if kind == 5 else 'i'}", tiff, where)
            found[tag] = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        elif kind in _LETTER:
            found[tag] = struct.unpack_from(f"{order}{count}{_LETTER[kind]}", tiff, where)
    return found


def _degrees(gps, tag, plus, minus, most):
    """(degrees, how fine they were written) of the three fractions of a coordinate; ValueError where they cannot be one."""
    sign = {plus: 1, minus: -1}.get(str(gps[tag - 1])[:1].upper())
    parts = [(top / below, below) for top, below in gps[tag] if below] if sign else []
    if len(parts) != 3 or not (parts[1][0] < 60 and parts[2][0] < 60):
        raise ValueError("no coordinate")
    value = sum(part / 60**n for n, (part, _below) in enumerate(parts))
    last = max((n for n, (part, _below) in enumerate(parts) if part), default=2)
    if value > most:
        raise ValueError("beyond the earth's degrees")
    return sign * value, 1 / (_decimal(parts[last][1]) * 60**last)


def _decimal(below):
    """The power of ten in which a fraction was written before it was made shorter: 882/25 was 3528/100."""
    return next((10**n for n in range(9) if 10**n % below == 0), below)


def _one(fractions):
    return fractions[0][0] / fractions[0][1] if fractions and isinstance(fractions[0], tuple) and fractions[0][1] else None


def _taken(tiff, order, first):
    """The device's own time of the picture as it wrote it, or None: its clock may be wrong."""
    try:
        inner = _directory(tiff, order, first[_INNER_AT][0])
    except (struct.error, KeyError, TypeError):
        inner = {}
    said = inner.get(_TAKEN) or first.get(_CHANGED)
    return said[:40] if isinstance(said, str) and any(one.isdigit() for one in said) else None


def bound(pages: list[bytes]) -> bytes:
    """A PDF of these JPEGs, a page each at 200 dots an inch, and of nothing else."""
    import pypdfium2

    made = pypdfium2.PdfDocument.new()
    for data in pages:
        _kind, *size = measure(data)
        width, height = (pixels * 72 / 200 for pixels in size)
        picture = pypdfium2.PdfImage.new(made)
        picture.load_jpeg(io.BytesIO(data), inline=True)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        page = made.new_page(width, height)
        page.insert_obj(picture)
        page.gen_content()
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _sized(kind, width, height):
    if not width or not height:
        raise ValueError("a picture without a size")
    return kind, width, height


def _segments(data, *, whole=False):
    """(marker, first byte, byte behind) of each segment of a JPEG up to where the picture itself begins, that one included; with
    `whole` up to the end of the picture, each scan with what follows its header."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("neither a PNG nor a JPEG")
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("a JPEG that is broken")
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if end > len(data):
            raise ValueError("a JPEG that is cut short")
        if whole and data[at + 1] == _SCAN:
            end = _behind_scan(data, end)
        yield data[at + 1], at, end
        if data[at + 1] == _SCAN and (not whole or data[end + 1:end + 2] in (b"", b"\xd9")):
            return
        at = end


def _behind_scan(data, at):
    """Where the next marker stands that is neither a stuffed byte nor a restart; the end of the data where there is none."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] == 0xFF:
            at += 1
        elif data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        else:
            return at
    return len(data)
