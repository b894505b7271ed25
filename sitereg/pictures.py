"""Pictures as bytes: what a PNG or JPEG is, how large it is, and the same picture without what it tells beside itself.

No decoder: the headers of both formats (PNG 1.2 section 5; JPEG, ITU-T T.81 annex B) are read as they stand.
"""
import io
import struct

PNG = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"iCCP", b"cHRM"}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_TOLD = {*range(0xE1, 0xF0), 0xFE} - {0xE2, 0xEE}  # EXIF, XMP, maker's notes, comments; ICC and Adobe say how to show it


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
    """The same picture without coordinates, camera, thumbnail, comments or what stands behind its end."""
    if data[:8] == PNG:
        kept, at = [PNG], 8
        while at + 12 <= len(data):
            end = at + 12 + struct.unpack(">I", data[at:at + 4])[0]
            if data[at + 4:at + 8] in _KEPT:
                kept.append(data[at:end])
            at = len(data) if data[at + 4:at + 8] == b"IEND" else end
        return b"".join(kept)
    kept, last = [data[:2]], 2
    for marker, start, end in _segments(data):
        if marker not in _TOLD:
            kept.append(data[start:end])
        last = end
    tail = data[last:]
    finish = tail.rfind(b"\xff\xd9")
    return b"".join([*kept, tail[:finish + 2] if finish >= 0 else tail])


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


def _segments(data):
    """(marker, first byte, byte behind) of each segment of a JPEG up to where the picture itself begins, that one included."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("neither a PNG nor a JPEG")
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("a JPEG that is broken")
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if end > len(data):
            raise ValueError("a JPEG that is cut short")
        yield data[at + 1], at, end
        if data[at + 1] == 0xDA:
            return
        at = end
