"""The map with its list, and the pages of one site: what is known, why, and what became of it."""
from flask import Blueprint, g, redirect, render_template, request, url_for

from sitereg import documents, maps, sites, watches
from sitereg import views as kept
from sitereg.errors import BadInput, Refused
from sitereg.matrix.roles import CLAIM_READERS
from web import asking, basemaps, forms, ground, narrowing, pages, pages_network, pages_timeline, words, words_since
from web.identity import ANYONE, logs, open_to
from web.views import going, settling
from web.views.kept import keeping

views = Blueprint("sites", __name__)
PAGE = 50
TILES = "/tiles/sites/{z}/{x}/{y}.mvt"


@views.get("/")
@views.get("/sites")
@open_to(*ANYONE)
def index(opened):
    """The list of sites that the filters leave, with the map of the same; the list needs no script."""
    view = kept.show(opened, request.args["v"]) if request.args.get("v") else None
    filters, shown = asking.asked(extra=("at", "v"), held=view and view["asked"])
    seen, at = asking.after(), going.went(asking.hidden("at"))
    rows = sites.find(opened, **filters, limit=PAGE + 1, after=seen[-1] if seen else None)
    more, rows = rows[PAGE:], rows[:PAGE]
    note(shown, rows)
    today = opened.value("today")
    query = asking.query(shown)
    chart = basemaps.base(tiles_url=TILES, query=query, more=("trail",),
                        bounds=at["box"] if at else pages.around(rows) if query else None)
    counted = sites.facets(opened, **filters)
    facets = pages.facets(opened, counted, shown)
    whole = asking.without_left_out(filters)
    whole = whole and pages.facets(opened, sites.facets(opened, **whole), {
        **shown, **{name: [asking.bare(one) for one in shown[name]] for name in narrowing.CHIPS}})
    years = narrowing.years(*sites.years(opened, **filters), shown, today)
    return render_template(
        "map/index.html", chips=narrowing.chips(shown, facets, whole), left_out=whole or facets, years=years, at=at,
        view=view, watched=watches.codes(opened), terrain=ground.layers(opened), slopes=ground.steps(),
        sees_events=g.me["level"] > 0, total=sum(counted.get("overdue", {}).values()), filters=shown, as_of=words.day(today),
        facets=facets,
        search_text=shown["q"], export="/export?" + query if set(g.me["roles"]) & set(pages.GIVERS) else None, **keeping(),
        found=pages.places_named(opened, shown["q"]), map=maps.render(chart, g.nonce), page={
            "rows": [pages.row(one, today) for one in rows],
            "previous": "/sites?" + asking.query(shown, after=seen[:-1]) if seen else None,
            "next": "/sites?" + asking.query(shown, after=[*seen, rows[-1]["code"]]) if more else None})


@views.post("/sites")
@open_to(*ANYONE)
def search(opened):
    """What was typed becomes an address of the list that does not tell the words."""
    query = asking.query(asking.asked(request.form)[1])
    return redirect("/sites" + ("?" + query if query else ""), 303)


def note(shown, rows):
    """Searches stand in the log, and so do lists with exact places."""
    if any(shown.values()):
        asked = {name: value for name, value in shown.items() if value}
        logs("site_search", **{**asked, **({"area": True} if "area" in asked else {})})  # that there is one, and not where
    elif g.me["level"] >= 2 and rows:
        logs("site_list", count=len(rows))


@views.get("/sites/<code:code>")
@open_to(*ANYONE)
def show(opened, code):
    """Everything of one site in the reader's face; the code of a merged site leads to the one that stands."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("sites.show", code=site["merged_into"]), 303)
    return page(opened, site)


@views.get("/sites/<code:code>/panel")
@open_to(*ANYONE)
def panel(opened, code):
    """Of one site's page what one asks first, as it stands in the panel of the map; of a merged site of the one that stands."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("sites.panel", code=site["merged_into"]), 303)
    logged(site)
    return render_template("sites/panel.html", site=site, search_text="", **pages.at_a_glance(opened, site))


def page(opened, site, status=200, **more):
    """The page of a site as it stands, with what a form of it has to say."""
    logged(site)
    return render_template("sites/show.html", site=site, search_text="", **pages.site(opened, site),
                           **settling.on_page(opened, site), **pages_timeline.of_site(opened, site),
                           network=pages_network.drawn(site), papers=documents.of_site(opened, site["code"]), **more), status


def logged(site):
    """An exact place that is not for everybody stands in the log before it is shown."""
    if g.me["level"] >= 2 and site["exact"]:
        logs("site_page", site["id"])


@views.get("/sites/<code:code>/on")
@open_to(*ANYONE)
def past(opened, code):
    """A site as it was known at the end of a past day; nothing is done there."""
    try:
        day = forms.past_day(request.args.get("day", ""))
        with opened.savepoint():
            site = sites.show_on(opened, code, day)
    except (BadInput, Refused) as trouble:
        site = sites.show(opened, code)
        if site["merged_into"]:
            return redirect(url_for("sites.show", code=site["merged_into"]), 303)
        return page(opened, site, forms.status(trouble), past_trouble=trouble)
    if site["merged_into"]:
        return redirect(url_for("sites.past", code=site["merged_into"], day=day.isoformat()), 303)
    logged(site)
    history = sites.history(opened, site["code"])
    first = min((one["day"] for one in history), default=None)
    today = sites.show(opened, site["code"])
    return render_template("sites/past.html", site=site, day=day, map=pages.past_map(site), sent=None, may={}, waiting=[],
                           since=words_since.told(site, today) if site["known"] else [],
                           past_days=pages_timeline.days_known(first, opened.value("today")))


@views.get("/sites/<code:code>/why/<field>")
@open_to(*ANYONE)
def why(opened, code, field):
    """The claims behind one field of a site: who says it, how reliable, what contradicts it."""
    rows = sites.why(opened, code, field)
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("sites.why", code=site["merged_into"], field=field), 303)
    logged(site)
    return render_template("sites/why.html", site=site, field=field, rows=rows, settled=pages.settled(opened, site, field),
                           may_say=bool(set(g.me["roles"]) & set(CLAIM_READERS)))


@views.get("/sites/<code:code>/history")
@open_to(*ANYONE)
def history(opened, code):
    """What became of a site, newest first."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("sites.history", code=site["merged_into"]), 303)
    logged(site)
    return render_template("sites/history.html", site=site, rows=sites.history(opened, code),
                           measures={one["id"]: one["kind"] for one in site["measures"]})

