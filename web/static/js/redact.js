// Dragging over a page or over the line of a sound fills the fields of a box or an interval; arrows move it. Without it they are typed.
"use strict";
(() => {
  const wave = document.getElementById("wave"), figure = wave || document.getElementById("scan");
  const box = document.getElementById("drawn"), form = document.getElementById("mark"), toggle = document.getElementById("drawing");
  if (!figure || !form) return;
  const picture = figure.querySelector("img"), view = figure.querySelector("svg").viewBox.baseVal;
  const whole = wave ? parseFloat(wave.dataset.seconds) : 100, names = wave ? ["began", "ended"] : ["x", "y", "width", "height"];
  const field = (name) => form.elements.namedItem(name);
  const read = (name) => {
    const parts = field(name).value.replace(/[,\u066b]/, ".").split(":").map(parseFloat);
    return parts.reduce((sum, one) => sum * 60 + one, 0) || 0;
  };
  const show = () => {
    const [a, b, c, d] = names.map(read);
    const at = wave ? [a, 0, Math.max(b - a, 0), view.height] : [a / 100 * view.width, b / 100 * view.height, c / 100 * view.width, d / 100 * view.height];
    ["x", "y", "width", "height"].forEach((name, i) => box.setAttribute(name, at[i]));
  };
  const fill = (values) => {
    names.forEach((name, i) => { field(name).value = (Math.round(values[i] * 100) / 100).toString(); });
    show();
  };
  const between = (value, low, high) => Math.min(Math.max(value, low), high);
  const at = (event) => {
    const here = picture.getBoundingClientRect();
    return [between((event.clientX - here.left) / here.width, 0, 1) * whole, between((event.clientY - here.top) / here.height, 0, 1) * whole];
  };
  const dragged = (one, other) => {
    const left = Math.min(one[0], other[0]), right = Math.max(one[0], other[0]);
    const down = (value) => Math.floor(value * 100) / 100;
    fill(wave ? [left, right] : [down(left), down(Math.min(one[1], other[1])), down(right - left), down(Math.abs(one[1] - other[1]))]);
  };
  let from = null, draws = true;
  const mode = (on) => {
    draws = on;
    figure.classList.toggle("moves", !on);
    if (toggle) toggle.setAttribute("aria-pressed", String(on));
  };
  if (toggle) {
    toggle.parentElement.hidden = false;
    toggle.addEventListener("click", () => mode(!draws));
    mode(!window.matchMedia("(pointer: coarse)").matches);
  }
  figure.addEventListener("pointerdown", (event) => {
    if (!draws) return;
    from = at(event); figure.setPointerCapture(event.pointerId); event.preventDefault();
  });
  figure.addEventListener("pointermove", (event) => { if (from) dragged(from, at(event)); });
  figure.addEventListener("pointerup", (event) => {
    if (!from) return;
    dragged(from, at(event)); from = null;
    field("reason").focus({preventScroll: true});
  });
  figure.addEventListener("pointercancel", () => { from = null; });
  figure.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
    if (!step) return;
    event.preventDefault();
    const by = whole / 100, now = names.map(read);
    if (wave) {
      if (now[1] <= now[0]) now[1] = Math.min(now[0] + 5 * by, whole);
      const long = event.shiftKey ? Math.max(now[1] - now[0] + step[0] * by, by) : now[1] - now[0];
      const start = between(event.shiftKey ? now[0] : now[0] + step[0] * by, 0, whole - long);
      fill([start, Math.min(start + long, whole)]);
    } else {
      const [wide, high] = [now[2] || 10, now[3] || 5];
      if (event.shiftKey) fill([now[0], now[1], between(wide + step[0], 1, 100 - now[0]), between(high + step[1], 1, 100 - now[1])]);
      else fill([between(now[0] + step[0], 0, 100 - wide), between(now[1] + step[1], 0, 100 - high), wide, high]);
    }
  });
  form.addEventListener("input", show);
  document.querySelectorAll("#marks [data-box]").forEach((one) => {
    const there = document.getElementById(one.dataset.box);
    for (const [event, on] of [["pointerenter", true], ["focusin", true], ["pointerleave", false], ["focusout", false]]) {
      one.addEventListener(event, () => there && there.classList.toggle("chosen", on));
    }
  });
  show();
})();
