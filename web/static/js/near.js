// "Nearest to me first" and "how far is it from here": the device says where it is, distances are reckoned here, and nothing of it is
// sent or kept.
(function () {
  "use strict";
  const button = document.getElementById("near"), list = document.getElementById("gaps");
  if (!navigator.geolocation) return;
  const words = JSON.parse(document.getElementById("near-words").textContent);
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const short = (km) => (km < 10 ? km.toFixed(1) : km.toFixed(0));

  function way(from, to) {
    const [a, b, east] = [rad(from.lat), rad(to.lat), rad(to.lon - from.lon)];
    const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(east / 2) ** 2;
    const bearing = Math.atan2(Math.sin(east) * Math.cos(b), Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(east));
    const degrees = ((bearing * 180) / Math.PI + 360) % 360;
    return { km: 12742 * Math.asin(Math.sqrt(half)), degrees: degrees, way: words.ways[Math.round(degrees / 45) % 8] };
  }

  function ask(said, exactly, then) {
    said.textContent = words.asking;
    navigator.geolocation.getCurrentPosition((found) => then({ lat: found.coords.latitude, lon: found.coords.longitude }),
      () => { said.textContent = words.refused; }, { enableHighAccuracy: exactly, timeout: 15000, maximumAge: exactly ? 5000 : 60000 });
  }

  function sort(here) {
    const rows = [...list.children].map((row) => {
      const there = row.dataset.lat ? way(here, { lat: Number(row.dataset.lat), lon: Number(row.dataset.lon) }) : null;
      const text = row.querySelector(".gap-near");
      text.hidden = !there;
      if (there) text.textContent = " · " + words.far.replace("{km}", short(there.km)).replace("{way}", there.way);
      return { row: row, km: there ? there.km : Infinity };
    });
    rows.sort((a, b) => a.km - b.km);
    list.replaceChildren(...rows.map((one) => one.row));
    document.getElementById("near-said").textContent = words.sorted;
  }

  if (button && list) {
    button.hidden = false;
    button.addEventListener("click", () => ask(document.getElementById("near-said"), false, sort));
  }

  // The page for the road may be put together anew as its forms are answered: whatever button stands there then
  const show = () => { const one = document.getElementById("way-here"); if (one) one.hidden = false; };
  show();
  new MutationObserver(show).observe(document.getElementById("main"), { childList: true });
  document.addEventListener("click", (event) => {
    const one = event.target.closest("#way-here"), said = document.getElementById("way-said");
    if (!one) return;
    ask(said, true, (here) => {
      const there = way(here, { lat: Number(one.dataset.lat), lon: Number(one.dataset.lon) });
      said.textContent = words.here.replace("{km}", short(there.km)).replace("{way}", there.way).replace("{degrees}", there.degrees.toFixed(0));
    });
  });
})();
