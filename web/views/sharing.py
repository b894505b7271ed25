"""Retracting an account, a source or an import batch, each with those who received what rests on it before one confirms."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from sitereg import claims, imports, sharing, sites
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import CLAIM_READERS, STEWARDS
from web import forms, pages
from web.forms import status
from web.identity import logs, open_to

views = Blueprint("sharing", __name__)


@views.get("/sites/<code:code>/claims/<uuid:claim>")
@open_to(*CLAIM_READERS)
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
    roles = set(g.me["roles"])
    about = {"code": code, "claim": claim, "rows": said_of(opened, code, claim),
             "recipients": sharing.recipients(opened, claim=claim),
             "may": {"retract": bool(roles & set(pages.WORKING)), "freeze": bool(roles & set(pages.FREEZERS)),
                     "source": bool(roles & set(pages.CHANGERS))}}
    return render_template("sharing/retract.html", **about, sent=refused("retract", trouble)), status(trouble)


@views.get("/sites/<code:code>/claims/<uuid:claim>/source")
@open_to(*pages.CHANGERS)
def ask_retract_source(opened, code, claim):
    """What retracting the whole source of an account does, and who received what rested on it."""
    return source_page(opened, code, claim)


@views.post("/sites/<code:code>/claims/<uuid:claim>/source")
@open_to(*pages.CHANGERS, writes=True)
def retract_source(opened, code, claim):
    """Everything that the source of an account said is retracted."""
    said_of(opened, code, claim)
    try:
        with opened.savepoint():
            ended = sharing.retract(opened, claim=claim, **forms.read("retract", request.form))
    except (BadInput, Refused, Conflict) as trouble:
        return source_page(opened, code, claim, trouble)
    said = ngettext("%(num)d account of this source is retracted.", "%(num)d accounts of this source are retracted.", ended)
    told = _("Whoever received what rested on it stands on a task of the releasers.")
    flash(f"{said} {told}")
    return redirect(pages.address(code), 303)


def source_page(opened, code, claim, trouble=None):
    logs("claim", claim)
    about = {"code": code, "claim": claim, "rows": said_of(opened, code, claim),
             "recipients": sharing.recipients(opened, source_of=claim)}
    return render_template("sharing/retract_source.html", **about, sent=refused("retract", trouble)), status(trouble)


@views.get("/imports")
@open_to(*STEWARDS)
def batches(opened):
    """The batches that the steward imported, the newest first."""
    return render_template("sharing/imports.html", rows=imports.listed(opened))


@views.get("/imports/<uuid:batch>")
@open_to(*STEWARDS)
def ask_retract_batch(opened, batch):
    """What retracting an import batch does, and who received what rested on it."""
    return batch_page(opened, batch)


@views.post("/imports/<uuid:batch>")
@open_to(*STEWARDS, writes=True)
def retract_batch(opened, batch):
    """Everything that came with a batch is retracted."""
    imports.shown(opened, batch=batch)
    try:
        with opened.savepoint():
            imports.revoke(opened, batch=batch, reason=forms.read("retract", request.form)["why"])
    except (BadInput, Refused, Conflict) as trouble:
        return batch_page(opened, batch, trouble)
    flash(_("The batch is retracted. Whoever received what rested on it stands on a task of the releasers."))
    return redirect(url_for("sharing.batches"), 303)


def batch_page(opened, batch, trouble=None):
    one = imports.shown(opened, batch=batch)
    try:
        with opened.savepoint():
            told = sharing.recipients(opened, batch=batch)
    except NotFound:  # nothing of the batch is there for the reader
        told = []
    page = render_template("sharing/retract_batch.html", one=one, recipients=told, sent=refused("retract", trouble))
    return page, status(trouble)


def refused(form, trouble, thing=None):
    """What a page needs to show a form again as it was sent; None where nothing was refused."""
    if trouble is None:
        return None
    logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
    wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    return {"form": form, "thing": str(thing), "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
            "known": set(forms.FORMS[form]), "at": ""}
