"""The page of one of a family: Arabic first, nothing of the house beside it; what it told, what is done, what a person told it.

Every answer depends on what the family itself told and did, and on what was told to it by a person: never on what the registry
holds.
"""
from flask import Blueprint, flash, redirect, render_template, request, session
from flask_babel import gettext as _

from sitereg import requests
from web import forms, language, words_own
from web.identity import FAMILIES, open_to, open_to_all

views = Blueprint("own", __name__, url_prefix="/own")


@views.get("/enter")
@open_to_all
def enter():
    """Where one of a family begins: the way leads to sign in, in Arabic unless another language is asked for, and to its page."""
    session["onward"] = "/own"
    session["lang"] = request.args.get("lang") if request.args.get("lang") in language.LOCALES else "ar"
    return redirect("/sign-in", 303)


@views.get("")
@open_to(FAMILIES)
def index(opened):
    """What was received, what is being done, what was told, what is not said and why, how they wish to be reached."""
    one = requests.mine(opened)
    return render_template("own/index.html", one=one, work=words_own.work(one["work"]), facts=words_own.facts(one),
                           told=words_own.told(one), unsaid=words_own.unsaid(), uses=words_own.uses(one),
                           reach=words_own.reach(one), asked=words_own.asked(one))


@views.post("/reach")
@open_to(FAMILIES, writes=True)
def reach(opened):
    """How they wish to be reached from now on."""
    requests.wish(opened, "reach", forms.read("own_reach", request.form))
    return noted(_("We reach you as you wish from now on."))


@views.post("/call")
@open_to(FAMILIES, writes=True)
def call(opened):
    """They ask to be called."""
    requests.wish(opened, "call")
    return noted(_("We will reach you, as you wish to be reached."))


@views.post("/hear")
@open_to(FAMILIES, writes=True)
def hear(opened):
    """They ask that what they told is read to them."""
    requests.wish(opened, "hear")
    return noted(_("A person will read to you what you told us, as you wish to be reached."))


@views.post("/withdraw")
@open_to(FAMILIES, writes=True)
def withdraw(opened):
    """One use is no longer agreed to."""
    requests.wish(opened, "withdraw", forms.read("own_withdraw", request.form))
    return noted(_("It is no longer used for this."))


@views.post("/delete")
@open_to(FAMILIES, writes=True)
def delete(opened):
    """They ask that all be deleted."""
    requests.wish(opened, "delete")
    return noted(_("Nothing that you told us is used from now on. A person decides what is deleted, and tells you."))


def noted(words):
    flash(words)
    return redirect("/own", 303)
