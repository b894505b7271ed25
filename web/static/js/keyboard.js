// The keys of the map's page. On the map itself the cross in its middle is the pointer: arrows move the map under it, Enter does what a click
// there does, n and b put the next and the one before of what is drawn under it. What happens is told to those who do not see it.
(function () {
  "use strict";
  const { map, sites } = window.sitereg.view;
  const by = (id) => document.getElementById(id);
  const words = JSON.parse(by("map-words").textContent);
  const [rows, panel, filters, keysBox, said] = ["rows", "panel", "filters", "keys", "map-said"].map(by);
  const held = map.getContainer(), boxes = [...document.querySelectorAll(".map-tool")];
  const FINE = 8;

  held.setAttribute("role", "application"); // so that a screen reader hands the arrows on
  held.setAttribute("aria-label", words.map_by_keys);

  // ---- what stands under the cross, in words
  const arabic = document.documentElement.lang === "ar";
  function told(p) {
    if (p.pcode && !p.c) return ((arabic ? p.ua : p.ue) || p.pcode) + ". " + words.in_unit.replace("{n}", p.n);
    if (p.n > 1) return words.opened.replace("{n}", p.n);
    const named = (arabic ? p.na || p.ne : p.ne || p.na) || p.c;
    return named + ". " + [words.labels.kind[p.k] || words.labels.group[p.g], words.labels.verification[p.v], words.labels.protection[p.p]].filter(Boolean).join(". ");
  }
  function say() {
    const here = sites.pick(map.getCenter());
    said.textContent = words.drawn.replace("{n}", sites.drawn(map).length) + " " + (here.length ? words.middle.replace("{what}", told(here[0])) : words.middle_empty);
  }
  let waiting = 0;
  map.on("moveend", () => {
    clearTimeout(waiting);
    if (document.activeElement === held) waiting = setTimeout(say, 600); // once the tiles of it have come, and once for several steps
  });
  held.addEventListener("focus", () => {
    clearTimeout(waiting);
    waiting = setTimeout(say, 600);
  });

  // ---- from one thing drawn to the next: from top to bottom, in each line as one reads
  let last = null;
  function step(way) {
    const lines = (point) => Math.round(point.y / 40), side = arabic ? -1 : 1;
    const all = sites.drawn(map).map((one) => ({ ...one, point: map.latLngToContainerPoint(one.at) }))
      .sort((a, b) => lines(a.point) - lines(b.point) || side * (a.point.x - b.point.x));
    if (!all.length) return say();
    const same = last && all.findIndex((one) => one.at.distanceTo(last) < 1);
    const next = all[last === null || same < 0 ? (way > 0 ? 0 : all.length - 1) : (same + way + all.length) % all.length];
    last = next.at;
    map.panTo(next.at, { animate: false });
  }
  map.on("zoomend", () => { last = null; });

  const steps = { ArrowUp: [0, -FINE], ArrowDown: [0, FINE], ArrowLeft: [-FINE, 0], ArrowRight: [FINE, 0] };
  held.addEventListener("keydown", (event) => {
    if (event.target !== held) return;
    if (event.key === "Enter") map.fire("click", { latlng: map.getCenter() });
    else if (event.ctrlKey && steps[event.key]) map.panBy(steps[event.key], { animate: false });
    else return;
    event.preventDefault();
  });

  // ---- Escape ends one thing at a time, the one that lies on top
  function leave(event) {
    const box = boxes.find((one) => one.open);
    if (box) {
      box.open = false;
      box.querySelector("summary").focus();
    } else if (!panel.hidden) {
      panel.querySelector("header button").click();
    } else if (event.target.closest("input, select, textarea")?.form === filters) {
      location.replace("#list");
      by("open-filters").focus();
    } else {
      map.fire("key:leave");
    }
  }

  // ---- keys of one letter, which can be turned off: who speaks to the browser, or whose hand shakes, must not set them off
  const letters = by("keys-on");
  letters.checked = sessionStorage.getItem("keys") !== "off";
  letters.addEventListener("change", () => sessionStorage.setItem("keys", letters.checked ? "on" : "off"));
  function move(by_) {
    const links = [...rows.querySelectorAll(".site-link")];
    const next = links[Math.max(0, Math.min(links.length - 1, links.indexOf(document.activeElement) + by_))];
    if (next) next.focus();
  }
  const help = () => keysBox.showModal();
  by("keys-open").addEventListener("click", help);
  const keys = {
    "/": () => by("search") && by("search").focus(),
    m: () => { location.replace("#map"); held.focus(); },
    l: () => { location.replace("#list"); move(1); },
    f: () => { location.replace("#filters-pane"); by("f-q").focus(); },
    g: () => { location.replace("#map"); by("go-box").open = true; by("go-place").focus(); },
    n: () => { if (document.activeElement === held) step(1); },
    b: () => { if (document.activeElement === held) step(-1); },
    c: () => map.fire("key:copy"),
    x: () => map.fire("key:mark"),
    "?": help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("dialog") || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape") return leave(event);
    if (event.target.closest("select, textarea, input:not([type=range], [type=checkbox])") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("#rows") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (letters.checked && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
})();
