// Dragging over a scan fills the four fields of a region; without it they are typed.
"use strict";
(() => {
  const figure = document.getElementById("scan"), box = document.getElementById("drawn"), form = document.getElementById("region");
  if (!figure || !form) return;
  const picture = figure.querySelector("img"), view = figure.querySelector("svg").viewBox.baseVal;
  const field = (name) => form.elements.namedItem(name);
  let from = null;
  const at = (event) => {
    const here = picture.getBoundingClientRect();
    return [Math.min(Math.max((event.clientX - here.left) / here.width, 0), 1), Math.min(Math.max((event.clientY - here.top) / here.height, 0), 1)];
  };
  const show = () => {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => parseFloat(field(name).value) / 100 || 0);
    box.setAttribute("x", x * view.width); box.setAttribute("y", y * view.height);
    box.setAttribute("width", width * view.width); box.setAttribute("height", height * view.height);
  };
  const fill = (one, other) => {
    const values = [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.abs(one[0] - other[0]), Math.abs(one[1] - other[1])];
    ["x", "y", "width", "height"].forEach((name, i) => { field(name).value = (Math.floor(values[i] * 10000) / 100).toString(); });
    show();
  };
  figure.addEventListener("pointerdown", (event) => { from = at(event); figure.setPointerCapture(event.pointerId); event.preventDefault(); });
  figure.addEventListener("pointermove", (event) => { if (from) fill(from, at(event)); });
  figure.addEventListener("pointerup", (event) => {
    if (!from) return;
    fill(from, at(event)); from = null;
    document.getElementById("draw").open = true;
  });
  form.addEventListener("input", show);
  show();
})();
