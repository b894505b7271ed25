// The sites of the reader's face as vector tiles: what is drawn for each, what lies under the pointer.
(function () {
  "use strict";
  const sitereg = window.sitereg;
  const P = window.protomapsL;
  const { scheme, words, fonts, text, dark } = sitereg.look;
  const FONT = sitereg.look.font;

  // A source of tiles that knows an empty answer from a refused one
  function tiles(settings, report) {
    return {
      async getZxy(z, x, y, signal) {
        const path = settings.url.replace("{z}", z).replace("{x}", x).replace("{y}", y);
        const url = settings.query ? path + "?" + settings.query : path;
        const answer = await fetch(url, { signal: signal, credentials: "same-origin", redirect: "manual" }).catch((e) => {
          if (e.name !== "AbortError") report("unreachable");
          throw e;
        });
        if (answer.status === 204) return undefined;
        if (!answer.ok) {
          report([0, 401].includes(answer.status) ? "signed_out" : "refused");
          throw new Error("tile " + answer.status);
        }
        return { data: await answer.arrayBuffer() };
      },
    };
  }

  const look = (p) => ({ group: p.g, kind: p.k, verification: p.v, protection: p.p, overdue: Boolean(p.o),
    cell: Boolean(p.x) && p.x.startsWith("cell") });

  // How many sites of each level an aggregate holds: `s` where the tile says it, else all of its one level
  function counts(p) {
    if (typeof p.s === "string") return p.s.split(",").map(Number);
    return sitereg.symbols.levels().map((level) => (level === p.v ? p.n || 1 : 0));
  }

  // Symbols that stand on one point (the kinds of a site, the sites of a cell) stand side by side: dx, dy in symbol widths
  function spread(features) {
    const points = new Map();
    for (const f of features) {
      const { x, y } = f.geom[0][0];
      const key = x.toFixed(1) + " " + y.toFixed(1);
      points.set(key, (points.get(key) || []).concat([f]));
    }
    for (const here of points.values()) {
      if (here.length === 1) continue;
      const radius = here.length < 4 ? 0 : 0.55 / Math.sin(Math.PI / here.length);
      here.forEach((f, i) => {
        const turn = (2 * Math.PI * i) / here.length - Math.PI / 2;
        f.props.dx = radius ? radius * Math.cos(turn) : i - (here.length - 1) / 2;
        f.props.dy = radius ? radius * Math.sin(turn) : 0;
      });
    }
    return features;
  }

  // Aggregates whose rings would cover each other, or a symbol, become one: counts are added, a mixed one has no group
  function merged(rings, singles) {
    const kept = [];
    const take = (near, f) => {
      const its = counts(f.props);
      near.counts = near.counts.map((count, level) => count + its[level]);
      near.n += f.props.n || 1;
      near.squares.add(f.props.q);
      near.groups.add(f.props.g);
    };
    const nearest = (f, reach) => kept.find((one) => Math.hypot(one.x - f.geom[0][0].x, one.y - f.geom[0][0].y) < reach(one));
    for (const ring of rings.sort((a, b) => b.props.n - a.props.n)) {
      const near = nearest(ring, () => 46);
      if (near) take(near, ring);
      else kept.push({ x: ring.geom[0][0].x, y: ring.geom[0][0].y, ring: ring, counts: counts(ring.props),
        squares: new Set([ring.props.q]), n: ring.props.n, groups: new Set([ring.props.g]) });
    }
    const apart = singles.filter((f) => {
      const near = nearest(f, (one) => sitereg.symbols.ringRadius(one.n) + 6);
      if (near) take(near, f);
      return !near;
    });
    const joined = kept.map((one) => Object.assign({}, one.ring, { props: Object.assign({}, one.ring.props, {
      n: one.n, squares: [...one.squares].join(","), s: one.counts.join(","), g: one.groups.size > 1 ? "mixed" : one.ring.props.g }) }));
    return joined.concat(spread(apart));
  }

  // The plates of units, each in one tile only and whole inside it, beside what else is drawn there
  const BESIDE = [[0, 0]].concat(...[34, 46, 58, 72].map((far) => [...Array(16).keys()].map(
    (turn) => [far * Math.sin(Math.PI * turn / 8), far * Math.cos(Math.PI * turn / 8)])));
  function apart(units, sites, side) {
    const taken = sites.map((f) => ({ x: f.geom[0][0].x + (f.props.dx || 0) * 20, y: f.geom[0][0].y + (f.props.dy || 0) * 20,
      reach: f.props.n > 1 ? sitereg.symbols.ringRadius(f.props.n) + 3 : 13 }));
    const within = (low, n, high) => Math.min(Math.max(n, low), high);
    const inside = units.filter((f) => [f.geom[0][0].x, f.geom[0][0].y].every((n) => n >= 0 && n < side));
    for (const f of inside) {
      const at = f.geom[0][0];
      const places = BESIDE.map(([dx, dy]) => ({ x: within(30, at.x + dx, side - 30), y: within(14, at.y + dy, side - 14) }));
      const free = (p) => taken.every((one) => Math.max(Math.abs(p.x - one.x) - 26, 0) ** 2 + Math.max(Math.abs(p.y - one.y) - 11, 0) ** 2 >= one.reach ** 2);
      Object.assign(at, places.find(free) || places[0]);
      taken.push({ x: at.x, y: at.y, reach: 26 });
      f.bbox = { minX: at.x - 40, maxX: at.x + 40, minY: at.y - 20, maxY: at.y + 20 };
    }
    return inside;
  }

  // The features of a tile as they are drawn. What stands for a square of a grid comes in one tile only: it is kept whole
  // inside it; a single symbol moves by less than its own radius and still covers its place.
  function arranged(tile, zxy, side) {
    const given = tile.get("sites") || [];
    const rings = given.filter((f) => f.props.n > 1);
    const far = zxy.z < 9 || rings.length > 0;
    const sites = merged(rings, given.filter((f) => !(f.props.n > 1)));
    for (const f of sites) {
      f.props.tile = [zxy.z, zxy.x, zxy.y].join("/");
      const at = f.geom[0][0];
      const reach = f.props.n > 1 ? sitereg.symbols.ringRadius(f.props.n) + 4 : 9;
      const inside = at.x >= 0 && at.x < side && at.y >= 0 && at.y < side;
      if (far && inside) {
        at.x = Math.min(Math.max(at.x, reach), side - reach);
        at.y = Math.min(Math.max(at.y, reach), side - reach);
      }
      f.bbox = { minX: at.x - 48, maxX: at.x + 48, minY: at.y - 48, maxY: at.y + 48 };
    }
    tile.set("sites", sites);
    tile.set("unit_labels", apart(tile.get("unit_labels") || [], sites, side));
    return tile;
  }

  // Sites of which only the unit is known: their number beside an outline on a plate, never a symbol at the unit's centre
  const unitSymbolizer = {
    draw(ctx, geom, z, feature) {
      const { x, y } = geom[0][0];
      const colour = (ink) => sitereg.symbols.colour(scheme(), ink, feature.props.g);
      const said = String(feature.props.n || 1);
      ctx.save();
      ctx.font = "600 12px " + FONT;
      const width = ctx.measureText(said).width + 32;
      ctx.lineWidth = 1.4;
      ctx.fillStyle = colour("paper");
      ctx.strokeStyle = colour("group");
      ctx.beginPath();
      ctx.roundRect(x - width / 2, y - 11, width, 22, 11);
      ctx.fill();
      ctx.stroke();
      sitereg.symbols.draw(ctx, x - width / 2 + 14, y, 16, { group: feature.props.g, kind: "unit" }, scheme());
      ctx.textAlign = "start";
      ctx.textBaseline = "middle";
      ctx.fillStyle = colour("ink");
      ctx.fillText(said, x - width / 2 + 24, y + 0.5);
      ctx.restore();
    },
  };

  function siteSymbolizer(state) {
    return {
      draw(ctx, geom, z, feature) {
        const p = feature.props;
        const size = z < 8 ? 18 : z < 12 ? 22 : 26;
        const x = geom[0][0].x + (p.dx || 0) * size * 0.86;
        const y = geom[0][0].y + (p.dy || 0) * size * 0.86;
        if (p.n > 1) {
          sitereg.symbols.cluster(ctx, x, y, p.n, counts(p), p.g, scheme(), "600 12px " + FONT);
          return;
        }
        if (p.c && p.c === state.selected) sitereg.symbols.halo(ctx, x, y, size + 4, scheme());
        sitereg.symbols.draw(ctx, x, y, size, look(p), scheme());
      },
    };
  }

  // A cell is a square with a dashed edge, a unit an outline, an uncertainty fades towards its edge
  function areaSymbolizer(state) {
    return {
      draw(ctx, geom, z, feature) {
        const p = feature.props;
        const colour = sitereg.symbols.colour(scheme(), "group", p.g);
        const xs = geom[0].map((point) => point.x), ys = geom[0].map((point) => point.y);
        const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
        // a cell smaller than this would read as an outline of the symbol, which has the corners of a cell itself
        if (p.x.startsWith("cell") && east - west < 40 && south - north < 40) return;
        ctx.save();
        ctx.beginPath();
        for (const ring of geom) ring.forEach((point, i) => (i ? ctx.lineTo(point.x, point.y) : ctx.moveTo(point.x, point.y)));
        if (p.x === "exact") {
          const [x, y] = [(west + east) / 2, (north + south) / 2];
          const reach = Math.max(east - x, south - y, 1);
          const fade = ctx.createRadialGradient(x, y, reach * 0.25, x, y, reach);
          fade.addColorStop(0, colour + "4d");
          fade.addColorStop(1, colour + "05");
          ctx.fillStyle = fade;
          ctx.fill();
        } else {
          ctx.globalAlpha = p.x === "admin_unit" ? 0.05 : 0.1;
          ctx.fillStyle = colour;
          ctx.fill();
          ctx.globalAlpha = p.c && p.c === state.selected ? 1 : 0.7;
          ctx.setLineDash(p.x === "admin_unit" ? [] : [4, 3]);
          ctx.lineWidth = p.c && p.c === state.selected ? 2 : 1.1;
          ctx.strokeStyle = colour;
          ctx.stroke();
        }
        ctx.restore();
      },
    };
  }

  function siteLabels(locale) {
    const said = words();
    const now = sitereg.look.now();
    const names = locale === "ar" ? ["na", "ne", "c"] : ["ne", "na", "c"];
    const below = (size, more) => new P.OffsetTextSymbolizer(text(size, sitereg.symbols.colour(scheme(), "ink"), now,
      Object.assign({ placements: [5], offsetY: 18, justify: 2, fontWeight: 500 }, more)));
    const cell = (code, zoom) => ({
      dataLayer: "sites", filter: (z, f) => z >= zoom && f.props.x === code && !(f.props.n > 1),
      symbolizer: { place: (layout, geom, f) => below(11, { labelProps: ["t"], offsetY: 32, fontWeight: 400 }).place(
        layout, geom, Object.assign({}, f, { props: { t: said[code] } })) },
    });
    return [
      { dataLayer: "sites", minzoom: 12, symbolizer: below(12, { labelProps: names }),
        filter: (z, f) => !(f.props.n > 1) && Boolean(f.props.ne || f.props.na) },
      cell("cell_1km", 14), cell("cell_10km", 11),
    ];
  }

  sitereg.tiles = tiles;

  // The layer of sites with three verbs: filter(query), select(code), pick(latlng) -> properties of what is drawn there
  sitereg.sites = function (settings) {
    const state = { selected: null };
    const group = L.layerGroup();
    const report = (why) => group.fire("trouble", { why: why });
    let layer = null;

    function make() {
      if (layer) group.removeLayer(layer);
      layer = P.leafletLayer({
        url: tiles(settings, report), maxDataZoom: settings.maxDataZoom, attribution: "", lang: settings.locale, tasks: fonts,
        paintRules: [
          { dataLayer: "areas", minzoom: 7, symbolizer: areaSymbolizer(state), filter: () => sitereg.shown.areas },
          { dataLayer: "units", symbolizer: areaSymbolizer(state) },
          { dataLayer: "sites", symbolizer: siteSymbolizer(state) },
          { dataLayer: "unit_labels", symbolizer: unitSymbolizer },
        ],
        labelRules: siteLabels(settings.locale),
      });
      layer.setZIndex(5);
      const source = layer.views.get("").tileCache.source;
      const get = source.get.bind(source);
      source.get = (zxy, side) => get(zxy, side).then((tile) => arranged(tile, zxy, side));
      group.addLayer(layer);
    }

    group.filter = (query) => {
      settings.query = query;
      make();
      group.fire("filtered");
    };
    group.query = () => settings.query;
    group.rerender = () => layer.rerenderTiles();
    group.select = (code) => {
      if (state.selected === code) return;
      state.selected = code;
      layer.rerenderTiles();
      group.fire("selected", { code: code });
    };
    group.look = look;
    group.pick = (latlng) => {
      const seen = new Map();
      for (const found of layer.queryTileFeaturesDebug(latlng.lng, latlng.lat, 40).values()) {
        for (const { feature, layerName } of found) {
          const p = feature.props;
          if (layerName === "sites" || layerName === "unit_labels") seen.set([p.c, p.k, p.pcode, p.g, p.n].join("|"), p);
        }
      }
      return [...seen.values()];
    };
    // What is drawn in what the map shows, each thing once: [{ at, props }]
    group.drawn = (map) => {
      const { tileCache, levelDiff, maxDataLevel } = layer.views.get("");
      const zoom = map.getZoom(), z = Math.min(Math.round(zoom) - levelDiff, maxDataLevel), seen = new Map(), inside = map.getBounds();
      for (const [key, { data }] of tileCache.cache) {
        const [x, y, of] = key.split(":").map(Number);
        for (const { geom, props } of of === z ? [...(data.get("sites") || []), ...(data.get("unit_labels") || [])] : []) {
          const point = L.point(x + geom[0][0].x / tileCache.tileSize, y + geom[0][0].y / tileCache.tileSize);
          const at = map.unproject(point.multiplyBy(256 * 2 ** (zoom - z)), zoom);
          if (inside.contains(at)) seen.set(props.c || [props.pcode, props.tile, props.squares].join("|"), { at: at, props: props });
        }
      }
      return [...seen.values()];
    };
    dark.addEventListener("change", make);
    make();
    sitereg.view.sites = group;
    return group;
  };
})();
