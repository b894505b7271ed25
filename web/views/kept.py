"""Views of the map: kept under a random key that is all that an address tells, named, shared, deleted."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import views as kept
from sitereg.errors import BadInput, Refused
from web import asking
from web.identity import ANYONE, logs, open_to

views = Blueprint("kept", __name__)
KEEPING = {"csrf_token", "w", "v", "at", "zoom", "layers", "name", "shared", "at_least"}
CHANGING = {"csrf_token", "key", "name", "shared", "at_least"}


@views.get("/views")
@open_to(*ANYONE)
def index(opened):
    """One's own views, and those that colleagues share."""
    return page(opened)


def page(opened, trouble=None, status=200):
    return render_template("map/views.html", rows=kept.listed(opened), trouble=trouble, search_text="", **keeping()), status


def keeping():
    """What the form that keeps a view offers: the tiers from which on others open it, and whether it may be shared."""
    return {"tiers": range(g.me["level"] + 1), "may_share": "partner" not in g.me["roles"]}


@views.post("/views")
@open_to(*ANYONE, writes=True)
def keep(opened):
    """What is asked and where one looks stands under a key, and the address holds nothing else."""
    known(KEEPING)
    question = {"asked": asked(opened)}
    if request.form.get("at"):
        question |= {"at": request.form["at"].split(",")[:2], "zoom": request.form.get("zoom")}
        if len(question["at"]) < 2:
            raise BadInput("This is no number", where="at")
    if question.get("at"):
        question["layers"] = [one for one in request.form.get("layers", "").split(",") if one]
    try:
        with opened.savepoint():
            key = kept.keep(opened, question, **terms())
    except (BadInput, Refused) as trouble:
        return again(opened, trouble)
    flash(_("The view is kept. Its address opens it for colleagues, each with what he may see himself."))
    return redirect(f"/sites?v={key}#map", 303)


def asked(opened):
    """What is asked of the list meanwhile: of the view that is open, or what the address conceals."""
    if request.form.get("v"):
        return kept.show(opened, request.form["v"])["asked"]
    return asking.revealed("w", request.form.get("w")) or {}


def terms():
    """{name, shared, at_least} as they were sent."""
    at_least = request.form.get("at_least") or None
    if at_least is not None and at_least not in ("0", "1", "2"):
        raise BadInput("A view is opened from a tier on that one has oneself, or a lower one", where="at_least")
    return {"name": request.form.get("name", "").strip() or None, "shared": request.form.get("shared") == "yes",
            "at_least": int(at_least) if at_least else None}


@views.post("/views/change")
@open_to(*ANYONE, writes=True)
def change(opened):
    """A view of one's own has another name, is shared or not, is opened by others."""
    known(CHANGING)
    try:
        with opened.savepoint():
            kept.change(opened, request.form.get("key", ""), **terms())
    except (BadInput, Refused) as trouble:
        return again(opened, trouble)
    flash(_("It is changed."))
    return redirect(url_for("kept.index"), 303)


@views.post("/views/drop")
@open_to(*ANYONE, writes=True)
def drop(opened):
    """A view of one's own is gone."""
    known(CHANGING)
    kept.drop(opened, request.form.get("key", ""))
    flash(_("The view is deleted. Its address opens nothing any more."))
    return redirect(url_for("kept.index"), 303)


def again(opened, trouble):
    """The page of views with what stands in the way."""
    logs("refused", form="view", code=trouble.code)
    return page(opened, trouble, 422)


def known(fields):
    unknown = [name for name in request.form if name not in fields]
    if unknown:
        raise BadInput("There is no such field", where=unknown[0], do="Send what the page offers.")
