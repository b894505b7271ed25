// Coordinates under the pointer, of a marked point, or of the middle of the map, in the form that the reader chose: reckoned here and
// never sent. And what the reader went to, with the round in which it may lie.
(function () {
  "use strict";
  const sitereg = window.sitereg;
  const map = sitereg.view.map;
  const words = JSON.parse(document.getElementById("map-words").textContent);
  const by = (id) => document.getElementById(id);
  const [said, what, form, copied] = ["readout", "readout-what", "readout-form", "readout-copied"].map(by);
  const INK = "#23262a";
  let pointed = null, marked = null;

  // A cross that covers nothing: its middle is open
  function cross(at) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    for (const [width, name] of [["4", "cross-halo"], ["1.6", "cross-line"]]) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", "M12 1V9M12 15V23M1 12H9M15 12H23");
      path.setAttribute("stroke-width", width);
      path.setAttribute("class", name);
      svg.append(path);
    }
    const held = document.createElement("span");
    held.append(svg);
    return L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ html: held, className: "cross", iconSize: [24, 24] }) });
  }

  function now() {
    if (pointed) return [pointed, words.at_pointer];
    if (marked) return [marked.getLatLng(), words.at_mark];
    return [map.getCenter(), words.at_middle];
  }
  function told() {
    const at = now()[0].wrap();
    return sitereg.coordinates[form.value](at.lng, at.lat) || sitereg.coordinates.decimal(at.lng, at.lat);
  }
  function show() {
    said.textContent = told();
    what.textContent = now()[1];
    copied.textContent = "";
  }

  async function copy() {
    const text = told();
    try {
      await navigator.clipboard.writeText(text);
      copied.textContent = words.copied;
    } catch {
      getSelection().selectAllChildren(said);
      copied.textContent = words.copy_by_hand;
    }
  }

  function mark(at) {
    if (marked) marked.remove();
    marked = at ? cross(at).addTo(map) : null;
    show();
  }

  map.on("mousemove", (event) => { pointed = event.latlng; show(); });
  map.on("mouseout", () => { pointed = null; show(); });
  map.on("contextmenu", (event) => {
    pointed = null;
    mark(event.latlng);
  });
  map.on("moveend", show);
  form.value = sessionStorage.getItem("coordinates") || form.value;
  form.addEventListener("change", () => {
    sessionStorage.setItem("coordinates", form.value);
    show();
  });
  by("readout-copy").addEventListener("click", copy);
  map.on("key:copy", copy);
  map.on("key:mark", () => mark(now()[0]));
  map.on("key:leave", () => mark(null));
  by("readout-box").hidden = false;
  show();

  const went = by("map-went");
  if (went) {
    const at = JSON.parse(went.dataset.at);
    for (const layer of sitereg.uncertain({ shown_as: "exact", at: [at.lat, at.lon], radius: at.m, shape: { type: "Point" } },
      { color: INK, fillColor: INK })) layer.addTo(map);
    cross([at.lat, at.lon]).addTo(map);
  }

  // What is asked of the list goes along to wherever one goes, and into the view that is kept
  for (const form of ["go", "keep", "print"].map(by).filter(Boolean)) form.addEventListener("submit", () => {
    for (const name of ["w", "v"]) form.elements[name].value = new URLSearchParams(location.search).get(name) || "";
    if (form.id !== "keep") return;
    const at = map.getCenter().wrap();
    form.elements.at.value = at.lng.toFixed(6) + "," + at.lat.toFixed(6);
    form.elements.zoom.value = String(map.getZoom());
  });

  // One box at a time
  const boxes = [...document.querySelectorAll(".map-tool")];
  for (const box of boxes) box.addEventListener("toggle", () => {
    if (box.open) for (const other of boxes) if (other !== box) other.open = false;
  });

  const link = by("copy-link");
  if (link && navigator.clipboard) {
    link.hidden = false;
    link.addEventListener("click", async () => {
      const at = new URL(location.href);
      at.search = "?v=" + at.searchParams.get("v");
      at.hash = "map";
      try {
        await navigator.clipboard.writeText(at.href);
        by("link-copied").textContent = words.copied;
      } catch { by("link-copied").textContent = words.copy_by_hand; }
    });
  }
})();
