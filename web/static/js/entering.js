// The four forms with a script: what is typed is kept as one types, places and days are shown back at once, lines are added by keyboard.
// Without it the buttons do the same.
(function () {
  "use strict";
  const form = document.getElementById("enter");
  if (!form) return;
  const told = document.getElementById("kept");
  const lines = document.getElementById("lines");
  const QUIET = 2500;
  let timer = null, sent = false, dirty = false;

  function post(path, data) {
    data.set("csrf_token", form.elements.csrf_token.value);
    return fetch(path, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" });
  }

  async function keep() {
    clearTimeout(timer);
    if (sent || !dirty || !told) return;  // a form without drafts has no word for them
    dirty = false;
    const data = new FormData(form);
    data.set("form", form.dataset.form);
    try {
      const answer = await post("/enter/draft", data);
      if (answer.status !== 204) throw new Error();
      told.textContent = told.dataset.kept + " " + new Date().toTimeString().slice(0, 5);
    } catch {
      dirty = true;
      told.textContent = told.dataset.lost;
      timer = setTimeout(keep, 4 * QUIET);
    }
  }

  function touched() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET);
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });

  // How a place or a time is read, beneath its field
  async function show(field) {
    const holder = field.closest(".readable");
    const box = holder && holder.querySelector(".reading");
    if (!box || field.value === (field.dataset.shown || "")) return;
    field.dataset.shown = field.value;
    const data = new FormData();
    for (const [name, value] of [["name", box.dataset.of], ["kind", holder.dataset.kind], ["text", field.value], ["pick", picked(box)]]) data.set(name, value);
    if (!field.value.trim()) { box.replaceChildren(); return; }
    try {
      const answer = await post("/enter/reading", data);
      if (answer.ok) box.innerHTML = await answer.text();
    } catch { field.dataset.shown = ""; }
  }

  function picked(box) {
    const one = box.querySelector("input[type=radio]:checked, input[type=hidden][name$=_pick]");
    return one ? one.value : "";
  }

  form.addEventListener("change", (event) => {
    if (event.target.matches(".readable input.form-control")) show(event.target);
  });

  if (!lines) return;
  for (const one of document.querySelectorAll(".with-script")) one.hidden = false;
  const COPIED = ["what", "place", "when", "how"];
  const mould = document.getElementById("line");

  function field(line, name) { return line.querySelector(`[name=r${line.dataset.line}_${name}]`); }
  function all() { return [...lines.querySelectorAll(".line")]; }

  function add(like) {
    const n = all().length + 1;
    const holder = document.createElement("div");
    holder.innerHTML = mould.innerHTML.replaceAll("__N__", n);
    const line = holder.firstElementChild;
    lines.append(line);
    if (like) for (const name of COPIED) copy(like, line, name);
    return line;
  }

  function copy(from, to, name) {
    const source = field(from, name), target = field(to, name);
    if (!source || !target) return;
    target.value = source.value;
    const [box, old] = [to, from].map((one) => one.querySelector(`.cell-${name} .reading`));
    if (!box || !old) return;
    box.replaceChildren();
    const pick = picked(old);
    if (pick) {
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: target.name + "_pick", value: pick });
      box.append(kept);
    }
    show(target);
  }

  function empty(line) { return !field(line, "person").value.trim(); }

  function next(line, like) {
    const rows = all(), at = rows.indexOf(line);
    let to = rows[at + 1];
    if (to && like && empty(to)) for (const name of COPIED) copy(line, to, name);
    if (!to || (like && !empty(to))) to = add(like ? line : null);
    field(to, "person").focus();
    touched();
  }

  lines.addEventListener("keydown", (event) => {
    const line = event.target.closest(".line");
    if (!line || !event.target.name) return;
    if (event.key === "Enter" && event.target.matches("input.form-control, select")) {
      event.preventDefault();
      next(line, event.ctrlKey || event.metaKey);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
      const above = all()[all().indexOf(line) - 1];
      const name = event.target.name.split("_").slice(1).join("_");
      if (above && COPIED.includes(name)) {
        event.preventDefault();
        copy(above, line, name);
        touched();
      }
    }
  });

  document.getElementById("like-above").addEventListener("click", () => {
    const last = all().filter((line) => !empty(line)).pop() || all()[0];
    next(last, true);
  });
  document.getElementById("more").addEventListener("click", (event) => {
    event.preventDefault();
    field(add(null), "person").focus();
  });
})();
