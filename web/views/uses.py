"""Consent use by use: what a source, or a partner for what it passes on, answered, who decides it, and what it has led to."""
from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _

from sitereg import consent, vocab
from sitereg.errors import BadInput, Conflict, Refused
from web import forms, pages
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("uses", __name__)


@views.get("/sources/<uuid:source>/uses")
@open_to(*pages.CHANGERS)
def ask(opened, source):
    """Each use of a source with who decides it, what it has led to, and the form of another answer."""
    return page(opened, source=source)


@views.post("/sources/<uuid:source>/uses")
@open_to(*pages.CHANGERS, writes=True)
def answer(opened, source):
    """What the source answered holds from now on."""
    return answered(opened, source=source)


@views.get("/partners/<uuid:partner>/uses")
@open_to(*pages.CHANGERS)
def ask_partner(opened, partner):
    """What a partner answered for all that it passes on."""
    return page(opened, partner=partner)


@views.post("/partners/<uuid:partner>/uses")
@open_to(*pages.CHANGERS, writes=True)
def answer_partner(opened, partner):
    """What the partner answered holds from now on for all that it passes on."""
    return answered(opened, partner=partner)


def answered(opened, **of):
    consent.uses(opened, **of)
    try:
        given = forms.read("uses", request.form)
        uses = {one: given[f"use_{one}"] for one in vocab.ConsentUse.codes()}
        with opened.savepoint():
            said = {one: given[one] for one in ("version", "how", "before", "why")}
            made = consent.record(opened, uses, on=given["on_day"], **said, **of)
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, trouble, **of)
    if made["narrowed"]:
        flash(_("Recorded: from now on this ends where it happens, and who received it is told."))
    else:
        flash(_("Recorded."))
    return redirect(request.path, 303)


def page(opened, trouble=None, **of):
    found = consent.uses(opened, **of)
    about = consent.show(opened, of["source"]) if "source" in of else None
    logs("source_terms", *of.values())
    below = [consent.downstream(opened, one["use"], **of) for one in found["uses"]]
    return render_template("sharing/uses.html", found=found, source=about, below=below, today=opened.value("today"),
                           sent=refused("uses", trouble)), status(trouble)
