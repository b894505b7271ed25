// Lengths (Vincenty's inverse formula) and areas (an equal-area cylinder of the ellipsoid, sides cut into short great circles) on WGS84:
// metres and square metres of points as {lat, lng}. sitereg/geo/metres.py reckons the same.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const A = 6378137, F = 1 / 298.257223563, B = A * (1 - F), E = Math.sqrt(F * (2 - F));
  const rad = (degrees) => (degrees * Math.PI) / 180;

  function length(from, to) {
    const across = rad(to.lng - from.lng), [u, v] = [from, to].map((one) => Math.atan((1 - F) * Math.tan(rad(one.lat))));
    const [sinU, cosU, sinV, cosV] = [Math.sin(u), Math.cos(u), Math.sin(v), Math.cos(v)];
    let turn = across;
    for (let i = 0; i < 100; i++) {
      const sinTurn = Math.sin(turn), cosTurn = Math.cos(turn);
      const sin = Math.hypot(cosV * sinTurn, cosU * sinV - sinU * cosV * cosTurn);
      if (sin === 0) return 0;
      const cos = sinU * sinV + cosU * cosV * cosTurn, far = Math.atan2(sin, cos), slant = (cosU * cosV * sinTurn) / sin;
      const flat = 1 - slant ** 2, middle = flat ? cos - (2 * sinU * sinV) / flat : 0;
      const c = (F / 16) * flat * (4 + F * (4 - 3 * flat));
      const next = across + (1 - c) * F * slant * (far + c * sin * (middle + c * cos * (2 * middle ** 2 - 1)));
      if (Math.abs(next - turn) < 1e-12) {
        const k = (flat * (A ** 2 - B ** 2)) / B ** 2;
        const p = 1 + (k / 16384) * (4096 + k * (-768 + k * (320 - 175 * k))), q = (k / 1024) * (256 + k * (-128 + k * (74 - 47 * k)));
        return B * p * (far - q * sin * (middle + (q / 4) * (cos * (2 * middle ** 2 - 1)
          - (q / 6) * middle * (4 * sin ** 2 - 3) * (4 * middle ** 2 - 3))));
      }
      turn = next;
    }
    return NaN; // nearly opposite points of the earth
  }

  // The sine of the authalic latitude, times the share of the sphere of equal area: what lies below a parallel
  const below = (lat) => {
    const s = Math.sin(rad(lat));
    return ((1 - E ** 2) / 2) * (s / (1 - (E * s) ** 2) + Math.atanh(E * s) / E);
  };

  // Points between two on a great circle, so that a side bends as a geodesic does
  function between(from, to) {
    const vector = ({ lat, lng }) => [Math.cos(rad(lat)) * Math.cos(rad(lng)), Math.cos(rad(lat)) * Math.sin(rad(lng)), Math.sin(rad(lat))];
    const [a, b] = [vector(from), vector(to)];
    const far = Math.acos(Math.min(1, a.reduce((sum, one, i) => sum + one * b[i], 0)));
    const parts = Math.min(200, Math.max(1, Math.ceil(far / 0.002)));
    return [...Array(parts).keys()].map((n) => {
      if (n === 0) return from;
      const [s, t] = [Math.sin(far * (1 - n / parts)), Math.sin(far * (n / parts))], [x, y, z] = a.map((one, i) => one * s + b[i] * t);
      return { lat: (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI, lng: (Math.atan2(y, x) * 180) / Math.PI };
    });
  }

  function area(ring) {
    const points = ring.flatMap((one, i) => between(one, ring[(i + 1) % ring.length]));
    let sum = 0;
    points.forEach((one, i) => {
      const next = points[(i + 1) % points.length];
      sum += rad(((next.lng - one.lng + 540) % 360) - 180) * (below(one.lat) + below(next.lat));
    });
    return Math.abs((A ** 2 * sum) / 2);
  }

  sitereg.geodesy = { length: length, area: area };
})();
