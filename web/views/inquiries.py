"""Inquiries: what is to be found out, by whom, until when; their history and the forms that add to it."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import holdings, inquiries, persons, reports, sites
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import forms, pages, words
from web.forms import status
from web.identity import ANYONE, logs, open_to

views = Blueprint("inquiries", __name__)
SHOWN = ("mine", "open", "closed")


@views.get("/inquiries")
@open_to(*ANYONE)
def index(opened):
    """Inquiries, the most urgent first: one's own, all open ones, or closed ones; and the tasks from which one can be opened."""
    which = request.args.get("which", "mine")
    if which not in SHOWN:
        raise BadInput("This cannot be asked", do="Take the filters that the page offers.")
    rows = inquiries.find(opened, mine=which == "mine", open=which != "closed")
    tasks = [one for one in reports.tasks(opened) if one["code"]]
    return render_template("inquiries/index.html", rows=rows, which=which, tasks=tasks, may_say=may_say())


def may_say():
    return bool(set(g.me["roles"]) & set(pages.WORKING))


@views.get("/inquiries/new")
@open_to(*pages.WORKING)
def blank(opened):
    """The form that opens an inquiry; ?about fills in the code, ?task what it comes from."""
    about, task = request.args.get("about", "")[:20], request.args.get("task", "")[:36]
    return render_template("inquiries/new.html", sent=None, about=about, task=task)


@views.post("/inquiries/new")
@open_to(*pages.WORKING, writes=True)
def add(opened):
    """An inquiry stands."""
    try:
        given = forms.read("inquiry", request.form)
        with opened.savepoint():
            about = subject(opened, given.pop("about"))
            made = inquiries.open_(opened, about, given.pop("question"), **given)
    except (BadInput, Refused, Conflict) as trouble:
        task = request.form.get("task", "")[:36]
        return render_template("inquiries/new.html", sent=sent("inquiry", trouble), about="", task=task), status(trouble)
    flash(_("The inquiry is open."))
    return redirect(url_for("inquiries.show", inquiry=made), 303)


def subject(opened, code):
    """The id of what a code stands for; refused at its field where there is nothing for the reader."""
    room = {"SYP": persons, "SYH": holdings}.get(code.strip().upper()[:3], sites)
    try:
        found = room.show(opened, code)
    except NotFound:
        found = {"merged_into": True}
    if found["merged_into"]:
        raise BadInput("The form is not complete", problems=[
            {"code": "not_found", "field": "about", "value": code[:60], "message": "There is nothing of this code for you"}],
            do="What you typed is kept: correct what is marked.")
    return found["id"]


@views.get("/inquiries/<uuid:inquiry>")
@open_to(*ANYONE)
def show(opened, inquiry):
    """One inquiry with its whole history."""
    return page(opened, inquiry)


def page(opened, inquiry, status=200, sent=None):
    return render_template("inquiries/show.html", inquiry=inquiries.show(opened, inquiry), may_say=may_say(),
                           may_print=bool(set(pages.GIVERS) & set(g.me["roles"])), sent=sent), status


@views.post("/inquiries/<uuid:inquiry>/steps")
@open_to(*pages.WORKING, writes=True)
def step(opened, inquiry):
    """The history has one more entry; or the page is shown again with what stands in the way."""
    inquiries.show(opened, inquiry)
    try:
        given = forms.read("inquiry_step", request.form)
        with opened.savepoint():
            opened.call("inquiry_step", inquiry=inquiry, **given)
    except (BadInput, Refused, Conflict) as trouble:
        if isinstance(trouble, Conflict):
            trouble.changed = [words.changed(one) for one in trouble.changed]
        return page(opened, inquiry, status(trouble), sent("inquiry_step", trouble))
    flash(_("It is recorded."))
    return redirect(url_for("inquiries.show", inquiry=inquiry), 303)


def sent(form, trouble):
    """What a page needs to show a form again as it was sent."""
    logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
    wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    return {"form": form, "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
            "known": set(forms.FORMS[form]), "at": form}
