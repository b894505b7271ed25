"""What may be said today to a family: the sentences of a case and what stays unsaid, signed, told; who must be told again."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import families, telling
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import SIGNERS, TELLERS
from sitereg.sentences import said
from web import forms, language
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("telling", __name__)


@views.get("/persons/<code:code>/tell")
@open_to(*SIGNERS)
def show(opened, code):
    """What may be said of one case today, what may not and why, and what was written, signed and told before."""
    return page(opened, code)


@views.post("/persons/<code:code>/tell")
@open_to(*TELLERS, writes=True)
def propose(opened, code):
    """What may be said today waits for a second person."""
    try:
        with opened.savepoint():
            families.propose(opened, code)
    except Refused as trouble:
        return page(opened, code, trouble)
    flash(_("It waits until another person signs it."))
    return redirect(url_for("telling.show", code=code), 303)


@views.post("/tellings/<uuid:telling>")
@open_to(*SIGNERS, writes=True)
def settle(opened, telling):
    """Another person signs it or refuses it."""
    return done(opened, telling, "telling_settle", lambda given: families.settle(opened, telling, given["act"], why=given["why"]))


@views.post("/tellings/<uuid:telling>/told")
@open_to(*TELLERS, writes=True)
def told(opened, telling):
    """That a family was told."""
    return done(opened, telling, "telling_told",
                lambda given: families.told(opened, telling, given["contact"], how=given["how"], on=given["on"]))


@views.get("/tellings")
@open_to(*SIGNERS)
def index(opened):
    """Who must be told again, and what waits to be signed or told."""
    rows = [one for one in families.listed(opened) if one["state"] != "refused" and not one["told"]]
    owed = families.owed(opened)
    if rows or owed:
        logs("telling_list", count=len(rows) + len(owed))
    return render_template("persons/tellings.html", owed=owed, rows=rows)


def done(opened, which, form, act):
    row = next((one for one in families.listed(opened) if one["id"] == which), None)
    if row is None:
        raise NotFound
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            act(given)
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, row["code"], trouble, form, which)
    flash(_("Recorded."))
    return redirect(url_for("telling.show", code=row["code"]), 303)


def page(opened, code, trouble=None, form="telling", which=None):
    one = families.today(opened, code)
    logs("telling_page", one["id"])
    teller = bool(set(TELLERS) & set(g.me["roles"]))
    return render_template(
        "persons/tell.html", one=one, grounds=[said(telling.WITHHELD[ground], language.code()) for ground in one["withheld"]],
        teller=teller, rows=families.listed(opened, code=code), contacts=families.contacts(opened, code) if teller else [],
        today=opened.value("today"), sent=refused(form, trouble, which)), status(trouble)
