"""What the ground around a site says, from images from above and from elevations: pictures before and after, layers, a profile."""
import csv
import io
from uuid import UUID

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from shapely import LineString

from sitereg import geo, imagery, sites
from sitereg.errors import BadInput, NotFound
from sitereg.imagery import looking
from web import asking, ground, language, pages
from web.identity import ANYONE, logs, open_to

views = Blueprint("ground", __name__)
ENDS = ("from", "to")


def settings():
    return current_app.config["SITEREG"]


@views.get("/sites/<code:code>/ground")
@open_to(*ANYONE)
def show(opened, code):
    """Pictures before and after, the rasters as layers of a map, numbers of the ground, a profile, what was observed."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("ground.show", code=site["merged_into"]), 303)
    return page(opened, site, asking.hidden("a"))


@views.post("/sites/<code:code>/ground")
@open_to(*ANYONE)
def ask(opened, code):
    """Two places that were typed or clicked become an address that tells neither; what cannot be read is said in the form."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("ground.show", code=site["merged_into"]), 303)
    typed = {name: request.form.get(name, "").strip()[:200] for name in ENDS}
    read = {name: geo.parse(typed[name], geo.Declared(order="latlon")) for name in ENDS}
    wrong = {name: _("This is not read as one place: give latitude and longitude, or MGRS")
             for name in ENDS if not read[name].found}
    if not wrong and read["from"].lon == read["to"].lon and read["from"].lat == read["to"].lat:
        wrong["to"] = _("Both ends are the same place.")
    if wrong:
        return page(opened, site, None, typed=typed, wrong=wrong, status=422)
    line = [[read[name].lon, read[name].lat] for name in ENDS]
    kept = {name: request.args[name] for name in ("before", "after", "relief", "within") if name in request.args}
    told = asking.hide({"line": line, "typed": typed})
    return redirect(url_for("ground.show", code=site["code"], **kept, a=told, _anchor="profile"), 303)


def page(opened, site, asked, *, typed=None, wrong=None, status=200):
    """The page, with the profile that is asked for, or one from west to east."""
    seen = looking.extent(site["place"], within())
    rasters = imagery.find(opened, site=site["code"], limit=200) if seen else []
    note(site)
    chosen = ground.chosen(rasters, request.args)
    cut = section(chosen["relief"], line_of(asked, seen)) if chosen["relief"] else None
    return render_template(
        "ground/show.html", site=site, seen=seen, rasters=rasters, told=ground, chosen=chosen, cut=cut, asked=asked,
        wrong=wrong or {}, typed=typed or (asked or {}).get("typed") or {}, token=request.args.get("a") if asked else None,
        side=looking.SIDE, withins=looking.WITHIN, exact=site["place"]["shown_as"] == "exact",
        map=ground.chart(site, seen, rasters, cut) if seen else None,
        numbers=looking.around(settings(), chosen["relief"], seen) if chosen["relief"] else None,
        observed=ground.observed(imagery.observations(opened, site=site["code"], limit=50), rasters),
        may_report=bool(set(g.me["roles"]) & set(pages.REPORTERS))), status


def within():
    """How many metres around an exact place are asked for, or None."""
    asked = request.args.get("within", type=int)
    return asked if asked in looking.WITHIN else None


def note(site):
    """Exact places that are not for everybody stand in the log before they are shown."""
    if g.me["level"] >= 2 and site["exact"]:
        logs("site_ground", site["id"])


def line_of(asked, seen):
    return LineString(asked["line"]) if asked else looking.default_line(seen)


def section(raster, line):
    """{section, trouble, ends, frame} of the line on that raster of elevations."""
    try:
        frame = looking.profile(settings(), raster, line)
    except BadInput as trouble:
        return {"section": None, "trouble": trouble, "line": line}
    drawn = looking.section(frame, right=language.code() == "ar", metres=_("m"), kilometres=_("km"),
                            said=_("Elevations along the profile; the numbers stand in the table."))
    return {"section": drawn, "trouble": None, "line": line, "frame": frame}


@views.get("/sites/<code:code>/ground/profile")
@open_to(*ANYONE)
def profile(opened, code):
    """The profile as a table of distances and elevations; the file names no place."""
    site, chosen, seen = looked(opened, code)
    if not chosen["relief"]:
        raise NotFound
    cut = section(chosen["relief"], line_of(asking.hidden("a"), seen))
    if cut["trouble"]:
        raise cut["trouble"]
    note(site)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["distance_m", "elevation_m"])
    rows.writerows([f"{row.distance_m:.1f}", "" if row.elevation != row.elevation else f"{row.elevation:.2f}"]
                   for row in cut["frame"].itertuples())
    answer = make_response(out.getvalue())
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = 'attachment; filename="profile.csv"'
    return answer


def looked(opened, code):
    """(site, what is chosen, the ground) as the page has them; NotFound where nothing is drawn of it."""
    site = sites.show(opened, code)
    seen = None if site["merged_into"] else looking.extent(site["place"], within())
    if not seen:
        raise NotFound
    return site, ground.chosen(imagery.find(opened, site=site["code"], limit=200), request.args), seen


@views.get("/sites/<code:code>/ground/<uuid:raster>.png")
@open_to(*ANYONE)
def chip(opened, code, raster):
    """One raster on the ground around the site, or on the cell that is shown of it, whole."""
    site = sites.show(opened, code)
    seen = None if site["merged_into"] else looking.extent(site["place"], within())
    found = {one.id: one for one in imagery.find(opened, site=site["code"], limit=200)} if seen else {}
    if raster not in found:
        raise NotFound
    note(site)
    return picture(looking.chip(settings(), found[raster], seen))


@views.get("/imagery/<uuid:raster>/<int:z>/<int:x>/<int:y>.png")
@open_to(*ANYONE)
def tile(opened, raster: UUID, z, x, y):
    """One tile of a raster; 204 where it knows nothing. It stands in the log by its zoom alone."""
    return drawn(opened, raster, z, x, y)


@views.get("/imagery/<uuid:raster>/slope/<int:z>/<int:x>/<int:y>.png")
@open_to(*ANYONE)
def slope(opened, raster: UUID, z, x, y):
    """The same of how steep the ground is, of a raster of elevations."""
    return drawn(opened, raster, z, x, y, slope=True)


def drawn(opened, raster, z, x, y, **how):
    found = imagery.show(opened, raster)
    try:
        made = looking.tile(settings(), found, z, x, y, **how)
    except BadInput:
        raise NotFound from None
    if made is None:
        return make_response("", 204)
    if g.me["level"] >= 2:
        logs("raster_tile", zoom=z)
    return picture(made)


def picture(data):
    answer = make_response(data)
    answer.mimetype = "image/png"
    return answer
