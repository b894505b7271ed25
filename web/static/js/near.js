// "Nearest to me first": the device says where it is, distances are reckoned here, and nothing of it is sent or kept.
(function () {
  "use strict";
  const button = document.getElementById("near"), list = document.getElementById("gaps"), said = document.getElementById("near-said");
  if (!button || !list || !navigator.geolocation) return;
  const words = JSON.parse(document.getElementById("near-words").textContent);
  const rad = (degrees) => (degrees * Math.PI) / 180;

  function way(from, to) {
    const [a, b, east] = [rad(from.lat), rad(to.lat), rad(to.lon - from.lon)];
    const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(east / 2) ** 2;
    const bearing = Math.atan2(Math.sin(east) * Math.cos(b), Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(east));
    return { km: 12742 * Math.asin(Math.sqrt(half)), way: words.ways[Math.round(((bearing * 180) / Math.PI + 360) / 45) % 8] };
  }

  function sort(here) {
    const rows = [...list.children].map((row) => {
      const there = row.dataset.lat ? way(here, { lat: Number(row.dataset.lat), lon: Number(row.dataset.lon) }) : null;
      const text = row.querySelector(".gap-near");
      text.hidden = !there;
      if (there) text.textContent = " · " + words.far.replace("{km}", there.km < 10 ? there.km.toFixed(1) : there.km.toFixed(0)).replace("{way}", there.way);
      return { row: row, km: there ? there.km : Infinity };
    });
    rows.sort((a, b) => a.km - b.km);
    list.replaceChildren(...rows.map((one) => one.row));
    said.textContent = words.sorted;
  }

  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = words.asking;
    navigator.geolocation.getCurrentPosition((found) => sort({ lat: found.coords.latitude, lon: found.coords.longitude }),
      () => { said.textContent = words.refused; }, { enableHighAccuracy: false, timeout: 15000, maximumAge: 60000 });
  });
})();
