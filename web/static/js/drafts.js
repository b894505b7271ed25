// A draft on the device, only where a steward allowed it for this account: what was typed and the place's code, sealed to a key that
// the server gives with each page and this device never stores. It is gone when it is sent, with its day, at sign-out and at leaving;
// whatever another account's key does not open is removed.
(function () {
  "use strict";
  const page = document.querySelector(".field-page");
  if (!page) return;
  const PRE = "d.", DAYS = 7, QUIET = 2000;
  const { typed, fill } = window.sitereg.typing;
  const words = page.dataset, code = words.code;
  const names = () => Object.keys(localStorage).filter((name) => name.startsWith(PRE));
  if (!words.device) {
    for (const name of names()) localStorage.removeItem(name);
    return;
  }
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join(""));
  const secret = crypto.subtle.importKey("raw", bytes(words.device), "AES-GCM", false, ["encrypt", "decrypt"]);
  delete page.dataset.device;
  let mine = PRE + text(crypto.getRandomValues(new Uint8Array(12))), timer = null, over = false;

  const forms = () => [...document.querySelectorAll("main form[data-line]")];
  const numbers = () => forms().map((form) => form.elements.once && form.elements.once.value);

  async function keep() {
    const fields = typed();
    if (over) return;
    if (!fields.length) {
      localStorage.removeItem(mine);
      return;
    }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const told = JSON.stringify({ code: code, at: new Date().toISOString(), fields: fields, numbers: numbers() });
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, await secret, new TextEncoder().encode(told.padEnd(Math.ceil(told.length / 512) * 512)));
    if (!over && main().isConnected) localStorage.setItem(mine, JSON.stringify({ iv: text(iv), sealed: text(sealed), until: Date.now() + DAYS * 864e5 }));
  }

  const main = () => document.querySelector("main") || document.createElement("main");

  async function opened(name) {
    try {
      const held = JSON.parse(localStorage.getItem(name));
      if (!(held.until > Date.now())) throw new Error();
      const told = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(held.iv) }, await secret, bytes(held.sealed));
      return JSON.parse(new TextDecoder().decode(told));
    } catch {
      localStorage.removeItem(name);
      return null;
    }
  }

  const made = (tag, cls, said) => Object.assign(document.createElement(tag), { className: cls, textContent: said });

  function offer(name, told) {
    const box = made("div", "strip strip-said draft-held", "");
    const when = new Date(told.at).toLocaleString(document.documentElement.lang === "ar" ? "ar-u-nu-latn" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
    if (told.code === code) {
      const take = made("button", "btn btn-dark", words.draftTake), drop = made("button", "btn btn-outline-secondary", words.draftDrop);
      take.type = drop.type = "button";
      take.addEventListener("click", () => {
        localStorage.removeItem(mine);
        mine = name;
        box.remove();
        forms().forEach((form, i) => { if (form.elements.once && told.numbers[i]) form.elements.once.value = told.numbers[i]; });
        fill(told.fields);
      });
      drop.addEventListener("click", () => { localStorage.removeItem(name); box.remove(); });
      box.append(made("p", "", words.draftHere.replace("{when}", when)), take, " ", drop);
    } else {
      const link = made("a", "", told.code);
      link.href = "/sites/" + told.code + "/field";
      box.append(made("span", "", words.draftOther.replace("{when}", when) + " "), link);
    }
    document.getElementById("drafts-held").append(box);
  }

  async function begin() {
    for (const name of names()) {
      const told = await opened(name);
      if (told && name !== mine) offer(name, told);
    }
  }

  document.addEventListener("input", (event) => {
    if (!event.target.closest("form[data-line]")) return;
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) keep(); });
  document.addEventListener("sitereg-sent", () => {
    clearTimeout(timer);
    timer = null;
    localStorage.removeItem(mine);
    mine = PRE + text(crypto.getRandomValues(new Uint8Array(12)));
  });
  for (const form of document.querySelectorAll("form.leave, form[action='/sign-out']")) form.addEventListener("submit", () => { over = true; });
  begin();
})();
