"""What an officer does for a site or for records: status, visit, measure, disturbance. Refused, what was typed is kept."""
from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _

from sitereg import holdings, protection, sites
from sitereg.entering import fieldwork
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import arriving, conflicts, forms, pages
from web.identity import logs, open_to
from web.views import field as field_views
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
        with fieldwork.photographs(arriving.pictures("photographs")) as paths:
            if sent_before(opened, site, "visit", given, paths):
                return again_said()
            seen, area, left = harm(given), covered(given, "covered"), missed(given)
            made = fieldwork.visit(opened, site["id"], photographs=paths, disturbance=seen, **area, **left, **given)
        return changed_by(made) or _("The visit is recorded.")

    return act(opened, code, "visit", record)


def sent_before(opened, site, form, given, photographs=()):
    """Whether this very thing was written before, since the line broke and it was sent again."""
    once = given.pop("once")
    return once is not None and not fieldwork.send_once(opened, once, form, site["id"], given, photographs)


def again_said():
    return _("This was sent before: it stands once.")


def covered(given, name):
    """The outline of the form as the room takes it: {name_shape or name, name_within_m}."""
    shape, within = fieldwork.outline(**{one: given.pop(one, None) for one in ("corners", "drawn", "centre", "km", "within")})
    return {f"{name}_shape" if name == "covered" else name: shape, f"{name}_within_m": within}


def missed(given):
    """The outline of what was not searched, its faults at its own fields."""
    names = {"corners": "missed", **{one: f"missed_{one}" for one in ("within", "drawn", "centre", "km")}}
    try:
        shape, within = fieldwork.outline(**{one: given.pop(name) for one, name in names.items()})
    except BadInput as fault:
        raise BadInput(fault.what, do=fault.do, problems=[{**one, "field": names.get(one["field"], one["field"])}
                                                          for one in fault.problems]) from None
    return {"not_searched_shape": shape, "not_searched_within_m": within}


def harm(given):
    """The disturbance that a visit saw, or None."""
    kind, severity, by, note = (given.pop(name) for name in ("harm", "severity", "by", "harm_note"))
    if kind and not severity:
        raise BadInput("The form is not complete", do="What you typed is kept: correct what is marked.", problems=[
            {"code": "missing_required", "field": "severity", "value": "", "message": "This is needed"}])
    return {"kind": kind, "severity": severity, "by": by, "note": note, "observed": given["visited_on"]} if kind else None


def changed_by(made):
    """What a disturbance did to the status, in words; None where it did nothing."""
    return _("The disturbance is recorded: the site counts as compromised now.") if made.get("answer") == "compromised" else None


@views.post("/sites/<code:code>/measures")
@views.post("/holdings/<code:code>/measures")
@open_to(*pages.OFFICERS, writes=True)
def measure(opened, code):
    """A measure stands; the status is decided apart from it."""
    def record(opened, site, given):
        if sent_before(opened, site, "measure", given):
            return again_said()
        area = covered(given, "area")
        protection.record_measure(opened, site["id"], given.pop("kind"), **area, **given)
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
        if sent_before(opened, site, "disturbance", given):
            return again_said()
        made = protection.record_disturbance(opened, site["id"], given.pop("kind"), given.pop("severity"), **given)
        return changed_by(made) or _("The disturbance is recorded.")

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
    back = pages.address(code) + ("/field" if request.form.get("page") == "field" else "#protection")
    try:
        given = forms.read(form, request.form)
        given.pop("page", None)
        if conflicts.left(form, given, request.form):
            with opened.savepoint():
                said = record(opened, site, given)
        else:
            said = _("What stands there now stays; nothing was recorded.")
    except (BadInput, Refused, Conflict) as trouble:
        return again(opened, code, form, thing, trouble)
    flash(said)
    return redirect(back, 303)


def guarded(code):
    """The room of what that code stands for: a site or a body of records, on the address of its own kind alone."""
    records = pages.is_records(code)
    if records != request.path.startswith("/holdings/"):
        raise NotFound
    return holdings if records else sites


def again(opened, code, form, thing, trouble):
    """The page with the form as it was sent: 422, or 409 with the guard's words or what changed meanwhile."""
    logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
    site = guarded(code).show(opened, code)
    if isinstance(trouble, Conflict):
        trouble.changed = conflicts.told(form, trouble.changed, site, request.form, thing)
    wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    sent = {"form": form, "thing": str(thing), "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
            "known": set(forms.FORMS[form]), "at": AT[form].format(str(thing)[-12:])}
    view = field_views if request.form.get("page") == "field" else holding_views if pages.is_records(code) else site_views
    return view.page(opened, site, 422 if isinstance(trouble, BadInput) else 409, sent=sent)
