"""Watched sites: which one watches, what changed there since one looked, from what one sees oneself."""
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _

from sitereg import sites, watches
from sitereg.errors import BadInput
from web import words_watch
from web.identity import ANYONE, open_to

views = Blueprint("watching", __name__)
FIELDS = {"csrf_token", "code", "from", "w", "v"}


@views.get("/watched")
@open_to(*ANYONE)
def index(opened):
    """The sites that one watches, those first at which most changed."""
    return render_template("map/watched.html", rows=watches.listed(opened), told=words_watch, search_text="")


@views.post("/watched")
@open_to(*ANYONE, writes=True)
def add(opened):
    """A site is watched."""
    watches.add(opened, site(opened)["id"])
    flash(_("You watch this site. Nobody else is told."))
    return back()


@views.post("/watched/end")
@open_to(*ANYONE, writes=True)
def end(opened):
    """A site is watched no more."""
    watches.end(opened, site(opened)["id"])
    flash(_("You watch this site no more."))
    return back()


@views.post("/watched/seen")
@open_to(*ANYONE, writes=True)
def looked(opened):
    """What stands at a site, or at all of them, has been seen."""
    watches.looked(opened, site(opened)["id"] if request.form.get("code") else None)
    return back()


def site(opened):
    """The site of the code that was sent, or of what it became."""
    unknown = [name for name in request.form if name not in FIELDS]
    if unknown:
        raise BadInput("There is no such field", where=unknown[0], do="Send what the page offers.")
    found = sites.show(opened, request.form.get("code", "")[:40])
    return sites.show(opened, found["merged_into"]) if found["merged_into"] else found


def back():
    """The page on which the button stood."""
    if request.form.get("from") == "list":
        held = {name: request.form[name] for name in ("w", "v") if request.form.get(name)}
        return redirect("/sites" + ("?" + urlencode(held) if held else ""), 303)
    return redirect(f"/sites/{request.form['code']}" if request.form.get("from") == "site" else "/watched", 303)
