// Two handles over the histogram of years narrow list, counts and tiles: they set the years of the filters, which ask for the rest.
(function () {
  "use strict";
  const by = (id) => document.getElementById(id);
  const words = JSON.parse(by("map-words").textContent);
  const filters = by("filters"), track = by("period").dataset, said = by("period-said");
  const handles = [by("period-from"), by("period-to")];
  const [first, last] = [Number(track.first), Number(track.last)];
  let waiting = 0;
  const fields = ["from", "to"].map((name) => filters.elements[name]);

  function show() {
    const [low, high] = handles.map((one) => Number(one.value));
    const whole = low === first && high === last;
    said.textContent = whole ? words.all_years : words.years.replace("{first}", low).replace("{last}", high);
    handles.forEach((one) => one.setAttribute("aria-valuetext", one.value));
    for (const bar of document.querySelectorAll("#period-chart rect")) {
      bar.classList.toggle("out", Number(bar.dataset.year) < low || Number(bar.dataset.year) > high);
    }
    handles[0].style.zIndex = low > (first + last) / 2 ? "2" : "1"; // both at one end: the one that can move is on top
  }

  handles.forEach((one, i) => {
    one.hidden = false;
    one.addEventListener("input", () => {
      const [low, high] = handles.map((handle) => Number(handle.value));
      if (low > high) one.value = handles[1 - i].value;
      show();
    });
    one.addEventListener("change", () => {
      const value = Number(one.value);
      fields[i].value = value === (i ? last : first) ? "" : String(value);
      clearTimeout(waiting);
      waiting = setTimeout(() => filters.dispatchEvent(new Event("change")), 350); // a key that is held down asks once
    });
  });

  // Years that are typed, or taken off, move the handles
  filters.addEventListener("change", () => {
    handles.forEach((one, i) => {
      const typed = Number(fields[i].value);
      one.value = String(typed >= first && typed <= last ? typed : i ? last : first);
    });
    show();
  });
  new MutationObserver(show).observe(by("period-chart"), { childList: true });
  show();
})();
