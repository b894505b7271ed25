"""Run by the system's Python, which has QGIS: opens the project that its first argument (JSON) names and draws it.

{"project": path, "token": text or null, "picture": path.png, "size": [w, h], "box": [w, s, e, n], "on": [ids to draw besides]}
Prints what QGIS sees: each layer with its provider, source, rows, type and renderer, and what was said meanwhile.
"""
import json
import os
import sys
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QGIS_AUTH_DB_DIR_PATH"] = FOLDER = tempfile.mkdtemp(prefix="qgis-")

from qgis.core import (
    QgsApplication,
    QgsAuthMethodConfig,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

SAID = []


def keep(token):
    """The token lies in QGIS's own store, under the id that the project names."""
    manager = QgsApplication.authManager()
    manager.setMasterPassword("for this test alone", True)
    held = QgsAuthMethodConfig("Basic")
    held.setId("sitereg")
    held.setName("sitereg")
    held.setConfig("username", "token")
    held.setConfig("password", token)
    assert manager.storeAuthenticationConfig(held)[0]


def told(layer):
    return {"id": layer.id(), "name": layer.name(), "provider": layer.providerType(), "source": layer.source(), "valid": layer.isValid(),
            "type": QgsWkbTypes.displayString(layer.wkbType()), "renderer": layer.renderer().type() if layer.renderer() else None,
            "rules": len(layer.renderer().rootRule().descendants()) if layer.renderer() and layer.renderer().type() == "RuleRenderer" else 0,
            "rows": sorted(str(one[key]) for one in layer.getFeatures()) if layer.isValid() and (
                key := "code" if "code" in layer.fields().names() else "key") in layer.fields().names() else []}


def draw(project, asked, layers):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setOutputSize(QSize(*asked["size"]))
    settings.setBackgroundColor(QColor("#f7f5f0"))
    settings.setDestinationCrs(project.crs())
    settings.setExtent(QgsRectangle(*asked["box"]))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    assert image.save(asked["picture"])
    return {"errors": [one.message for one in job.errors()]}


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    application = QgsApplication([], False)
    application.initQgis()
    application.messageLog().messageReceived.connect(lambda words, tag, level: SAID.append(f"{tag}: {words}"))
    if asked.get("token"):
        keep(asked["token"])
    project = QgsProject.instance()
    opened = project.read(asked["project"])
    tree = project.layerTreeRoot()
    shown = [one.layer() for one in tree.findLayers() if one.layer() and (one.isVisible() or one.layerId() in asked.get("on", ()))]
    found = {"opened": opened, "layers": [told(layer) for layer in project.mapLayers().values()], "crs": project.crs().authid(),
             **draw(project, asked, [one for one in shown if one.isSpatial()]), "said": SAID}
    print("OPENED " + json.dumps(found, ensure_ascii=False))
    project.clear()
    application.exitQgis()
