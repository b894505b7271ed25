"""The gate in the web: is one recipient shown a site, and how exactly? Questions, a second person, an end at once."""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import gates, sites
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix.roles import PACKERS
from sitereg.vocab import GateQuestion
from web import forms
from web.forms import status
from web.identity import open_to
from web.views.sharing import refused

views = Blueprint("gates", __name__)


@views.get("/gates")
@open_to(*PACKERS)
def index(opened):
    """What was decided of recipients and sites: as agreed, and as it holds today."""
    return listed(opened)


@views.get("/gates/<code:code>")
@open_to(*PACKERS)
def ask(opened, code):
    """The questions, for one site and one recipient."""
    return page(opened, code)


@views.post("/gates/<code:code>")
@open_to(*PACKERS, writes=True)
def propose(opened, code):
    """The answers stand: a no at once, a yes once a releaser agrees."""
    sites.show(opened, code)
    try:
        given = forms.read("gate", request.form)
        answers = {one: {"answer": given.pop(one), "why": given.pop(f"why_{one}")} for one in GateQuestion.codes()}
        with opened.savepoint():
            made = gates.propose(opened, code, answers=answers, **given)
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, code, trouble)
    flash(_("It waits until a releaser agrees.") if made["allows"] else _("Not shown: that stands recorded with its ground."))
    return redirect(url_for("gates.index"), 303)


@views.post("/gates/<uuid:gate>")
@open_to(*PACKERS, writes=True)
def settle(opened, gate):
    """A releaser agrees or refuses, or anybody who may ask ends it."""
    try:
        given = forms.read("gate_settle", request.form)
        with opened.savepoint():
            gates.settle(opened, gate, given["act"], why=given["why"])
    except (BadInput, Refused, Conflict) as trouble:
        return listed(opened, trouble, gate)
    flash(_("Recorded."))
    return redirect(url_for("gates.index"), 303)


def page(opened, code, trouble=None):
    about = {"one": sites.show(opened, code), "today": opened.value("today"),
             "before": gates.listed(opened, code=code)}
    return render_template("packages/gate.html", **about, sent=refused("gate", trouble)), status(trouble)


def listed(opened, trouble=None, gate=None):
    about = {"rows": gates.listed(opened)}
    return render_template("packages/gates.html", **about, sent=refused("gate_settle", trouble, gate)), status(trouble)
