// Rasters laid over the map, chosen one by one on the page; the place as it is shown; a profile drawn by two clicks into its form.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const by = (id) => document.getElementById(id);

  sitereg.ground = function (map, layers, settings) {
    const words = JSON.parse(by("map-words").textContent);
    const made = new Map(layers.map((one) => [one.id, L.tileLayer(one.url, {
      maxZoom: 18, maxNativeZoom: 18, opacity: 0.85, attribution: text(one.attribution), zIndex: 2 })]));
    function text(said) {
      const box = document.createElement("bdi");
      box.textContent = said;
      return box.outerHTML;
    }
    function lay(box) {
      const layer = made.get(box.value);
      if (box.checked) layer.addTo(map);
      else layer.remove();
    }
    for (const box of document.querySelectorAll("#ground-layers input")) {
      lay(box);
      box.addEventListener("change", () => lay(box));
    }

    // ---- the place: an outline, or a circle of how far off it may be; twice, so that it is seen on dark ground and on light
    for (const [color, weight] of [["#ffffff", 4], ["#23262a", 1.5]]) {
      const style = { color: color, weight: weight, fill: false, interactive: false };
      if (settings.place.type !== "Point") L.geoJSON(settings.place, { style: style }).addTo(map);
      else L.circle([settings.place.coordinates[1], settings.place.coordinates[0]], { radius: Math.max(settings.radius || 0, 10), ...style }).addTo(map);
    }
    const drawn = L.layerGroup().addTo(map);
    function draw(ends) {
      drawn.clearLayers();
      const latlngs = ends.map(([lon, lat]) => [lat, lon]);
      for (const [color, weight] of [["#ffffff", 5], ["#B35900", 2.5]]) L.polyline(latlngs, { color: color, weight: weight, interactive: false }).addTo(drawn);
      latlngs.forEach((at, n) => L.marker(at, { interactive: false, keyboard: false,
        icon: L.divIcon({ className: "profile-end", html: "AB"[n], iconSize: [20, 20] }) }).addTo(drawn));
    }
    if (settings.line) draw(settings.line.coordinates);

    // ---- two clicks
    const form = by("profile-form"), button = by("draw-profile"), said = by("draw-profile-said");
    if (!form || !button) return;
    by("profile-way").hidden = false;
    let ends = null;
    function wait(next) {
      ends = next;
      button.setAttribute("aria-pressed", String(Boolean(next)));
      said.textContent = next ? words.first_end : "";
      map.getContainer().classList.toggle("drawing", Boolean(next));
    }
    button.addEventListener("click", () => wait(ends ? null : []));
    map.on("click", (event) => {
      if (!ends) return;
      const at = event.latlng.wrap();
      ends.push([at.lng, at.lat]);
      form.elements[ends.length === 1 ? "from" : "to"].value = at.lat.toFixed(6) + ", " + at.lng.toFixed(6);
      if (ends.length === 1) {
        said.textContent = words.second_end;
        drawn.clearLayers();
        L.circleMarker(at, { radius: 5, color: "#B35900", interactive: false }).addTo(drawn);
        return;
      }
      draw(ends);
      wait(null);
      said.textContent = words.drawing;
      form.requestSubmit();
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && ends) wait(null); });
  };
})();
