// Draws the symbols of sitereg/symbols.py on a canvas: the same table that the server draws as SVG.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const paths = new Map();
  let table = null;

  function path(d) {
    if (!paths.has(d)) paths.set(d, new Path2D(d));
    return paths.get(d);
  }

  function shape(group, kind) {
    return table.shapes[table.kinds[kind] || table.groups[group] || "dot"];
  }

  function strokes(look) {
    if (look.kind === "unit") return table.unit;
    return [].concat(
      look.cell ? table.cell : [],
      table.under[look.protection] || [],
      table.fills[look.verification] || table.fills.suspected,
      table.over[look.protection] || [],
      look.overdue ? table.over.overdue : [],
    );
  }

  function colour(scheme, ink, group) {
    const colours = table.colours[scheme];
    if (ink !== "group") return colours[ink];
    return group === "mixed" ? colours.mixed : colours[group] || colours.other;
  }

  // look: group, kind (unit: what stands beside the count of a unit), verification, protection, overdue, cell; x, y: its centre in px; size: side of the box in px
  function draw(ctx, x, y, size, look, scheme) {
    const parts = shape(look.group, look.kind);
    const scale = size / table.box[1];
    ctx.save();
    ctx.translate(x, y);
    ctx.scale(scale, scale);
    ctx.translate(-12, -12);
    ctx.lineJoin = "round";
    for (const stroke of strokes(look)) {
      const outline = path(parts[stroke.path] || stroke.path);
      const ink = colour(scheme, stroke.ink, look.group);
      if (stroke.width === undefined) {
        ctx.fillStyle = ink;
        ctx.fill(outline);
      } else {
        ctx.strokeStyle = ink;
        ctx.lineWidth = stroke.width;
        ctx.lineCap = stroke.round ? "round" : "butt";
        ctx.setLineDash(stroke.dash || []);
        ctx.stroke(outline);
      }
    }
    ctx.restore();
  }

  // The ring that says which one is chosen: dark on a light halo (the other way round in the dark)
  function halo(ctx, x, y, size, scheme) {
    ctx.save();
    ctx.setLineDash([]);
    for (const [ink, width] of [["paper", 5], ["ink", 2]]) {
      ctx.beginPath();
      ctx.arc(x, y, size * 0.62, 0, 2 * Math.PI);
      ctx.strokeStyle = colour(scheme, ink);
      ctx.lineWidth = width;
      ctx.stroke();
    }
    ctx.restore();
  }

  // How each verification level looks in a ring: full, half and thin weights, then dotted, dashed, hairline
  const RING = {
    confirmed: [5, []], probable: [3.2, []], suspected: [1.6, []],
    reported: [1.8, [1.5, 2.5]], inconclusive: [1.6, [6, 2]], refuted: [0.8, []],
  };

  function ringRadius(total) {
    return Math.min(26, 9 + 3.2 * Math.log2(total + 1));
  }

  // A number in a ring whose segments are the verification levels. counts: one number a level, in the table's order
  function cluster(ctx, x, y, total, counts, group, scheme, font) {
    const radius = ringRadius(total);
    const sum = counts.reduce((a, b) => a + b, 0) || 1;
    ctx.save();
    ctx.globalAlpha = 0.94;
    ctx.beginPath();
    ctx.arc(x, y, radius + 2.5, 0, 2 * Math.PI);
    ctx.fillStyle = colour(scheme, "paper");
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = colour(scheme, "group", group);
    let from = -Math.PI / 2;
    counts.forEach((count, level) => {
      if (!count) return;
      const to = from + (2 * Math.PI * count) / sum;
      const [width, dash] = RING[table.levels[level]];
      const gap = count === sum ? 0 : 1.2 / radius;
      ctx.beginPath();
      ctx.arc(x, y, radius, from + gap, Math.max(to - gap, from + gap));
      ctx.lineWidth = width;
      ctx.setLineDash(dash);
      ctx.stroke();
      from = to;
    });
    ctx.setLineDash([]);
    ctx.fillStyle = colour(scheme, "ink");
    ctx.font = font;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(total > 9999 ? Math.round(total / 1000) + "k" : String(total), x, y + 0.5);
    if (group && group !== "mixed") { // the shape of their group on the ring: its colour says it, too
      ctx.fillStyle = colour(scheme, "paper");
      ctx.beginPath();
      ctx.arc(x, y + radius, 6.5, 0, 2 * Math.PI);
      ctx.fill();
      draw(ctx, x, y + radius, 12, { group: group, verification: "confirmed" }, scheme);
    }
    ctx.restore();
  }

  sitereg.symbols = {
    load(given) { table = given; },
    levels() { return table.levels; },
    colour, draw, halo, cluster, ringRadius,
  };
})();
