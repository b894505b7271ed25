// Maps of streets that the office brought, over the drawn background and under the sites: calm, from zoom 9 on, with their licence.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const P = window.protomapsL;
  const COLOURS = { light: { water: "#cfd8dc", building: "#e0d8ca", road: "#cdc4b3", large: "#b9ad97", text: "#6d6557" },
    dark: { water: "#1b2126", building: "#34373a", road: "#47484a", large: "#5a5850", text: "#a19a8c" } };
  const LARGE = ["highway", "major_road", "motorway", "trunk", "primary", "secondary"];
  const wide = (f) => LARGE.includes(f.props.kind || f.props.class);

  function rules(colour, look, names) {
    const area = (layer, fill) => ({ dataLayer: layer, symbolizer: new P.PolygonSymbolizer({ fill: fill }) });
    const road = (layer, large) => ({ dataLayer: layer, filter: (z, f) => wide(f) === large && (large || z >= 12),
      symbolizer: new P.LineSymbolizer({ color: large ? colour.large : colour.road, width: (z) => (large ? 0.6 : 0.4) * Math.max(1, z - 10) }) });
    const named = (layer) => ({ dataLayer: layer, minzoom: 14, symbolizer: new P.LineLabelSymbolizer(
      sitereg.look.text(11, colour.text, look, { labelProps: names })) });
    return { paint: [area("water", colour.water), area("buildings", colour.building), area("building", colour.building),
      ...["roads", "transportation"].flatMap((layer) => [road(layer, false), road(layer, true)])],
    labels: ["roads", "transportation_name"].map(named) };
  }

  sitereg.streets = function (settings) {
    const names = settings.locale === "ar" ? ["name:ar", "name", "name:en"] : ["name:en", "name", "name:ar"];
    const now = () => rules(COLOURS[sitereg.look.scheme()], sitereg.look.now(), names);
    const said = document.createElement("span");
    said.textContent = settings.licence;
    const first = now();
    const layer = P.leafletLayer({ url: settings.url, maxDataZoom: settings.zooms[1], minZoom: Math.max(9, settings.zooms[0]), paintRules: first.paint,
      labelRules: first.labels, attribution: said.innerHTML, lang: settings.locale, tasks: sitereg.look.fonts });
    sitereg.look.dark.addEventListener("change", () => {
      const again = now();
      layer.paintRules = again.paint;
      layer.labelRules = again.labels;
      layer.clearLayout();
      layer.rerenderTiles();
    });
    return layer;
  };
})();
