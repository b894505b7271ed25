"""May a successor institution have what a source said? The sources, whom one asked, and what they answered."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import succession
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import LISTERS_OF_SOURCES
from web import forms
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("succession", __name__)


@views.get("/hand-over")
@open_to(*LISTERS_OF_SOURCES)
def index(opened):
    """Every source with whether it goes along, or why not."""
    logs("hand_over_answers")
    return render_template("packages/sources.html", rows=succession.answers(opened))


@views.get("/sources/<uuid:source>/hand-over")
@open_to(*LISTERS_OF_SOURCES)
def ask(opened, source):
    """The form in which an answer is recorded."""
    return page(opened, source)


@views.post("/sources/<uuid:source>/hand-over")
@open_to(*LISTERS_OF_SOURCES, writes=True)
def record(opened, source):
    """Whom one asked and what they answered stands recorded."""
    named(opened, source)
    try:
        given = forms.read("hand_over_ask", request.form)
        with opened.savepoint():
            succession.ask(opened, source, on=given.pop("on_day"), **given)
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, source, trouble)
    flash(_("Recorded."))
    return redirect(url_for("succession.index"), 303)


def named(opened, source):
    """The source as the list has it; not found where the list does not show it."""
    found = next((one for one in succession.answers(opened) if one["source"] == source), None)
    if found is None:
        raise NotFound
    return found


def page(opened, source, trouble=None):
    about = {"one": named(opened, source), "today": opened.value("today")}
    return render_template("packages/source.html", **about, sent=refused("hand_over_ask", trouble)), status(trouble)
