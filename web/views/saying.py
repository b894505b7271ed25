"""Something more is said of a site: first what it is about, then one form, question after question, that writes one claim."""
from uuid import UUID

from babel import Locale
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import entering, saying, sites, sources
from sitereg.entering import places
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import NAMERS
from web import forms, language, pages, readings, words
from web.identity import logs, open_to

views = Blueprint("saying", __name__)
TYPED = ("code", "text", "lang", "definition", "min", "best", "max", "role", "body", "body_kind", "relation_kind", "where", "on",
         "began", "ended")
HANDS = {"yes": True, "no": False, "unknown": None}
SCANS = 200


@views.get("/sites/<code:code>/say")
@open_to(*pages.WORKING)
def index(opened, code):
    """What can be said of the site: one has to be chosen."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("saying.index", code=site["merged_into"]), 303)
    return render_template("saying/index.html", site=site, fields=offered())


def offered():
    """The fields that the reader may say something of; a body is named by those alone who may name one."""
    return [name for name in saying.FIELDS if name != "authority" or set(g.me["roles"]) & set(NAMERS)]


@views.get("/sites/<code:code>/say/<field>")
@open_to(*pages.WORKING)
def ask(opened, code, field):
    """The form of one field."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("saying.ask", code=site["merged_into"], field=field), 303)
    return page(opened, site, field)


@views.post("/sites/<code:code>/say/<field>")
@open_to(*pages.WORKING, writes=True)
def say(opened, code, field):
    """The claim stands, with its source; or the form is shown again with what stands in the way."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("sites.show", code=site["merged_into"]), 303)
    known(field)
    found = places.read(opened, request.form.get("where", "")[:200], request.form.get("where_pick")) if field == "place" else None
    try:
        given = forms.read("site_say", request.form)
        with opened.savepoint():
            record(opened, site, field, given, found)
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form="site_say", code=trouble.code, guard=getattr(trouble, "guard", None))
        wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
        if {"shape", "geom", "place", "place_kind"} & set(wrong):
            wrong["where"] = wrong.get("where") or next(iter(wrong.values()))
        sent = {"form": "site_say", "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
                "known": set(forms.FORMS["site_say"]), "at": "say"}
        return page(opened, site, field, forms.status(trouble), sent, found)
    flash(_("It is recorded."))
    return redirect(url_for("sites.why", code=code, field=field), 303)


def known(field):
    if field not in offered():
        raise NotFound


def record(opened, site, field, given, found):
    source = sources.described(
        opened, type=given["source_type"], label=given["source_label"], repeats=given["repeats"],
        **{name: given[name] for name in ("reliability", "connection", "partner", "terms", "uses", "consent")})
    page_of = f"page {given['page']}" if given["document"] and given["page"] else None
    saying.say(opened, site["id"], field, {name: given[name] for name in TYPED}, source, place=found and found.claim(),
               other=other(opened, given["other"]), credibility=given["credibility"], first_hand=HANDS[given["hand"]],
               document=given["document"], locator=page_of, quote=given["quote"])


def other(opened, code):
    """The id of the other site of a relation; refused at its field where there is none for the reader."""
    if not code:
        return None
    try:
        found = sites.show(opened, code)
    except NotFound:
        found = {"merged_into": True}
    if found["merged_into"]:
        raise BadInput("The form is not complete", problems=[
            {"code": "not_found", "field": "other", "value": code[:60], "message": "There is no such site for you"}],
            do="What you typed is kept: correct what is marked.")
    return UUID(str(found["id"]))


def page(opened, site, field, status=200, sent=None, found=None):
    from web.views import sites as site_views

    known(field)
    site_views.logged(site)
    accounts = sites.why(opened, site["code"], field)
    last, named = entering.last_terms(opened), Locale(language.code()).languages
    return render_template(
        "saying/form.html", site=site, field=field, said_as=saying.FIELDS[field], sent=sent or first(last), refused=bool(sent),
        accounts=[(one["claim"], words_of(one)) for one in accounts], languages=[(one, named[one]) for one in saying.LANGUAGES],
        scans=[(one["id"], one["name"]) for one in opened.rows("document_list", limit=SCANS)],
        reading=readings.place(found)), status


def first(last):
    """What stands in a fresh form: the terms of one's own last sheet."""
    return {"typed": {name: last.get(name, empty) for name, empty in (("partner", ""), ("terms", ""), ("uses", []))}, "wrong": {}}


def words_of(one):
    """One account in a line to choose from."""
    return _("; ").join((words.said(one) or _("finer than you are shown"), words.grade(one), words.recorded(one["recorded"])))
