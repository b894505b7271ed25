// What is laid over the map besides sites, chosen one by one: how far off places may be, boundaries, events, transfers. Each asks for
// the period that the list is asked for, and is what the reader may see.
(function () {
  "use strict";
  const sitereg = window.sitereg;
  const P = window.protomapsL;
  const { map, sites, background } = sitereg.view;
  const { scheme, fonts, font } = sitereg.look;
  const by = (id) => document.getElementById(id);
  const boxes = [...document.querySelectorAll("#layers-box input")];
  const INK = { light: "#33383d", dark: "#d5d9dc" }, PAPER = { light: "#ffffff", dark: "#202427" };
  const report = (why) => sites.fire("trouble", { why: why });
  const made = {};

  // ---- events: how many, in a square; never at an edge of a tile, where it would be cut
  const half = (n) => 9 + Math.min(Math.log10(n) * 4, 9);
  const squares = {
    draw(ctx, geom, z, feature) {
      const n = feature.props.n, reach = half(n), { x, y } = geom[0][0];
      ctx.save();
      ctx.fillStyle = PAPER[scheme()];
      ctx.strokeStyle = INK[scheme()];
      ctx.lineWidth = 1.6;
      ctx.beginPath();
      ctx.rect(x - reach, y - reach, 2 * reach, 2 * reach);
      ctx.globalAlpha = 0.85;
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.setLineDash([1.6, 2]);
      ctx.stroke();
      ctx.fillStyle = INK[scheme()];
      ctx.font = "600 11px " + font;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(String(n), x, y + 0.5);
      ctx.restore();
    },
  };
  function events() {
    const layer = P.leafletLayer({ url: sitereg.tiles({ url: "/tiles/events/{z}/{x}/{y}.mvt", query: sites.query() }, report), maxDataZoom: 14,
      attribution: "", lang: document.documentElement.lang, tasks: fonts, paintRules: [{ dataLayer: "events", symbolizer: squares }], labelRules: [] });
    const source = layer.views.get("").tileCache.source, get = source.get.bind(source);
    source.get = (zxy, side) => get(zxy, side).then((tile) => {
      for (const f of tile.get("events") || []) {
        const at = f.geom[0][0], reach = half(f.props.n) + 2;
        for (const axis of ["x", "y"]) at[axis] = Math.min(Math.max(at[axis], reach), side - reach);
        f.bbox = { minX: at.x - reach, maxX: at.x + reach, minY: at.y - reach, maxY: at.y + reach };
      }
      return tile;
    });
    return layer.setZIndex(4);
  }

  // ---- transfers: arcs that are wide where people were taken from and end in a point; broken where one origin alone says so
  // They lie beneath the sites; those of the site that is chosen stand out, the others step back
  const WIDTHS = [0.8, 1.6, 2.6, 4], STEPS = 48;
  const arcs = map.createPane("arcs", map.getPane("tilePane"));
  arcs.style.zIndex = 3;
  function arc(one) {
    const zoom = map.getZoom(), [a, b] = [one.from, one.to].map((at) => map.project(at, zoom));
    const along = b.subtract(a), bend = a.add(b).divideBy(2).add(L.point(-along.y, along.x).multiplyBy(0.16));
    const middle = (t) => a.multiplyBy((1 - t) ** 2).add(bend.multiplyBy(2 * t * (1 - t))).add(b.multiplyBy(t * t));
    const edge = (t, side) => {
      const way = middle(Math.min(t + 0.01, 1)).subtract(middle(Math.max(t - 0.01, 0))), long = Math.hypot(way.x, way.y) || 1;
      return map.unproject(middle(t).add(L.point(-way.y, way.x).multiplyBy((side * (WIDTHS[one.width] * (1 - t) + 0.4)) / long)), zoom);
    };
    const parts = [];
    for (let i = 0; i < STEPS; i++) {
      if (one.once && i % 3 === 2) continue;
      const [t, u] = [i / STEPS, (i + 1) / STEPS];
      parts.push([[edge(t, 1), edge(u, 1), edge(u, -1), edge(t, -1)]]);
    }
    return parts;
  }
  function told(lines) {
    const box = document.createElement("div");
    box.dir = document.documentElement.dir || "ltr";
    for (const line of lines) box.append(Object.assign(document.createElement("div"), { textContent: line }));
    return box;
  }
  // The same in words, for whoever does not point
  const inWords = by("transfers-told");
  function list(drawn) {
    inWords.hidden = !drawn.length;
    inWords.querySelector("ol").replaceChildren(...drawn.map((one) => {
      const item = document.createElement("li");
      item.append(told(one.lines));
      for (const code of one.codes) item.append(Object.assign(document.createElement("a"), { href: "/sites/" + code, textContent: code, className: "num", dir: "ltr" }), " ");
      return item;
    }));
  }
  function transfers() {
    const group = L.layerGroup();
    let drawn = [];
    const draw = () => drawn.forEach((one) => one.shape.setLatLngs(arc(one)));
    fetch("/transfers" + (sites.query() ? "?" + sites.query() : ""), { credentials: "same-origin", redirect: "manual" }).then(async (answer) => {
      if (!answer.ok) return report([0, 401].includes(answer.status) ? "signed_out" : "refused");
      drawn = (await answer.json()).transfers;
      for (const one of drawn) {
        one.shape = L.polygon(arc(one), { pane: "arcs", stroke: false, fillColor: INK[scheme()], fillOpacity: 0.5 }).bindTooltip(told(one.lines), { sticky: true });
        one.shape.on("mouseover", () => one.shape.setStyle({ fillColor: "#B35900" }));
        one.shape.on("mouseout", () => one.shape.setStyle({ fillColor: INK[scheme()] }));
        group.addLayer(one.shape);
      }
      list(drawn);
    }).catch(() => report("unreachable"));
    const stress = ({ code }) => drawn.forEach((one) => one.shape.setStyle({ fillOpacity: !code ? 0.5 : one.codes.includes(code) ? 1 : 0.12 }));
    group.on("add", () => { map.on("zoomend", draw); sites.on("selected", stress); });
    group.on("remove", () => { list([]); map.off("zoomend", draw); sites.off("selected", stress); });
    return group;
  }
  // ---- boundaries of districts and sub-districts as they were loaded: thinner the finer, with their names
  function units() {
    const ink = INK[scheme()], names = document.documentElement.lang === "ar" ? ["ua", "ue"] : ["ue", "ua"], now = sitereg.look.now();
    const line = (level, width, dash) => ({ dataLayer: "boundaries", filter: (z, f) => f.props.level === level,
      symbolizer: sitereg.look.line({ color: ink, width: width, dash: dash, opacity: 0.55 }) });
    const label = (level, size, zoom) => ({ dataLayer: "names", minzoom: zoom, filter: (z, f) => f.props.level === level,
      symbolizer: new P.CenteredTextSymbolizer(sitereg.look.text(size, now.unitText, now, { labelProps: names })) });
    return P.leafletLayer({ url: sitereg.tiles({ url: "/tiles/units/{z}/{x}/{y}.mvt" }, report), maxDataZoom: 12, attribution: "",
      lang: document.documentElement.lang, tasks: fonts, paintRules: [line(3, 0.6, [1, 3]), line(2, 0.9, [4, 3]), line(1, 1.4)],
      labelRules: [label(2, 11, 8), label(3, 11, 11)] }).setZIndex(2);
  }
  const LAYERS = { events: events, transfers: transfers, units: units };

  // ---- terrain: pictures that the house draws of elevations; of ground on which a raster has no values none is asked
  // Whether a ring and a box (both in degrees) have any ground in common
  function meets(ring, box) {
    const [west, south, east, north] = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    const side = ([x, y], [u, v]) => [[west, south], [east, south], [east, north], [west, north]].map(([a, b]) => (u - x) * (b - y) - (v - y) * (a - x));
    let inside = false; // the middle of the box in the ring
    const [mx, my] = [(west + east) / 2, (south + north) / 2];
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[x, y], [u, v]] = [ring[i], ring[j]];
      if (y > my !== v > my && mx < ((u - x) * (my - y)) / (v - y) + x) inside = !inside;
      if (Math.max(x, u) < west || Math.min(x, u) > east || Math.max(y, v) < south || Math.min(y, v) > north) continue;
      const turns = side([x, y], [u, v]);
      if (turns.some((one) => one >= 0) && turns.some((one) => one <= 0)) return true;
    }
    return inside;
  }
  const Terrain = L.TileLayer.extend({
    _isValidTile(coords) {
      if (!L.TileLayer.prototype._isValidTile.call(this, coords)) return false;
      const box = this._tileCoordsToBounds(this._wrapCoords(coords)).pad(0.02); // edges of a ring are straighter in degrees
      return this.options.ground.some((ring) => meets(ring, box));
    },
  });
  function terrain(box) {
    const { url, ground, said } = JSON.parse(box.dataset.raster);
    const whose = Object.assign(document.createElement("bdi"), { textContent: said }).outerHTML;
    return new Terrain(url, { ground: ground, attribution: whose, maxZoom: 18, opacity: 0.8, zIndex: 2 });
  }
  const make = (box) => (box.dataset.raster ? terrain(box) : LAYERS[box.value]());
  const drawn = (box) => box.dataset.raster || box.value in LAYERS;

  function lay(box) {
    const name = box.value;
    if (drawn(box)) {
      if (made[name]) made[name].remove();
      made[name] = box.checked ? make(box).addTo(map) : null;
    } else {
      sitereg.shown[name] = box.checked;
      (name === "borders" ? background : sites).rerender();
    }
  }
  // A view that is kept is opened by others, who may not be shown a raster: it names none
  const chosen = (kept) => boxes.filter((box) => box.checked && !(kept && box.dataset.raster)).map((box) => box.value);
  const asked = by("map").dataset.layers, kept = asked === undefined ? sessionStorage.getItem("layers") : asked;
  for (const box of boxes) {
    if (kept !== null) box.checked = kept.split(",").includes(box.value);
    if (box.checked !== box.defaultChecked || (box.checked && drawn(box))) lay(box);
    box.addEventListener("change", () => {
      sessionStorage.setItem("layers", chosen().join(","));
      lay(box);
    });
  }
  sites.on("filtered", () => boxes.filter((box) => box.checked && box.value in LAYERS).forEach(lay));
  by("keep").addEventListener("submit", () => { by("keep").elements.layers.value = chosen(true).join(","); });
})();
