// Places of one person, numbered in the order of time: a round, a square or an outline shows how far off each may be.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const INK = "#23262a", FILL = "#0072B2";

  // What is shown of one place: the shape itself, and around an exact one the round in which it may lie
  sitereg.uncertain = function (stop, style) {
    const layers = [];
    if (stop.shown_as === "exact" && stop.radius > 0) {
      for (const share of [1, 0.75, 0.5]) {
        layers.push(L.circle(stop.at, Object.assign({ radius: stop.radius * share, interactive: false }, style,
          { stroke: share === 1, weight: 0.6, opacity: 0.5, dashArray: "2 4", fillOpacity: 0.07 })));
      }
    }
    if (stop.shape.type !== "Point") {
      const cell = stop.shown_as.startsWith("cell");
      layers.push(L.geoJSON(stop.shape, { interactive: false, style: Object.assign({}, style,
        { weight: 1.4, dashArray: cell ? "6 4" : null, fillOpacity: stop.shown_as === "exact" ? 0.2 : 0.06 }) }));
    }
    return layers;
  };

  function told(lines) {
    const list = document.createElement("div");
    list.dir = document.documentElement.dir || "ltr";
    for (const line of lines) {
      const said = document.createElement("div");
      said.textContent = line;
      list.append(said);
    }
    return list;
  }

  // Where marks lie upon one another the first of their order is on top
  function mark(stop, label, name, keyboard) {
    const badge = document.createElement("span");
    badge.className = name;
    badge.textContent = label;
    const marker = L.marker(stop.at, { keyboard: keyboard, zIndexOffset: 100000 - 1000 * Math.min(...stop.numbers), title: stop.texts.join("\n"), alt: stop.texts.join("; "),
      icon: L.divIcon({ html: badge, className: "trail-stop", iconSize: null }) });
    return marker.bindTooltip(told(stop.texts), { sticky: true });
  }

  sitereg.trail = function (stops, settings) {
    const group = L.featureGroup(), fill = settings.beside.length ? INK : FILL;
    for (const place of settings.beside) {
      for (const layer of sitereg.uncertain(place, { color: settings.colour, fillColor: settings.colour })) group.addLayer(layer);
      group.addLayer(mark(place, place.numbers.join(", "), "place-number", false)); // the list above is their keyboard
    }
    const order = stops.flatMap((stop) => stop.numbers.map((n) => ({ n: n, stop: stop }))).sort((a, b) => a.n - b.n);
    for (const stop of stops) for (const layer of sitereg.uncertain(stop, { color: fill, fillColor: fill })) group.addLayer(layer);
    for (let i = 1; i < order.length; i++) {
      const [from, to] = [order[i - 1].stop, order[i].stop];
      if (from === to) continue;
      group.addLayer(L.polyline([from.at, to.at], { color: INK, weight: 1.5, opacity: 0.7, interactive: false,
        dashArray: from.sure && to.sure ? null : "1 6" }));
    }
    for (const stop of stops) {
      group.addLayer(mark(stop, stop.numbers.join(", ") + (stop.sure || order.length === 1 ? "" : " ~"), "trail-number", true));
    }
    return group;
  };
})();
