"""PDF scans: each page drawn as a picture. Nothing in the file is run or followed: no scripts, forms, attachments or links."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import Unreadable

DRIVERS: tuple[str, ...] = ()
NEEDS = ("pypdfium2", "PIL.Image", "PIL.JpegImagePlugin")
MOST_PAGES = 1_000
PER_INCH, LONGEST_SIDE, QUALITY = 200, 4_000, 90
_POINTS = 72
_MAGIC = b"%PDF-"


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"page": {n, width, height, data}} for each page in order: a JPEG (base64) at 200 dots an inch, 4,000 pixels at most.

    Raises Unreadable for what is no PDF, has a password, no page or more than MOST_PAGES of them, or a page that cannot be drawn.
    """
    import pypdfium2

    if len(files) != 1:
        raise Unreadable("A PDF is one file, not a folder", do="Give the file itself.")
    path = Path(files[0]["path"])
    with path.open("rb") as file:
        if _MAGIC not in file.read(1024):
            raise Unreadable("The file is no PDF", code="not_this_format", do="Ask for the file again.")
    try:
        book = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise Unreadable("The PDF has a password" if locked else "The PDF is damaged",
                         do="Ask for a copy without one." if locked else "Ask for the file again.") from error
    if not 0 < len(book) <= MOST_PAGES:
        raise Unreadable(f"The PDF has {len(book):,} pages; between 1 and {MOST_PAGES:,} can be kept in one go", code="too_large",
                         do="Split it.")
    for n in range(1, len(book) + 1):
        yield {"page": {"n": n, **_drawn(book, n)}}


def _drawn(book, n: int) -> dict:
    import pypdfium2

    try:
        page = book[n - 1]
        scale = min(PER_INCH / _POINTS, LONGEST_SIDE / max(page.get_size()))
        image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        page.close()
    except (pypdfium2.PdfiumError, ZeroDivisionError) as error:
        raise Unreadable(f"Page {n} of the PDF cannot be drawn", do="Ask for the file again, or for images of pages.") from error
    made = io.BytesIO()
    image.save(made, "JPEG", quality=QUALITY)
    data = base64.b64encode(made.getvalue()).decode("ascii")
    return {"width": image.width, "height": image.height, "data": data}
