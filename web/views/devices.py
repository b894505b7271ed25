"""Whose device may keep sealed drafts on the road: allowed by a steward for somebody else, for a while, and ended at once."""
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import drafts
from sitereg.errors import BadInput, NotFound, Refused
from sitereg.matrix.roles import STEWARDS
from web import forms
from web.identity import open_to
from web.views.sharing import refused

views = Blueprint("devices", __name__)
LONGEST = timedelta(days=90)


@views.get("/device-drafts")
@open_to(*STEWARDS)
def index(opened):
    """Who may keep drafts on a device, until when and why."""
    return page(opened)


@views.post("/device-drafts")
@open_to(*STEWARDS, writes=True)
def allow(opened):
    """The pages of an account may keep sealed drafts on their device until a day."""
    return done(opened, "device_drafts", lambda given: drafts.allow_on_devices(opened, given.pop("account"), **given),
                _("It is allowed from now on."))


@views.post("/device-drafts/end")
@open_to(*STEWARDS, writes=True)
def end(opened):
    """The key is forgotten: no device of the account opens its drafts any more."""
    return done(opened, "device_drafts_end", lambda given: drafts.end_on_devices(opened, given["account"], why=given["why"]),
                _("The key is forgotten: what lies on those devices opens to nobody."))


def done(opened, form, act, said):
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            act(given)
    except NotFound:
        return page(opened, refused(form, BadInput("Nothing was allowed to that account", do="It may have ended by itself.")))
    except (BadInput, Refused) as trouble:
        return page(opened, refused(form, trouble))
    flash(said)
    return redirect(url_for("devices.index"), 303)


def page(opened, sent=None):
    today = opened.value("today")
    return render_template("me/devices.html", rows=drafts.on_devices(opened), today=today, longest=today + LONGEST,
                           sent=sent), forms.status(sent and sent["trouble"])
