"""What would settle sites: which are nearest, and the form that proposes how well a kind of a site is known."""
from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import decisions, inquiries, sites
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix import roles
from web import asking, forms, language, pages, words, words_settle
from web.identity import ANYONE, logs, open_to

views = Blueprint("settling", __name__)
CODES = {"kind": ("kinds", "site_kind"), "state": ("states", "verification_level")}
STATES = ("reported", "suspected", "probable")
ASKED_WITHIN = timedelta(days=30)
PAGE = 20  # kinds of sites judged at once
CITED = ("place", "count", "remains_state", "activity", "relation", "content", "deposition", "integrity", "current_use",
         "official_status")


@views.get("/settle")
@open_to(*ANYONE)
def index(opened):
    """The kinds of sites whose next level up lacks least, of a kind, a level, a governorate."""
    filters, shown = asking.asked(codes=CODES, extra=("skip",))
    filters = {name: filters[name] for name in ("kinds", "states", "adm1")}
    skip = min(max(request.args.get("skip", 0, type=int), 0), 100_000)
    rows = decisions.nearest(opened, **filters, limit=PAGE, skip=skip)
    fit = rows[0]["fit"] if rows else 0
    logs("settle_nearest", count=len(rows))
    asked = open_questions(opened)
    rows = [{**one, "machine": "verification", "aspect": one["kind"], "place": one[f"place_{language.code()}"]} for one in rows]
    told = [{**words_settle.told(one), **asking_for(one, one["kind"], asked.get(one["code"], {}))} for one in rows]
    return render_template("settling/index.html", rows=told, shown=shown, choices=choices(opened), fit=fit, first=skip + 1,
                           last=min(skip + PAGE, fit), previous=at(shown, skip - PAGE if rows else 0) if skip else None,
                           next=at(shown, skip + PAGE) if skip + PAGE < fit else None,
                           may_say=bool(set(g.me["roles"]) & set(pages.WORKING)), due=due(opened))


def at(shown, skip):
    return url_for("settling.index", **{name: shown[name] for name in ("kind", "state", "governorate")}, skip=max(skip, 0) or None)


def choices(opened):
    """What the list can be narrowed to: {name: [{code, label}]}."""
    labels = language.labels(language.code())
    offered = {"kind": labels["kind"], "state": {one: labels["verification"][one] for one in STATES},
               "governorate": pages.governorates(opened)}
    return {name: [{"code": code, "label": label} for code, label in terms.items()] for name, terms in offered.items()}


def on_page(opened, site):
    """What the page of a site says of what would settle it."""
    asked = {one["question"]: one["id"] for one in inquiries.find(opened, subject=site["id"], limit=1000)}
    groups = words_settle.groups(decisions.settle(opened, site["code"]))
    for one in groups:
        one["up"] = [{**row, **asking_for(row, one["aspect"], asked)} for row in one["up"]]
    return {"settle": groups, "due": due(opened), "may_propose": bool(set(g.me["roles"]) & set(roles.acting("verification")))}


def asking_for(row, kind, asked):
    """The question that one click opens an inquiry with, and the inquiry that asks it already."""
    if not row["barred"]:
        return {"question": None, "asked": None}
    question = words_settle.question(row, kind)
    return {"question": question, "asked": asked.get(question)}


def open_questions(opened):
    """{code: {question: inquiry}} of the open inquiries that the reader sees."""
    found = {}
    for one in inquiries.find(opened, limit=1000):
        found.setdefault(one["code"], {})[one["question"]] = one["id"]
    return found


def due(opened):
    return (opened.value("today") + ASKED_WITHIN).isoformat()


@views.get("/sites/<code:code>/propose/<field>")
@open_to(*roles.acting("verification"))
def ask(opened, code, field):
    """The form of one step (field: kind:level): what it asks for, what there is, and what is to be said."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("settling.ask", code=site["merged_into"], field=field), 303)
    return page(opened, site, *step_named(field))


@views.post("/sites/<code:code>/propose/<field>")
@open_to(*roles.acting("verification"), writes=True)
def propose(opened, code, field):
    """The level is decided, or proposed where a verifier must approve; or the form is shown again with what stands in the way."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("sites.show", code=site["merged_into"]), 303)
    aspect, to = step_named(field)
    try:
        given = forms.read("propose_level", request.form)
        with opened.savepoint():
            made = decisions.decide(opened, site["id"], "verification", to, aspect=aspect, reason=given["reason"],
                                    basis=given["basis"], seen=given["seen"], value=value(given))
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form="propose_level", code=trouble.code, guard=getattr(trouble, "guard", None))
        if isinstance(trouble, Conflict):
            only = len(trouble.changed) == 1
            trouble.changed = [words.changed(one) for one in trouble.changed if only or one["field"] != "version"]
        wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
        sent = {"form": "propose_level", "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
                "known": set(forms.FORMS["propose_level"]), "at": "propose"}
        return page(opened, sites.show(opened, code), aspect, to, forms.status(trouble), sent)
    flash(_("Proposed: it waits for approval.") if made.state == "proposed" else _("The level is changed."))
    return redirect(pages.address(code), 303)


def step_named(field):
    """(kind, level) of kind:level in an address."""
    kind, _colon, level = field.partition(":")
    return kind, level


def value(given):
    """What a guard asks for by name."""
    said = {"evidence_in_place": "no" if given["evidence_gone"] else None, "error": given["error"],
            **{name: given[name] and str(given[name]) for name in ("contrary", "invalid")}}
    return {name: one for name, one in said.items() if one}


def step_of(opened, site, aspect, to):
    """The step from the level in force in words; None where there is none (any more)."""
    found = [one for one in decisions.settle(opened, site["code"])
             if (one["machine"], one["aspect"], one["to_state"]) == ("verification", aspect, to)]
    return words_settle.told(found[0]) if found else None


def page(opened, site, aspect, to, status=200, sent=None):
    from web.views import sites as site_views

    step = step_of(opened, site, aspect, to)
    if not step and not sent:
        raise NotFound
    site_views.logged(site)
    claims = [one for field in (f"kind:{aspect}", *CITED) for one in sites.why(opened, site["code"], field)]
    return render_template("settling/propose.html", site=site, step=step, claims=claims, sent=sent,
                           accounts=[(one["claim"], account(one)) for one in claims],
                           aspect=aspect, guards={one["guard"] for one in step["guards"]} if step else set()), status


def account(one):
    """One account in a line to choose from."""
    return _("; ").join((words.said(one) or _("finer than you are shown"), words.grade(one), words.recorded(one["recorded"])))
