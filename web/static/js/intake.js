// How far the keeper is, renewed every few seconds for at most ten minutes: a page that nobody looks at does not keep a seat open.
(function () {
  "use strict";
  const EVERY = 4000, MOST = 150;
  let looks = 0;

  async function look() {
    const box = document.getElementById("work");
    looks += 1;
    let answer;
    try {
      answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    } catch {
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("work");
    if (!now) return;
    if (!now.dataset.going) {
      location.reload();
      return;
    }
    for (const part of ["far", "bar"]) {
      const [old, fresh] = [box, now].map((one) => one.querySelector(`[data-part=${part}]`));
      if (old && fresh) old.replaceWith(document.importNode(fresh, true));
    }
    if (looks < MOST) setTimeout(look, EVERY);
  }

  if (document.getElementById("work")?.dataset.going) setTimeout(look, EVERY);
})();
