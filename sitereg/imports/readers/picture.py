"""Pictures that say of themselves how they are to be turned: drawn upright, as a picture that tells nothing beside itself."""

import base64
import io
from collections.abc import Iterator

from sitereg.imports.readers import Unreadable
from sitereg.imports.readers.pdf import QUALITY
from sitereg.pictures import MOST_PIXELS

DRIVERS: tuple[str, ...] = ()
NEEDS = ("PIL.Image", "PIL.ImageOps", "PIL.JpegImagePlugin", "PIL.PngImagePlugin")


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"page": {n: 1, width, height, data}}: the picture as a JPEG (base64), turned as it says that it is to be shown.

    Raises Unreadable for what is no PNG or JPEG, is damaged, or has more than MOST_PIXELS.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # the library refuses what has twice as many
    try:
        with Image.open(files[0]["path"], formats=("PNG", "JPEG")) as given:
            drawn = ImageOps.exif_transpose(given).convert("RGB")
    except Image.DecompressionBombError as error:
        raise Unreadable(f"The picture has more than {MOST_PIXELS:,} pixels", code="too_large",
                         do="Ask for a smaller copy.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable("The picture cannot be drawn", do="Ask for the file again, or for another copy.") from error
    made = io.BytesIO()
    Image.frombytes("RGB", drawn.size, drawn.tobytes()).save(made, "JPEG", quality=QUALITY)
    data = base64.b64encode(made.getvalue()).decode("ascii")
    yield {"page": {"n": 1, "width": drawn.width, "height": drawn.height, "data": data}}
