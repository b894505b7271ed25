"""One's own account: second factors, passkeys, tokens; freezing a colleague's account; signing out for good, health."""
from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import logout_user

from sitereg import accounts, drafts, matrix
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import factors, forms, language, seats, signin
from web.forms import status
from web.identity import ANYONE, open_to, open_to_all
from web.views.sharing import refused

views = Blueprint("me", __name__)


@views.get("/me")
@open_to(*ANYONE)
def me(opened):
    """What the registry knows of the reader's own account, and by which ways it is opened."""
    return page(opened)


def page(opened, sent=None, **more):
    user = seats.user()
    tokens = [one for one in accounts.tokens(opened) if one["account"] == g.me["name"]]
    shown = matrix.shown(g.me["level"], g.me["roles"], g.me["compartments"], language.code())
    return render_template("me/me.html", me=opened.one("self"), shown=shown, held=factors.held(user), keys=factors.keys(user),
                           device=next((one for one in drafts.on_devices(opened) if one["name"] == g.me["name"]), None),
                           tokens=tokens, must=factors.required(user), named=factors.place()[0], again=request.args.get("again"),
                           partner="partner" in g.me["roles"], sent=sent, **more), status(sent and sent["trouble"])


@views.post("/me/tokens")
@open_to(*ANYONE, writes=True)
def make_token(opened):
    """A script may read as this account; what it has to show stands on the page, once."""
    try:
        said = forms.read("token", request.form)
        if not signin.knows(seats.user(), request.form["password"]):
            seats.missed()
            raise BadInput("The password was not right", do="Type it once more.", problems=[
                {"code": "bad_value", "field": "password", "message": "The password was not right"}])
        with opened.savepoint():
            text, _id = accounts.make_token(opened, account=g.me["name"], scopes=[said["reads"] or "frames"],
                                            days=int(said["days"]), reason=said["why"])
    except (BadInput, Refused) as trouble:
        return page(opened, sent=refused("token", trouble))
    return page(opened, token=text)


@views.post("/me/device-drafts")
@open_to(*ANYONE, writes=True)
def end_drafts(opened):
    """The key of the drafts on one's own devices is forgotten: a lost telephone opens none."""
    drafts.end_on_devices(opened, g.me["name"], why="by its owner")
    flash(_("The key is forgotten: what lies on your devices opens to nobody."))
    return redirect(url_for("me.me"), 303)


@views.post("/me/tokens/<uuid:token>")
@open_to(*ANYONE, writes=True)
def end_token(opened, token):
    """The token opens nothing any more."""
    accounts.end_token(opened, token=token, reason="ended by its owner")
    flash(_("The token opens nothing any more."))
    return redirect(url_for("me.me"), 303)


@views.post("/me/seats")
@open_to(*ANYONE)
def end_others(opened):
    """Every other place where this account is signed in is over."""
    seats.end_others(seats.user())
    flash(_("Every other place where you were signed in is signed out."))
    return redirect(url_for("me.me"), 303)


@views.post("/me/freeze")
@open_to(*ANYONE, writes=True)
def freeze(opened):
    """An account is frozen at once: a colleague's, or one's own."""
    try:
        with opened.savepoint():
            said = forms.read("freeze_account", request.form)
            accounts.freeze(opened, account=said["account"], reason=said["why"])
    except NotFound:
        return page(opened, sent=refused("freeze_account", BadInput(
            "There is no such account", do="Ask a colleague how it is written.",
            problems=[{"code": "unknown", "field": "account", "message": "There is no such account"}])))
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, sent=refused("freeze_account", trouble))
    flash(_("The account is frozen. Two admins thaw it."))
    return redirect(url_for("me.me"), 303)


@views.post("/leave")
@open_to_all
def leave():
    """The seat is ended, the cookie gone, the browser asked to forget; a blank page remains."""
    seats.end("left")
    logout_user()
    answer = make_response(render_template("me/left.html"))
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@views.get("/health")
@open_to_all
def health():
    """That the web answers; nothing else."""
    return {"ok": True}
