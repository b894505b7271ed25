"""The desk: proposals that wait for a second pair of eyes, and what else waits for the reader."""
from collections import Counter

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from sitereg import decisions, inquiries, machines, referrals, reports, sharing, sites, trips
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix import roles
from web import forms, pages, words, words_effects
from web.identity import ANYONE, logs, open_to

views = Blueprint("desk", __name__)
CONFLICTS, LOOKS, PROPOSALS = 20, 50, 20  # shown at once
WEIGHERS = (*roles.acting("verification"), "verifier")


@views.get("/desk")
@open_to(*ANYONE)
def desk(opened):
    """What waits for the reader: proposals (to approve, or his own), and the ways to his other lists."""
    return page(opened)


@views.post("/proposals/<uuid:proposal>")
@open_to(*ANYONE, writes=True)
def proposal(opened, proposal):
    """A proposal is approved, refused or withdrawn."""
    try:
        given = forms.read("proposal", request.form)
        with opened.savepoint():
            said = carry_out(opened, proposal, given)
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form="proposal", code=trouble.code, guard=getattr(trouble, "guard", None))
        if isinstance(trouble, Conflict):
            trouble.changed = [words.changed(one) for one in trouble.changed]
        sent = {"thing": str(proposal), "typed": forms.typed(request.form), "trouble": trouble}
        return page(opened, 422 if isinstance(trouble, BadInput) else 409, sent=sent)
    flash(said)
    return redirect(url_for("desk.desk"), 303)


@views.get("/desk/review")
@open_to(*roles.APPROVERS)
def review(opened):
    """The proposals of one machine that the reader may approve, to be answered together."""
    return review_page(opened, machine_of(request.args.get("machine", "")))


@views.post("/desk/review")
@open_to(*roles.APPROVERS, writes=True)
def reviewed(opened):
    """Each that was ticked is approved or refused by itself; what became of each is told."""
    machine = machine_of(request.form.get("machine", ""))
    sent = {"proposals": request.form.getlist("proposal"), "reason": request.form.get("reason", "")[:forms.LONG],
            "own": {name[7:]: text[:200] for name, text in request.form.items() if name.startswith("reason-")}}
    try:
        asked = MultiDict([one for one in request.form.items(multi=True) if not one[0].startswith("reason-")])
        given = forms.read("review_several", asked)
        if not given["proposal"]:
            raise BadInput("Nothing is ticked", do="Tick each proposal that you looked at.")
        mine = {one["id"] for one in decisions.waiting(opened) if one["machine"] == machine}
        if not set(given["proposal"]) <= mine:
            raise BadInput("These are of different kinds", do="Review proposals of one kind at a time.")
        reasons = {one: sent["own"].get(str(one)) or given["reason"] for one in given["proposal"]}
        results = decisions.review(opened, given["proposal"], given["act"] == "approve", reasons=reasons)
    except BadInput as trouble:
        return review_page(opened, machine, 422, sent, trouble)
    for one in results:
        if not one["done"]:
            logs("refused", form="review_several", code="refused", guard=None)
    return render_template("desk/reviewed.html", machine=machine,
                           results=[{**one, "own": reasons[one["proposal"]]} for one in results])


def machine_of(name):
    if name not in machines.START:
        raise BadInput("This cannot be asked", do="Take the filters that the page offers.")
    return name


def review_page(opened, machine, status=200, typed=None, trouble=None):
    rows = [one for one in told(opened, decisions.waiting(opened)) if one["machine"] == machine and one["may_approve"]]
    return render_template("desk/review.html", machine=machine, rows=rows, typed=typed, trouble=trouble), status


@views.post("/tasks/<uuid:task>")
@open_to(*ANYONE, writes=True)
def task(opened, task):
    """A task is done, with what came of it."""
    try:
        given = forms.read("task", request.form)
        with opened.savepoint():
            reports.done(opened, task, outcome=given["outcome"])
    except BadInput as trouble:
        return page(opened, 422, sent={"thing": str(task), "typed": forms.typed(request.form), "trouble": trouble})
    flash(_("It is recorded."))
    return redirect(url_for("desk.desk") + "#looked-at", 303)


def carry_out(opened, proposal, given):
    if given["act"] == "withdraw":
        decisions.withdraw(opened, proposal, reason=given["reason"])
        return _("The proposal is withdrawn.")
    if given["act"] == "refuse":
        decisions.refuse(opened, proposal, reason=given["reason"])
        return _("The proposal is refused.")
    made = decisions.approve(opened, proposal, reason=given["reason"])
    return _("Approved: it is decided.") if made.state == "decided" else _("Approved: it waits for one more.")


def page(opened, status=200, sent=None):
    officer = bool(set(g.me["roles"]) & set(pages.OFFICERS))
    proposed = decisions.waiting(opened)
    waiting = told(opened, proposed[:PROPOSALS])
    several = Counter(one["machine"] for one in proposed if one["may_approve"])
    tasks = reports.tasks(opened, limit=1000)
    to_sort = sum(one["what"] == "sort_report" for one in tasks)
    looks = [one for one in tasks if one["what"] == "review_status" and one["code"]]
    return render_template("desk/desk.html", waiting=waiting, to_sort=to_sort, officer=officer, sent=sent,
                           more_waiting=max(len(proposed) - PROPOSALS, 0),
                           trips=trips.on_the_way(opened), several=[name for name, n in several.items() if n > 1],
                           late=referrals.overdue(opened) if "source_handler" in g.me["roles"] else 0,
                           agrees=bool({*roles.AGREERS, "auditor"} & set(g.me["roles"])),
                           looks=looks[:LOOKS], more_looks=max(len(looks) - LOOKS, 0),
                           my_inquiries=inquiries.find(opened, mine=True),
                           to_redact=sum(one["what"] == "redact_document" for one in tasks),
                           conflicts=[one for one in tasks if one["what"] in ("life_conflict", "alive_conflict")][:CONFLICTS],
                           statuses=[one for one in tasks if one["what"] == "take_over_statuses"],
                           may_redact=bool(set(roles.REDACTION_CHECKERS) & set(g.me["roles"])),
                           may_freeze=bool(set(g.me["roles"]) & set(pages.FREEZERS)), steward="data_steward" in g.me["roles"],
                           to_lift=sum(bool(one["asked_by"]) and not one["asked_by_me"] for one in sharing.freezes(opened))), status


def told(opened, waiting):
    """Proposals with the site as lists have it, the claims under each, and what each would change."""
    known = {one["id"]: one for one in sites.find(opened, ids=[one["subject"] for one in waiting], limit=1000)} if waiting else {}
    effects = decisions.effects(opened, [one["id"] for one in waiting if "effect" not in one])
    return [{**one, "site": site_of(one, known), "claims": named(opened, one, known), "steps": changes(opened, one),
             "parts": parted(opened, one),
             "effect": words_effects.told(one, one.get("effect") or effects.get(one["id"]))} for one in waiting]


def parted(opened, one):
    """What a split would make: the parts by name, each with the claims that would go there, as far as the reader sees them."""
    parts = one["value"].get("parts", ()) if one["machine"] == "split" else ()
    return [{"name": part["name"], "claims": sites.claims(opened, one["code"], part["claims"])} for part in parts]


def site_of(one, known):
    """The site that a proposal is about; of a disclosure only what would be published is told, lest more be taken for it."""
    return None if one["machine"] in ("disclosure", "tier") else known.get(one["subject"])


def changes(opened, one):
    """What taking over a body's statuses for a batch would change now; None for what is no such proposal."""
    batch = one["value"].get("batch")
    return decisions.takeover_steps(opened, batch, {}, proposal=one["id"]) if batch and set(g.me["roles"]) & set(WEIGHERS) else None


def named(opened, one, known):
    """The claims that a proposal on a site rests on (or would publish), for the reader to judge each."""
    return sites.claims(opened, one["code"], one["basis"]) if one["basis"] and one["subject"] in known else []
