"""Pictures as bytes: what a PNG or JPEG is, how large it is, and the same picture without what it tells beside itself.

No decoder: the headers of both formats (PNG 1.2 section 5; JPEG, ITU-T T.81 annex B) are read as they stand.
"""
import io
import struct

PNG = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 200_000_000
"""More than a scanner of a large map gives; a picture of more would fill the memory of whoever looks at it."""
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM"}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_TOLD = {*range(0xE1, 0xF0), 0xFE} - {0xEE}  # EXIF, XMP, IPTC, devices' profiles, second pictures, comments; not Adobe's colours
_JFIF, _JFIF_SIZE = b"JFIF\0", 14  # without the thumbnail that may follow
_SCAN, _APP0 = 0xDA, 0xE0
_ORIENTATION = 0x0112


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
        if marker == 0xE1 and held[:6] == b"Exif\0\0":
            return _orientation(held[6:]) not in (None, 1)
    return False


def _orientation(tiff):
    """The orientation that the first directory of an EXIF block says, or None."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        at = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for n in range(struct.unpack_from(f"{order}H", tiff, at)[0]):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * n)
            if tag == _ORIENTATION:
                return value
    except struct.error:
        return None
    return None


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
