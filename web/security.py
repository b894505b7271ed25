"""Headers, hosts, nonces, request ids: what every answer carries, whatever the view; words that an address may not tell."""
import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app, g, request, session
from werkzeug.routing import BaseConverter, ValidationError

from sitereg import house
from web import squeezing

CODE = re.compile(r"SY[SPH]-[2-9A-Z]{6}-[2-9A-Z]")
LOCAL = ("127.0.0.1", "localhost", "::1")
FILES = "public, max-age=31536000, immutable"
STATIC = Path(__file__).parent / "static"


class CodeConverter(BaseConverter):
    """A code of the registry, such as SYS-K7F49M-3; anything else is no such page."""

    regex = r"[A-Z0-9-]{1,20}"

    def to_python(self, value):
        if not CODE.fullmatch(value):
            raise ValidationError
        return value


def derived(settings, purpose):
    """A key for one purpose, from the house's key, which no database and no dump holds; another purpose gives another key."""
    return house.mark(settings, "web", purpose)


def former(settings, purpose):
    """The same as it was made of the token key, which the database knows: for second factors from before."""
    return hmac.new(settings.token_key(), f"web {purpose}".encode(), "sha256").digest()


def concealed(words):
    """The words as an address may hold them: only this seat of this registry reads them; their length is rounded up."""
    text = words.encode()
    once = secrets.token_bytes(12)
    return urlsafe_b64encode(once + _cipher().encrypt(once, text.ljust(-(-len(text) // 48) * 48, b"\0"), _seat())).decode()


def revealed(token):
    """The words that `concealed` took; ValueError where they were none of this seat's."""
    try:
        held = urlsafe_b64decode(token.encode("ascii"))
        return _cipher().decrypt(held[:12], held[12:], _seat()).rstrip(b"\0").decode()
    except InvalidTag:
        raise ValueError("not of this seat") from None


def _cipher():
    return AESGCM(derived(current_app.config["SITEREG"], "words searched for"))


def _seat():
    return session.get("seat", "").encode()


def is_local(settings):
    """Whether nobody but this machine asks: cookies then go without TLS."""
    return settings.host in LOCAL and not settings.hosts


def hosts(settings):
    """The names under which this web may be asked."""
    return [*dict.fromkeys([*LOCAL, settings.host, *settings.hosts])]


def edition(folder=STATIC):
    """The name under which this folder's files are served: other content, another name, also for what a style sheet names."""
    made = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        made.update(f"{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()[:16]


def guard(app):
    """Every request has an id and a nonce; every answer the headers of `seal`."""
    app.url_map.converters["code"] = CodeConverter

    @app.before_request
    def begin():
        g.request_id, g.nonce = secrets.token_hex(8), secrets.token_urlsafe(18)

    @app.after_request
    def seal(response):
        nonce = g.get("nonce", "")
        response.headers.update({
            "Content-Security-Policy": policy(nonce), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
            "X-Robots-Tag": "noindex, nofollow", "X-Request-Id": g.get("request_id", "")})
        if not is_local(app.config["SITEREG"]):
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint == "static" and response.status_code < 400:
            response.headers["Cache-Control"] = FILES
            squeezing.squeeze(request, response, STATIC)
        else:
            response.headers["Cache-Control"] = "private, no-store"
            response.headers.pop("ETag", None)
            response.headers.pop("Last-Modified", None)
        return response


def policy(nonce):
    """The Content-Security-Policy: our own files, and inline only what carries this answer's nonce."""
    return "; ".join((
        "default-src 'none'", f"script-src 'self' 'nonce-{nonce}'", f"style-src 'self' 'nonce-{nonce}'", "img-src 'self' data:",
        "font-src 'self'", "media-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
        "manifest-src 'none'", "object-src 'none'"))
