"""Freezing at once: an area, a site or records, the source of an account; and the lifting, which two releasers do."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import holdings, sharing, sites
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix.roles import RELEASERS
from web import areas, forms, pages, pages_persons
from web.forms import status
from web.identity import open_to
from web.views.sharing import refused, said_of

views = Blueprint("freezing", __name__)


@views.get("/freezes")
@open_to(*pages.FREEZERS)
def index(opened):
    """What the reader froze himself, and for releasers the freezes in force, each with the form to lift it."""
    return listed(opened)


@views.post("/freezes/<uuid:freezing>")
@open_to(*RELEASERS, writes=True)
def settle(opened, freezing):
    """It is asked that a freeze be lifted, or another releaser agrees to that, or it stays."""
    try:
        with opened.savepoint():
            flashed = carry_out(opened, freezing, **forms.read("unfreeze", request.form))
    except (BadInput, Refused, Conflict) as trouble:
        return listed(opened, refused("unfreeze", trouble, freezing)), status(trouble)
    flash(flashed)
    return redirect(url_for("freezing.index"), 303)


def carry_out(opened, freezing, *, act, why):
    if act == "ask":
        sharing.ask_unfreeze(opened, freezing, why=why)
        return _("It is asked: another releaser agrees before anything is shown again.")
    done = sharing.settle_unfreeze(opened, freezing, agrees=act == "agree", why=why)
    return {"taken": _("The freeze is lifted: what no other freeze holds is back as it was."), "refused": _("The freeze stays."),
            "withdrawn": _("You withdrew it: the freeze stays.")}[done]


def listed(opened, sent=None):
    lifts = "releaser" in g.me["roles"] and g.me["level"] == 2
    return render_template("sharing/freezes.html", rows=sharing.freezes(opened), lifts=lifts, mine=sharing.receipts(opened),
                           sent=sent)


@views.get("/freezes/area")
@open_to(*pages.FREEZERS)
def ask_area(opened):
    """The form and the map on which an area is drawn."""
    return area_page(opened)


@views.post("/freezes/area")
@open_to(*pages.FREEZERS, writes=True)
def area(opened):
    """An area is frozen at once."""
    try:
        given = forms.read("freeze_area", request.form)
        told, problems = areas.read({name: given.pop(name) or "" for name in areas.FIELDS})
        if problems:
            raise areas.refusal(problems)
        with opened.savepoint():
            made = sharing.freeze(opened, "area", area=areas.polygon(opened, told), **given)
    except (BadInput, Refused, Conflict) as trouble:
        return area_page(opened, trouble)
    return done(made)


def area_page(opened, trouble=None):
    sent = refused("freeze_area", trouble)
    wrong = areas.wrong(trouble) if isinstance(trouble, BadInput) else {}
    if sent:
        sent["known"] |= {"area"}
    asked = sent["typed"] if sent else {}
    return render_template("sharing/freeze_area.html", asked=asked, wrong=wrong, units=pages_persons.units(opened, 1, 2),
                           map=areas.chart(asked), sent=sent), status(trouble)


@views.get("/<any(sites, holdings):room>/<code:code>/freeze")
@open_to(*pages.FREEZERS)
def ask(opened, room, code):
    """What freezing a site or records does."""
    return freeze_page(opened, shown(opened, room, code))


@views.post("/<any(sites, holdings):room>/<code:code>/freeze")
@open_to(*pages.FREEZERS, writes=True)
def freeze(opened, room, code):
    """A site or a body of records is frozen at once."""
    one = shown(opened, room, code)
    try:
        with opened.savepoint():
            made = sharing.freeze(opened, "site", code=code, **forms.read("freeze", request.form))
    except (BadInput, Refused, Conflict) as trouble:
        return freeze_page(opened, one, trouble)
    return done(made)


def shown(opened, room, code):
    return (sites if room == "sites" else holdings).show(opened, code)


def freeze_page(opened, one, trouble=None):
    if one["merged_into"]:
        return redirect(f"{pages.address(one['merged_into'])}/freeze", 303)
    about = {"one": one, "address": pages.address(one["code"]), "frozen": sharing.frozen(opened, one["code"])}
    return render_template("sharing/freeze.html", **about, sent=refused("freeze", trouble)), status(trouble)


@views.get("/sites/<code:code>/claims/<uuid:claim>/freeze")
@open_to(*pages.FREEZERS)
def ask_source(opened, code, claim):
    """What freezing the source of an account does."""
    return source_page(opened, code, claim)


@views.post("/sites/<code:code>/claims/<uuid:claim>/freeze")
@open_to(*pages.FREEZERS, writes=True)
def source(opened, code, claim):
    """The source of an account is frozen at once."""
    said_of(opened, code, claim)
    try:
        with opened.savepoint():
            made = sharing.freeze(opened, "source", claim=claim, **forms.read("freeze", request.form))
    except (BadInput, Refused, Conflict) as trouble:
        return source_page(opened, code, claim, trouble)
    return done(made)


def source_page(opened, code, claim, trouble=None):
    about = {"code": code, "claim": claim, "rows": said_of(opened, code, claim)}
    return render_template("sharing/freeze_source.html", **about, sent=refused("freeze", trouble)), status(trouble)


def done(made):
    """Back to the list, where the receipt stands: what is frozen is not shown any more, not even to the one who froze it."""
    flash(_("It is frozen, and gone from every page. Your reference: %(reference)s", reference=str(made)))
    return redirect(url_for("freezing.index"), 303)
