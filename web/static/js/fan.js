// A number on the map opened in place: the symbols of its sites beside each other around it. Where they stand in the fan is not where they are.
(function () {
  "use strict";
  const sitereg = window.sitereg;
  const MOST = 24, APART = 34, LEAST = 46;

  // A symbol as a small picture
  sitereg.picture = function (look, size) {
    const dense = window.devicePixelRatio || 1;
    const canvas = Object.assign(document.createElement("canvas"), { width: size * dense, height: size * dense });
    canvas.style.width = canvas.style.height = size + "px";
    const ctx = canvas.getContext("2d");
    ctx.scale(dense, dense);
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    sitereg.symbols.draw(ctx, size / 2, size / 2, size, look, dark ? "dark" : "light");
    return canvas;
  };

  // rows: what stands in the number, as tiles tell it; at: the middle; named(row): its name; chosen(row): somebody took it
  sitereg.fan = function (map, at, rows, { named, chosen }) {
    const group = L.layerGroup();
    if (rows.length > MOST) return group.addTo(map);
    const middle = map.latLngToLayerPoint(at), reach = Math.max(LEAST, (rows.length * APART) / (2 * Math.PI));
    rows.forEach((row, i) => {
      const turn = (2 * Math.PI * i) / rows.length - Math.PI / 2;
      const end = map.layerPointToLatLng(middle.add([reach * Math.cos(turn), reach * Math.sin(turn)]));
      group.addLayer(L.polyline([at, end], { color: "#6C757D", weight: 1, interactive: false }));
      const marker = L.marker(end, { alt: named(row), title: named(row), riseOnHover: true,
        icon: L.divIcon({ html: sitereg.picture(sitereg.view.sites.look(row), 28), className: "fan-symbol", iconSize: [32, 32] }) });
      marker.on("click keypress", (event) => {
        if (event.type === "keypress" && !["Enter", " "].includes(event.originalEvent.key)) return;
        chosen(row);
      });
      group.addLayer(marker);
    });
    return group.addTo(map);
  };

  // What was opened at this place comes out from under the panel
  sitereg.uncover = function (map, panel, at, reach) {
    const all = map.getContainer().getBoundingClientRect(), over = panel.getBoundingClientRect(), point = map.latLngToContainerPoint(at);
    const [x, y] = [all.left + point.x, all.top + point.y];
    if (x + reach < over.left || x - reach > over.right || y + reach < over.top) return;
    const below = over.width > all.width * 0.9;
    map.panBy(below ? [0, y + reach - over.top] : [over.left > all.left ? x + reach - over.left : x - reach - over.right, 0], { animate: false });
  };
})();
