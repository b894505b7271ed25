"""Run by the system's Python, which has QGIS: opens the layers that its first argument (JSON) names and prints what QGIS sees.

[{"name": ..., "provider": "ogr" or "postgres", "uri": ..., "write": true to try a change, "boxes": [[w, s, e, n], ...] to time}]
"""
import json
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorDataProvider,
    QgsVectorLayer,
    QgsWkbTypes,
)

SAID = []


def plain(value):
    if value is None or (hasattr(value, "isNull") and value.isNull()):
        return None
    if hasattr(value, "toString") and hasattr(value, "isValid"):
        return value.toString(1)  # ISO
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def rows(layer):
    return [{"fid": one.id(), "wkt": one.geometry().asWkt(9) if one.hasGeometry() else None,
             **{field.name(): plain(one[field.name()]) for field in layer.fields()}} for one in layer.getFeatures()]


def changed(provider):
    """Whether anything can be changed: added, deleted, an attribute, a geometry, a column."""
    first = next(provider.getFeatures(), None)
    made = QgsFeature(provider.fields())
    return any((provider.addFeatures([made])[0], first is not None and provider.deleteFeatures([first.id()]),
                first is not None and provider.changeAttributeValues({first.id(): {1: "x"}}), provider.truncate()))


def look(asked):
    SAID.clear()
    began = time.monotonic()
    layer = QgsVectorLayer(asked["uri"], asked["name"], asked["provider"])
    provider = layer.dataProvider()
    told = {"name": asked["name"], "valid": layer.isValid(), "opened_s": time.monotonic() - began, "said": list(SAID)}
    if not layer.isValid():
        return told
    told |= {"count": layer.featureCount(), "crs": layer.crs().authid(), "extent": layer.extent().toString(4), "type": QgsWkbTypes.displayString(layer.wkbType()),
             "fields": {field.name(): field.typeName() for field in layer.fields()},
             "aliases": {field.name(): field.alias() for field in layer.fields() if field.alias()},
             "comments": {field.name(): field.comment() for field in layer.fields() if field.comment()},
             "changes": bool(provider.capabilities() & (
                 QgsVectorDataProvider.AddFeatures | QgsVectorDataProvider.DeleteFeatures | QgsVectorDataProvider.ChangeAttributeValues
                 | QgsVectorDataProvider.ChangeGeometries | QgsVectorDataProvider.AddAttributes)),
             "encoding": provider.encoding()}
    if asked.get("boxes"):
        told["pans_s"] = [timed(layer, box) for box in asked["boxes"]]
    else:
        told["rows"] = rows(layer)
        told["again"] = [one["fid"] for one in rows(layer)]
    if asked.get("write"):
        told["changed"] = changed(provider)
    return told | {"said": list(SAID)}


def timed(layer, box):
    began = time.monotonic()
    found = sum(1 for _ in layer.getFeatures(QgsFeatureRequest(QgsRectangle(*box))))
    return {"seconds": time.monotonic() - began, "found": found}


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    application.messageLog().messageReceived.connect(lambda words, tag, level: SAID.append(f"{tag}: {words}"))
    try:
        print("LOOKED " + json.dumps([look(one) for one in json.loads(sys.argv[1])], ensure_ascii=False))
    finally:
        application.exitQgis()
