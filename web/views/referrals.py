"""Families who are referred: to partners with their consent, and by partners; what is overdue stands first.

What is passed on is typed once, sealed, and shown again only to who opens it with his passphrase, for one answer.
"""
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import referrals, vocab
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import HANDLERS
from web import forms, words
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused
from web.views.vault import again, unlocked

views = Blueprint("referrals", __name__, url_prefix="/referrals")


@views.get("")
@open_to(*HANDLERS)
def index(opened):
    """One's own and those that nobody has taken, overdue ones first; partners and their accounts."""
    return listed(opened)


def listed(opened, trouble=None):
    rows = referrals.find(opened)
    if rows:
        logs("referral_list", count=len(rows))
    return render_template("referrals/index.html", rows=rows, partners=referrals.partners(opened),
                           sent=refused("referral_bind", trouble)), status(trouble)


@views.post("/partners")
@open_to(*HANDLERS, writes=True)
def bind(opened):
    """An account of the door belongs to a partner from now on."""
    try:
        said = forms.read("referral_bind", request.form)
        with opened.savepoint():
            referrals.bind(opened, said["account"], said["agreement"])
    except (BadInput, Refused) as trouble:
        return listed(opened, trouble)
    flash(_("Recorded."))
    return redirect(url_for("referrals.index"), 303)


@views.get("/new")
@open_to(*HANDLERS)
def blank(opened):
    """The form of a referral."""
    return form_page(opened)


def form_page(opened, trouble=None):
    return render_template("referrals/new.html", partners=referrals.partners(opened),
                           sent=refused("referral", trouble)), status(trouble)


@views.post("/new")
@open_to(*HANDLERS, writes=True)
def add(opened):
    """It is written and sealed, and waits for the consent of the family."""
    try:
        said = forms.read("referral", request.form)
        with opened.savepoint():
            made = referrals.draft(opened, said["agreement"], {name: said[name] for name in vocab.ReferralField},
                                   needs=said["needs"], urgency=said["urgency"])
    except (BadInput, Refused) as trouble:
        return form_page(opened, trouble)
    flash(_("Written and sealed. Nothing is sent before they consented to exactly this."))
    return redirect(url_for("referrals.show", referral=made), 303)


@views.get("/<uuid:referral>")
@open_to(*HANDLERS)
def show(opened, referral):
    """One with its time line and what may be done now; nothing sealed is shown."""
    return page(opened, referral)


@views.post("/<uuid:referral>")
@open_to(*HANDLERS, writes=True)
def step(opened, referral):
    """The next step of our side, or another caseworker has it."""
    referrals.show(opened, referral)
    try:
        said = forms.read("referral_step", request.form)
        with opened.savepoint():
            if said["act"] == "hand":
                referrals.hand(opened, referral, said["owner"] or "")
            else:
                referrals.step(opened, referral, said["act"], form=said["form"], by=said["by"], covers=said["covers"],
                               on=said["on"] and said["on"].isoformat(), ground=said["ground"], outcome=said["outcome"])
    except (BadInput, Refused, Conflict) as trouble:
        if isinstance(trouble, Conflict):
            trouble.changed = [words.changed(one) for one in trouble.changed]
        return page(opened, referral, trouble)
    flash(_("Recorded."))
    return redirect(url_for("referrals.index") if said["act"] == "hand" else url_for("referrals.show", referral=referral), 303)


@views.post("/<uuid:referral>/open")
@open_to(*HANDLERS, writes=True)
def read(opened, referral):
    """What is passed on, opened with one's own key for this answer; that it was stands recorded."""
    referrals.show(opened, referral)
    try:
        mine = unlocked(opened, forms.read("vault_open", request.form)["passphrase"])
        with opened.savepoint():
            said = referrals.open_(opened, mine, referral)
    except NotFound:
        said = {}
    except (BadInput, Refused) as trouble:
        return page(opened, referral, trouble, "vault_open")
    return page(opened, referral, said=said)


def page(opened, referral, trouble=None, form="referral_step", said=None):
    one = referrals.show(opened, referral)
    logs("referral_page", one["id"])
    sent = again(form, trouble) if form == "vault_open" else refused(form, trouble)
    return render_template("referrals/show.html", one=one, said_in=said, sent=sent, form_sent=form if trouble else None,
                           today=opened.value("today")), status(trouble)
