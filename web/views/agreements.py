"""Agreements with partners: what falls due, the terms of each by version, two who approve, an end at once, what rests on one."""
import re
from pathlib import Path

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import agreements, documents
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix.roles import AGREEMENT_ENDERS, AGREERS, KEEPERS_OF_TERMS
from web import forms
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("agreements", __name__)
APART = ("partner_en", "partner_ar", "title", "tier", "why")


@views.get("/agreements")
@open_to(*AGREERS, "auditor")
def index(opened):
    """Agreements by what falls due first, and what stands under none."""
    rows = agreements.find(opened)
    under_none = agreements.without(opened) if set(g.me["roles"]) & {*AGREEMENT_ENDERS, "auditor"} else []
    return render_template("agreements/index.html", rows=rows, due=agreements.calendar(rows), without=under_none)


@views.get("/agreements/new")
@open_to(*KEEPERS_OF_TERMS)
def blank(opened):
    """The form of an agreement."""
    return form_page()


@views.post("/agreements")
@open_to(*KEEPERS_OF_TERMS, writes=True)
def add(opened):
    """An agreement waits for two persons who approve it."""
    return written(opened)


@views.get("/agreements/<uuid:agreement>/version")
@open_to(*KEEPERS_OF_TERMS)
def renew(opened, agreement):
    """The form of another version, with what the last one says."""
    return form_page(agreements.show(opened, agreement))


@views.post("/agreements/<uuid:agreement>/version")
@open_to(*KEEPERS_OF_TERMS, writes=True)
def renewed(opened, agreement):
    """Another version waits for two persons who approve it."""
    return written(opened, agreements.show(opened, agreement))


def written(opened, found=None):
    try:
        given = forms.read("agreement", request.form)
        terms = {name: str(one) if name.endswith("_on") and one else one for name, one in given.items() if name not in APART}
        partner = {lang: given[f"partner_{lang}"] for lang in ("en", "ar") if given[f"partner_{lang}"]}
        with documents.room() as room, opened.savepoint():
            staged = uploaded(room)
            made = agreements.add(opened, terms, why=given["why"], agreement=found and found["id"], title=given["title"],
                                  paper=staged and staged.told("form"), partner=None if found else partner,
                                  tier=int(given["tier"] or 1))
            if staged:
                documents.store(opened.settings, staged.path, staged.sha256)
    except (BadInput, Refused, Conflict) as trouble:
        return form_page(found, trouble)
    flash(_("Written down. It stands when two others have approved it."))
    return redirect(url_for("agreements.show", agreement=made["agreement"]), 303)


def uploaded(room):
    """The signed paper that came with the form, hashed, or None."""
    file = request.files.get("paper")
    if not file or not file.filename:
        return None
    folder = Path(room) / "paper"
    folder.mkdir()
    path = folder / (re.sub(r"[\x00-\x1f]", "", Path(file.filename).name).strip(". ")[-80:] or "paper")
    file.save(path)
    return documents.stage(path, room).main


def form_page(found=None, trouble=None):
    last = found and found["versions"][0]
    sent = refused("agreement", trouble) or (last and {"typed": {**last, **dict.fromkeys(("why", "expires_on"), "")}, "wrong": {}})
    return render_template("agreements/form.html", agreement=found, sent=sent, trouble=trouble), status(trouble)


@views.get("/agreements/<uuid:agreement>")
@open_to(*AGREERS, "auditor")
def show(opened, agreement):
    """One agreement: its versions, who approved them, the forms to approve and to withdraw."""
    return page(opened, agreement)


@views.post("/agreements/<uuid:agreement>/approve")
@open_to(*AGREERS, writes=True)
def approve(opened, agreement):
    """One of two persons approves a version."""
    agreements.show(opened, agreement)
    try:
        given = forms.read("agreement_approve", request.form)
        with opened.savepoint():
            made = agreements.approve(opened, given["version"])
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, agreement, "agreement_approve", trouble)
    flash(_("It stands.") if made["stands"] else _("Approved. Another person approves it too."))
    return redirect(url_for("agreements.show", agreement=agreement), 303)


@views.post("/agreements/<uuid:agreement>/withdraw")
@open_to(*AGREEMENT_ENDERS, writes=True)
def withdraw(opened, agreement):
    """It is over at once, with all that rests on it."""
    agreements.show(opened, agreement)
    try:
        given = forms.read("agreement_end", request.form)
        with opened.savepoint():
            agreements.withdraw(opened, agreement, by=given["kind"], why=given["why"])
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, agreement, "agreement_end", trouble)
    flash(_("It is over: nothing that it brought is shown, shared or taken in any more."))
    return redirect(url_for("agreements.downstream", agreement=agreement), 303)


def page(opened, agreement, form=None, trouble=None):
    may = {what: bool(set(g.me["roles"]) & set(roles)) for what, roles in (
        ("end", AGREEMENT_ENDERS), ("write", KEEPERS_OF_TERMS), ("approve", AGREERS), ("below", (*AGREEMENT_ENDERS, "auditor")))}
    return render_template("agreements/show.html", agreement=agreements.show(opened, agreement), may=may,
                           sent=refused(form, trouble)), status(trouble)


@views.get("/agreements/<uuid:agreement>/downstream")
@open_to(*AGREEMENT_ENDERS, "auditor")
def downstream(opened, agreement):
    """All that rests on it, by codes and counts."""
    found = agreements.show(opened, agreement)
    logs("agreement_downstream", agreement)
    return render_template("agreements/downstream.html", agreement=found, below=agreements.downstream(opened, agreement))
