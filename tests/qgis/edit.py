"""Run by the system's Python, which has QGIS: changes a working copy as a person does in QGIS, in an edit session that is saved.

[{"uri": "file.gpkg|layername=sites_point", "moves": {code: WKT}, "says": {code: {column: value}}, "deletes": [code, ...]}]
"""
import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsApplication, QgsGeometry, QgsVectorLayer

app = QgsApplication([], False)
app.initQgis()
for asked in json.loads(sys.argv[1]):
    layer = QgsVectorLayer(asked["uri"], "sites", "ogr")
    by_code = {one["code"]: one.id() for one in layer.getFeatures()}
    done = [layer.isValid(), layer.startEditing()]
    done += [layer.changeGeometry(by_code[code], QgsGeometry.fromWkt(wkt)) for code, wkt in asked.get("moves", {}).items()]
    done += [layer.changeAttributeValue(by_code[code], layer.fields().indexOf(name), value)
             for code, said in asked.get("says", {}).items() for name, value in said.items()]
    done += [layer.deleteFeature(by_code[code]) for code in asked.get("deletes", [])]
    done.append(layer.commitChanges())
    assert all(done), (asked["uri"], layer.commitErrors())
    del layer
print("EDITED")
app.exitQgis()
