"""Consent that changes: who received what before one confirms; what was withdrawn, for source handlers, and what becomes of it."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import consent, sharing
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix.roles import HANDLERS
from web import forms, pages
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("consent", __name__)
NOT_SURE = "Say that you are sure: erasing cannot be undone"


@views.get("/sources/<uuid:source>/consent")
@open_to(*pages.CHANGERS)
def ask(opened, source):
    """What a source agreed to, what rests on it, who received that, and the form to change it."""
    return page(opened, source)


@views.post("/sources/<uuid:source>/consent")
@open_to(*pages.CHANGERS, writes=True)
def change(opened, source):
    """The consent of a source is another from now on."""
    consent.show(opened, source)
    try:
        given = forms.read("consent", request.form)
        with opened.savepoint():
            consent.change(opened, source, consent=given["consent"], why=given["why"], permitted_uses=given["uses"] or None)
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, source, trouble)
    if consent.show(opened, source)["withdrawn"]:
        flash(_("Recorded: nothing that rests on it is shown or shared any more. Who received it stands on a task of the "
                "releasers."))
    else:
        flash(_("Recorded."))
    return redirect(url_for("consent.ask", source=source), 303)


def page(opened, source, trouble=None):
    found = consent.show(opened, source)
    logs("source_terms", source)
    told = sharing.recipients(opened, source=source) if found["claims"] else []
    return render_template("sharing/consent.html", source=found, recipients=told, sent=refused("consent", trouble)), status(trouble)


@views.get("/withdrawn")
@open_to(*HANDLERS)
def index(opened):
    """The sources whose consent is gone, by the day on which each is to be reviewed."""
    return render_template("sharing/withdrawn.html", rows=consent.withdrawn(opened))


@views.get("/sources/<uuid:source>/withdrawn")
@open_to(*HANDLERS, writes=True)
def show(opened, source):
    """What such a source said, logged with the answer, and the form of its review."""
    return review_page(opened, source)


@views.post("/sources/<uuid:source>/review")
@open_to(*HANDLERS, writes=True)
def review(opened, source):
    """It is kept, closed, under another basis, or erased for good."""
    consent.show(opened, source)
    try:
        given = forms.read("review", request.form)
        if given["outcome"] == "erase" and not given["sure"]:
            raise BadInput(NOT_SURE, problems=[{"code": "missing_required", "field": "sure", "value": "", "message": NOT_SURE}])
        with opened.savepoint():
            consent.review(opened, source, outcome=given["outcome"], why=given["why"], legal_basis=given["legal_basis"])
    except (BadInput, Refused, Conflict) as trouble:
        return review_page(opened, source, trouble)
    flash(_("Recorded."))
    return redirect(url_for("consent.index"), 303)


def review_page(opened, source, trouble=None):
    about = {"source": consent.show(opened, source), "rows": consent.claims(opened, source), "bases": forms.OTHER_BASES}
    return render_template("sharing/review.html", **about, sent=refused("review", trouble)), status(trouble)
