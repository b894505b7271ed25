// The map and its background over protomaps-leaflet; what the sites' layer shares with it is sitereg.look.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const P = window.protomapsL;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const FONT = "'IBM Plex Sans', 'IBM Plex Sans Arabic', sans-serif";
  const LOOK = {
    light: { sea: "#dde1e2", land: "#f1ede5", here: "#faf7f0", line: "#a79f90", unit: "#c3baa9", water: "#cfd8dc",
      town: "#5d584e", unitText: "#8d8472", country: "#7b7466", halo: "#faf7f0" },
    dark: { sea: "#181b1e", land: "#24272a", here: "#2a2d30", line: "#726c60", unit: "#4d4a43", water: "#1b2126",
      town: "#b5b0a5", unitText: "#8b8577", country: "#9a9486", halo: "#222528" },
  };
  const scheme = () => (dark.matches ? "dark" : "light");
  const ENGLISH = { km: "km", m: "m", cell_1km: "1 km cell", cell_10km: "10 km cell", admin_unit: "in this unit",
    attribution: "Natural Earth, GeoNames (CC BY 4.0). Boundaries imply no opinion." };

  // Words of the page's language: the JSON element #map-words, which the template fills
  function words() {
    const given = document.getElementById("map-words");
    return Object.assign({}, ENGLISH, given ? JSON.parse(given.textContent) : {});
  }

  function origin() {
    const said = document.createElement("span");
    said.dir = document.documentElement.dir || "ltr";
    said.textContent = words().attribution;
    return said.outerHTML;
  }

  // Text that belongs to a canvas is drawn only once its font is here
  const fonts = ["'IBM Plex Sans'", "'IBM Plex Sans Arabic'"].flatMap((family) => [400, 500, 600].map(
    (weight) => document.fonts.load(weight + " 12px " + family, "Aa09دمشق")));

  function text(size, fill, look, more) {
    return Object.assign({
      fontFamily: FONT, fontSize: size, fill: fill, stroke: look.halo, width: 1.6, lineHeight: 1.35, maxLineChars: 24,
    }, more);
  }

  // Of a line that goes far beyond the tile that is drawn, its pieces on the tile and a little around it: a browser works out every dash
  // of a line, and a border at street zoom has tens of thousands. Dashes lie where they would lie on the whole line.
  const AROUND = 24, SIDE = 256;
  function pieces(line, box) {
    const found = [];
    let piece = null, far = 0;
    for (let i = 1; i < line.length; i++) {
      const a = line[i - 1], b = line[i], dx = b.x - a.x, dy = b.y - a.y, long = Math.hypot(dx, dy);
      let from = 0, to = 1;
      for (const [way, room] of [[-dx, a.x - box.west], [dx, box.east - a.x], [-dy, a.y - box.north], [dy, box.south - a.y]]) {
        if (way === 0) {
          if (room < 0) to = -1;
        } else if (way < 0) from = Math.max(from, room / way);
        else to = Math.min(to, room / way);
      }
      if (from < to) {
        const at = (t) => (t === 0 ? a : t === 1 ? b : { x: a.x + t * dx, y: a.y + t * dy });
        if (!piece || from > 0) found.push(piece = { far: far + from * long, points: [at(from)] });
        piece.points.push(at(to));
        if (to < 1) piece = null;
      } else piece = null;
      far += long;
    }
    return found;
  }
  function line(settings) {
    const whole = new P.LineSymbolizer(settings);
    return {
      before: (ctx, z) => whole.before(ctx, z),
      draw(ctx, geom, z, feature) {
        const now = ctx.getTransform(), west = -now.e / now.a - AROUND, north = -now.f / now.d - AROUND;
        const box = { west: west, north: north, east: west + SIDE + 2 * AROUND, south: north + SIDE + 2 * AROUND };
        ctx.save();
        for (const one of geom) for (const { far, points } of pieces(one, box)) {
          ctx.lineDashOffset = far;
          whole.draw(ctx, [points], z, feature);
        }
        ctx.restore();
      },
    };
  }

  // The scale bar in the page's language
  const Scale = L.Control.Scale.extend({
    _updateScale(bar, said, ratio) {
      const [number, unit] = said.split(" ");
      L.Control.Scale.prototype._updateScale.call(this, bar, "", ratio);
      bar.dir = document.documentElement.dir || "ltr";
      bar.textContent = number + " " + words()[unit];
    },
  });

  sitereg.map = function (id, settings) {
    const [west, south, east, north] = settings.bounds;
    const map = L.map(id, {
      minZoom: settings.minZoom, maxZoom: settings.maxZoom, zoomControl: false, worldCopyJump: true,
      zoomAnimation: !still.matches, fadeAnimation: !still.matches, markerZoomAnimation: !still.matches,
      inertia: !still.matches,
    });
    const end = document.documentElement.dir === "rtl" ? "left" : "right";
    map.attributionControl.setPrefix(false).setPosition("bottom" + end);
    L.control.zoom({ position: "top" + end }).addTo(map);
    new Scale({ imperial: false, position: "bottom" + end }).addTo(map);
    map.home = () => map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 15 });
    map.home();
    sitereg.view = { map: map, sites: null };
    return map;
  };

  function backgroundRules(look, names) {
    const drawn = (color, width, dash) => line({ color: color, width: width, dash: dash });
    const at = (k, low, high) => ({ filter: (z, f) => f.props.k === k && z >= low && z <= high });
    const label = (symbolizer, layer, more) => Object.assign({ dataLayer: layer, symbolizer: symbolizer }, more);
    const country = new P.CenteredTextSymbolizer(text(13, look.country, look, { labelProps: names, fontWeight: 500 }));
    const unit = new P.CenteredTextSymbolizer(text(12, look.unitText, look, { labelProps: names, fontStyle: "normal" }));
    const town = (size, weight) => new P.GroupSymbolizer([
      new P.CircleSymbolizer({ radius: 1.8, fill: look.town, stroke: look.halo, width: 1 }),
      new P.OffsetTextSymbolizer(text(size, look.town, look, {
        labelProps: names, fontWeight: weight, offsetX: 4, offsetY: 3, placements: [2], justify: 1 })),
    ]);
    const tier = (low, high, zoom) => ({ filter: (z, f) => f.props.t >= low && f.props.t <= high && z >= zoom });
    return {
      paint: [
        { dataLayer: "countries", symbolizer: new P.PolygonSymbolizer({
          fill: (z, f) => (f.props.iso === "SY" ? look.here : look.land), perFeature: true }) },
        { dataLayer: "governorates", symbolizer: new P.PolygonSymbolizer({ fill: look.here }) },
        { dataLayer: "waters", symbolizer: new P.PolygonSymbolizer({ fill: look.water }) },
        { dataLayer: "rivers", symbolizer: drawn(look.water, (z) => (z < 8 ? 1 : 2)) },
        { dataLayer: "governorate_lines", symbolizer: drawn(look.unit, 1, [2, 3]), minzoom: 6,
          filter: () => sitereg.shown.borders },
        { dataLayer: "country_lines", symbolizer: drawn(look.line, 0.9, [5, 3]) },
      ],
      labels: [
        label(country, "labels", { filter: (z, f) => f.props.k === "country" && z <= 8 && z >= 3 + f.props.r }),
        label(town(13, 600), "places", tier(1, 1, 5)),
        label(town(12, 500), "places", tier(2, 2, 6)),
        label(unit, "labels", at("governorate", 7, 9)),
        label(town(12, 400), "places", tier(3, 3, 7)),
        label(town(12, 400), "places", tier(4, 4, 9)),
        label(town(11, 400), "places", tier(5, 5, 10)),
        label(town(11, 400), "places", tier(6, 6, 11)),
      ],
    };
  }

  sitereg.background = function (settings) {
    const names = settings.locale === "ar" ? ["name_ar", "name_en"] : ["name_en"];
    const look = LOOK[scheme()];
    const rules = backgroundRules(look, names);
    const layer = P.leafletLayer({
      url: settings.url, maxDataZoom: 6, backgroundColor: look.sea, paintRules: rules.paint, labelRules: rules.labels,
      attribution: origin(), lang: settings.locale, tasks: fonts, noWrap: false,
    });
    dark.addEventListener("change", () => {
      const now = LOOK[scheme()];
      const again = backgroundRules(now, names);
      layer.backgroundColor = now.sea;
      layer.paintRules = again.paint;
      layer.labelRules = again.labels;
      layer.clearLayout();
      layer.rerenderTiles();
    });
    layer.rerender = () => {
      layer.clearLayout();
      layer.rerenderTiles();
    };
    sitereg.view.background = layer;
    return layer;
  };

  sitereg.shown = { areas: true, borders: true }; // what of the map the reader wants drawn
  sitereg.look = { scheme: scheme, now: () => LOOK[scheme()], dark: dark, words: words, fonts: fonts, font: FONT, text: text, line: line };
})();
