"""What may not leave and who received what: freezing at once, lifting by another, retracting with those who are to be told."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import claims, sharing, sites
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import forms, pages
from web.identity import logs, open_to

views = Blueprint("sharing", __name__)


@views.get("/freezes")
@open_to(*pages.FREEZERS)
def index(opened):
    """The freezes in force that the reader may see, each with the form to lift it."""
    return render_template("sharing/freezes.html", rows=sharing.freezes(opened), sent=None)


@views.post("/freezes/<uuid:freezing>")
@open_to(*pages.FREEZERS, writes=True)
def lift(opened, freezing):
    """A freeze is lifted, by another person than the one who froze."""
    try:
        with opened.savepoint():
            sharing.unfreeze(opened, freezing, **forms.read("lift", request.form))
    except (BadInput, Refused, Conflict) as trouble:
        sent = refused("lift", trouble, freezing)
        return render_template("sharing/freezes.html", rows=sharing.freezes(opened), sent=sent), status(trouble)
    flash(_("The freeze is lifted."))
    return redirect(url_for("sharing.index"), 303)


@views.get("/sites/<code:code>/freeze")
@open_to(*pages.FREEZERS)
def ask_freeze(opened, code):
    """What freezing a site does, and what is in force already."""
    return freeze_page(opened, sites.show(opened, code))


@views.post("/sites/<code:code>/freeze")
@open_to(*pages.FREEZERS, writes=True)
def freeze(opened, code):
    """A site is frozen at once."""
    site = sites.show(opened, code)
    try:
        with opened.savepoint():
            sharing.freeze(opened, "site", code=code, **forms.read("freeze", request.form))
    except (BadInput, Refused, Conflict) as trouble:
        return freeze_page(opened, site, trouble)
    flash(_("It is frozen: nothing of it leaves or is edited until another person lifts that."))
    return redirect(pages.address(code), 303)


def freeze_page(opened, site, trouble=None):
    if site["merged_into"]:
        return redirect(url_for("sharing.ask_freeze", code=site["merged_into"]), 303)
    about = {"site": site, "frozen": sharing.frozen(opened, site["code"]), "rows": sharing.freezes(opened, code=site["code"])}
    return render_template("sharing/freeze.html", **about, sent=refused("freeze", trouble)), status(trouble)


@views.get("/sites/<code:code>/claims/<uuid:claim>")
@open_to(*pages.WORKING)
def ask_retract(opened, code, claim):
    """What would be retracted, and who received what rested on it."""
    return retract_page(opened, code, claim)


@views.post("/sites/<code:code>/claims/<uuid:claim>")
@open_to(*pages.WORKING, writes=True)
def retract(opened, code, claim):
    """A claim is retracted, and each recipient of what rested on it is on a task."""
    said_of(opened, code, claim)
    try:
        with opened.savepoint():
            claims.end(opened, claim, **forms.read("retract", request.form))
    except (BadInput, Refused, Conflict) as trouble:
        return retract_page(opened, code, claim, trouble)
    flash(_("It is retracted. Whoever received what rested on it stands on a task of the releasers."))
    return redirect(pages.address(code), 303)


def said_of(opened, code, claim):
    """The claim as the page tells it; not found where it is none of that site's."""
    told = sites.claims(opened, code, [claim])
    if not told:
        raise NotFound
    return told


def retract_page(opened, code, claim, trouble=None):
    logs("claim", claim)
    about = {"code": code, "claim": claim, "rows": said_of(opened, code, claim),
             "recipients": sharing.recipients(opened, claim=claim)}
    return render_template("sharing/retract.html", **about, sent=refused("retract", trouble)), status(trouble)


def status(trouble):
    if trouble is None:
        return 200
    return 422 if isinstance(trouble, BadInput) else 409


def refused(form, trouble, thing=None):
    """What a page needs to show a form again as it was sent; None where nothing was refused."""
    if trouble is None:
        return None
    logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
    wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    return {"form": form, "thing": str(thing), "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
            "known": set(forms.FORMS[form]), "at": ""}
