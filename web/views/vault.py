"""The vault: one's own key, colleagues' keys, opening a sheet. A passphrase is asked for each answer and kept nowhere.

Every try of a passphrase is counted by the transaction of its request, which commits whatever came of it: so nothing is raised here
once it was tried.
"""
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from sitereg import house, inquiries, vault
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import HANDLERS
from web import forms, pages, readings
from web.forms import status
from web.identity import open_to
from web.views.sharing import refused

views = Blueprint("vault", __name__)
WRONG = "The passphrase was not right"
TWICE = "The two are not the same"
NOT_SURE = "Say that you are sure: erasing cannot be undone"
SECRETS = ("passphrase", "new", "again")


@views.get("/vault")
@open_to(*HANDLERS)
def index(opened):
    """One's own key, whose keys open what, and what waits for a colleague to share it."""
    return page(opened)


def page(opened, trouble=None, form=None):
    found = vault.state(opened)
    mine = next((one for one in found["keys"] if one["mine"]), None)
    others = [one for one in found["keys"] if not one["mine"]]
    waits = [one for one in others if one["live"] and one["lacks"]]
    lies = house.recovery_file(current_app.config["SITEREG"]).exists()
    without = [one for one in found["without_key"] if not one["mine"]]
    return render_template("vault/vault.html", state=found, mine=mine, others=others, waits=waits, lies=lies, without=without,
                           sent=again(form, trouble)), status(trouble)


def again(form, trouble):
    """What a page needs to show a form again as it was sent, but for what was secret in it."""
    sent = refused(form, trouble)
    if sent:
        sent["typed"] = {name: one for name, one in sent["typed"].items() if name not in SECRETS}
    return sent


@views.post("/vault/key")
@open_to(*HANDLERS, writes=True)
def key(opened):
    """One's own key is made, made anew, or locked by another passphrase."""
    try:
        said = forms.read("vault_key", request.form)
        if said["new"] != said["again"]:
            raise BadInput(TWICE, problems=[fault("again", TWICE)], do="Type it once more.")
        mine = None
        if said["act"] == "change":
            mine = unlocked(opened, said["passphrase"])
        with opened.savepoint():
            if mine:
                vault.change_passphrase(opened, mine, said["new"])
            else:
                vault.new_key(opened, said["new"], lost=said["act"] == "lost")
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, trouble, "vault_key")
    flash(_("Your key is made. Read its letters to a colleague who opens the vault, who then shares it.") if mine is None
          else _("The passphrase is changed."))
    return redirect(url_for("vault.index"), 303)


@views.post("/vault/share")
@open_to(*HANDLERS, writes=True)
def share(opened):
    """Colleagues' keys open what one's own opens."""
    try:
        mine = unlocked(opened, forms.read("vault_open", request.form)["passphrase"])
        with opened.savepoint():
            made = vault.share(opened, mine)
    except (BadInput, Refused) as trouble:
        return page(opened, trouble, "vault_open")
    flash(ngettext("Shared: %(num)d lock was added.", "Shared: %(num)d locks were added.", made))
    return redirect(url_for("vault.index"), 303)


@views.post("/vault/end")
@open_to(*HANDLERS, writes=True)
def end(opened):
    """The key of an account opens nothing here any more."""
    try:
        said = forms.read("vault_end", request.form)
        with opened.savepoint():
            vault.end_key(opened, said["account"], why=said["why"])
    except (BadInput, Refused) as trouble:
        return page(opened, trouble, "vault_end")
    flash(_("The key of %(who)s opens nothing here any more.", who=said["account"]))
    return redirect(url_for("vault.index"), 303)


@views.get("/vault/open/<any(source, report, claim, inquiry):kind>/<uuid:id>")
@open_to(*HANDLERS)
def ask(opened, kind, id):
    """What is to be opened, and the field for the passphrase."""
    return sheet(opened, kind, id)


@views.post("/vault/open/<any(source, report, claim, inquiry):kind>/<uuid:id>")
@open_to(*HANDLERS, writes=True)
def show(opened, kind, id):
    """What the vault holds of it, for this one answer; the opening stands in the log before it is shown."""
    vault.holds(opened, kind, id)
    try:
        mine = unlocked(opened, forms.read("vault_open", request.form)["passphrase"])
        with opened.savepoint():
            found = vault.open_(opened, mine, kind, id)
    except (BadInput, Refused) as trouble:
        return sheet(opened, kind, id, trouble)
    return sheet(opened, kind, id, sheets=found)


def sheet(opened, kind, id, trouble=None, sheets=None, form="vault_open"):
    return render_template("vault/sheet.html", label=readings.label, kind=kind, id=id, holds=vault.holds(opened, kind, id),
                           sheets=sheets, sent=again(form, trouble)), status(trouble)


@views.post("/inquiries/<uuid:inquiry>/contact")
@open_to(*pages.WORKING, writes=True)
def keep(opened, inquiry):
    """How to reach whoever asked an inquiry lies in the vault."""
    inquiries.show(opened, inquiry)
    try:
        said = forms.read("contact", request.form)
        with opened.savepoint():
            vault.keep(opened, inquiry, {name: one for name, one in said.items() if one})
    except (BadInput, Refused) as trouble:
        from web.views.inquiries import page as inquiry_page

        return inquiry_page(opened, inquiry, status(trouble), refused("contact", trouble))
    flash(_("It lies in the vault."))
    return redirect(url_for("inquiries.show", inquiry=inquiry), 303)


@views.post("/vault/open/inquiry/<uuid:id>/erase")
@open_to(*HANDLERS, writes=True)
def erase(opened, id):
    """How to reach whoever asked an inquiry can be opened by nobody any more."""
    vault.holds(opened, "inquiry", id)
    try:
        said = forms.read("vault_erase", request.form)
        if not said["sure"]:
            raise BadInput(NOT_SURE, problems=[fault("sure", NOT_SURE)])
        with opened.savepoint():
            vault.erase(opened, id, why=said["why"])
    except (BadInput, Refused, NotFound) as trouble:
        return sheet(opened, "inquiry", id, trouble, form="vault_erase")
    flash(_("Erased. Old backups keep it, with their locks, until they expire."))
    return redirect(url_for("vault.ask", kind="inquiry", id=id), 303)


def unlocked(opened, passphrase):
    """One's own key; BadInput for a wrong passphrase, raised after the try was counted: whoever calls answers it with a page."""
    mine = vault.unlock(opened, passphrase or "")
    if mine is None:
        raise BadInput(WRONG, problems=[fault("passphrase", WRONG)],
                       do="Type it once more; after five the key rests for a quarter of an hour.")
    return mine


def fault(field, message):
    return {"code": "bad_value", "field": field, "value": "", "message": message}
