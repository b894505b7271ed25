// An area drawn by hand into a form, and what was found inside it. Corners or a circle: two ways, each by clicks or taps alone, or by the
// keyboard with the cross in the middle of the map; nothing is sent before the form is.
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

  // An outline with its word on the map; the second kind is dashed and hatched, so that pattern and word tell the two apart
  function hatch(map) {
    const made = (name, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      return element;
    };
    const svg = made("svg", { class: "hatch", "aria-hidden": "true" });
    const pattern = made("pattern", { id: "hatch", width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.append(made("path", { d: "M0 0V9", "stroke-width": 3 }));
    svg.append(pattern);
    map.getContainer().append(svg);
  }
  function styled(layer, outline) {
    if (outline.hatched) layer.on("add", () => layer.getElement().setAttribute("fill", "url(#hatch)"));
    layer.setStyle(outline.hatched ? { dashArray: "7 5", fillOpacity: 0.9 } : { dashArray: null });
    if (outline.word) layer.bindTooltip(outline.word, { permanent: true, direction: "center", className: "outline-word" });
    return layer;
  }

  // What is drawn goes into hidden fields of the form; settings.outlines names several, of which a choice on the page tells the one in hand
  sitereg.area = function (map, found, settings) {
    const words = JSON.parse(by("map-words").textContent);
    const style = { className: "drawn-line", color: INK, weight: 2, fillOpacity: 0.03, interactive: false };
    const outlines = (settings.outlines || [""]).map((prefix, i) => ({
      drawing: L.featureGroup().addTo(map), hatched: i > 0, word: settings.outlines && words[prefix + "outline"],
      fields: { centre: by("f-" + prefix + "centre"), km: by("f-" + prefix + "km"), unit: by("f-" + prefix + "unit"), drawn: by("f-" + prefix + "drawn") },
      said: by(prefix + "drawn-said"), none: words[prefix + "not_drawn"], some: words[prefix + "drawn"], choice: by("outline-" + i),
    }));
    let mode = null, corners = [], now = outlines[0];
    if (outlines.length > 1) hatch(map);
    const polygon = (area) => styled(L.polygon(L.GeoJSON.coordsToLatLngs(area.coordinates[0]), style), now);
    if (settings.area) L.geoJSON(settings.area, { style: style }).addTo(now.drawing);
    show(map, found);
    if (!settings.form) return;

    const round = (n) => Number(n.toFixed(6));
    function clear() {
      now.drawing.clearLayers();
      corners = [];
      for (const field of Object.values(now.fields)) if (field) field.value = "";
      now.said.textContent = now.none;
    }
    function choose(next) {
      mode = next;
      if (corners.length) now.drawing.clearLayers();
      corners = [];
      by("draw-area").setAttribute("aria-pressed", String(next === "area"));
      by("draw-circle").setAttribute("aria-pressed", String(next === "circle"));
      by("draw-said").textContent = next === "area" ? words.draw_corners : next === "circle" ? words.draw_centre : "";
      by("draw-steps").hidden = !next;
      by("draw-shut").hidden = next !== "area";
      map.getContainer().classList.toggle("drawing", Boolean(next));
      if (next) map.doubleClickZoom.disable();
      else map.doubleClickZoom.enable();
    }
    // The drawing is done: the field tells it, the word by the field and the map show it
    function done(layer) {
      const back = by("draw-steps").contains(document.activeElement);
      now.said.textContent = now.some;
      now.drawing.addLayer(layer);
      choose(null);
      by("draw-said").textContent = now.some;
      if (back) by("draw-area").focus();
    }
    function close() {
      if (corners.length < 3) return void (by("draw-said").textContent = words.corners_needed);
      const area = { type: "Polygon", coordinates: [[...corners, corners[0]].map((one) => [round(one.lng), round(one.lat)])] };
      clear();
      now.fields.drawn.value = JSON.stringify(area);
      done(polygon(area));
    }
    function circle(edge) {
      const [centre] = corners, km = map.distance(corners[0], edge) / 1000;
      clear();
      now.fields.centre.value = round(centre.lat) + ", " + round(centre.lng);
      now.fields.km.value = km < 10 ? Math.max(km, 0.01).toFixed(2) : km.toFixed(1);
      done(styled(L.circle(centre, { ...style, radius: km * 1000 }), now));
    }
    function stand(list) {
      corners = list;
      now.drawing.clearLayers();
      if (corners.length > 1) L.polyline(corners, style).addTo(now.drawing);
      corners.forEach((at, i) => L.circleMarker(at, { className: "drawn-line", radius: i ? 3 : 6, color: INK, interactive: false }).addTo(now.drawing));
      by("draw-said").textContent = words.corners.replace("{n}", corners.length);
    }
    function put(at) {
      if (mode === "circle" && corners.length) return circle(at);
      const first = corners[0] && map.latLngToContainerPoint(corners[0]);
      if (mode === "area" && corners.length > 2 && first.distanceTo(map.latLngToContainerPoint(at)) < 18) return close();
      const list = [...corners, at];
      if (!corners.length) clear();
      stand(list);
    }
    map.on("click", (event) => { if (mode) put(event.latlng.wrap()); });
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== map.getContainer() || !mode) return;
      event.preventDefault();
      put(map.getCenter().wrap());
    });
    outlines.forEach((one) => one.choice && one.choice.addEventListener("change", () => { choose(null); now = one; }));
    by("draw-area").addEventListener("click", () => choose(mode === "area" ? null : "area"));
    by("draw-circle").addEventListener("click", () => choose(mode === "circle" ? null : "circle"));
    by("draw-clear").addEventListener("click", () => { choose(null); clear(); });
    by("draw-add").addEventListener("click", () => put(map.getCenter().wrap()));
    by("draw-undo").addEventListener("click", () => stand(corners.slice(0, -1)));
    by("draw-shut").addEventListener("click", close);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") choose(null); });
    by("draw-tools").hidden = false;
  };
})();
