"""The desk: proposals that wait for a second pair of eyes, and sites that lack protection."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import decisions, protection, sites
from sitereg.errors import BadInput, Conflict, Refused
from web import forms, pages, words
from web.identity import ANYONE, logs, open_to

views = Blueprint("desk", __name__)
GAPS = 100


@views.get("/desk")
@open_to(*ANYONE)
def desk(opened):
    """What waits for the reader: proposals (to approve, or his own), and for officers where protection is lacking."""
    return page(opened)


@views.post("/proposals/<uuid:proposal>")
@open_to(*ANYONE, writes=True)
def proposal(opened, proposal):
    """A proposal is approved, refused or withdrawn."""
    try:
        given = forms.read("proposal", request.form)
        with opened.savepoint():
            said = carry_out(opened, proposal, given)
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form="proposal", code=trouble.code, guard=getattr(trouble, "guard", None))
        if isinstance(trouble, Conflict):
            trouble.changed = [words.changed(one) for one in trouble.changed]
        sent = {"thing": str(proposal), "typed": forms.typed(request.form), "trouble": trouble}
        return page(opened, 422 if isinstance(trouble, BadInput) else 409, sent=sent)
    flash(said)
    return redirect(url_for("desk.desk"), 303)


def carry_out(opened, proposal, given):
    if given["act"] == "withdraw":
        decisions.withdraw(opened, proposal, reason=given["reason"])
        return _("The proposal is withdrawn.")
    if given["act"] == "refuse":
        decisions.refuse(opened, proposal, reason=given["reason"])
        return _("The proposal is refused.")
    made = decisions.approve(opened, proposal, reason=given["reason"])
    return _("Approved: it is decided.") if made.state == "decided" else _("Approved: it waits for one more.")


def page(opened, status=200, sent=None):
    officer = set(g.me["roles"]) & set(pages.OFFICERS)
    gaps = protection.gaps(opened, limit=GAPS + 1) if officer else []
    waiting = [{**one, "claims": named(opened, one)} for one in decisions.waiting(opened)]
    return render_template("desk/desk.html", waiting=waiting, officer=bool(officer), gaps=gaps[:GAPS],
                           more=len(gaps) > GAPS, sent=sent), status


def named(opened, one):
    """The claims that a disclosure would publish, for the reader to judge each; none for other proposals."""
    return sites.claims(opened, one["code"], one["basis"]) if one["machine"] == "disclosure" else []
