// The map page: filters without a new page, list and map that point at each other, keys. Without it the list still works.
// This tab keeps the list's address and the map's view while it lives: over another language and the way to a site and back.
(function () {
  "use strict";
  const { map, sites } = window.sitereg.view;
  const words = JSON.parse(document.getElementById("map-words").textContent);
  const labels = words.labels;
  const by = (id) => document.getElementById(id);
  const [panel, rows, total, filters, trouble] = ["panel", "rows", "total", "filters", "map-trouble"].map(by);

  // ---- the list that was asked for, and what of the map was looked at with it
  const other = document.querySelector(".top-links [hreflang]");
  const asks = (search) => {
    const asked = new URLSearchParams(search);
    for (const name of ["lang", "after"]) asked.delete(name);
    return asked.toString();
  };
  const kept = JSON.parse(sessionStorage.getItem("view") || "null");
  function begin() {
    const view = by("map").dataset;
    if (kept && kept.of === asks(location.search)) map.setView(kept.at, kept.zoom, { animate: false });
    else if (view.at) map.setView(JSON.parse(view.at).reverse(), Number(view.zoom), { animate: false });
    else map.home();
    map.on("moveend", keep);
  }
  function keep() {
    const list = new URLSearchParams(location.search);
    list.delete("lang");
    sessionStorage.setItem("list", list.toString());
    if (sized) sessionStorage.setItem("view", JSON.stringify({ of: asks(location.search), at: map.getCenter(), zoom: map.getZoom() }));
  }
  other.addEventListener("click", () => { other.hash = location.hash; });

  // A map that begins hidden (a phone shows the list first) has no size yet
  let sized = map.getSize().x > 0;
  if (sized) begin();
  keep();
  new ResizeObserver(() => {
    map.invalidateSize({ pan: false });
    if (!sized && map.getSize().x > 0) {
      sized = true;
      begin();
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

  const picture = (p) => Object.assign(sitereg.picture(sites.look(p), 26), { className: "panel-symbol" });
  const nameOf = (p) => (document.documentElement.lang === "ar" ? p.na || p.ne : p.ne || p.na);

  // One site with all of its kinds that are drawn there
  function entry(kinds) {
    const p = kinds[0];
    const item = element("li");
    const link = element("a", undefined, { href: "/sites/" + encodeURIComponent(p.c), className: "panel-link" });
    const name = nameOf(p);
    link.append(...kinds.map(picture), element("bdi", name || p.c));
    item.append(link);
    for (const one of kinds) item.append(element("p", [labels.kind[one.k] || labels.group[one.g],
      labels.verification[one.v]].filter(Boolean).join(": ")));
    const shared = [labels.protection[p.p], p.x && p.x !== "exact" ? words[p.x] : null].filter(Boolean);
    item.append(element("p", shared.join(" · "), { className: "quiet" }));
    if (name) item.append(element("bdi", p.c, { className: "num quiet" }));
    return item;
  }

  // A unit of which no more is known of sites: its name, their number, and its governorate as a filter of the list
  function unit(p) {
    const governorate = p.pcode.length < 4 ? "none" : p.pcode.slice(0, 4);
    const name = (document.documentElement.lang === "ar" ? p.ua : p.ue) || p.pcode;
    const list = element("button", governorate === "none" ? words.list_no_unit : words.list_unit,
      { type: "button", className: "btn btn-outline-secondary" });
    list.addEventListener("click", () => {
      const field = by("f-governorate");
      if (![...field.options].some((one) => one.value === governorate)) field.add(new Option(name, governorate));
      field.value = governorate;
      close();
      apply();
      location.replace("#list");
    });
    const said = element("p");
    said.append(element("b", name), " ", words.in_unit.replace("{n}", p.n));
    const act = element("p");
    act.append(list);
    return [said, act];
  }

  let fan = null;
  function fold() {
    if (fan) fan.remove();
    fan = null;
  }
  map.on("zoomstart", fold);
  sites.on("filtered", fold);

  function close() {
    const back = panel.contains(document.activeElement); // whoever was in it is on the map again
    fold();
    panel.hidden = true;
    panel.replaceChildren();
    mark(null);
    if (back) map.getContainer().focus({ preventScroll: true });
  }

  // all: of a number that was opened, how many there are; closer: where to come to tell them apart
  function show(found, all, closer) {
    const head = element("header", undefined, { className: "list-head" });
    const shut = element("button", words.close, { type: "button", className: "btn btn-outline-secondary" });
    shut.addEventListener("click", close);
    head.append(element("h2", all ? words.opened.replace("{n}", all) : words.sites_here), shut);
    const list = element("ol", undefined, { className: "panel-list" });
    const byCode = new Map();
    for (const p of found) if (p.c) byCode.set(p.c, (byCode.get(p.c) || []).concat([p]));
    const units = found.filter((p) => p.pcode && !p.c);
    for (const kinds of [...byCode.values()].slice(0, all ? found.length : 12)) {
      const item = list.appendChild(entry(kinds));
      if (byCode.size > 1) item.append(sitereg.glance.asked(item, kinds[0].c, words, say));
    }
    panel.replaceChildren(head);
    if (closer) {
      const near = element("button", words.closer, { type: "button", className: "btn btn-outline-secondary" });
      near.addEventListener("click", () => map.setView(closer, Math.min(map.getZoom() + 2, map.getMaxZoom())));
      panel.append(near);
      if (fan) panel.append(element("p", words.fanned, { className: "quiet" }));
    }
    panel.append(list);
    for (const p of units) panel.append(...unit(p));
    if (byCode.size > 12 && !all || all > byCode.size) panel.append(element("p", words.more, { className: "quiet" }));
    panel.hidden = false;
    panel.focus({ preventScroll: true });
    const first = byCode.keys().next().value;
    if (byCode.size === 1) sitereg.glance.tell(list.firstChild, first, words, say);
    mark(first || null);
    const row = first && rows.querySelector('.site[data-code="' + CSS.escape(first) + '"]');
    if (row) row.scrollIntoView({ block: "nearest" });
  }

  // A number opens in place: its symbols in a fan around it, its sites as a list
  let opening = 0;
  async function open(ring, at) {
    const turn = ++opening, query = sites.query() ? "&" + sites.query() : "";
    const answer = await fetch("/tiles/sites/" + ring.tile + "/opened?squares=" + ring.squares + query,
      { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (turn !== opening) return;
    if (!answer || !answer.ok) return void say(words[!answer ? "unreachable" : [0, 401].includes(answer.status) ? "signed_out" : "refused"]);
    const told = await answer.json();
    if (turn !== opening || !told.sites.length) return;
    fold();
    if (told.all === told.sites.length) {
      fan = sitereg.fan(map, at, told.sites, { named: (p) => nameOf(p) || p.c, chosen: (p) => {
        mark(p.c);
        const link = panel.querySelector('a[href="/sites/' + CSS.escape(encodeURIComponent(p.c)) + '"]');
        if (link) link.focus();
      } });
      if (!fan.getLayers().length) fold();
    }
    show(told.sites, told.all, at);
    sitereg.uncover(map, panel, at, fan ? 90 : 40);
  }

  map.on("click", (event) => {
    if (sitereg.view.busy) return; // drawing or measuring
    const found = sites.pick(event.latlng);
    const single = found.filter((p) => p.pcode || (p.c && !(p.n > 1)));
    if (single.length) {
      show(single);
      sitereg.uncover(map, panel, event.latlng, 40);
    } else if (found.length) open(found[0], event.latlng);
    else close();
  });
  map.on("mousemove", (event) => {
    map.getContainer().classList.toggle("pointing", sites.pick(event.latlng).length > 0);
  });

  // How many sites each filter would leave; what is chosen and typed stays, a kind that is left nowhere has none
  function recount(page) {
    for (const tick of filters.querySelectorAll(".tick input")) {
      const now = page.querySelector('#filters input[name="' + tick.name + '"][value="' + tick.value + '"]');
      const [was, is] = [tick, now].map((one) => one && one.closest(".tick").querySelector(".num"));
      if (was && is) was.textContent = is.textContent;
    }
    for (const list of filters.querySelectorAll("select:not(#f-not)")) {
      const now = new Map([...page.getElementById(list.id).options].map((one) => [one.value, one]));
      for (const one of list.options) {
        one.textContent = now.has(one.value) ? now.get(one.value).textContent : one.textContent.replace(/\(\d+\)\s*$/, "(0)");
        now.delete(one.value);
      }
      list.append(...now.values());
    }
  }

  // ---- filters: they are sent as a form, and the list is answered under an address that conceals the words; the tiles get
  // the same, and so does the address bar.
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
      for (const id of ["chips", "period-chart", "period-table"]) by(id).replaceChildren(...page.getElementById(id).childNodes);
      for (const link of document.querySelectorAll("#export")) link.href = page.getElementById("export")?.href ?? link.href;
      const chosen = document.activeElement === by("f-not");
      recount(page);
      by("left-out").replaceChildren(...page.getElementById("left-out").childNodes);
      if (chosen) by("f-not").focus();
      other.href = page.querySelector(".top-links [hreflang]").getAttribute("href");
      history.replaceState(null, "", there.pathname + there.search + location.hash);
      keep();
      if (form && by("view-line")) by("view-line").hidden = true;
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
  by("chips").addEventListener("click", (event) => {
    const chip = event.target.closest("a");
    if (!chip) return;
    event.preventDefault();
    const { name, value } = chip.dataset;
    for (const one of filters.querySelectorAll(name === "years" ? "[name=from], [name=to]" : '[name="' + name + '"]')) {
      if (one.type === "checkbox") one.checked = one.checked && one.value !== value;
      else if (one.type === "hidden" ? one.value === value : !value.startsWith("-")) one.value = "";
    }
    if (name === "area") by("f-around").value = "";
    filters.dispatchEvent(new Event("change"));
    by("total").focus();
  });
  rows.addEventListener("click", async (event) => {
    const watch = event.target.closest("button.watch");
    if (watch) {
      event.preventDefault();
      const sent = new FormData(by("watching"));
      sent.set("code", watch.value);
      await fetch(watch.formAction, { method: "POST", body: sent, credentials: "same-origin", redirect: "manual" }).catch(() => {});
      await refresh(location.href, null);
      const again = rows.querySelector('button.watch[value="' + CSS.escape(watch.value) + '"]');
      if (again) again.focus();
      return;
    }
    const link = event.target.closest(".pager a");
    if (!link) return;
    event.preventDefault();
    refresh(link.href, null).then(() => {
      by("list").scrollTo(0, 0);
      total.focus();
    });
  });
})();
