"""The redaction desk: boxes on pages and intervals of sound drafted by one person, looked at and made by another."""
import base64

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import redactions
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import REDACTION_CHECKERS, REDACTORS
from sitereg.store import session
from web import forms, language
from web.identity import logs, open_to
from web.views.documents import number
from web.views.sharing import refused

views = Blueprint("redactions", __name__)
ZOOMS = (1, 2, 4)


@views.get("/redactions")
@open_to(*REDACTION_CHECKERS)
def index(opened):
    """The redactions of what the reader sees: what waits to be checked, drafts, what was made."""
    rows = redactions.listed(opened)
    if rows:
        logs("redaction_list", count=len(rows))
    return render_template("redactions/index.html", rows=rows)


@views.post("/documents/<uuid:document>/redactions")
@open_to(*REDACTORS, writes=True)
def start(opened, document):
    """A draft stands, and its desk follows; where it cannot be, the page of the document says why."""
    from web.views import documents

    try:
        with opened.savepoint():
            made = redactions.start(opened, document)
    except Refused as trouble:
        logs("refused", form="redaction", code=trouble.code, guard=trouble.guard)
        sent = {"form": "redaction", "typed": {}, "wrong": {}, "trouble": trouble, "known": set(), "at": ""}
        return documents.page(opened, document, 1, 409, sent=sent)
    return redirect(url_for("redactions.show", redaction=made), 303)


@views.get("/redactions/<uuid:redaction>")
@open_to(*REDACTION_CHECKERS)
def show(opened, redaction):
    """The desk of one redaction: a page with its boxes, or the sound as a line, and the list of all that is covered."""
    return desk(opened, redaction)


@views.post("/redactions/<uuid:redaction>/marks")
@open_to(*REDACTORS, writes=True)
def mark(opened, redaction):
    """A box or an interval stands on the draft."""
    view = redactions.show(opened, redaction)
    form = "redaction_interval" if view["kind"] == "sound" else "redaction_box"

    def draw(given):
        parts = {name: given[name] / 100 for name in ("x", "y", "width", "height") if name in given}
        redactions.mark(opened, redaction, [{**given, **parts}])

    return done(opened, redaction, form, draw, page=request.form.get("page"))


@views.post("/redactions/<uuid:redaction>/marks/<int:n>")
@open_to(*REDACTORS, writes=True)
def unmark(opened, redaction, n):
    """Box or interval n is taken away again."""
    page = next((one.get("page") for one in redactions.show(opened, redaction)["marks"] if one["n"] == n), None)
    try:
        redactions.unmark(opened, redaction, n)
    except Conflict:
        flash(_("It waits already: it is not changed any more."))
    return redirect(url_for("redactions.show", redaction=redaction, page=page), 303)


@views.post("/redactions/<uuid:redaction>/ask")
@open_to(*REDACTORS, writes=True)
def ask(opened, redaction):
    """The draft waits for another person."""
    def carry_out(given):
        words = [one.strip() for one in (given["words"] or "").splitlines() if one.strip()]
        redactions.ask(opened, redaction, tier=int(given["tier"]), shows=given["shows"], first=given["first"], last=given["last"],
                       form=given["form"], length=given["length"] or "keep", leave_compartments=given["open"],
                       instead=given["instead"], words=words)

    return done(opened, redaction, "redaction_ask", carry_out)


@views.get("/redactions/<uuid:redaction>/check")
@open_to(*REDACTION_CHECKERS)
def check(opened, redaction):
    """Before and after side by side: what stays and what goes, page by page, or to be heard."""
    return checking(opened, redaction)


@views.get("/redactions/<uuid:redaction>/pages/<int:n>")
@open_to(*REDACTION_CHECKERS)
def preview(opened, redaction, n):
    """A page as the copy will show it, drawn by the closed reader; the read is committed first."""
    answer = make_response(redactions.preview(opening(), redaction, n))
    answer.mimetype = "image/jpeg"
    answer.headers["Content-Disposition"] = "inline"
    return answer


@views.get("/redactions/<uuid:redaction>/sound")
@open_to(*REDACTION_CHECKERS)
def heard(opened, redaction):
    """The sound, written anew by the closed reader: as it is, or ?covered=yes as the copy will be; the read is committed first."""
    opened.unhurried()
    answer = make_response(redactions.heard(opening(), redaction, covered=request.args.get("covered") == "yes"))
    answer.mimetype = "audio/flac"
    answer.headers["Content-Disposition"] = "inline"
    return answer


@views.post("/redactions/<uuid:redaction>/made")
@open_to(*REDACTION_CHECKERS)
def make(opened, redaction):
    """Another person agrees: the copy is made, looked through and kept; or the page says what was found in it."""
    redactions.show(opened, redaction)
    try:
        given = forms.read("redaction_made", request.form)
        opened.unhurried()
        made = redactions.make(opening(), redaction, seen=given["seen"], why=given["why"])
    except (BadInput, Refused, Conflict) as trouble:
        return checking(opened, redaction, trouble, "redaction_made")
    flash(_("The redacted copy stands: it was looked through, and nothing was found in it that may not be there."))
    return redirect(url_for("documents.show", document=made), 303)


@views.post("/redactions/<uuid:redaction>/settle")
@open_to(*REDACTION_CHECKERS, writes=True)
def settle(opened, redaction):
    """It is refused, dropped or retracted, with words."""
    redactions.show(opened, redaction)
    try:
        given = forms.read("redaction_settle", request.form)
        with opened.savepoint():
            redactions.settle(opened, redaction, given["act"], why=given["why"])
    except (BadInput, Refused, Conflict) as trouble:
        return checking(opened, redaction, trouble, "redaction_settle")
    flash(_("Recorded."))
    return redirect(url_for("redactions.show", redaction=redaction), 303)


def opening():
    """What makes the short transactions in which the originals are opened, each committed before their bytes are taken."""
    from sitereg.actors import Actor
    from web import seats

    settings, actor = current_app.config["SITEREG"], Actor(seats.account(), "password", g.request_id)
    return lambda: session.acting(settings, actor)


def done(opened, redaction, form, act, **there):
    redactions.show(opened, redaction)
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            act(given)
    except (BadInput, Refused, Conflict) as trouble:
        return desk(opened, redaction, trouble, form)
    flash(_("It waits until another person has looked at it.") if form == "redaction_ask" else _("It is recorded."))
    return redirect(url_for("redactions.show", redaction=redaction, **there), 303)


def desk(opened, redaction, trouble=None, form="redaction_box"):
    view, about = told(opened, redaction, form, trouble)
    drawn = None
    if view["kind"] == "sound":
        png, seconds = redactions.waveform(opening(), redaction)
        drawn = {"png": base64.b64encode(png).decode("ascii"), "seconds": seconds}
    may_draw = view["state"] == "draft" and bool(set(REDACTORS) & set(g.me["roles"]))
    return render_template("redactions/show.html", may_draw=may_draw, drawn=drawn, **about), forms.status(trouble)


def checking(opened, redaction, trouble=None, form="redaction_made"):
    _view, about = told(opened, redaction, form, trouble)
    may_make = not about["one"]["needs_releaser"] or "releaser" in g.me["roles"]
    return render_template("redactions/check.html", may_make=may_make, faults=faults(trouble), **about), forms.status(trouble)


def told(opened, redaction, form, trouble):
    """(the redaction, what both of its pages are given): the page that is looked at and its boxes."""
    view = redactions.show(opened, redaction)
    typed = request.form.get("page", "") if request.method == "POST" else None
    n = int(typed) if typed and typed.isdecimal() else number("page", view["pages"][0]["n"] if view["pages"] else 1)
    page = next((one for one in view["pages"] if one["n"] == n), None)
    if view["pages"] and page is None:
        raise NotFound
    logs("redaction", view["id"], page=n)
    zoom = request.args.get("zoom", "1")
    return view, {"one": view, "page": page, "n": n, "zoom": int(zoom) if zoom in ("1", "2", "4") else 1, "zooms": ZOOMS,
                  "shown": not view["document"]["graphic"] or request.args.get("shown") == "yes",
                  "marks": [mark for mark in view["marks"] if view["kind"] == "sound" or mark["page"] == n],
                  "counts": {one["n"]: sum(mark.get("page") == one["n"] for mark in view["marks"]) for one in view["pages"]},
                  "sent": refused(form, trouble)}


def faults(trouble):
    """What was found in a copy that is not kept, in the reader's language."""
    found = getattr(trouble, "details", {}).get("faults") or []
    where = (_("page"), _("second"), _("byte"), _("word"))
    return [redactions.faults_told([one], language.code(), where) for one in found]
