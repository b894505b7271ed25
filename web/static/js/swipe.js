// Two pictures of one ground laid over each other, with a divider that is moved by a slider, by keys or by dragging on the picture.
// Without this file they stand side by side, which they do here too whenever somebody wants it.
"use strict";
(() => {
  const box = document.getElementById("swipe"), hold = document.getElementById("swipe-hold");
  const range = document.getElementById("swipe-range"), apart = document.getElementById("swipe-apart");
  if (!box || !hold || box.children.length !== 2) return;
  const [, after] = [...box.querySelectorAll(".chip-picture")];
  const line = Object.assign(document.createElement("div"), { className: "swipe-line" });
  after.append(line);
  hold.hidden = false;

  function show() {
    const share = Number(range.value);
    after.style.setProperty("--share", share + "%");
    range.setAttribute("aria-valuetext", range.dataset.said.replace("{n}", share));
  }
  function lay(over) {
    box.classList.toggle("swipe-over", over);
    range.disabled = !over;
    apart.setAttribute("aria-pressed", String(!over));
  }
  range.addEventListener("input", show);
  apart.addEventListener("click", () => lay(!box.classList.contains("swipe-over")));

  let held = false;
  const move = (event) => {
    const here = after.getBoundingClientRect();
    range.value = String(Math.round(Math.min(Math.max((event.clientX - here.left) / here.width, 0), 1) * 100));
    show();
  };
  after.addEventListener("pointerdown", (event) => {
    if (!box.classList.contains("swipe-over")) return;
    held = true;
    after.setPointerCapture(event.pointerId);
    event.preventDefault();
    move(event);
  });
  after.addEventListener("pointermove", (event) => { if (held) move(event); });
  for (const kind of ["pointerup", "pointercancel"]) after.addEventListener(kind, () => { held = false; });

  lay(true);
  show();
})();
