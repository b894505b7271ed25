// What every page does: the leave button blanks at once; a page that nobody is at covers itself and locks the seat, and what was
// typed comes back after unlocking. It waits in this tab, sealed with a key that no device keeps: it follows from the living seat.
(function () {
  "use strict";
  const body = document.body;
  const idle = Number(body.dataset.idle || 900) * 1000;
  const STAY = Math.min(240000, idle / 3), KEPT = "kept", SEEN = "seen", LOCKED = "locked";
  const open = body.dataset.seat === "open";
  const token = document.querySelector("input[name=csrf_token]");
  let seen = Date.now(), told = seen, over = false;

  const here = (at) => [...document.querySelectorAll("main form")].filter((form) => !at || form.getAttribute("action") === at);
  const post = (path) => fetch(path, { method: "POST", credentials: "same-origin", keepalive: true,
    headers: { "X-CSRFToken": token ? token.value : "" } });

  function blank() {
    document.title = "";
    body.replaceChildren();
  }

  // What was typed and differs from what the page came with; never secrets, files or what the page itself holds
  function typed() {
    const found = [];
    for (const form of here()) {
      const at = form.getAttribute("action"), nth = here(at).indexOf(form);
      [...form.elements].forEach((one, i) => {
        if (!one.name || ["hidden", "password", "file", "submit", "button"].includes(one.type)) return;
        const like = [...form.elements].filter((other) => other.name === one.name).indexOf(one);
        if (one.type === "checkbox" || one.type === "radio") {
          if (one.checked !== one.defaultChecked) found.push([at, nth, one.name, like, one.checked]);
        } else if (one.multiple) {
          found.push([at, nth, one.name, like, [...one.selectedOptions].map((option) => option.value)]);
        } else if (one.options ? ![...one.options].every((option) => option.selected === option.defaultSelected) : one.value !== one.defaultValue) {
          found.push([at, nth, one.name, like, one.value]);
        }
      });
    }
    return found;
  }

  const secret = (uses) => crypto.subtle.importKey("raw", Uint8Array.from(atob(body.dataset.key), (one) => one.charCodeAt(0)),
    "AES-GCM", false, uses);
  const text = (bytes) => btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(""));

  async function seal(told) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, await secret(["encrypt"]),
      new TextEncoder().encode(JSON.stringify(told)));
    return JSON.stringify({ iv: text(iv), sealed: text(sealed) });
  }

  async function unseal(kept) {
    const bytes = (one) => Uint8Array.from(atob(one), (letter) => letter.charCodeAt(0));
    const told = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(kept.iv) }, await secret(["decrypt"]), bytes(kept.sealed));
    return JSON.parse(new TextDecoder().decode(told));
  }

  async function lock(first) {
    if (over) return;
    over = true;
    const at = body.dataset.here, fields = typed(), stored = Object.entries(sessionStorage).filter(([name]) => name !== KEPT);
    blank();
    sessionStorage.clear();
    try { sessionStorage.setItem(KEPT, await seal({ at: at, fields: fields, stored: stored })); } catch { /* no page is safer than a kept one */ }
    if (first) {
      localStorage.setItem(LOCKED, String(Date.now()));
      try { await post("/lock"); } catch { /* the server locks by its own clock */ }
    }
    location.replace(at);
  }

  function fill(fields) {
    let last = null;
    for (const [at, nth, name, like, value] of fields) {
      const form = here(at)[nth];
      const one = form && [...form.elements].filter((other) => other.name === name)[like];
      if (!one || ["hidden", "password", "file"].includes(one.type)) continue;
      if (typeof value === "boolean") one.checked = value;
      else if (Array.isArray(value)) for (const option of one.options) option.selected = value.includes(option.value);
      else one.value = value;
      for (let box = one.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      for (const event of ["input", "change"]) one.dispatchEvent(new Event(event, { bubbles: true }));
      last = one;
    }
    if (!last) return;
    last.form.before(document.getElementById("back-again").content.cloneNode(true));
    last.focus();
  }

  async function restore() {
    const held = sessionStorage.getItem(KEPT);
    if (!held) return;
    sessionStorage.removeItem(KEPT);
    try {
      const kept = JSON.parse(held), told = await unseal(kept);
      if (told.at !== body.dataset.here && !kept.led) {
        sessionStorage.setItem(KEPT, JSON.stringify(Object.assign(kept, { led: true })));
        location.replace(told.at);
        return;
      }
      for (const [name, value] of told.stored) sessionStorage.setItem(name, value);
      fill(told.fields);
    } catch { /* another seat's: it stays shut */ }
  }

  // What a page on the road takes to keep a draft of its own
  window.sitereg = Object.assign(window.sitereg || {}, { typing: { typed: typed, fill: fill } });

  // Sealed drafts (drafts.js) outlive a sign-in, but not their day
  function old(name) {
    if (!name.startsWith("d.")) return false;
    try { return !(JSON.parse(localStorage.getItem(name)).until > Date.now()); } catch { return true; }
  }
  const forget = (which) => Object.keys(localStorage).filter(which).forEach((name) => localStorage.removeItem(name));
  forget(old);

  const latest = () => Math.max(seen, Number(localStorage.getItem(SEEN)) || 0);
  const check = () => { if (Date.now() - latest() >= idle) lock(true); };

  function active(event) {
    const now = Date.now();
    if (now - latest() >= idle) {
      event.preventDefault();
      event.stopImmediatePropagation();
      lock(true);
      return;
    }
    if (now - seen > 2000) localStorage.setItem(SEEN, String(now));
    seen = now;
    if (now - told > STAY) {
      told = now;
      post("/stay").catch(() => {});
    }
  }

  if (open) {
    localStorage.setItem(SEEN, String(seen));
    for (const name of ["pointerdown", "keydown", "submit"]) document.addEventListener(name, active, { capture: true });
    for (const name of ["wheel", "touchmove"]) document.addEventListener(name, active, { capture: true, passive: true });
    document.addEventListener("visibilitychange", check);
    setInterval(check, Math.min(5000, idle / 4));
    window.addEventListener("storage", (event) => { if (event.key === LOCKED && event.newValue) lock(false); });
    restore();
  }

  const leave = document.querySelector("form.leave");
  if (leave) leave.addEventListener("submit", () => {
    document.title = "";
    sessionStorage.clear();
    localStorage.clear();
    for (const part of body.children) if (!part.contains(leave)) part.remove();
    leave.closest("header").classList.add("leaving");
  });

  const out = document.querySelector("form[action='/sign-out']");
  if (out) out.addEventListener("submit", () => {
    sessionStorage.clear();
    localStorage.clear();
  });

  // The list that this tab showed last: the way back to it; nobody who signs in after somebody else finds it
  const back = document.getElementById("to-list");
  const list = sessionStorage.getItem("list");
  if (back && list) back.href = "/sites?" + list;
  if (!body.dataset.seat && document.getElementById("password")) {
    sessionStorage.clear();
    forget((name) => !name.startsWith("d."));
  }

  // A page taken from the browser's own cache is never seen: it was blanked as it went, and is asked for again
  window.addEventListener("pagehide", (event) => { if (event.persisted) blank(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
