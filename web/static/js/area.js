// An area drawn by hand into a form, and what was found inside it. Corners or a circle: two ways, each by clicks or taps alone;
// nothing is sent before the form is.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const INK = "#23262a";
  const COLOURS = { certain: "#0072B2", probable: "#0072B2", possible: "#6C757D" };
  const OPACITY = { certain: 0.9, probable: 0.55, possible: 0.4 };
  const by = (id) => document.getElementById(id);

  function show(map, found) {
    for (const one of found) {
      const colour = COLOURS[one.inside];
      if (one.shape.type !== "Point") {
        L.geoJSON(one.shape, { style: { color: colour, weight: 1, fillColor: colour, fillOpacity: 0.04, interactive: false } }).addTo(map);
      } else if (one.radius > 0) {
        L.circle(one.at, { radius: one.radius, color: colour, weight: 0.6, dashArray: "2 4", fillColor: colour, fillOpacity: 0.08,
          interactive: false }).addTo(map);
      }
      const said = document.createElement("span");
      said.textContent = one.text;
      L.circleMarker(one.at, { radius: 5, color: colour, weight: 1.5, fillColor: colour, fillOpacity: OPACITY[one.inside],
        dashArray: one.inside === "possible" ? "2 2" : null }).bindTooltip(said).addTo(map);
    }
  }

  sitereg.area = function (map, found, settings) {
    const words = JSON.parse(by("map-words").textContent);
    const drawing = L.featureGroup().addTo(map);
    let mode = null, corners = [];
    const outline = (area) => L.geoJSON(area, { style: { color: INK, weight: 2, fillOpacity: 0.03, interactive: false } });
    if (settings.area) outline(settings.area).addTo(drawing);
    show(map, found);
    if (!settings.form) return;

    const fields = { centre: by("f-centre"), km: by("f-km"), unit: by("f-unit"), drawn: by("f-drawn") };
    const round = (n) => Number(n.toFixed(6));
    function clear() {
      drawing.clearLayers();
      corners = [];
      for (const field of Object.values(fields)) if (field) field.value = "";
      by("drawn-said").textContent = words.not_drawn;
    }
    function choose(next) {
      mode = next;
      corners = [];
      by("draw-area").setAttribute("aria-pressed", String(next === "area"));
      by("draw-circle").setAttribute("aria-pressed", String(next === "circle"));
      by("draw-said").textContent = next === "area" ? words.draw_corners : next === "circle" ? words.draw_centre : "";
      map.getContainer().classList.toggle("drawing", Boolean(next));
      if (next) map.doubleClickZoom.disable();
      else map.doubleClickZoom.enable();
    }
    function close() {
      const ring = [...corners, corners[0]].map((one) => [round(one.lng), round(one.lat)]);
      clear();
      const area = { type: "Polygon", coordinates: [ring] };
      fields.drawn.value = JSON.stringify(area);
      by("drawn-said").textContent = words.drawn;
      outline(area).addTo(drawing);
      choose(null);
    }
    function circle(edge) {
      const [centre] = corners;
      const km = map.distance(centre, edge) / 1000;
      clear();
      fields.centre.value = round(centre.lat) + ", " + round(centre.lng);
      fields.km.value = km < 10 ? km.toFixed(2) : km.toFixed(1);
      L.circle(centre, { radius: km * 1000, color: INK, weight: 2, fillOpacity: 0.03, interactive: false }).addTo(drawing);
      choose(null);
    }
    map.on("click", (event) => {
      const at = event.latlng.wrap();
      if (mode === "circle") {
        if (corners.length) return circle(at);
        clear();
        corners = [at];
        L.circleMarker(at, { radius: 4, color: INK, interactive: false }).addTo(drawing);
      } else if (mode === "area") {
        const first = corners[0] && map.latLngToContainerPoint(corners[0]);
        if (corners.length > 2 && first.distanceTo(map.latLngToContainerPoint(at)) < 18) return close();
        if (!corners.length) clear();
        corners.push(at);
        L.circleMarker(at, { radius: corners.length === 1 ? 6 : 3, color: INK, interactive: false }).addTo(drawing);
        if (corners.length > 1) L.polyline(corners.slice(-2), { color: INK, weight: 2, interactive: false }).addTo(drawing);
      }
    });
    by("draw-area").addEventListener("click", () => choose(mode === "area" ? null : "area"));
    by("draw-circle").addEventListener("click", () => choose(mode === "circle" ? null : "circle"));
    by("draw-clear").addEventListener("click", () => { clear(); choose(null); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") choose(null); });
    by("draw-tools").hidden = false;
  };
})();
