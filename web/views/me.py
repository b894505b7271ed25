"""One's own account, signing out for good, health."""
from flask import Blueprint, make_response, render_template
from flask_security import logout_user

from web import signin
from web.identity import ANYONE, open_to, open_to_all

views = Blueprint("me", __name__)


@views.get("/me")
@open_to(*ANYONE)
def me(opened):
    """What the registry knows of the reader's own account."""
    return render_template("me/me.html", me=opened.one("self"))


@views.post("/leave")
@open_to_all
def leave():
    """The seat is ended, the cookie gone, the browser asked to forget; a blank page remains."""
    signin.end_seat("left")
    logout_user()
    answer = make_response(render_template("me/left.html"))
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@views.get("/health")
@open_to_all
def health():
    """That the web answers; nothing else."""
    return {"ok": True}
