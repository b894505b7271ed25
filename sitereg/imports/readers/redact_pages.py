"""Redacted pages: drawn, boxes painted into the pixels, and written anew as pictures alone, without all else of it.

A page of a PDF is drawn at 200 dots an inch, a picture decoded and stood upright, a transparent one laid on white. Each box is
widened to whole squares of 8 pixels and filled with black: a JPEG codes each such square by itself, so no square holds both what is
covered and what stays, and the width of a box tells no single letter. The PDF is written here, byte by byte: a catalogue, pages,
one picture a page. It has no date, no title, no number of its own, and no room for anything else.
"""

import io
import math
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable
from sitereg.imports.readers.pdf import LONGEST_SIDE, MOST_PAGES, PER_INCH

DRIVERS: tuple[str, ...] = ()
NEEDS = ("pypdfium2", "PIL.Image", "PIL.ImageOps", "PIL.JpegImagePlugin", "PIL.PngImagePlugin")
QUALITY, SQUARE = 92, 8
MOST_PIXELS = 100_000_000
_POINTS = 72
_PLAIN = ("1", "L", "P", "RGB", "CMYK", "YCbCr")
_CLEAR = ("LA", "PA", "RGBA")


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"made": {"sizes": [[width, height]]}} once the copy lies in options["into"].

    options: kind (pdf: one file of pages; pictures: one file for each of pages), form (pdf, png, jpeg), pages (numbers from 1, in
    their order), marks ({page: [[left, top, width, height] as parts of the page]}). Raises Unreadable.
    """
    sizes, into = [], Path(options["into"])
    with into.open("wb") as out:
        book = _Book(out) if options["form"] == "pdf" else None
        for n, image in _images(files, options):
            for box in options["marks"].get(str(n), []):
                image.paste((0, 0, 0), squares(box, *image.size))
            sizes.append(image.size)
            if book:
                book.add(_written(image, "jpeg"), *image.size)
            else:
                out.write(_written(image, options["form"]))
        if book:
            book.end()
    yield {"made": {"sizes": sizes}}


def squares(box, width: int, height: int) -> tuple[int, int, int, int]:
    """The pixels (left, top, right, bottom) of the whole squares that a box touches."""
    x, y, wide, high = box
    left, top = math.floor(x * width / SQUARE) * SQUARE, math.floor(y * height / SQUARE) * SQUARE
    right, bottom = math.ceil((x + wide) * width / SQUARE) * SQUARE, math.ceil((y + high) * height / SQUARE) * SQUARE
    return left, top, min(width, right), min(height, bottom)


def _images(files, options):
    """(number, RGB picture) of each page that is asked for."""
    if options["kind"] == "pictures":
        for n, one in zip(options["pages"], files, strict=True):
            yield n, _picture(one["path"])
        return
    import pypdfium2

    try:
        book = pypdfium2.PdfDocument(files[0]["path"])
    except pypdfium2.PdfiumError as error:
        raise Unreadable("The PDF is damaged", do="Ask for the file again.") from error
    for n in options["pages"]:
        if not 0 < n <= min(len(book), MOST_PAGES):
            raise Unreadable("The PDF has no such page", do="Look at its pages.")
        page = book[n - 1]
        try:
            scale = min(PER_INCH / _POINTS, LONGEST_SIDE / max(page.get_size()))
            yield n, page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, ZeroDivisionError) as error:
            raise Unreadable(f"Page {n} of the PDF cannot be drawn", do="Ask for images of its pages.") from error
        page.close()


def _picture(path):
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # the library refuses what has twice as many
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as given:
            drawn = ImageOps.exif_transpose(given)
            if drawn.mode in _CLEAR or "transparency" in drawn.info:
                drawn = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn.convert("RGBA"))
            elif drawn.mode not in _PLAIN:
                raise Unreadable("The picture has colours of a kind that is not taken", do="Ask for a PNG of 8 bits.")
            return drawn.convert("RGB")
    except Image.DecompressionBombError as error:
        raise Unreadable(f"The picture has more than {MOST_PIXELS:,} pixels", code="too_large",
                         do="Ask for a smaller copy.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable("The picture cannot be drawn", do="Ask for the file again, or for another copy.") from error


def _written(image, form):
    """The bytes of the picture, made of its pixels alone."""
    from PIL import Image

    made, bare = io.BytesIO(), Image.frombytes("RGB", image.size, image.tobytes())
    if form == "png":
        bare.save(made, "PNG")
    else:
        bare.save(made, "JPEG", quality=QUALITY, subsampling=0)
    return made.getvalue()


class _Book:
    """A PDF of JPEGs, one a page, written as they come: objects 1 (catalogue) and 2 (pages) last."""

    def __init__(self, out):
        self.out, self.at, self.starts, self.kids = out, 0, {}, []
        self._say(b"%PDF-1.4\n")

    def _say(self, data):
        self.out.write(data)
        self.at += len(data)

    def _object(self, number, body):
        self.starts[number] = self.at
        self._say(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def add(self, jpeg, width, height):
        page = 3 + 3 * len(self.kids)
        self.kids.append(page)
        wide, high = (b"%.2f" % (one * _POINTS / PER_INCH) for one in (width, height))
        paint = b"q %b 0 0 %b 0 0 cm /P Do Q" % (wide, high)
        self._object(page, b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 %b %b] /Resources <</XObject <</P %d 0 R>>>>"
                     b" /Contents %d 0 R>>" % (wide, high, page + 1, page + 2))
        self._object(page + 1, b"<</Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
                     b" /BitsPerComponent 8 /Filter /DCTDecode /Length %d>>\nstream\n%b\nendstream"
                     % (width, height, len(jpeg), jpeg))
        self._object(page + 2, b"<</Length %d>>\nstream\n%b\nendstream" % (len(paint), paint))

    def end(self):
        kids = b" ".join(b"%d 0 R" % one for one in self.kids)
        self._object(2, b"<</Type /Pages /Count %d /Kids [%b]>>" % (len(self.kids), kids))
        self._object(1, b"<</Type /Catalog /Pages 2 0 R>>")
        start, rows = self.at, b"".join(b"%010d 00000 n \n" % self.starts[n] for n in sorted(self.starts))
        self._say(b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
                  % (len(self.starts) + 1, rows, len(self.starts) + 1, start))
