"""One question put to both twins at the same moment: the same clock for their cookies, the same chance for nonces and request ids."""
import difflib
import hashlib
import math
import re
import uuid
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from unittest.mock import patch

import itsdangerous.timed

from web import language, security
from web.views import entering


class Chance:
    """What `secrets` gives, drawn from the question: asked alike, it draws alike."""

    def __init__(self, question):
        self.question, self.n = question, 0

    def token_bytes(self, n):
        self.n += 1
        return hashlib.shake_256(f"{self.question} {self.n}".encode()).digest(n)

    def token_hex(self, n):
        return self.token_bytes(n).hex()

    def token_urlsafe(self, n):
        return security.urlsafe_b64encode(self.token_bytes(n)).rstrip(b"=").decode()

    def uuid4(self):
        return uuid.UUID(bytes=self.token_bytes(16), version=4)


class Moment:
    """The second at which everything is asked. tokens: the form tokens of that second, by house and reader."""

    def __init__(self, at):
        self.at, self.tokens = at, {}

    @contextmanager
    def of(self, question):
        chance = Chance(question)
        with ExitStack() as held:
            held.enter_context(patch.object(itsdangerous.timed, "time", SimpleNamespace(time=lambda: self.at)))
            held.enter_context(patch.object(security, "secrets", chance))
            for module in (entering, language):
                held.enter_context(patch.object(module, "uuid4", chance.uuid4))
            yield


def answer(moment, house, reader, lang, method, path, *, question=None, **more):
    """(status, headers, body) of a request: all of it. question: what chance is drawn from (else the request itself)."""
    with moment.of(question or f"{reader} {lang} {method} {path}"):
        got = house.visitor(reader, lang).client.open(path, method=method, **more)
    body = got.text if got.mimetype.startswith("text/") or got.mimetype == "application/json" else got.data
    return got.status_code, sorted(got.headers.items()), body


def posted(moment, house, reader, lang, path, form):
    """The answer to a form, and to the address that it leads to."""
    seat = (house.settings.database, reader, lang)
    if seat not in moment.tokens:
        with moment.of("token"):
            moment.tokens[seat] = house.visitor(reader, lang).token()
    first = answer(moment, house, reader, lang, "POST", path, data={"csrf_token": moment.tokens[seat], **form})
    if first[0] != 303:
        return first, None
    return first, answer(moment, house, reader, lang, "GET", dict(first[1])["Location"])


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
    lines = difflib.unified_diff(*(lined(one) for one in (plain, secret)), "plain", "secret", n=0, lineterm="")
    raise AssertionError(f"{asked} tells that something is hidden:\n" + "\n".join(line[:300] for line in list(lines)[2:9]))


def lined(answered):
    """An answer as lines: status, headers, body."""
    if answered is None:
        return ["no answer"]
    status, headers, body = answered
    return [str(status), *map(str, headers), *(body.splitlines() if isinstance(body, str) else [repr(body)])]


LINK = re.compile(r'(?:href|src|data-[a-z-]+)="(/[^"#]*)"')


def links(text):
    """The addresses that a page leads to, but for its files and its way out."""
    found = [one.replace("&amp;", "&") for one in LINK.findall(text)]
    return [one for one in dict.fromkeys(found) if not one.startswith(("/static/", "/tiles/", "/leave", "/sign"))]
