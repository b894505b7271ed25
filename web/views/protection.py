"""What an officer does for a site or for records: status, visit, measure, disturbance. Refused, what was typed is kept."""
from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _

from sitereg import holdings, protection, sites
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import forms, pages, words
from web.identity import logs, open_to
from web.views import holdings as holding_views
from web.views import sites as site_views

views = Blueprint("protection", __name__)
AT = {"decide": "decide", "visit": "visit", "measure": "measure", "disturbance": "disturbance", "measure_state": "m-{}",
      "disturbance_end": "d-{}"}  # the id of each form on the page
EXTRA = ("where_now", "handover", "report_wrong")


@views.post("/sites/<code:code>/protection")
@views.post("/holdings/<code:code>/protection")
@open_to(*pages.OFFICERS, writes=True)
def decide(opened, code):
    """The protection status is decided, or proposed where a verifier must approve."""
    return act(opened, code, "decide", settle)


@views.post("/sites/<code:code>/visits")
@views.post("/holdings/<code:code>/visits")
@open_to(*pages.VISITORS, writes=True)
def visit(opened, code):
    """A visit or remote review stands, with the claims that decisions can cite."""
    def record(opened, site, given):
        protection.inspect(opened, site["id"], **given)
        return _("The visit is recorded.")

    return act(opened, code, "visit", record)


@views.post("/sites/<code:code>/measures")
@views.post("/holdings/<code:code>/measures")
@open_to(*pages.OFFICERS, writes=True)
def measure(opened, code):
    """A measure stands; the status is decided apart from it."""
    def record(opened, site, given):
        protection.record_measure(opened, site["id"], given.pop("kind"), **given)
        return _("The measure is recorded. The status stays until it is decided.")

    return act(opened, code, "measure", record)


@views.post("/sites/<code:code>/measures/<uuid:measure_id>")
@views.post("/holdings/<code:code>/measures/<uuid:measure_id>")
@open_to(*pages.OFFICERS, writes=True)
def measure_state(opened, code, measure_id):
    """A measure is active, removed or failed now."""
    def record(opened, site, given):
        mine(site["measures"], measure_id)
        protection.set_measure(opened, measure_id, given.pop("to"), **given)
        return _("The state of the measure is recorded.")

    return act(opened, code, "measure_state", record, thing=measure_id)


@views.post("/sites/<code:code>/disturbances")
@views.post("/holdings/<code:code>/disturbances")
@open_to(*pages.REPORTERS, writes=True)
def disturbance(opened, code):
    """A disturbance stands open; a strong one makes the site compromised at once."""
    def record(opened, site, given):
        made = protection.record_disturbance(opened, site["id"], given.pop("kind"), given.pop("severity"), **given)
        return _("The disturbance is recorded: the site counts as compromised now.") if made["answer"] == "compromised" else _(
            "The disturbance is recorded.")

    return act(opened, code, "disturbance", record)


@views.post("/sites/<code:code>/disturbances/<uuid:disturbance_id>")
@views.post("/holdings/<code:code>/disturbances/<uuid:disturbance_id>")
@open_to(*pages.OFFICERS, writes=True)
def disturbance_end(opened, code, disturbance_id):
    """A disturbance is over; the status stays until it is decided anew."""
    def record(opened, site, given):
        mine(site["disturbances"], disturbance_id)
        protection.end_disturbance(opened, disturbance_id, **given)
        return _("The disturbance is ended. The status stays until it is decided.")

    return act(opened, code, "disturbance_end", record, thing=disturbance_id)


def mine(rows, given):
    """The thing named in the address belongs to the site named there."""
    if str(given) not in {row["id"] for row in rows}:
        raise BadInput("This site has no such entry")


def settle(opened, site, given):
    """The decision; what `visited today` means is recorded first and cited."""
    seen_today = {"visited_on": opened.value("today")} if given.pop("visit_today") else None
    value = {name: given.pop(name) for name in EXTRA}
    made = protection.decide(opened, site["id"], given.pop("to"), **given, visit=seen_today,
                             value={name: said for name, said in value.items() if said})
    return _("Proposed: it waits for approval.") if made.state == "proposed" else _("The status is changed.")


def act(opened, code, form, record, thing=None):
    """The form is carried out and the page of the site follows; or the page is shown again with what stands in the way."""
    site = guarded(code).show(opened, code)
    if site["merged_into"]:
        return redirect(pages.address(site["merged_into"]), 303)
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            said = record(opened, site, given)
    except (BadInput, Refused, Conflict) as trouble:
        return again(opened, code, form, thing, trouble)
    flash(said)
    return redirect(pages.address(code) + "#protection", 303)


def guarded(code):
    """The room of what that code stands for: a site or a body of records, on the address of its own kind alone."""
    records = pages.is_records(code)
    if records != request.path.startswith("/holdings/"):
        raise NotFound
    return holdings if records else sites


def again(opened, code, form, thing, trouble):
    """The page with the form as it was sent: 422, or 409 with the guard's words or what changed meanwhile."""
    logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
    if isinstance(trouble, Conflict):
        trouble.changed = [words.changed(one) for one in trouble.changed if one["field"] != "version" or len(trouble.changed) == 1]
    site = guarded(code).show(opened, code)
    wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    sent = {"form": form, "thing": str(thing), "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
            "known": set(forms.FORMS[form]), "at": AT[form].format(str(thing)[-12:])}
    view = holding_views if pages.is_records(code) else site_views
    return view.page(opened, site, 422 if isinstance(trouble, BadInput) else 409, sent=sent)
