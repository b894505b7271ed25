"""Hand-overs and packages in the web: asked, agreed by a releaser, delivered, acknowledged; notices to who holds what changed."""
import re

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import packages, sharing
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import HANDERS, PACKERS
from web import forms
from web.forms import status
from web.identity import open_to
from web.views.sharing import refused

views = Blueprint("packing", __name__)
READERS = (*PACKERS, "auditor")


@views.get("/packages")
@open_to(*READERS)
def index(opened):
    """What was packed, for whom, who agreed, what became of each copy."""
    return listed(opened)


@views.get("/packages/new")
@open_to(*PACKERS)
def blank(opened):
    """The form in which a package for one recipient is asked for."""
    return package_page(opened)


@views.post("/packages/new")
@open_to(*PACKERS, writes=True)
def add(opened):
    """A package waits for a releaser."""
    return asked(opened, "package", packages.begin)


def asked(opened, at, begin):
    try:
        given = forms.read(at, request.form)
        fields = [one for one in forms.PACKED if given.pop(f"field_{one}")]
        codes = re.findall(r"[^\s,;،؛]+", given.pop("codes"))
        with opened.savepoint():
            begin(opened, codes=codes, fields=fields, **risks(given))
    except NotFound:
        trouble = BadInput("The form is not complete", do="What you typed is kept: correct what is marked.", problems=[
            {"code": "unknown_code", "field": "codes", "value": "", "message": "There is no such site"}])
        return package_page(opened, trouble, at)
    except (BadInput, Refused, Conflict) as trouble:
        return package_page(opened, trouble, at)
    flash(_("It waits until a releaser agrees."))
    return redirect(url_for("packing.index"), 303)


@views.get("/packages/share")
@open_to(*PACKERS)
def ask_share(opened):
    """The form in which one asks that a partner be shown something at his door."""
    return package_page(opened, at="share")


@views.post("/packages/share")
@open_to(*PACKERS, writes=True)
def share(opened):
    """What a partner is to be shown waits for a releaser."""
    return asked(opened, "share", packages.share)


@views.get("/packages/hand-over")
@open_to(*HANDERS)
def ask_hand_over(opened):
    """The form in which a hand-over to a successor is asked for."""
    return hand_over_page()


@views.post("/packages/hand-over")
@open_to(*HANDERS, writes=True)
def hand_over(opened):
    """A hand-over waits for a releaser."""
    try:
        with opened.savepoint():
            packages.begin_hand_over(opened, **risks(forms.read("leaving", request.form)))
    except (BadInput, Refused, Conflict) as trouble:
        return hand_over_page(trouble)
    flash(_("It waits until a releaser agrees."))
    return redirect(url_for("packing.index"), 303)


@views.post("/packages/<uuid:package>")
@open_to(*PACKERS, writes=True)
def settle(opened, package):
    """A releaser agrees or refuses; or it was delivered, or acknowledged."""
    try:
        given = forms.read("package_settle", request.form)
        with opened.savepoint():
            if given["act"] in ("agree", "refuse"):
                packages.settle(opened, package, agrees=given["act"] == "agree", why=given["why"])
            elif given["act"] == "withdraw":
                packages.withdraw(opened, package, why=given["why"])
            else:
                packages.step(opened, package, given["act"], why=given["why"])
    except (BadInput, Refused, Conflict) as trouble:
        return listed(opened, trouble, package)
    flash(_("Recorded."))
    return redirect(url_for("packing.index"), 303)


@views.get("/notices")
@open_to(*READERS)
def notices(opened):
    """The notices to those who hold what was retracted, corrected or is shown less."""
    return noticed(opened)


@views.post("/notices/<uuid:notice>")
@open_to(*PACKERS, writes=True)
def notice(opened, notice):
    """A notice was delivered, or acknowledged."""
    try:
        given = forms.read("notice", request.form)
        with opened.savepoint():
            packages.notices.step(opened, notice, given["act"], how=given["how"])
    except (BadInput, Refused, Conflict) as trouble:
        return noticed(opened, trouble, notice)
    flash(_("Recorded."))
    return redirect(url_for("packing.notices"), 303)


def risks(given):
    """What the form of what leaves says, with the risks as one dict."""
    return {**{name: one for name, one in given.items() if not name.startswith("risk_")},
            "risk": {name: given[f"risk_{name}"] for name in sharing.RISKS}}


def listed(opened, trouble=None, package=None):
    may = {"settle": "releaser" in g.me["roles"], "step": bool(set(g.me["roles"]) & set(PACKERS)),
           "hand": bool(set(g.me["roles"]) & set(HANDERS))}
    about = {"rows": packages.listed(opened), "may": may, "open_notices": len(packages.notices.listed(opened))}
    return render_template("packages/index.html", **about, sent=refused("package_settle", trouble, package)), status(trouble)


def noticed(opened, trouble=None, notice=None):
    about = {"rows": packages.notices.listed(opened, open=False), "steps": bool(set(g.me["roles"]) & set(PACKERS))}
    return render_template("packages/notices.html", **about, sent=refused("notice", trouble, notice)), status(trouble)


def package_page(opened, trouble=None, at="package"):
    about = {"at": at, "code": request.args.get("site", "")[:20],
             "accounts": [(one["name"], one["display"]) for one in packages.share_accounts(opened)] if at == "share" else []}
    return render_template("packages/new.html", **about, sent=refused(at, trouble)), status(trouble)


def hand_over_page(trouble=None):
    about = {"what": "hand_over", "action": "/packages/hand-over"}
    return render_template("sharing/leaving.html", **about, sent=refused("leaving", trouble)), status(trouble)
