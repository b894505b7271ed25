"""On the road: one page for a telephone with all that is asked at a place, trips with their hour of return, the printed sheet."""
import tempfile
from base64 import b64encode
from functools import cache
from pathlib import Path

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import drafts, sites, trips
from sitereg.entering import visitsheet
from sitereg.errors import BadInput, Refused
from web import areas, forms, pages, words
from web.identity import ANYONE, logs, open_to
from web.views import sites as site_views

views = Blueprint("field", __name__)
ON_THE_ROAD = ("hazards", "control", "permit", "escort", "help")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@views.get("/sites/<code:code>/field")
@open_to(*pages.VISITORS)
def show(opened, code):
    """What to know before one goes, and the forms for what is seen and done there; ?map=yes: with a map to draw on."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("field.show", code=site["merged_into"]), 303)
    return page(opened, site)


def page(opened, site, status=200, *, sent=None):
    """The page, with what a form of it has to say."""
    site_views.logged(site)
    drawing = request.args.get("map") == "yes" and sent is None
    key = drafts.device_key(opened)
    under_way = trips.on_the_way(opened)
    mine = next((one for one in under_way if one["mine"]), None)
    return render_template(
        "sites/field.html", site=site, sent=sent, trip=mine, map=chart(site) if drawing else None, on_the_road=ON_THE_ROAD,
        access=next((one for one in site["facts"] if one["field"] == "access_condition"), None), now=opened.value("today"),
        often=pages.commonest_first(opened), device=b64encode(key).decode() if key else None,
        controls=[one for one in site["authorities"] if one["role"] == "controls_territory"],
        **pages.guarding(opened, site)), status


def chart(site):
    """The map that what was covered and what was not searched are drawn on, around what the reader is shown of the place."""
    place = site["place"]
    seen = place["shape"] and place["shown_as"] != "admin_unit" and place["lat"] is not None
    there = [{"shape": place["shape"], "at": [place["lat"], place["lon"]], "radius": place["uncertainty_m"], "inside": "certain",
              "text": words.precision(place)}] if seen else []
    return areas.chart({}, found=there, around=place["shape"], outlines=["", "missed_"])


@views.post("/sites/<code:code>/trip")
@open_to(*pages.VISITORS, writes=True)
def leave(opened, code):
    """One sets out, and a colleague knows by when one is back."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("field.show", code=site["merged_into"]), 303)
    try:
        given = forms.read("trip", request.form)
        with opened.savepoint():
            trips.start(opened, site["id"], **given)
    except (BadInput, Refused) as trouble:
        wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
        sent = {"form": "trip", "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
                "known": set(forms.FORMS["trip"]), "at": "trip"}
        return page(opened, site, forms.status(trouble), sent=sent)
    flash(_("It is known by when you are back. Say so when you are."))
    return redirect(url_for("field.show", code=code), 303)


@views.post("/trips/<uuid:trip>")
@open_to(*ANYONE, writes=True)
def back(opened, trip):
    """The traveller is safely back, says he or the colleague who looked for him."""
    trips.end(opened, trip)
    flash(_("Safely back: it is recorded, and nobody is looked for."))
    return redirect(url_for("desk.desk"), 303)


@views.get("/sites/<code:code>/sheet")
@open_to(*pages.VISITORS)
def sheet(opened, code):
    """The form of a visit on paper in both languages: its questions and the site's code, nothing that the registry knows of it."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("field.sheet", code=site["merged_into"]), 303)
    logs("visit_sheet", site["id"])
    return render_template("sites/sheet.html", code=site["code"], questions=visitsheet.questions(), today=opened.value("today"))


@cache
def form_of_visits():
    """The bytes of the form: it is the same for everybody, and a workbook made anew would tell when."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visit.xlsx"
        visitsheet.form(path)
        return path.read_bytes()


@views.get("/visit-form")
@open_to(*pages.VISITORS)
def form(opened):
    """The same form for ODK and Kobo (XLSForm); it names no site."""
    answer = make_response(form_of_visits())
    answer.mimetype = XLSX
    answer.headers["Content-Disposition"] = 'attachment; filename="visit.xlsx"'
    return answer
