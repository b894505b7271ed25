// Forms on the road: one question a screen, photographs that stay in this page, and a line that breaks loses nothing. What was typed
// is in this page's memory and nowhere else on the device; it is sent again under the same number, so that it is written once.
(function () {
  "use strict";
  const page = document.querySelector(".field-page");
  const print = document.getElementById("print");
  if (print) print.addEventListener("click", () => window.print());
  if (!page) return;
  const main = document.getElementById("main");
  const words = () => document.querySelector(".field-page").dataset;
  let unsent = false;

  const made = (tag, cls, text) => {
    const one = document.createElement(tag);
    one.className = cls;
    if (text) one.textContent = text;
    return one;
  };

  // ---- one question a screen on a telephone, from the question that is wrong on
  function step(form) {
    const steps = [...form.querySelectorAll(".step")];
    if (steps.length < 2 || !window.matchMedia("(max-width: 767px)").matches) return;
    const at = made("p", "step-at num"), acts = made("div", "step-acts");
    const back = made("button", "btn btn-outline-secondary", words().back), next = made("button", "btn btn-dark", words().next);
    back.type = next.type = "button";
    acts.append(back, next);
    form.prepend(at);
    form.append(acts);
    const wrong = steps.findIndex((one) => one.querySelector(".field-wrong")), box = form.closest("details");
    // One that was refused for no field of its own stands where it is sent again
    let n = wrong >= 0 ? wrong : document.getElementById("trouble") && box && box.open ? steps.length - 1 : 0;
    function show(to, focus) {
      n = Math.min(Math.max(to, 0), steps.length - 1);
      steps.forEach((one, i) => { one.hidden = i !== n; });
      back.hidden = n === 0;
      next.hidden = n === steps.length - 1;
      at.textContent = (n + 1) + " / " + steps.length;
      if (focus) {
        const first = steps[n].querySelector("input, select, textarea");
        if (first) first.focus({ preventScroll: true });
        form.scrollIntoView({ block: "start" });
      }
    }
    next.addEventListener("click", () => {
      const wrong = [...steps[n].querySelectorAll("input, select, textarea")].find((one) => !one.reportValidity());
      if (!wrong) show(n + 1, true);
    });
    back.addEventListener("click", () => show(n - 1, true));
    form.addEventListener("invalid", (event) => show(steps.findIndex((one) => one.contains(event.target)), false), true);
    show(n, false);
  }

  // ---- photographs: several, one after another, each shown small from memory, each to be taken out again
  function pictures(list) {
    const input = document.getElementById(list.dataset.taken), taken = new DataTransfer();
    if (!input) return;
    function draw() {
      list.replaceChildren(...[...taken.files].map((file, i) => {
        const line = document.createElement("li"), image = document.createElement("img"), drop = made("button", "btn btn-outline-secondary", list.dataset.drop);
        const reader = new FileReader();
        reader.addEventListener("load", () => { image.src = reader.result; });
        reader.readAsDataURL(file);
        image.alt = "";
        drop.type = "button";
        drop.addEventListener("click", () => { taken.items.remove(i); input.files = taken.files; draw(); });
        line.append(image, drop);
        return line;
      }));
    }
    input.addEventListener("change", () => {
      for (const file of [...input.files]) if (![...taken.files].includes(file)) taken.items.add(file);
      input.files = taken.files;
      draw();
    });
  }

  // ---- a line that breaks
  function say(form, text, again) {
    let box = form.querySelector(".line-said");
    if (!box) {
      box = made("div", "line-said strip strip-problem");
      box.setAttribute("role", "alert");
      form.append(box);
    }
    box.replaceChildren(made("p", "", text));
    if (again) {
      const button = made("button", "btn btn-dark", words().lineAgain);
      button.type = "button";
      button.addEventListener("click", () => send(form));
      box.append(button);
    }
    box.scrollIntoView({ block: "nearest" });
  }

  // A form that stood open for long is sent once more with the sign that a fresh page carries
  async function post(form, again) {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: { Accept: "text/html" } });
    if (answer.status !== 403 || again) return answer;
    const fresh = new DOMParser().parseFromString(await (await fetch(location.href, { credentials: "same-origin" })).text(), "text/html");
    const sign = fresh.querySelector(".field-page input[name=csrf_token]");
    if (!sign) return answer;
    form.elements.csrf_token.value = sign.value;
    return post(form, true);
  }

  async function send(form) {
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    say(form, words().lineSending, false);
    let answer, text;
    try {
      answer = await post(form, false);
      text = await answer.text();
    } catch {
      say(form, words().lineLost, true);
      return;
    } finally {
      delete form.dataset.busy;
    }
    if (answer.status >= 502 && answer.status <= 504) {
      say(form, words().lineLost, true);
      return;
    }
    const told = new DOMParser().parseFromString(text, "text/html");
    const mine = told.querySelector(".field-page");
    const done = answer.redirected && answer.ok && !told.getElementById("password");
    if (done) {
      unsent = false;
      document.dispatchEvent(new Event("sitereg-sent"));
    }
    if (mine) {
      swap(told);
    } else if (done) {
      location.assign(answer.url);
    } else {
      const what = told.querySelector("main h1");
      say(form, (what ? what.textContent.trim() + ". " : "") + words().lineLost, true);
    }
  }

  function swap(told) {
    for (const old of document.querySelectorAll("body > .strip")) old.remove();
    for (const strip of told.querySelectorAll("body > .strip")) main.before(document.importNode(strip, true));
    main.replaceChildren(...[...told.getElementById("main").childNodes].map((one) => document.importNode(one, true)));
    begin();
    const trouble = document.getElementById("trouble");
    if (trouble) trouble.focus();
    else window.scrollTo(0, 0);
  }

  function begin() {
    for (const form of main.querySelectorAll("form[data-steps]")) step(form);
    for (const list of main.querySelectorAll("[data-taken]")) pictures(list);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-line]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    send(form);
  });
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-line]")) unsent = true; });
  window.addEventListener("beforeunload", (event) => { if (unsent && main.isConnected) event.preventDefault(); });
  begin();
})();
