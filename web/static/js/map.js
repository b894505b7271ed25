// The map page: filters without a new page, list and map that point at each other, keys. Without it the list still works.
(function () {
  "use strict";
  const { map, sites } = window.sitereg.view;
  const words = JSON.parse(document.getElementById("map-words").textContent);
  const labels = words.labels;
  const by = (id) => document.getElementById(id);
  const [panel, rows, total, filters, trouble] = ["panel", "rows", "total", "filters", "map-trouble"].map(by);

  // Where the pointer is, in decimal degrees, computed here and never sent
  map.on("mousemove", (event) => {
    const at = event.latlng.wrap();
    by("readout").textContent = at.lat.toFixed(5) + ", " + at.lng.toFixed(5);
  });
  map.on("mouseout", () => { by("readout").textContent = ""; });

  // A map that begins hidden (a phone shows the list first) has no size yet
  let sized = map.getSize().x > 0;
  new ResizeObserver(() => {
    map.invalidateSize({ pan: false });
    if (!sized && map.getSize().x > 0) {
      sized = true;
      map.home();
    }
  }).observe(map.getContainer());

  function say(text) {
    trouble.textContent = text;
    trouble.hidden = !text;
  }
  sites.on("trouble", (event) => say(words[event.why] || ""));

  // ---- the list points at the map, the map at the list
  function mark(code) {
    sites.select(code);
    for (const row of rows.querySelectorAll(".site")) row.classList.toggle("marked", row.dataset.code === code);
  }
  for (const kind of ["mouseover", "focusin"]) rows.addEventListener(kind, (event) => {
    const row = event.target.closest(".site");
    if (row) mark(row.dataset.code);
  });

  function element(tag, text, more) {
    const made = Object.assign(document.createElement(tag), more);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function picture(p) {
    const size = 26, dense = window.devicePixelRatio || 1;
    const canvas = element("canvas", undefined, { width: size * dense, height: size * dense, className: "panel-symbol" });
    const ctx = canvas.getContext("2d");
    ctx.scale(dense, dense);
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    sitereg.symbols.draw(ctx, size / 2, size / 2, size, { group: p.g, kind: p.k, verification: p.v, protection: p.p,
      overdue: Boolean(p.o) }, dark ? "dark" : "light");
    return canvas;
  }

  // One site with all of its kinds that are drawn there
  function entry(kinds) {
    const p = kinds[0];
    const item = element("li");
    const link = element("a", undefined, { href: "/sites/" + encodeURIComponent(p.c), className: "panel-link" });
    const name = document.documentElement.lang === "ar" ? p.na || p.ne : p.ne || p.na;
    link.append(...kinds.map(picture), element("bdi", name || p.c));
    item.append(link);
    for (const one of kinds) item.append(element("p", [labels.kind[one.k] || labels.group[one.g],
      labels.verification[one.v]].filter(Boolean).join(": ")));
    const shared = [labels.protection[p.p], p.x && p.x !== "exact" ? words[p.x] : null].filter(Boolean);
    item.append(element("p", shared.join(" · "), { className: "quiet" }));
    if (name) item.append(element("bdi", p.c, { className: "num quiet" }));
    return item;
  }

  function close() {
    panel.hidden = true;
    panel.replaceChildren();
    mark(null);
  }

  function show(found) {
    const head = element("header", undefined, { className: "list-head" });
    const shut = element("button", words.close, { type: "button", className: "btn btn-outline-secondary" });
    shut.addEventListener("click", close);
    head.append(element("h2", words.sites_here), shut);
    const list = element("ol", undefined, { className: "panel-list" });
    const byCode = new Map();
    for (const p of found) if (p.c) byCode.set(p.c, (byCode.get(p.c) || []).concat([p]));
    const units = found.filter((p) => p.pcode && !p.c);
    for (const kinds of [...byCode.values()].slice(0, 12)) list.append(entry(kinds));
    panel.replaceChildren(head, list);
    for (const p of units) panel.append(element("p", words.in_unit.replace("{n}", p.n)));
    if (byCode.size > 12) panel.append(element("p", words.more, { className: "quiet" }));
    panel.hidden = false;
    panel.focus({ preventScroll: true });
    const first = byCode.keys().next().value;
    mark(first || null);
    const row = first && rows.querySelector('.site[data-code="' + CSS.escape(first) + '"]');
    if (row) row.scrollIntoView({ block: "nearest" });
  }

  map.on("click", (event) => {
    const found = sites.pick(event.latlng);
    const single = found.filter((p) => p.pcode || (p.c && !(p.n > 1)));
    if (single.length) show(single);
    else if (found.length) map.setView(event.latlng, Math.min(map.getZoom() + 2, map.getMaxZoom()));
    else close();
  });
  map.on("mousemove", (event) => {
    map.getContainer().classList.toggle("pointing", sites.pick(event.latlng).length > 0);
  });

  // ---- filters: they are sent as a form, and the list is answered under an address that conceals the words; the tiles get
  // the same. The address bar stays as it is.
  let asked = 0;
  async function refresh(url, form) {
    const turn = ++asked;
    rows.setAttribute("aria-busy", "true");
    try {
      const sent = form ? { method: "POST", body: form } : {};
      const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin", ...sent });
      const there = new URL(answer.url);
      if (answer.status === 401 || !["/", "/sites"].includes(there.pathname)) return void location.assign("/sign-in");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [newRows, newTotal] = [page.getElementById("rows"), page.getElementById("total")];
      if (turn !== asked) return;
      if (!newRows) throw new Error("no list in the answer");
      rows.replaceChildren(...newRows.childNodes);
      total.textContent = newTotal.textContent;
      say("");
      if (form) sites.filter(there.search.slice(1));
    } catch (error) {
      if (turn === asked) say(words.unreachable);
    } finally {
      if (turn === asked) rows.removeAttribute("aria-busy");
    }
  }
  const apply = () => refresh(filters.action, new FormData(filters));
  filters.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
    if (window.matchMedia("(max-width: 767px)").matches) location.replace("#list");
  });
  filters.addEventListener("change", apply);
  rows.addEventListener("click", (event) => {
    const link = event.target.closest(".pager a");
    if (!link) return;
    event.preventDefault();
    refresh(link.href, null).then(() => by("list").scrollTo(0, 0));
  });

  // ---- keys
  function move(step) {
    const links = [...rows.querySelectorAll(".site-link")];
    const next = links[Math.max(0, Math.min(links.length - 1, links.indexOf(document.activeElement) + step))];
    if (next) next.focus();
  }
  const keys = {
    "/": () => by("search") && by("search").focus(),
    m: () => { location.replace("#map"); map.getContainer().focus(); },
    l: () => { location.replace("#list"); move(1); },
    f: () => { location.replace("#filters-pane"); by("f-q").focus(); },
    "?": () => by("keys").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog");
    if (event.key === "Escape" && !panel.hidden) close();
    if (event.key === "Escape" && typing && typing.form === filters) location.replace("#list");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("#rows") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
})();
