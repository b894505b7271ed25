"""Referrals at the door: what partners are asked for families, what they answer, whom they refer; sealed and opened there."""
from base64 import b64encode

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import referrals, sealing, submissions
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import forms, words
from web.forms import status
from web.identity import PARTNERS, open_to
from web.views.door import MODULES
from web.views.sharing import refused

views = Blueprint("door_referrals", __name__, url_prefix="/door")


def modules():
    return {"imports": {name: url_for("static", filename=f"vendor/{path}") for name, path in MODULES.items()}}


@views.get("/referrals")
@open_to(PARTNERS)
def index(opened):
    """Referrals to one's organisation and one's own, overdue ones first."""
    return render_template("door/referrals.html", rows=referrals.at_the_door(opened), key=referrals.my_key(opened))


@views.get("/key")
@open_to(PARTNERS)
def key(opened):
    """The page on which a partner's browser makes a key."""
    mine = referrals.my_key(opened)
    return render_template("door/key.html", modules=modules(), letters=sealing.fingerprint(mine["public"]) if mine else None)


@views.post("/key")
@open_to(PARTNERS, writes=True)
def new_key(opened):
    """The key that the browser made stands, its secret half locked."""
    said = asked({"public", "secret"})
    referrals.new_key(opened, said["public"], said["secret"])
    flash(_("Your key is made. Read its letters to your caseworker by telephone."))
    return jsonify(at="/door/key")


def asked(names):
    """The JSON that was sent, of text alone but for lists of text and the consent."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict) or set(said) != names or not all(
            isinstance(one, str) or (name == "consent" and isinstance(one, dict))
            or (name in ("needs", "fields") and isinstance(one, list) and all(isinstance(each, str) for each in one))
            for name, one in said.items()):
        raise BadInput("This cannot be asked")
    return said


@views.get("/referrals/new")
@open_to(PARTNERS)
def blank(opened):
    """The form whose words are sealed before they leave the browser."""
    publics = submissions.keys(opened)
    return render_template("door/refer.html", keys=publics, modules=modules(), today=opened.value("today"),
                           fingerprint=sealing.fingerprint(publics[0]) if publics else "")


@views.post("/referrals/new")
@open_to(PARTNERS, writes=True)
def refer(opened):
    """A family is referred to the institution."""
    made = referrals.refer(opened, **asked({"needs", "urgency", "fields", "passed", "consent"}))
    flash(_("It is sent."))
    return jsonify(at=f"/door/referrals/{made}")


@views.get("/referrals/<uuid:referral>")
@open_to(PARTNERS)
def show(opened, referral):
    """One referral, and the answers that may be given now."""
    return page(opened, referral)


def page(opened, referral, trouble=None):
    one = next(iter(referrals.at_the_door(opened, referral)), None)
    if one is None:
        raise NotFound
    return render_template("door/referral.html", one=one, modules=modules(), sent=refused("door_answer", trouble)), status(trouble)


@views.post("/referrals/<uuid:referral>")
@open_to(PARTNERS, writes=True)
def answer(opened, referral):
    """The partner's next step."""
    try:
        said = forms.read("door_answer", request.form)
        with opened.savepoint():
            referrals.answer(opened, referral, said["act"], ground=said["ground"], outcome=said["outcome"])
    except (BadInput, Refused, Conflict) as trouble:
        if isinstance(trouble, Conflict):
            trouble.changed = [words.changed(one) for one in trouble.changed]
        return page(opened, referral, trouble)
    flash(_("Recorded."))
    return redirect(url_for("door_referrals.show", referral=referral), 303)


@views.post("/referrals/<uuid:referral>/passed")
@open_to(PARTNERS, writes=True)
def passed(opened, referral):
    """What is passed on, sealed to the partner's key, with that key as it is locked; opened in the browser."""
    mine = referrals.my_key(opened)
    told = referrals.passed(opened, referral)
    return jsonify(secret=text(mine["secret"]) if mine else None, brief=text(told.get("brief")), passed=text(told.get("passed")))


def text(file):
    return None if file is None else b64encode(bytes(file)).decode()
