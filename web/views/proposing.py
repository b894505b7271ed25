"""What two people settle about a site as a whole: merge, split, publication; and a restriction, which one person's act makes."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import decisions, disclosing, machines, sites
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix import roles
from web import fields, forms, words
from web.identity import open_to
from web.views import desk
from web.views import sites as site_views
from web.views.sharing import refused

views = Blueprint("proposing", __name__)
JOINERS = roles.acting("merge", "split")
PUBLISHERS = roles.acting("disclosure")
LIFTERS = tuple(dict.fromkeys(role for step in machines.TIER for role in step.roles if step.to == "lifted"))
RISKS = dict.fromkeys(disclosing.RISKS, "filled in")
FILLED = {"publish": "yes", "recipient": "public", "risk": RISKS, "owner_consent": "filled in by the form"}  # as if answered


@views.get("/sites/<code:code>/merge")
@open_to(*JOINERS)
def merge(opened, code):
    """The form by which a site becomes part of another."""
    return shown(opened, code, "merge")


@views.post("/sites/<code:code>/merge")
@open_to(*JOINERS, writes=True)
def merged(opened, code):
    """It is shown what the merge would change, or it is proposed."""
    def act(site, given):
        stays = sites.show(opened, given["into"].strip())
        if stays["merged_into"]:
            raise BadInput("It was merged into another", where=stays["code"], do="Look at the code once more.")
        return decisions.merge(opened, stays["id"], site["id"], reason=given["reason"], seen=given["seen"])

    return done(opened, code, "merge", act)


@views.get("/sites/<code:code>/split")
@open_to(*JOINERS)
def split(opened, code):
    """The form by which accounts leave a site for new ones."""
    return shown(opened, code, "split")


@views.post("/sites/<code:code>/split")
@open_to(*JOINERS, writes=True)
def parted(opened, code):
    """It is shown what the split would change, or it is proposed."""
    def act(site, given):
        goes = {name.removeprefix("to-"): n for name, n in request.form.items() if name.startswith("to-") and n}
        parts = [(given[f"part_{n}"] or "", [claim for claim, to in goes.items() if to == str(n)]) for n in fields.PARTS]
        parts = [one for one in parts if any(one)]
        return decisions.split(opened, site["id"], parts, reason=given["reason"], seen=given["seen"])

    return done(opened, code, "split", act)


@views.get("/sites/<code:code>/tier")
@open_to(*machines.ANYONE_AT_WORK)
def tier(opened, code):
    """Who may see a site: the restrictions in force, and the forms that restrict, lift and publish."""
    return shown(opened, code, "tier")


@views.post("/sites/<code:code>/disclose")
@open_to(*PUBLISHERS, writes=True)
def disclose(opened, code):
    """It is shown what would be published, or that is proposed."""
    def act(site, given):
        return disclosing.disclose(opened, site["id"], given["basis"], answers(given), reason=given["reason"], seen=given["seen"])

    return done(opened, code, "disclose", act)


@views.post("/sites/<code:code>/disclose-place")
@open_to(*PUBLISHERS, writes=True)
def disclose_place(opened, code):
    """It is shown from which tier on the exact place would be shown, or that is proposed."""
    def act(site, given):
        return disclosing.disclose_place(opened, site["id"], int(given["from_tier"]), answers(given), reason=given["reason"],
                                         seen=given["seen"])

    return done(opened, code, "disclose_place", act)


@views.post("/sites/<code:code>/restrict")
@open_to(*machines.ANYONE_AT_WORK, writes=True)
def restrict(opened, code):
    """The site, its exact place or some accounts are restricted from now on."""
    def act(site, given):
        chosen = given["basis"] if given["what"] == "claims" else ()
        if given["what"] == "claims" and not chosen:
            raise BadInput("Nothing is ticked", do="Tick the accounts that are to be restricted.")
        return disclosing.restrict(opened, site["id"], reason=given["reason"], tier=int(given["tier"]), claims=chosen,
                                   place=given["what"] == "place", seen=given["seen"])

    return done(opened, code, "restrict", act)


@views.post("/sites/<code:code>/lift")
@open_to(*LIFTERS, writes=True)
def lift(opened, code):
    """It is proposed that a restriction in force on the site ends."""
    def act(site, given):
        if given["decision"] not in {one["id"] for one in disclosing.in_force(opened, site["id"])}:
            raise BadInput("This site has no such entry")
        return disclosing.lift(opened, given["decision"], reason=given["reason"])

    return done(opened, code, "lift", act)


def answers(given):
    """What was answered before it is asked to publish."""
    risk = {name: given[f"risk_{name}"] for name in disclosing.RISKS}
    return disclosing.Answers(given["publish"], given["recipient"], risk, given.get("owner_consent"))


def done(opened, code, form, act):
    """The act is carried out and the site's page follows; or what it would change is shown, or what stands in the way."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for("sites.show", code=site["merged_into"]), 303)
    page = form if form in ("merge", "split") else "tier"
    try:
        given = forms.read(form, asked(form))
        if given.get("act") == "look":
            ahead = decisions.ahead(opened, lambda: act(site, given))
            return shown(opened, code, page, sent={**refused_nothing(form), "ahead": desk.told(opened, ahead)})
        with opened.savepoint():
            made = act(site, given)
    except NotFound:
        trouble = BadInput("There is no site of this code in what you may see", do="Look at the code once more.")
        return shown(opened, code, page, 422, refused(form, trouble))
    except (BadInput, Refused, Conflict) as trouble:
        sent = refused(form, trouble)
        if isinstance(trouble, Conflict):
            only = len(trouble.changed) == 1
            trouble.changed = [words.changed(one) for one in trouble.changed if only or one["field"] != "version"]
        return shown(opened, code, page, forms.status(trouble), sent)
    flash(_("Proposed: it waits for approval.") if made.state == "proposed" else _("It is restricted from now on."))
    gone = form == "restrict" and given["what"] == "site" and int(given["tier"]) > g.me["level"]
    return redirect("/desk" if gone else url_for("sites.show", code=code), 303)


def asked(form):
    """The form without what says of each account where it goes."""
    return request.form if form != "split" else type(request.form)(
        [(name, text) for name, text in request.form.items(multi=True) if not name.startswith("to-")])


def refused_nothing(form):
    """A form that is shown again as it was sent, with nothing against it."""
    return {"form": form, "typed": forms.typed(request.form), "wrong": {}, "trouble": None, "at": ""}


def shown(opened, code, page, status=200, sent=None):
    """One of the pages, with what bars the step however its form is filled."""
    site = sites.show(opened, code)
    if site["merged_into"]:
        return redirect(url_for(f"proposing.{page}", code=site["merged_into"]), 303)
    site_views.logged(site)
    more = {"held": disclosing.in_force(opened, site["id"])} if page == "tier" else {}
    if page == "merge" and sent and "ahead" in sent:
        stays = sites.show(opened, request.form["into"].strip())["id"]
        more["both"] = sorted(sites.find(opened, ids=[site["id"], stays], limit=2), key=lambda one: one["id"] == stays)
    mine = set(g.me["roles"])
    return render_template(
        f"sites/{page}.html", site=site, sent=sent, claims=sites.said(opened, code) if page != "merge" else [],
        parts=fields.PARTS, goes={name.removeprefix("to-"): n for name, n in request.form.items() if name.startswith("to-")},
        may={"publish": bool(mine & set(PUBLISHERS)), "lift": bool(mine & set(LIFTERS))},
        barred=barred(opened, site, page), waiting=decisions.waiting(opened, site["id"]), **more), status


def barred(opened, site, page):
    """{step: what is lacking, in words} that no filling in of the form would change."""
    def lacks(machine, aspect, to, value=None, but=()):
        found = [one for one in decisions.options(opened, site["id"], machine, aspect=aspect, value=value) if one["to_state"] == to]
        return [each["needs"] for one in found for each in one["lacking"] if each["guard"] not in but]

    if page != "tier":
        form = "survivor_named" if page == "merge" else "parts_named"
        return {page: lacks(page, "", {"merge": "merged", "split": "split"}[page], but=(form,))}
    return {"disclose": lacks("disclosure", "", "disclosed", FILLED),
            "place": {n: lacks("disclosure", "place", "place_disclosed", {**FILLED, "exact_tier": n}) for n in (0, 1)}}
