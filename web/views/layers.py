"""For people: how a map program is connected, and a project of QGIS that asks this web or, for analysts, the database."""
from flask import Blueprint, Response, render_template, url_for

from sitereg import qgis
from web.identity import ANYONE, open_to

views = Blueprint("layers", __name__)


@views.get("/layers")
@open_to(*ANYONE)
def index(opened):
    """What to type where, step by step."""
    return render_template("me/layers.html", address=url_for("ogc.landing", _external=True),
                           authentication=qgis.AUTHENTICATION, service=qgis.SERVICE)


@views.get("/layers/project")
@open_to(*ANYONE)
def project(opened):
    """A project of QGIS that asks this web with a token; nothing of the reader is in it."""
    return file(qgis.project(url=url_for("ogc.landing", _external=True)))


@views.get("/layers/project-of-sql")
@open_to("analyst")
def project_of_sql(opened):
    """The same for an analyst's SQL login."""
    return file(qgis.project(service=qgis.SERVICE))


def file(made):
    answer = Response(qgis.packed(made), content_type="application/zip")
    answer.headers["Content-Disposition"] = "attachment; filename=layers.qgz"
    return answer
