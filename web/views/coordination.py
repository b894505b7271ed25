"""Who works where, without content; and whether somebody spoke with a witness, asked by insiders and at the door, told alike."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import agreements, coordination
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix.roles import HANDLERS, INTERVIEWERS, KEEPERS_OF_TERMS, RECEIVERS, REPORTERS, STEWARDS, WORKING
from web import forms, language, words
from web.forms import status
from web.identity import PARTNERS, logs, open_to
from web.views.sharing import refused

views = Blueprint("coordination", __name__)


@views.get("/sites/<code:code>/work")
@open_to(*WORKING)
def at(opened, code):
    """Whether somebody works at a site, and the form that declares it."""
    return site_page(opened, code)


def site_page(opened, code, trouble=None):
    here = coordination.at(opened, code)
    logs("work_at", code=code)
    steward = "data_steward" in g.me["roles"]
    partners = [one for one in agreements.find(opened) if one["state"] == "in_force"] if steward else []
    return render_template("coordination/site.html", code=code, here=here, partners=partners, today=opened.value("today"),
                           may=bool(set(REPORTERS) & set(g.me["roles"])), sent=refused("work", trouble)), status(trouble)


@views.post("/sites/<code:code>/work")
@open_to(*REPORTERS, writes=True)
def declare(opened, code):
    """Somebody works here from now on."""
    try:
        said = forms.read("work", request.form)
        with opened.savepoint():
            coordination.declare(opened, code=code, **said)
    except (BadInput, Refused) as trouble:
        return site_page(opened, code, trouble)
    flash(_("Recorded."))
    return redirect(url_for("coordination.at", code=code), 303)


@views.get("/declared")
@open_to(*WORKING)
def works(opened):
    """Declared work: one's own, or all for who coordinates."""
    return work_page(opened)


def work_page(opened, trouble=None, which=None, form="work_end"):
    steward = "data_steward" in g.me["roles"]
    offers = coordination.offers(opened) if steward else []
    if offers:
        logs("work_offers", count=len(offers))
    return render_template("coordination/work.html", rows=coordination.works(opened), may=bool(set(REPORTERS) & set(g.me["roles"])),
                           steward=steward, offers=offers, governorates=governorates(opened),
                           sent=refused(form, trouble, which)), status(trouble)


@views.post("/declared/offers/<uuid:offer>")
@open_to(*STEWARDS, writes=True)
def settle_offer(opened, offer):
    """What a partner declared at the door is declared work from now on, or it is refused."""
    try:
        given = forms.read("offer", request.form)
        with opened.savepoint():
            coordination.settle(opened, offer, given["act"], code=given["code"])
    except (BadInput, Refused) as trouble:
        return work_page(opened, trouble, offer, "offer")
    flash(_("Recorded."))
    return redirect(url_for("coordination.works"), 303)


def governorates(opened):
    """{p-code: name in the reader's language} of the governorates, for lists."""
    ar = language.code() == "ar"
    return {row["pcode"]: (row["name_ar"] if ar else row["name_en"]) or row["name_en"] for row in opened.rows("units", level=1)}


@views.post("/declared/<uuid:work>/end")
@open_to(*REPORTERS, writes=True)
def end(opened, work):
    """It is over."""
    try:
        with opened.savepoint():
            coordination.end(opened, work, why=forms.read("work_end", request.form)["why"])
    except BadInput as trouble:
        return work_page(opened, trouble, work)
    flash(_("Recorded."))
    return redirect(url_for("coordination.works"), 303)


@views.get("/asks")
@open_to(*RECEIVERS)
def asks(opened):
    """What one asked; for source handlers what waits, and whom it meets."""
    return asks_page(opened)


def asks_page(opened, trouble=None, form="ask", which=None):
    mine = set(g.me["roles"])
    rows = coordination.waiting(opened) if mine & set(HANDLERS) else []
    if rows:
        logs("asks_waiting", count=len(rows))
    places = coordination.places_waiting(opened) if mine & set(KEEPERS_OF_TERMS) else []
    if places:
        logs("place_asks_waiting", count=len(places))
    return render_template("coordination/asks.html", rows=rows, places=places, governorates=governorates(opened),
                           may=bool(mine & set(INTERVIEWERS)),
                           mine=coordination.asks(opened) if mine & set(INTERVIEWERS) else [],
                           sent=refused(form, trouble, which), form_sent=form), status(trouble)


@views.post("/asks")
@open_to(*INTERVIEWERS, writes=True)
def ask(opened):
    """It is asked; the page is the same whatever is known."""
    try:
        with opened.savepoint():
            coordination.ask(opened, forms.read("ask", request.form)["contact"])
    except (BadInput, Refused) as trouble:
        return asks_page(opened, trouble)
    flash(_("Asked. You hear from the coordinator on the day that stands beside it."))
    return redirect(url_for("coordination.asks"), 303)


@views.post("/asks/<uuid:ask>")
@open_to(*HANDLERS, writes=True)
def answer(opened, ask):
    """What the asker hears on the day."""
    try:
        with opened.savepoint():
            coordination.answer(opened, ask, forms.read("ask_answer", request.form)["answer"])
    except (BadInput, Refused, Conflict) as trouble:
        if isinstance(trouble, Conflict):
            trouble.changed = [words.changed(one) for one in trouble.changed]
        return asks_page(opened, trouble, "ask_answer", ask)
    flash(_("Recorded."))
    return redirect(url_for("coordination.asks"), 303)


@views.post("/asks/places/<uuid:ask>")
@open_to(*KEEPERS_OF_TERMS, writes=True)
def answer_place(opened, ask):
    """What a partner hears of a place on the day."""
    try:
        said = forms.read("place_answer", request.form)
        with opened.savepoint():
            coordination.answer_place(opened, ask, said["answer"], work=said["work"])
    except (BadInput, Refused) as trouble:
        return asks_page(opened, trouble, "place_answer", ask)
    flash(_("Recorded."))
    return redirect(url_for("coordination.asks"), 303)


@views.get("/door/asks")
@open_to(PARTNERS)
def door_asks(opened):
    """The same at the door."""
    return door_page(opened)


def door_page(opened, trouble=None, form="ask"):
    return render_template("door/asks.html", mine=coordination.asks(opened), places=coordination.places(opened),
                           governorates=governorates(opened), sent=refused(form, trouble), form_sent=form), status(trouble)


@views.post("/door/asks")
@open_to(PARTNERS, writes=True)
def door_ask(opened):
    """It is asked; the page is the same whatever is known."""
    return door_asked(opened, "ask", lambda said: coordination.ask(opened, said["contact"]))


@views.post("/door/asks/places")
@open_to(PARTNERS, writes=True)
def door_place(opened):
    """Whether somebody works at a place is asked; the page is the same whatever is known."""
    return door_asked(opened, "ask_place", lambda said: coordination.ask_place(opened, said["unit"], said["place"]))


def door_asked(opened, form, act):
    try:
        with opened.savepoint():
            act(forms.read(form, request.form))
    except (BadInput, Refused) as trouble:
        return door_page(opened, trouble, form)
    flash(_("Asked. You hear from the coordinator on the day that stands beside it."))
    return redirect(url_for("coordination.door_asks"), 303)


@views.get("/door/declared")
@open_to(PARTNERS)
def door_works(opened):
    """What a partner declared, as it typed it, and the form."""
    return door_work_page(opened)


def door_work_page(opened, trouble=None):
    return render_template("door/work.html", rows=coordination.at_the_door(opened), governorates=governorates(opened),
                           today=opened.value("today"), sent=refused("door_work", trouble)), status(trouble)


@views.post("/door/declared")
@open_to(PARTNERS, writes=True)
def door_declare(opened):
    """It is declared; the page is the same whatever is known of the place."""
    try:
        with opened.savepoint():
            coordination.declare_at_the_door(opened, **forms.read("door_work", request.form))
    except (BadInput, Refused) as trouble:
        return door_work_page(opened, trouble)
    flash(_("Declared. A coordinator of the institution takes it over; you are told nothing else here."))
    return redirect(url_for("coordination.door_works"), 303)


@views.post("/door/declared/<uuid:offer>/over")
@open_to(PARTNERS, writes=True)
def door_over(opened, offer):
    """It is over, as the partner says."""
    coordination.over(opened, offer)
    flash(_("Recorded."))
    return redirect(url_for("coordination.door_works"), 303)
