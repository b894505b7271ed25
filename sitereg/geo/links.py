"""Pasted map links, read without opening them: nobody outside learns which place is looked at."""

import math
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,15})?"
_PAIR = re.compile(rf"\s*({_NUMBER})\s*[,~]\s*({_NUMBER})\s*")
_VIEW = re.compile(rf"@({_NUMBER}),({_NUMBER})(?:,(\d{{1,8}}(?:\.\d+)?)(z|m|a))?(?![\d.])")
_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})(?![\d.])")
_HASH = re.compile(rf"(?:^|[#&])map=(\d{{1,2}}(?:\.\d+)?)/({_NUMBER})/({_NUMBER})(?![\d.])")
_GEO = re.compile(rf"({_NUMBER}),({_NUMBER})(?:,{_NUMBER})?((?:;[^;?]*)*)(?:\?(.*))?")
_SHORT = {"goo.gl", "maps.app.goo.gl", "g.co", "bit.ly", "t.co", "tinyurl.com", "osm.org", "w3w.co",
          "what3words.com", "her.is", "wego.page.link", "waze.to", "maps.apple", "yandex.page.link"}
_LAT_LON_KEYS = ("q", "query", "ll", "sll", "center", "destination", "daddr", "cp", "marker", "mark")
_EQUATOR_M = 40_075_016.686 / 256


@dataclass(frozen=True, slots=True)
class Pin:
    """What a link says: the numbers as written, metres it states itself, and its zoom (None = not a view)."""

    lat: str
    lon: str
    stated_m: float | None = None
    zoom: float | None = None

    def zoom_floor(self) -> float:
        """Ten screen pixels in metres at the link's zoom: nobody points better; 0 without a zoom."""
        if self.zoom is None:
            return 0.0
        lat = max(-85.0, min(85.0, float(self.lat)))
        return 10 * _EQUATOR_M * math.cos(math.radians(lat)) / 2 ** min(max(self.zoom, 0.0), 24.0)


def is_link(text: str) -> bool:
    """Whether the text is a link rather than coordinates."""
    return bool(re.match(r"(?:https?://|geo:|www\.|maps?\.|goo\.gl/|osm\.org/)", text.strip(), re.IGNORECASE))


def is_short(text: str) -> bool:
    """Whether only another host could say where the link leads; it is never asked."""
    parts = _parts(text)
    host = (parts.hostname or "").removeprefix("www.")
    if host == "osm.org":
        return parts.path.startswith("/go/")
    return host in _SHORT


def read_link(text: str) -> list[Pin]:
    """The pins a link names, the marked place before the mere view; several where it names several."""
    text = text.strip()
    if text.lower().startswith("geo:"):
        return _geo(text[4:])
    parts = _parts(text)
    path, pins = unquote(parts.path + ("?" + parts.query if parts.query else "")), []
    pins += [Pin(met[1], met[2]) for met in _PIN.finditer(path)]
    fields = dict(parse_qsl(parts.query))
    if fields.get("mlat") and fields.get("mlon"):
        pins += _pins(fields["mlat"] + "," + fields["mlon"])
    for step in parts.path.split("/"):
        pins += _pins(unquote(step).replace("+", " "))
    swapped = "yandex" in (parts.hostname or "")
    for key in _LAT_LON_KEYS:
        value = re.sub(r"^(?:loc:|point:)", "", fields.get(key, ""))
        pins += [Pin(pin.lon, pin.lat) if swapped else pin for pin in _pins(value)]
    if not pins:
        pins += [_view(*met.groups()) for met in _VIEW.finditer(path)]
        hashed = _HASH.search(parts.fragment)
        pins += [Pin(hashed[2], hashed[3], zoom=float(hashed[1]))] if hashed else []
    return list(dict.fromkeys(pins))


def _parts(text: str):
    try:
        return urlsplit(text.strip() if "://" in text else "https://" + text.strip())
    except ValueError:
        return urlsplit("")


def _pins(value: str) -> list[Pin]:
    met = _PAIR.fullmatch(value)
    return [Pin(met[1], met[2])] if met else []


def _view(lat: str, lon: str, size: str | None, unit: str | None) -> Pin:
    """A view has a zoom (17z) or a height (1500m, 1500a): the zoom at which that fills a screen; else 15."""
    if size is None:
        return Pin(lat, lon, zoom=15.0)
    zoom = float(size) if unit == "z" else math.log2(_EQUATOR_M * 1_000 / max(float(size), 1.0))
    return Pin(lat, lon, zoom=zoom)


def _geo(rest: str) -> list[Pin]:
    met = _GEO.fullmatch(unquote(rest))
    if not met:
        return []
    query = dict(parse_qsl(met[4] or ""))
    asked = _pins(re.sub(r"\(.*\)$", "", query.get("q", "")))
    if asked and float(met[1]) == 0 == float(met[2]):
        return asked
    stated = re.search(r";u=(\d{1,7}(?:\.\d+)?)", met[3] or "")
    pin = Pin(met[1], met[2], stated_m=float(stated[1]) if stated and float(stated[1]) > 0 else None)
    return list(dict.fromkeys([pin, *asked]))
