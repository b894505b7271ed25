// "Why" opens over the page: what stands behind a value is taken from its own page, which stays for whoever has no scripts or wants it whole.
(function () {
  "use strict";
  const box = document.getElementById("why-box");
  if (!box) return;
  const [told, whole] = [".why-told", ".why-whole"].map((one) => box.querySelector(one));
  let turn = 0;

  async function open(link) {
    const mine = ++turn;
    const answer = await fetch(link.href, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    const page = answer && answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main .page");
    if (mine !== turn) return;
    if (answer && !page) return void location.assign(link.href); // its own page says what is wrong
    const head = page ? page.querySelector("h1") : Object.assign(document.createElement("h1"), { textContent: box.dataset.lost });
    head.tabIndex = -1;
    whole.href = link.href;
    box.setAttribute("aria-label", head.textContent);
    told.replaceChildren(...(page ? page.childNodes : [head])); // without a line what was typed here stays
    if (!box.open) box.showModal();
    box.scrollTop = 0;
    head.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.why");
    if (!link || told.contains(link) || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || !link.pathname.includes("/why/")) return;
    event.preventDefault();
    open(link);
  });
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest(".why-shut")) box.close(); // beside it, or its button
  });
  box.addEventListener("close", () => told.replaceChildren());
})();
