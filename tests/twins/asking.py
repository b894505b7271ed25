"""One question put to both twins: their answers without what differs between any two requests."""
import difflib
import math
import re

PASSING = re.compile(
    r'nonce(=|-)[^\s;\'>]+'  # of this answer
    r'|(?<=name="csrf_token" value=")[^"]+|(?<=name="once" value=")[^"]+'  # of this form
    r'|(?<=data-key=")[^"]+'  # of this seat, as its cookie
    r'|(?<=[?&;"][wa]=)[A-Za-z0-9_=%-]+'  # words and areas, concealed anew for each address
    r'|<bdi class="num">[0-9a-f]{16}</bdi>')  # number of a refused request
IGNORED = ("Content-Security-Policy", "X-Request-Id", "Set-Cookie", "Content-Length", "Date")


def answer(visitor, method, path, **more):
    """(status, headers, body) of a request, without what passes."""
    got = visitor.client.open(path, method=method, **more)
    headers = {name: PASSING.sub("", value) for name, value in got.headers.items() if name not in IGNORED}
    body = got.data if got.mimetype == "application/vnd.mapbox-vector-tile" or got.mimetype.startswith("image/") else PASSING.sub("", got.text)
    return got.status_code, headers, body


def posted(visitor, path, form):
    """The answer to a form, and to the address that it leads to."""
    first = answer(visitor, "POST", path, data={"csrf_token": visitor.token(), **form})
    if first[0] != 303:
        return first, None
    again = visitor.client.post(path, data={"csrf_token": visitor.token(), **form})
    return first, answer(visitor, "GET", again.headers["Location"])


def tiles(lon, lat, zooms=range(15)):
    """The addresses of the tiles over that point."""
    for z in zooms:
        x = int((lon + 180) / 360 * 2 ** z)
        y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2 ** z)
        yield f"/tiles/sites/{z}/{x}/{y}.mvt"


def alike(plain, secret, asked):
    """AssertionError with the lines in which two answers differ."""
    if plain == secret:
        return
    if plain is None or secret is None or plain[:2] != secret[:2] or not isinstance(plain[2], str):
        raise AssertionError(f"{asked}: {str(plain)[:300]} / {str(secret)[:300]}")
    lines = difflib.unified_diff(plain[2].splitlines(), secret[2].splitlines(), "plain", "secret", n=0, lineterm="")
    raise AssertionError(f"{asked} tells that something is hidden:\n" + "\n".join(line[:300] for line in list(lines)[2:9]))
