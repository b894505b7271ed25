// What every page does: the leave button blanks at once, a page left in the background covers itself.
(function () {
  "use strict";
  const idle = Number(document.body.dataset.idle || 900) * 1000;
  let timer = null;

  function cover() {
    const said = document.getElementById("blanked");
    document.title = "";
    document.body.replaceChildren(said.content.cloneNode(true));
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(cover, idle);
  });

  const leave = document.querySelector("form.leave");
  if (leave) leave.addEventListener("submit", () => {
    document.title = "";
    sessionStorage.clear();
    for (const part of document.body.children) if (!part.contains(leave)) part.remove();
    leave.closest("header").classList.add("leaving");
  });

  // The list that this tab showed last: the way back to it; nobody who signs in after somebody else finds it
  const back = document.getElementById("to-list");
  const list = sessionStorage.getItem("list");
  if (back && list) back.href = "/sites?" + list;
  if (document.getElementById("password")) sessionStorage.clear();

  // A page taken from the browser's own cache after leaving is asked for again
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
