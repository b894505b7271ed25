"""The desk: proposals that wait for a second pair of eyes, and what else waits for the reader."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import decisions, inquiries, reports, sharing, sites, trips
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix import verbs
from web import forms, pages, words
from web.identity import ANYONE, logs, open_to

views = Blueprint("desk", __name__)
CONFLICTS = 20
WEIGHERS = (*verbs.acting("verification"), "verifier")


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
    waiting = decisions.waiting(opened)
    known = {one["id"]: one for one in sites.find(opened, ids=[one["subject"] for one in waiting], limit=1000)} if waiting else {}
    waiting = [{**one, "site": site_of(one, known), "claims": named(opened, one, known), "steps": changes(opened, one)}
               for one in waiting]
    tasks = reports.tasks(opened, limit=1000)
    to_sort = sum(one["what"] == "sort_report" for one in tasks)
    return render_template("desk/desk.html", waiting=waiting, to_sort=to_sort, officer=officer, sent=sent,
                           trips=trips.on_the_way(opened), my_inquiries=inquiries.find(opened, mine=True),
                           to_redact=sum(one["what"] == "redact_document" for one in tasks),
                           conflicts=[one for one in tasks if one["what"] in ("life_conflict", "alive_conflict")][:CONFLICTS],
                           statuses=[one for one in tasks if one["what"] == "take_over_statuses"],
                           may_freeze=bool(set(g.me["roles"]) & set(pages.FREEZERS)), steward="data_steward" in g.me["roles"],
                           to_lift=sum(bool(one["asked_by"]) and not one["asked_by_me"] for one in sharing.freezes(opened))), status


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
