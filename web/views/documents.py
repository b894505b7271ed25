"""Scans: their pages under the rules of access, regions with what is written there, copies. Bytes go to those who may, logged."""
from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import documents, pictures, scans
from sitereg.errors import BadInput, Conflict, Refused
from web import forms, pages
from web.identity import ANYONE, logs, open_to

views = Blueprint("documents", __name__)
LIST = 100


@views.get("/documents")
@open_to(*ANYONE)
def index(opened):
    """The scans that the reader may see; ?held=yes: only those that are held back for the living people in them."""
    held = request.args.get("held") == "yes"
    return render_template("documents/index.html", rows=opened.rows("document_list", limit=LIST, held=held), held=held)


@views.get("/documents/<uuid:document>")
@open_to(*ANYONE)
def show(opened, document):
    """One page of a scan: the picture (of a graphic one only its words, until asked for), its regions, what is written there."""
    return page(opened, document, number("page", 1))


def number(name, otherwise):
    """A page number of the address; BadInput where it is none."""
    given = request.args.get(name) or str(otherwise)
    if not given.isdecimal() or not 0 < int(given) < 10_000:
        raise BadInput("This cannot be asked", do="Take the pages that are offered.")
    return int(given)


def page(opened, document, n, status=200, **more):
    found = scans.page(opened, document, n)
    logs("document", found["id"], page=n)
    shown = found["preview"] and (request.args.get("shown") == "yes" or not found["graphic"])
    may_say = bool(set(g.me["roles"]) & set(pages.WORKING))
    about = {"document": found, "n": n, "shown": shown, "may_say": may_say, "sent": None,
             "may_give": bool(set(g.me["roles"]) & set(pages.GIVERS))}
    return render_template("documents/show.html", **{**about, **more}), status


@views.get("/documents/<uuid:document>/pages/<int:n>")
@open_to(*ANYONE, writes=True)
def image(opened, document, n):
    """The picture of a page without what it tells beside itself; the read and the step of custody are committed first."""
    found = opened.one("open_page", document=document, n=n)
    answer = make_response(pictures.bare(documents.bytes_of(current_app.config["SITEREG"], found["sha256"])))
    answer.mimetype = found["media_type"]
    answer.headers["Content-Disposition"] = "inline"
    return answer


@views.post("/documents/<uuid:document>/pages/<int:n>/regions")
@open_to(*pages.WORKING, writes=True)
def region(opened, document, n):
    """A region stands on the page, with what is written there if it was typed."""
    def draw(given):
        parts = {name: given[name] / 100 for name in ("x", "y", "width", "height")}
        made = opened.one("draw_region", document=document, n=n, **parts)
        if given["text"]:
            opened.call("transcribe", region=made["region"], text=given["text"], language=given["language"])

    return act(opened, document, n, "region", draw)


@views.post("/documents/<uuid:document>/pages/<int:n>/transcriptions")
@open_to(*pages.WORKING, writes=True)
def transcribe(opened, document, n):
    """What stands in a region of the page is written down anew; the earlier words stay."""
    def write(given):
        known = {one["id"] for one in scans.page(opened, document, n)["page"]["regions"]}
        if str(given["region"]) not in known:
            raise BadInput("This page has no such region")
        opened.call("transcribe", region=given["region"], text=given["text"], language=given["language"])

    return act(opened, document, n, "transcription", write)


@views.post("/documents/<uuid:document>/shows")
@open_to(*pages.WORKING, writes=True)
def describe(opened, document):
    """It is said what the document shows, and whether that is graphic."""
    return act(opened, document, 1, "shows", lambda given: opened.call(
        "describe_document", document=document, graphic=given["graphic"], shows=given["shows"]))


@views.post("/documents/<uuid:document>/look")
@open_to(*pages.WORKING, writes=True)
def look(opened, document):
    """It is said whether living people are in the document, and of which scene and days an image from above is."""
    return act(opened, document, 1, "look", lambda given: scans.look(opened, document, **given))


def act(opened, document, n, form, carry_out):
    """The form is carried out and the page follows; or the page is shown again with what stands in the way."""
    scans.page(opened, document, n)
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            carry_out(given)
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form=form, code=trouble.code)
        wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
        sent = {"form": form, "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
                "known": set(forms.FORMS[form]), "at": form}
        return page(opened, document, n, 422 if isinstance(trouble, BadInput) else 409, sent=sent)
    flash(_("It is recorded."))
    return redirect(url_for("documents.show", document=document, page=n, shown="yes"), 303)
