// Features given in the page itself (sitereg.maps.frame_map): no tiles, no server, texts as text.
(function () {
  "use strict";
  const sitereg = (window.sitereg = window.sitereg || {});
  const BEHIND = {
    syr_admin1: { color: "#a79f90", weight: 1, dashArray: "4 3", fillColor: "#faf7f0", fillOpacity: 1 },
    rivers: { color: "#b9c7ce", weight: 1.4 },
    lakes: { color: "#b9c7ce", weight: 1, fillColor: "#cfd8dc", fillOpacity: 1 },
  };
  const MARK = { color: "#0072B2", weight: 1.6, fillColor: "#0072B2", fillOpacity: 0.18 };

  sitereg.map = function (id, settings) {
    const [west, south, east, north] = settings.bounds;
    const map = L.map(id, { minZoom: settings.minZoom, maxZoom: settings.maxZoom });
    map.attributionControl.setPrefix(false);
    map.getContainer().classList.add("frame-map");
    map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 15, padding: [20, 20] });
    L.control.scale({ imperial: false }).addTo(map);
    return map;
  };

  function told(properties, columns) {
    const list = document.createElement("dl");
    list.dir = "auto";
    columns.forEach((column, i) => {
      if (properties.t[i] === null) return;
      const term = document.createElement("dt"), value = document.createElement("dd");
      term.textContent = column;
      value.textContent = properties.t[i];
      list.append(term, value);
    });
    return list;
  }

  sitereg.frame = function (features, settings) {
    const name = settings.locale === "ar" ? "name_ar" : "name_en";
    if (settings.behind) {
      return L.geoJSON(features, { interactive: settings.name === "syr_admin1", style: BEHIND[settings.name],
        attribution: "Natural Earth. Boundaries imply no opinion.",
        onEachFeature: (feature, layer) => {
          const said = document.createElement("span");
          said.textContent = feature.properties[name] || "";
          layer.bindTooltip(said, { sticky: true });
        } });
    }
    return L.geoJSON(features, {
      style: MARK,
      pointToLayer: (feature, at) => (feature.properties.s
        ? L.marker(at, { icon: L.divIcon({ html: feature.properties.s, className: "", iconSize: [24, 24] }) })
        : L.circleMarker(at, Object.assign({ radius: 5 }, MARK))),
      onEachFeature: (feature, layer) => {
        if (settings.columns.length) layer.bindTooltip(told(feature.properties, settings.columns), { sticky: true });
      },
    });
  };
})();
