"""The search field of every page: what carries the words, by kind, with what was met; and what may be meant as one types."""
from flask import Blueprint, g, jsonify, redirect, render_template, request

from sitereg import search
from sitereg.errors import BadInput
from web import asking, language, words_search
from web.identity import ANYONE, logs, open_to

views = Blueprint("search", __name__)


@views.get("/search")
@open_to(*ANYONE)
def index(opened):
    """Sites, places and persons of these words, the closest first, each with the name that was met."""
    shown = asking.asked(codes={})[1]
    found = search.find(opened, shown["q"]) if shown["q"] else {kind: [] for kind in search.KINDS}
    if shown["q"]:
        logs("search", q=shown["q"])
    return render_template("search/index.html", search_text=shown["q"], found=found, told=words_search,
                           may_name=g.me["level"] >= 1 and "names" in g.me["compartments"], sees_cases=g.me["level"] >= 1)


@views.post("/search")
@open_to(*ANYONE)
def ask(opened):
    """What was typed becomes an address that does not tell the words."""
    query = asking.query(asking.asked(request.form, codes={})[1])
    return redirect("/search" + ("?" + query if query else ""), 303)


@views.post("/search/suggest")
@open_to(*ANYONE)
def suggest(opened):
    """As one types: [{kind, label, more, href}] of sites and places; persons are never suggested."""
    unknown = [name for name in request.form if name not in ("q", "csrf_token")]
    if unknown:
        raise BadInput("There is no such field", where=unknown[0], do="Send q.")
    typed = request.form.get("q", "")
    found = search.suggest(opened, typed)
    if any(found.values()):
        logs("search_suggest", q=typed.strip())
    locale = language.code()
    sites = [{"kind": "site", "label": words_search.called(one["names"], one["code"]), "more": one[f"place_{locale}"] or "",
              "written": words_search.as_written(one), "href": f"/sites/{one['code']}"} for one in found["sites"]]
    places = [{"kind": "place", "label": one[f"name_{locale}"] or one["name_en"], "more": "", "written": "", "href": ""}
              for one in found["places"]]
    return jsonify(options=sites + places)
