"""Possible duplicates: two records side by side, what agrees and what does not, in words and bits; linked, told apart, undone."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import duplicates, persons, sites
from sitereg.errors import BadInput, Refused
from sitereg.matrix.roles import SETTLERS
from web import asking, forms, pages_persons, words_duplicates
from web.identity import ANYONE, logs, open_to

views = Blueprint("duplicates", __name__)
SHOWN, MOST = 30, 3000


@views.get("/duplicates")
@open_to(*ANYONE)
def index(opened):
    """Pairs of the reader's own rows that may be one thing, and what was settled."""
    return page(opened)


@views.post("/duplicates")
@open_to(*ANYONE)
def ask(opened):
    """What is compared becomes an address that does not tell the reason."""
    kind, adm1, reason = (request.form.get(name, "").strip() for name in ("kind", "governorate", "reason"))
    if kind not in duplicates.KINDS or len(reason) > 1000 or (adm1 and not asking.UNIT.fullmatch(adm1)):
        raise BadInput("This cannot be asked", do="Take what the page offers.")
    if kind == "persons" and len(reason) < 3:
        raise BadInput("This cannot be asked", problems=[
            asking.problem("missing_required", "reason", "", "Say what the names are needed for")],
            do="Names are compared with a reason, which stands in the log.")
    return redirect(url_for("duplicates.index", d=asking.hide([kind, adm1, reason])), 303)


@views.post("/duplicates/settle")
@open_to(*SETTLERS, writes=True)
def settle(opened):
    """One pair is linked, told apart or taken back, with who, when and why."""
    try:
        given = forms.read("duplicate", request.form)
        kind = given.pop("kind")
        with opened.savepoint():
            duplicates.settle(opened, kind, given.pop("one"), given.pop("other"), **given)
    except (BadInput, Refused) as trouble:
        return page(opened, 422 if isinstance(trouble, BadInput) else 409, trouble=trouble)
    flash(_("It is recorded."))
    return redirect(url_for("duplicates.index", **({"d": request.args["d"]} if "d" in request.args else {})), 303)


def page(opened, status=200, trouble=None):
    """The page for what the address asks: sites of all governorates, else what is concealed in it."""
    kind, adm1, reason = asking.hidden("d") or ("sites", "", "")
    found, wide = [], False
    try:
        found = duplicates.find(opened, kind, reason=reason or None, adm1=adm1 or None, limit=SHOWN, most=MOST)
    except BadInput as much:
        wide, trouble = True, trouble or much
    ids = [one for pair in found for one in pair.ids]
    work = sites if kind == "sites" else persons
    rows = {row["code"]: row for row in work.find(opened, ids=ids, limit=1000)} if ids else {}
    logs("duplicates", kind=kind, count=len(found), exact=sum(row["shown_as"] == "exact" for row in rows.values()))
    return render_template(
        "duplicates/index.html", kind=kind, adm1=adm1, reason=reason, found=found, rows=rows,
        settled=duplicates.settled(opened, kind), told=words_duplicates, trouble=trouble, wide=wide,
        may_settle=bool(set(g.me["roles"]) & set(SETTLERS)),
        units=pages_persons.units(opened, 1), token=request.args.get("d"),
        may_name=g.me["level"] >= 1 and "names" in g.me["compartments"]), status
