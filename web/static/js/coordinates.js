// A point in words: decimal degrees, degrees with minutes and seconds, MGRS. Reckoned on the device; sitereg/geo/write.py writes the same.
// The transverse Mercator series of Krueger, to the fourth order: off by less than a millimetre inside a zone.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const RADIUS = 6378137, FLATTENING = 1 / 298.257223563, SCALE = 0.9996;
  const N = FLATTENING / (2 - FLATTENING), ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING));
  const MERIDIAN = (RADIUS / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
  const SERIES = [N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16 + (41 * N ** 4) / 180,
    (13 * N ** 2) / 48 - (3 * N ** 3) / 5 + (557 * N ** 4) / 1440, (61 * N ** 3) / 240 - (103 * N ** 4) / 140, (49561 * N ** 4) / 161280];
  const BANDS = "CDEFGHJKLMNPQRSTUVWX", ROWS = "ABCDEFGHJKLMNPQRSTUV", COLUMNS = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"];

  const decimal = (lon, lat, places = 5) => lat.toFixed(places) + ", " + lon.toFixed(places);

  function sexagesimal(value, plus, minus) {
    const tenths = Math.round(Math.abs(value) * 36000);
    const two = (n) => String(n).padStart(2, "0");
    return Math.floor(tenths / 36000) + "°" + two(Math.floor(tenths / 600) % 60) + "'" + two(Math.floor(tenths / 10) % 60) + "."
      + (tenths % 10) + '"' + (value >= 0 ? plus : minus);
  }
  const dms = (lon, lat) => sexagesimal(lat, "N", "S") + " " + sexagesimal(lon, "E", "W");

  // The zone of the grid: sixty of six degrees, but where Norway and Svalbard lie
  function zoneOf(lon, lat) {
    if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
    if (lat >= 72 && lon >= 0 && lon < 42) return [31, 33, 35, 37][lon < 9 ? 0 : lon < 21 ? 1 : lon < 33 ? 2 : 3];
    return Math.min(60, Math.floor((lon + 180) / 6) + 1);
  }

  function utm(lon, lat, zone) {
    const east = ((lon - (6 * zone - 183)) * Math.PI) / 180, north = Math.sin((lat * Math.PI) / 180);
    const t = Math.sinh(Math.atanh(north) - ECCENTRICITY * Math.atanh(ECCENTRICITY * north));
    const xi = Math.atan2(t, Math.cos(east)), eta = Math.asinh(Math.sin(east) / Math.hypot(t, Math.cos(east)));
    let [x, y] = [eta, xi];
    SERIES.forEach((share, i) => {
      const k = 2 * (i + 1);
      x += share * Math.cos(k * xi) * Math.sinh(k * eta);
      y += share * Math.sin(k * xi) * Math.cosh(k * eta);
    });
    return [500000 + SCALE * MERIDIAN * x, SCALE * MERIDIAN * y + (lat < 0 ? 10000000 : 0)];
  }

  // The square of one metre that holds the point; "" towards the poles, where there is no such grid
  function mgrs(lon, lat) {
    if (!(lat >= -80 && lat < 84)) return "";
    const zone = zoneOf(lon, lat), [x, y] = utm(lon, lat, zone).map(Math.floor);
    const band = BANDS[Math.min(19, Math.floor((lat + 80) / 8))];
    const column = COLUMNS[(zone - 1) % 3][Math.floor(x / 100000) - 1];
    const row = ROWS[(Math.floor(y / 100000) + (zone % 2 ? 0 : 5)) % 20];
    const five = (n) => String(n % 100000).padStart(5, "0");
    return String(zone).padStart(2, "0") + band + " " + column + row + " " + five(x) + " " + five(y);
  }

  sitereg.coordinates = { decimal: decimal, dms: dms, mgrs: mgrs };
})();
