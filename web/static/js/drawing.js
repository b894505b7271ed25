// An area drawn by hand as a filter, and a measure: each by clicks or taps alone, or from the middle of the map by the keyboard. The area is
// sent with the filters; what is measured is never sent.
(function () {
  "use strict";
  const sitereg = window.sitereg;
  const map = sitereg.view.map;
  const by = (id) => document.getElementById(id);
  const words = JSON.parse(by("map-words").textContent);
  const filters = by("filters"), field = by("f-area"), INK = "#23262a";
  const outline = L.layerGroup().addTo(map), drawn = L.layerGroup().addTo(map), measured = L.layerGroup().addTo(map);
  const style = { className: "drawn-line", color: INK, weight: 2, fillOpacity: 0.03, interactive: false };
  const dot = (at, radius) => L.circleMarker(at, { className: "drawn-line", radius: radius, color: INK, weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false });
  let corners = null, points = [];

  // ---- the area that the filters hold, as far as its corners are decimal degrees, which the drawing writes
  function show() {
    outline.clearLayers();
    const held = field.value.split(/[;\n]+/).map((line) => line.split(",").map(Number)).filter((one) => one.length === 2 && one.every(Number.isFinite));
    if (held.length === 2) outline.addLayer(L.rectangle(held, style));
    else if (held.length > 2) outline.addLayer(L.polygon(held, style));
  }
  function ask(list) {
    field.value = list.map((one) => one.lat.toFixed(6) + ", " + one.lng.toFixed(6)).join("\n");
    filters.dispatchEvent(new Event("change"));
  }
  function draw(on) {
    corners = on ? [] : null;
    drawn.clearLayers();
    by("area-draw").setAttribute("aria-pressed", String(on));
    by("area-steps").hidden = !on;
    map.getContainer().classList.toggle("drawing", on);
    map.doubleClickZoom[on ? "disable" : "enable"]();
    sitereg.view.busy = on || by("measure-box").open;
  }
  function corner(at) {
    const first = corners[0] && map.latLngToContainerPoint(corners[0]);
    if (first && first.distanceTo(map.latLngToContainerPoint(at)) < 18) return shut();
    if (corners.length < 40) stand([...corners, at]);
  }
  function stand(list) {
    corners = list;
    drawn.clearLayers();
    if (corners.length > 1) drawn.addLayer(L.polyline(corners, style));
    corners.forEach((at, i) => drawn.addLayer(dot(at, i ? 4 : 7)));
    by("area-said").textContent = words.corners.replace("{n}", corners.length);
  }
  function shut() {
    if (corners.length < 3) {
      by("area-said").textContent = words.corners_needed;
      return;
    }
    const list = corners, back = by("area-steps").contains(document.activeElement);
    draw(false);
    ask(list);
    by("area-said").textContent = words.area_drawn;
    if (back) by("area-draw").focus();
  }
  // A sheet is of the area that is drawn, else of what the map shows
  if (by("print")) by("print").addEventListener("submit", () => {
    const seen = map.getBounds();
    const inside = (at) => [Math.max(-90, Math.min(90, at.lat)), Math.max(-180, Math.min(180, at.lng))].map((n) => n.toFixed(6)).join(", ");
    by("print").elements.area.value = field.value.trim() || [seen.getSouthWest(), seen.getNorthEast()].map(inside).join("\n");
  });
  by("area-draw").addEventListener("click", () => {
    const on = corners === null;
    draw(on);
    by("area-said").textContent = "";
  });
  by("area-seen").addEventListener("click", () => {
    const seen = map.getBounds();
    draw(false);
    ask([seen.getSouthWest(), seen.getNorthEast()].map((one) => L.latLng(Math.max(-90, Math.min(90, one.lat)), Math.max(-180, Math.min(180, one.lng)))));
  });
  by("area-clear").addEventListener("click", () => {
    draw(false);
    if (field.value) ask([]);
  });
  by("area-add").addEventListener("click", () => corner(map.getCenter().wrap()));
  by("area-undo").addEventListener("click", () => stand(corners.slice(0, -1)));
  by("area-shut").addEventListener("click", shut);
  by("area-type").addEventListener("click", () => setTimeout(() => field.focus()));
  filters.addEventListener("change", show);
  show();

  // ---- measuring
  const rounded = (n, digits) => n.toLocaleString("en", { maximumFractionDigits: digits });
  const far = (m) => (m < 1000 ? rounded(m, 1) + " " + words.m : rounded(m / 1000, 3) + " " + words.km);
  const wide = (m2) => (m2 < 1e6 ? rounded(m2, 0) + " " + words.m + "²" : rounded(m2 / 1e6, 3) + " " + words.km + "²");
  function measure() {
    measured.clearLayers();
    const legs = points.slice(1).map((at, i) => sitereg.geodesy.length(points[i], at));
    if (points.length > 2) measured.addLayer(L.polygon(points, Object.assign({}, style, { stroke: false, fillOpacity: 0.06 })));
    if (points.length > 1) measured.addLayer(L.polyline(points, Object.assign({}, style, { dashArray: "6 4" })));
    for (const at of points) measured.addLayer(dot(at, 4));
    by("measure-length").textContent = far(legs.reduce((sum, one) => sum + one, 0));
    by("measure-area").textContent = points.length > 2 ? wide(sitereg.geodesy.area(points)) : "–";
  }
  function take(list) {
    points = list;
    measure();
  }
  by("measure-add").addEventListener("click", () => take([...points, map.getCenter().wrap()]));
  by("measure-undo").addEventListener("click", () => take(points.slice(0, -1)));
  by("measure-clear").addEventListener("click", () => take([]));
  by("measure-box").addEventListener("toggle", () => {
    sitereg.view.busy = by("measure-box").open;
    if (!by("measure-box").open) take([]);
  });
  by("area-box").addEventListener("toggle", () => { if (!by("area-box").open && corners) draw(false); });
  map.on("click", (event) => {
    if (corners) corner(event.latlng.wrap());
    else if (by("measure-box").open) take([...points, event.latlng.wrap()]);
  });
})();
