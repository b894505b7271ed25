"""Scripts and styles go over the line in a third of their size. Never pages: a page that holds a secret and repeats what was
typed would tell the secret by its length."""
import gzip
from functools import lru_cache
from pathlib import Path

SQUEEZED = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}
LEAST = 1_000  # bytes

__all__ = ["squeeze"]


def squeeze(request, response, folder):
    """A whole file of `folder` is answered squeezed to whoever can read it so; every such answer says that it depends on that."""
    if response.status_code != 200 or response.mimetype not in SQUEEZED:
        return
    response.vary.add("Accept-Encoding")
    if request.method != "GET" or "Range" in request.headers or request.accept_encodings.quality("gzip") <= 0:
        return
    body = squeezed(Path(folder) / request.view_args["filename"])
    if body is None:
        return
    if hasattr(response.response, "close"):
        response.response.close()  # the file as it lies
    response.direct_passthrough = False
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    if etag := response.get_etag()[0]:
        response.set_etag(f"{etag}-gzip")


@lru_cache(maxsize=256)
def squeezed(path):
    """The bytes of a file, squeezed; None where that is not worth it. Files stand under an edition and do not change under it."""
    whole = path.read_bytes()
    return gzip.compress(whole, 9, mtime=0) if len(whole) >= LEAST else None
