// The search field suggests sites and places as one types (combobox with a list box): arrows choose, Enter opens, Escape closes. What is
// typed goes by POST and stands in no address; without this script the field leads to the page of results.
(function () {
  "use strict";
  const field = document.getElementById("search"), list = document.getElementById("suggested");
  if (!field || !list) return;
  const form = field.form, status = document.getElementById("suggested-count"), WAIT = 180;
  let timer = 0, asked = 0, options = [], chosen = -1;

  function close() {
    list.hidden = true;
    list.replaceChildren();
    options = [];
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    status.textContent = "";
  }

  function mark(n) {
    if (chosen >= 0) list.children[chosen].setAttribute("aria-selected", "false");
    chosen = n;
    if (n < 0) { field.removeAttribute("aria-activedescendant"); return; }
    list.children[n].setAttribute("aria-selected", "true");
    list.children[n].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", list.children[n].id);
  }

  function open(n) {
    const one = options[n];
    if (one.href) { location.assign(one.href); return; }
    field.value = one.label;
    form.submit();
  }

  function part(of, name, text) {
    if (!text) return;
    const made = document.createElement("span");
    made.className = name;
    made.dir = "auto";
    made.textContent = text;
    of.append(made);
  }

  function show(found) {
    close();
    options = found;
    found.forEach((one, n) => {
      const row = document.createElement("li");
      row.id = "suggested-" + n;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      part(row, "hit-kind", list.dataset[one.kind]);
      part(row, "hit-name", one.label);
      part(row, "hit-more", one.more);
      part(row, "hit-more", one.written);
      row.addEventListener("mousedown", (event) => event.preventDefault());
      row.addEventListener("click", () => open(n));
      list.append(row);
    });
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? list.dataset.count.replace("{n}", found.length) : "";
  }

  async function ask() {
    const words = field.value.trim(), mine = ++asked;
    if (words.length < 2) { close(); return; }
    try {
      const answer = await fetch("/search/suggest", { method: "POST", credentials: "same-origin", headers: { "Accept": "application/json" },
        body: new URLSearchParams({ q: words, csrf_token: form.elements.csrf_token.value }) });
      if (mine !== asked || !answer.ok || document.activeElement !== field) return;
      show((await answer.json()).options);
    } catch { close(); /* the page of results answers all the same */ }
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  field.addEventListener("blur", () => { asked += 1; clearTimeout(timer); close(); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) { if (event.key === "ArrowDown") ask(); return; }
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(chosen + step >= options.length ? -1 : chosen + step < -1 ? options.length - 1 : chosen + step);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      open(chosen);
    } else if (event.key === "Escape" && options.length) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  form.addEventListener("submit", () => { asked += 1; clearTimeout(timer); });
})();
