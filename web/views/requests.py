"""Search requests, for source handlers: recorded, matched, left open, opened; the stage, which two persons open."""
from uuid import UUID, uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import requests
from sitereg.entering import last_terms
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.sentences import said
from web import forms, language, readings, words_duplicates, words_own, words_requests
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("requests", __name__)
READERS = (*requests.STAGE_ASKERS, "auditor")
TROUBLES = (BadInput, Refused, Conflict)
LISTS = ("uses", "scope")


@views.get("/requests")
@open_to(*requests.TELLERS)
def index(opened):
    """All requests, the overdue and those whose consent is gone before the others."""
    rows = requests.listed(opened)
    if rows:
        logs("request_list", count=len(rows))
    return render_template("requests/index.html", rows=rows, stage=requests.stage(opened), told=words_requests)


@views.get("/requests/stage")
@open_to(*READERS)
def stage(opened):
    """Whether cases are registered, and who settled that."""
    return stage_page(opened)


@views.post("/requests/stage")
@open_to(*requests.STAGE_ASKERS, writes=True)
def turn(opened):
    """It is asked that the stage be opened or closed."""
    return settled(opened, "stage", lambda given: requests.turn(opened, given["act"] == "open", reason=given["reason"]))


@views.post("/requests/stage/<uuid:stage>")
@open_to(*requests.STAGE_AGREERS, writes=True)
def settle(opened, stage):
    """Another person agrees, or it is refused."""
    return settled(opened, "stage_settle", lambda given: requests.settle_stage(opened, stage, given["act"], why=given["why"]),
                   stage)


def settled(opened, form, act, which=None):
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            act(given)
    except TROUBLES as trouble:
        return stage_page(opened, trouble, form, which)
    flash(_("Recorded."))
    return redirect(url_for("requests.stage"), 303)


def stage_page(opened, trouble=None, form="stage", which=None):
    roles = set(g.me["roles"])
    return render_template("requests/stage.html", stage=requests.stage(opened), asks=bool(roles & set(requests.STAGE_ASKERS)),
                           agrees=bool(roles & set(requests.STAGE_AGREERS)), sent=refused(form, trouble, which)), status(trouble)


@views.get("/requests/new")
@open_to(*requests.TELLERS)
def blank(opened):
    """The form, with the partner and the terms of one's own last sheet; consent is asked anew."""
    return form_page(opened, uuid4(), {name: one for name, one in last_terms(opened).items() if name != "uses"})


@views.post("/requests/new")
@open_to(*requests.TELLERS, writes=True)
def record(opened):
    """The request stands; or the form again with what stands in the way."""
    try:
        once = UUID(request.form.get("once", ""))
    except ValueError:
        raise BadInput("This form is too old", do="Load the page again.") from None
    typed = {name: request.form.getlist(name) if name in LISTS else request.form[name] for name in request.form
             if name not in ("csrf_token", "once") and not name.endswith("_seen")}
    try:
        with opened.savepoint():
            made = requests.record(opened, {name: one for name, one in typed.items() if one}, once=once)
    except TROUBLES as trouble:
        logs("refused", form="request", code=trouble.code, guard=getattr(trouble, "guard", None))
        return form_page(opened, once, typed, trouble)
    flash(_("Recorded. Hand over the page of the family, if they wish it."))
    return redirect(url_for("requests.show", wanted=made), 303)


def form_page(opened, once, typed, trouble=None):
    sheet = requests.read(opened, typed, once=once) if trouble is not None else None
    wrong = {one["field"]: readings.fault(one) for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    return render_template(
        "requests/new.html", once=once, sent={"typed": typed, "wrong": wrong}, trouble=trouble, label=readings.label,
        hint=readings.hint, stage=requests.stage(opened), own=words_own, told=words_requests, codes=requests,
        consent=[(one, said(one, "ar"), said(one, "en")) for one in requests.CONSENT_WORDS],
        readings={name: readings.place(one) for name, one in (sheet.places if sheet else {}).items()},
        days={name: readings.days(one) for name, one in (sheet.days if sheet else {}).items()}), status(trouble)


@views.get("/requests/<uuid:wanted>")
@open_to(*requests.TELLERS)
def show(opened, wanted):
    """One request: what was told, where it stands, what the family wishes."""
    return page(opened, wanted)


@views.post("/requests/<uuid:wanted>/candidates")
@open_to(*requests.TELLERS)
def candidates(opened, wanted):
    """Who it may be, with what speaks for and against."""
    try:
        given = forms.read("request_seek", request.form)
        found = requests.candidates(opened, wanted, reason=given["reason"])
    except TROUBLES as trouble:
        return page(opened, wanted, trouble, "request_seek")
    return page(opened, wanted, found=found, reason=given["reason"])


@views.post("/requests/<uuid:wanted>/match")
@open_to(*requests.TELLERS, writes=True)
def match(opened, wanted):
    """A match is proposed."""
    return done(opened, wanted, "request_match", lambda given: requests.match(opened, wanted, given["code"], why=given["why"]))


@views.post("/requests/<uuid:wanted>/unmatch")
@open_to(*requests.TELLERS, writes=True)
def unmatch(opened, wanted):
    """That a match falls is proposed."""
    return done(opened, wanted, "request_why", lambda given: requests.unmatch(opened, wanted, why=given["why"]))


@views.post("/requests/<uuid:wanted>/open")
@open_to(*requests.TELLERS, writes=True)
def open_case(opened, wanted):
    """The search is open."""
    return done(opened, wanted, "request_why", lambda given: requests.open_(opened, wanted, why=given["why"]))


@views.post("/requests/<uuid:wanted>/step")
@open_to(*requests.TELLERS, writes=True)
def step(opened, wanted):
    """What is being done stands."""
    return done(opened, wanted, "request_step",
                lambda given: requests.step(opened, wanted, given["step"], why=given["why"], due=given["due"]))


@views.post("/requests/<uuid:wanted>/access")
@open_to(*requests.TELLERS, writes=True)
def access(opened, wanted):
    """The code for the paper and the second secret, shown this once."""
    try:
        with opened.savepoint():
            _id, code, secret = requests.hand_over(opened, wanted)
    except TROUBLES as trouble:
        return page(opened, wanted, trouble, "request_why")
    g.way_back = url_for("requests.show", wanted=wanted)
    return render_template("requests/handed.html", wanted=wanted, code=code, secret=secret)


@views.post("/requests/<uuid:wanted>/access/<uuid:access>")
@open_to(*requests.TELLERS, writes=True)
def end_access(opened, wanted, access):
    """An access is ended."""
    if access not in [UUID(one["id"]) for one in requests.show(opened, wanted)["accesses"]]:
        raise NotFound
    return done(opened, wanted, "request_why", lambda given: requests.end_access(opened, access, why=given["why"]))


@views.post("/requests/<uuid:wanted>/called/<uuid:wish>")
@open_to(*requests.TELLERS, writes=True)
def called(opened, wanted, wish):
    """The family was called."""
    if wish not in [UUID(one["id"]) for one in requests.show(opened, wanted)["calls"]]:
        raise NotFound
    requests.called(opened, wish)
    flash(_("Recorded."))
    return redirect(url_for("requests.show", wanted=wanted), 303)


@views.post("/requests/<uuid:wanted>/reach")
@open_to(*requests.TELLERS, writes=True)
def reach(opened, wanted):
    """How the family wishes to be reached from now on, as it said."""
    return done(opened, wanted, "own_reach", lambda given: requests.reach(opened, wanted, **given))


def done(opened, wanted, form, act):
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            act(given)
    except TROUBLES as trouble:
        return page(opened, wanted, trouble, form)
    flash(_("Recorded."))
    return redirect(url_for("requests.show", wanted=wanted), 303)


def page(opened, wanted, trouble=None, form="request_why", found=None, reason=""):
    one = requests.show(opened, wanted)
    logs("request_page", one["id"])
    g.way_back = url_for("requests.show", wanted=wanted)
    places = {row["pcode"]: {"en": row["name_en"], "ar": row["name_ar"]} for row in opened.rows("units", level=1)}
    return render_template(
        "requests/show.html", one=one, facts=words_own.facts({**one, "places": places}), own=words_own, told=words_requests,
        uses=words_own.uses(one), reach=words_own.reach(one),
        asked=[(each["id"], each["wish"], words_own.wish(each)) for each in one["calls"]], found=found,
        reason=reason, part=words_duplicates.part, may_name="names" in g.me["compartments"], codes=requests,
        stage=requests.stage(opened), lang=language.code(), sent=refused(form, trouble)), status(trouble)
