"""folium maps that ask no other host for anything: the site map of the pages, and maps of GeoDataFrames for
analysts.

A folium map is a Python description of a Leaflet page. Here its scripts and styles are our own copies
(ASSETS), its layers are vector tiles (the background file, the sites of the caller's face), and render()
gives it in three parts that a strict Content-Security-Policy lets through. Knows no database: tiles come by
URL, frames are given.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import folium
from branca.element import Element
from folium.template import Template
from markupsafe import Markup

from sitereg import symbols
from sitereg.errors import BadInput

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "web" / "static"
# Everything that a map loads, by its path under the static folder; nothing else may be loaded
ASSETS = {
    "leaflet_css": "vendor/leaflet/leaflet.css",
    "leaflet": "vendor/leaflet/leaflet.js",
    "protomaps": "vendor/protomaps-leaflet/protomaps-leaflet.js",
    "basemap": "vendor/basemap.pmtiles",
    "symbols": "js/symbols.js",
    "background": "js/background.js",
    "sites": "js/sites.js",
    "streets": "js/streets.js",
    "frames": "js/frames.js",
    "trail": "js/trail.js",
    "area": "js/area.js",
    "ground": "js/ground.js",
}
SCRIPTS = ("leaflet", "protomaps", "symbols", "background", "sites")
SYRIA = (35.5, 32.2, 42.5, 37.4)  # west, south, east, north
SYMBOL_COLUMNS = ("group", "kind", "verification", "protection")
FRAME_LIMIT = 20_000
FRAME_STYLE = """html,body,.folium-map{height:100%;margin:0}.folium-map{background:#e6e4de;font-size:14px}
.leaflet-tooltip dl{margin:0;display:grid;grid-template-columns:auto 1fr;gap:0 10px}
.leaflet-tooltip dd{margin:0;font-weight:600}"""


class Parts(NamedTuple):
    """A rendered map, Markup: `head` (styles, scripts), `body` (the container), `script` (what makes it)."""

    head: Markup
    body: Markup
    script: Markup


class LocalMap(folium.Map):
    """A folium map whose scripts and styles are given; its container reads left to right in any language."""

    _template = Template("""
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name() }}" dir="ltr"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            sitereg.symbols.load({{ this.symbols|tojson }});
            var {{ this.get_name() }} = sitereg.map({{ this.get_name()|tojson }}, {{ this.settings|tojson }});
        {% endmacro %}""")

    def __init__(self, *, scripts=(), styles=(), **settings):
        super().__init__(location=[35.0, 38.5], tiles=None)
        self.default_js, self.default_css = list(scripts), list(styles)
        self.symbols, self.settings = symbols.table(), settings


class LocalLayer(folium.map.Layer):
    """A folium layer whose template also adds it to its map, so that rendering twice adds it once."""

    def __init__(self, name):
        super().__init__(name=name, control=False)
        self._name = name

    def render(self, **given):
        super(folium.map.Layer, self).render(**given)


class Background(LocalLayer):
    """The background map: one PMTiles file, labels in the reader's language, borders thin and dashed."""

    _template = Template("""{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = sitereg.background({{ this.settings|tojson }})
            .addTo({{ this._parent.get_name() }});{% endmacro %}""")

    def __init__(self, *, url, locale):
        super().__init__("background")
        self.settings = {"url": url, "locale": locale}


class Streets(LocalLayer):
    """A map of streets that the office added: one PMTiles file over the background, under the sites, with its licence."""

    _template = Template("""{% macro script(this, kwargs) %}
        sitereg.streets({{ this.settings|tojson }}).addTo({{ this._parent.get_name() }});{% endmacro %}""")

    def __init__(self, *, url, licence, zooms, locale):
        super().__init__("streets")
        self.settings = {"url": url, "licence": licence, "zooms": list(zooms), "locale": locale}


class SiteTiles(LocalLayer):
    """The sites of the caller's face as vector tiles (layers `sites` and `areas`), drawn by symbols.js."""

    _template = Template("""{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = sitereg.sites({{ this.settings|tojson }})
            .addTo({{ this._parent.get_name() }});{% endmacro %}""")

    def __init__(self, *, url, locale, query="", max_zoom=14):
        super().__init__("sites")
        self.settings = {"url": url, "locale": locale, "query": query, "maxDataZoom": max_zoom}


class FrameLayer(LocalLayer):
    """Features given in the page itself; what a row says is shown as text, never read as HTML."""

    _template = Template("""{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = sitereg.frame(
            {{ this.features|tojson }}, {{ this.settings|tojson }}
        ).addTo({{ this._parent.get_name() }});{% endmacro %}""")

    def __init__(self, features, **settings):
        super().__init__(settings["name"])
        self.features, self.settings = features, settings


class Trail(LocalLayer):
    """Places numbered in the order of time, as uncertain as they are shown; joined by a line where the order is sure.

    beside: other places in the same form, numbered in an order of their own, drawn in `colour` and joined by nothing.
    """

    _template = Template("""{% macro script(this, kwargs) %}
        sitereg.trail({{ this.stops|tojson }}, {{ this.settings|tojson }}).addTo({{ this._parent.get_name() }});{% endmacro %}""")

    def __init__(self, stops, *, locale, beside=(), colour=None):
        super().__init__("trail")
        self.stops, self.settings = stops, {"locale": locale, "beside": list(beside), "colour": colour}


class Area(LocalLayer):
    """An area that can be drawn anew into the form named, and what was found in it.

    outlines: what the names of the fields begin with where there are several to draw; all but the first are hatched.
    """

    _template = Template("""{% macro script(this, kwargs) %}
        sitereg.area({{ this._parent.get_name() }}, {{ this.found|tojson }}, {{ this.settings|tojson }});{% endmacro %}""")

    def __init__(self, found, *, area=None, form=None, outlines=None):
        super().__init__("area")
        self.found, self.settings = found, {"area": area, "form": form, "outlines": outlines}


class Ground(LocalLayer):
    """Rasters over the background, chosen one by one on the page ({id, url, attribution} each); a place, the line of a profile."""

    _template = Template("""{% macro script(this, kwargs) %}
        sitereg.ground({{ this._parent.get_name() }}, {{ this.layers|tojson }}, {{ this.settings|tojson }});{% endmacro %}""")

    def __init__(self, layers, *, place, radius=None, line=None):
        super().__init__("ground")
        self.layers, self.settings = layers, {"place": place, "radius": radius, "line": line}


def base_map(
    *, locale, assets_url, tiles_url=None, query="", bounds=None, max_data_zoom=14, basemap_url=None, more=(), streets=()
):
    """A folium.Map of the background and, with tiles_url, of the sites; it takes folium layers as any other.

    locale: "en" or "ar" for the labels. assets_url: where web/static is served ("/static"). tiles_url: a
    template with {z}, {x}, {y} on the same host ("/tiles/sites/{z}/{x}/{y}.mvt"); query: the filters as a
    query string, passed on with each tile; max_data_zoom: the deepest tile that is asked for. bounds: what to
    show first as (west, south, east, north), EPSG:4326, computed from the caller's face; Syria by default.
    more: names of ASSETS that a layer besides needs. streets: maps that were added, {url, licence, zooms} each.
    Raises BadInput where a URL names another host.
    """
    here = assets_url.rstrip("/")
    basemap_url = basemap_url or f"{here}/{ASSETS['basemap']}"
    for name, url in (("assets_url", here), ("tiles_url", tiles_url or ""), ("basemap_url", basemap_url),
                      *(("streets", one["url"]) for one in streets)):
        if re.match(r"[a-z][a-z0-9+.-]*:|//", url, re.IGNORECASE):
            raise BadInput(
                "A map may only ask the host that serves it", where=f"{name} {url}", do="Give a path."
            )
    chart = LocalMap(
        scripts=[(name, f"{here}/{ASSETS[name]}") for name in (*SCRIPTS, *(("streets",) if streets else ()), *more)],
        styles=[("leaflet_css", f"{here}/{ASSETS['leaflet_css']}")],
        locale=locale,
        bounds=list(bounds or SYRIA),
        minZoom=2,
        maxZoom=18,
    )
    Background(url=basemap_url, locale=locale).add_to(chart)
    for one in streets:
        Streets(**one, locale=locale).add_to(chart)
    if tiles_url:
        SiteTiles(url=tiles_url, locale=locale, query=query, max_zoom=max_data_zoom).add_to(chart)
    return chart


def render(chart, nonce=None):
    """The map as Parts for a page of one's own, the same map the same bytes; every <script> and <style> carries the nonce."""
    figure = chart.get_root()
    for number, element in enumerate(_all_of(chart)):
        element._id = str(number)  # folium's own is drawn by lot
    for child in list(figure._children.values()):
        child.render()
    figure.header._children.pop("meta_http", None)  # the page has its own
    head, body, script = figure.header.render(), figure.html.render(), figure.script.render()
    # Data stand in it only as JSON that tojson has escaped
    parts = (_with_nonce(head.strip(), nonce), body.strip(), _with_nonce(f"<script>{script}</script>", nonce))
    return Parts(*(Markup(part) for part in parts))  # noqa: S704


def _all_of(element):
    yield element
    for child in element._children.values():
        yield from _all_of(child)


def frame_map(frame, *, columns=None, locale="en"):
    """A folium.Map of a GeoDataFrame that needs no server: `.save("map.html")` is one file, complete.

    frame: any CRS, at most 20,000 rows; rows with the columns group, kind, verification, protection are drawn
    with the site symbols, others as plain marks. columns: what pointing at a row shows (by default all but
    the geometry, at most twelve), as text. Behind them: governorates, rivers and lakes. Raises BadInput: no
    CRS, too many rows, libraries not installed.
    """
    if frame.crs is None:
        raise BadInput("The frame has no CRS", do="Set it with frame.set_crs(...): a map cannot guess it.")
    if len(frame) > FRAME_LIMIT:
        raise BadInput(
            "The frame is too large for one page",
            where=f"{len(frame)} rows, at most {FRAME_LIMIT}",
            do="Aggregate it, or take a sample.",
        )
    shown = frame[~(frame.geometry.isna() | frame.geometry.is_empty)].to_crs("EPSG:4326")
    others = [column for column in shown.columns if column != shown.geometry.name]
    columns = list(columns) if columns is not None else others[:12]
    bounds = [float(value) for value in shown.total_bounds] if len(shown) else list(SYRIA)
    chart = LocalMap(locale=locale, bounds=bounds, minZoom=2, maxZoom=18, plain=True)
    for name, text in _inlined():
        chart.get_root().header.add_child(Element(text), name=name)
    for name in ("boundaries/syr_admin1", "waters/rivers", "waters/lakes"):
        path = ROOT / "gis_data" / f"{name}.geojson"
        if path.exists():
            FrameLayer(
                json.loads(path.read_text(encoding="utf-8")), name=path.stem, locale=locale, behind=True
            ).add_to(chart)
    FrameLayer(_features(shown, columns), name="frame", locale=locale, columns=columns).add_to(chart)
    return chart


def _features(frame, columns):
    """The rows as a FeatureCollection: `t` the texts of `columns`, `s` the symbol as SVG, if any."""
    drawn = {column for column in SYMBOL_COLUMNS if column in frame.columns}
    features = []
    for row, geometry in zip(frame.to_dict("records"), frame.geometry, strict=True):
        texts = [
            None if row[column] is None or row[column] != row[column] else str(row[column])
            for column in columns
        ]
        properties = {"t": texts}
        if {"group", "verification"} <= drawn and geometry.geom_type == "Point":
            properties["s"] = str(symbols.svg(**{column: row[column] for column in drawn}, size=24))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry.__geo_interface__})
    return {"type": "FeatureCollection", "features": features}


def _inlined():
    """(name, tag) for what a page without a server needs, taken from the static folder."""
    for name in ("leaflet_css", "leaflet", "symbols", "frames"):
        path = STATIC / ASSETS[name]
        if not path.exists():
            raise BadInput("The map libraries are not installed", where=path.name, do="Run `make setup`.")
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".css":
            local = re.sub(r"url\([^)]*\)", "none", text)
            yield name, f"<style>{local}\n{FRAME_STYLE}</style>"
        else:
            yield name, f"<script>{text}</script>"


def _with_nonce(html, nonce):
    return re.sub(r"<(script|style)(?=[\s>])", rf'<\1 nonce="{nonce}"', html) if nonce else html
