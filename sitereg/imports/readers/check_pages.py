"""A redacted copy of pages, looked at before it is kept: what can be taken out of it, and its pixels beside those of the original.

Written without the code that makes copies. What is looked for: text, metadata, annotations, forms, attachments, thumbnails, earlier
revisions, bytes behind the end (check_bytes, and once more by the library that opens PDFs); that each box is of one colour; that
all else shows what the original shows: means of squares of 8 pixels, which a JPEG keeps nearly as they were.
"""

import contextlib
import ctypes
import math
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable, check_bytes
from sitereg.imports.readers.pdf import LONGEST_SIDE, PER_INCH

DRIVERS: tuple[str, ...] = ()
NEEDS = ("pypdfium2", "numpy", "PIL.Image", "PIL.ImageOps", "PIL.JpegImagePlugin", "PIL.PngImagePlugin")
DARKEST, MEAN_OFF, EACH_OFF, SIDE = 3, 6.0, 24.0, 8
"""Of 255: how light a pixel of a box may be; how far the mean of a square, and its pixels on average, may be off; its side."""
LEAST_LETTERS = 6
"""Bytes. Shorter words are not sought among coded pixels, where three letters stand by chance."""
STRIP = 512
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1256")

__all__ = ["read", "word_faults"]


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"looked": {"faults": [...], "pages": n, "squares": n}}: the last of files is the copy, the others the originals.

    options: as redact_pages, and words (that must not appear). A fault: {code, page, byte, word (its number in words)}.
    """
    data = Path(files[-1]["path"]).read_bytes()
    faults, beside = {"pdf": check_bytes.pdf, "jpeg": check_bytes.jpeg, "png": check_bytes.png}[options["form"]](data)
    faults += word_faults(beside, data, options["words"])
    squares = 0
    try:
        copies = _pages_of(data, faults) if options["form"] == "pdf" else [_decoded(files[-1]["path"])]
    except Unreadable:
        copies = []
        faults.append(check_bytes.fault("kind", byte=0))
    if len(copies) != len(options["pages"]):
        faults.append(check_bytes.fault("pages"))
    for n, original, copy in zip(options["pages"], _originals(files, options), copies, strict=False):
        found, looked = _compared(original, copy() if callable(copy) else copy, options["marks"].get(str(n), []), n)
        faults += found
        squares += looked
    yield {"looked": {"faults": faults[:100], "pages": len(copies), "squares": squares}}


def word_faults(beside: bytes, data: bytes, words: list[str]) -> list[dict]:
    """The words (by their numbers from 1) that stand in a file as bytes: beside its pixels or samples, long ones anywhere."""
    lower, all_lower, found = beside.lower(), data.lower(), []
    for n, word in enumerate(words, start=1):
        sought = [one for one in _spelt(word) if one in lower or (len(one) >= LEAST_LETTERS and one in all_lower)]
        if sought:
            found.append({**check_bytes.fault("word", byte=max(all_lower.find(sought[0]), 0)), "word": n})
    return found


def _spelt(word):
    """The word as bytes in each way that files hold words; letters of either case, as bytes, made one."""
    for one in dict.fromkeys((word, word.lower(), word.upper())):
        for encoding in _ENCODINGS:
            with contextlib.suppress(UnicodeEncodeError):
                yield one.encode(encoding).lower()


def _pages_of(data, faults):
    """The picture of each page of a PDF, drawn as it is asked for; what the library can take out of it besides is a fault."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        book = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("no PDF") from error
    fault = check_bytes.fault
    if any(book.get_metadata_dict(skip_empty=True).values()):
        faults.append(fault("metadata"))
    if book.count_attachments():
        faults.append(fault("attachment"))
    if book.get_formtype():
        faults.append(fault("form"))
    pages = []
    for n in range(1, len(book) + 1):
        page = book[n - 1]
        if page.get_textpage().count_chars():
            faults.append(fault("text", page=n))
        if raw.FPDFPage_GetAnnotCount(page):
            faults.append(fault("annotation", page=n))
        if raw.FPDFPage_GetRawThumbnailData(page, ctypes.c_void_p(), 0):
            faults.append(fault("thumbnail", page=n))
        kinds = [one.type for one in page.get_objects(max_depth=3)]
        if kinds != [raw.FPDF_PAGEOBJ_IMAGE]:
            faults.append(fault("text" if raw.FPDF_PAGEOBJ_TEXT in kinds else "drawing", page=n))
        pages.append(lambda n=n: _shown(book, n))
    return pages


def _shown(book, n):
    """What a page shows: its first picture as it is coded, else the page as it is drawn."""
    from pypdfium2 import raw

    page = book[n - 1]
    for one in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=1):
        return one.get_bitmap(render=False).to_pil().convert("RGB")
    return page.render(scale=PER_INCH / 72).to_pil().convert("RGB")


def _originals(files, options):
    """The originals of the pages that were asked for, drawn here once more."""
    if options["kind"] == "pictures":
        for one in files[:-1]:
            yield _decoded(one["path"])
        return
    import pypdfium2

    book = pypdfium2.PdfDocument(files[0]["path"])
    for n in options["pages"]:
        page = book[n - 1]
        longest = max(page.get_size())
        yield page.render(scale=min(PER_INCH / 72, LONGEST_SIDE / longest), may_draw_forms=False).to_pil().convert("RGB")
        page.close()


def _decoded(path):
    """A picture as it is looked at: upright, on white where it is clear."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the maker had its bound
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as given:
            upright = ImageOps.exif_transpose(given)
            if upright.has_transparency_data:
                clear = upright.convert("RGBA")
                ground = Image.new("RGB", clear.size, "white")
                ground.paste(clear, mask=clear.getchannel("A"))
                return ground
            return upright.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable("no picture") from error


def _compared(original, copy, boxes, n):
    """(faults, squares that were compared) of one page: each box of one dark colour, every square that no box touches as it was."""
    import numpy

    if original.size != copy.size:
        return [check_bytes.fault("size", page=n)], 0
    wide, high = copy.size
    free, found, counted = numpy.ones((high, wide), dtype=bool), set(), 0
    for x, y, width, height in boxes:
        left, top = math.floor(x * wide), math.floor(y * high)
        right, bottom = min(wide, math.ceil((x + width) * wide)), min(high, math.ceil((y + height) * high))
        if numpy.asarray(copy.crop((left, top, right, bottom))).max(initial=0) > DARKEST:
            found.add("uncovered")
        free[top // SIDE * SIDE:-(-bottom // SIDE) * SIDE, left // SIDE * SIDE:-(-right // SIDE) * SIDE] = False
    for top in range(0, high, STRIP):
        part = (0, top, wide, min(high, top + STRIP))
        was, now = (numpy.asarray(one.crop(part), dtype=numpy.int16) for one in (original, copy))
        off, each = _squares(now - was, free[top:top + STRIP])
        counted += off.size
        if off.max(initial=0) > MEAN_OFF or each.max(initial=0) > EACH_OFF:
            found.add("differs")
    return [check_bytes.fault(code, page=n) for code in sorted(found, reverse=True)], counted


def _squares(difference, free):
    """Of each square that no box touches: how far its mean is off (the worst of three colours), how far its pixels on average."""
    import numpy

    high, wide = free.shape
    pad = ((0, -high % SIDE), (0, -wide % SIDE))
    held = numpy.pad(free, pad, mode="edge")[::SIDE, ::SIDE]
    cut = numpy.pad(difference, (*pad, (0, 0))).reshape(held.shape[0], SIDE, held.shape[1], SIDE, 3)
    return numpy.abs(cut.mean(axis=(1, 3))).max(axis=2)[held], numpy.abs(cut).mean(axis=(1, 3)).max(axis=2)[held]
