// What stands beside and on the map: the list, which folds away on a wide screen; the credits; in the panel what the page of a site tells first.
(function () {
  "use strict";
  const sitereg = window.sitereg;

  // ---- the list; that it is folded away is remembered until the tab is closed
  const [list, away, back] = ["list", "fold-list", "unfold-list"].map((id) => document.getElementById(id));
  function fold(folded) {
    document.body.classList.toggle("list-folded", folded);
    back.hidden = !folded;
    sessionStorage.setItem("folded", folded ? "yes" : "");
  }
  away.hidden = false;
  fold(sessionStorage.getItem("folded") === "yes");
  away.addEventListener("click", () => { fold(true); back.focus(); });
  back.addEventListener("click", () => { fold(false); away.focus(); });
  window.addEventListener("hashchange", () => { if (location.hash === "#" + list.id) fold(false); });

  // ---- whose the layers are: what stands at the foot of the map stands above it
  const credits = document.querySelector(".leaflet-control-attribution");
  new ResizeObserver(() => credits.closest(".map-area").style.setProperty("--credits", credits.offsetHeight + "px")).observe(credits);

  // ---- the panel: of the only site at once, of several when one asks. It stands in place of what the map knows; say: where a trouble is told
  async function tell(item, code, words, say) {
    const answer = await fetch("/sites/" + encodeURIComponent(code) + "/panel", { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    const told = answer && answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("glance");
    if (!item.isConnected) return;
    if (!told) return void say(words[!answer ? "unreachable" : [0, 401].includes(answer.status) ? "signed_out" : "refused"]);
    const back = item.contains(document.activeElement);
    item.replaceChildren(...told.childNodes);
    if (back) item.querySelector("a").focus({ preventScroll: true });
  }

  // The button that asks for it
  function asked(item, code, words, say) {
    const ask = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-secondary", textContent: words.known });
    ask.addEventListener("click", () => tell(item, code, words, say));
    return ask;
  }

  sitereg.glance = { tell, asked };
})();
