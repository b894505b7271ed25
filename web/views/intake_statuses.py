"""The statuses that another body gives in a batch: weighed, proposed by one, approved by another, by one decision for all."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import decisions
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.matrix import roles
from web import words_intake
from web.identity import logs, open_to

views = Blueprint("intake_statuses", __name__)
LEVELS = ("suspected", "probable", "confirmed", "refuted", "inconclusive")
PROPOSERS = roles.acting("verification")


@views.get("/imports/<uuid:batch>/statuses")
@open_to(*PROPOSERS, "verifier")
def weigh(opened, batch):
    """What that body says of the sites of the batch, what a proposal that waits would change, and the form to propose."""
    return page(opened, batch)


@views.post("/imports/<uuid:batch>/statuses")
@open_to(*PROPOSERS, writes=True)
def propose(opened, batch):
    """Shown is what would change; or it is proposed, and waits for a second person."""
    mapping = {
        code: level for name, level in request.form.items() if level in LEVELS and (code := name.removeprefix("code:")) != name
    }
    reason = request.form.get("reason", "").strip()
    if request.form.get("act") != "propose":
        return page(opened, batch, mapping)
    try:
        with opened.savepoint():
            decisions.take_over(opened, batch, mapping, reason=reason)
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form="take_over", code=trouble.code, guard=getattr(trouble, "guard", None))
        return page(opened, batch, mapping, trouble)
    flash(_("It is proposed. Nothing changes before a second person has approved it."))
    return redirect(url_for("intake_statuses.weigh", batch=batch), 303)


def page(opened, batch, mapping=None, trouble=None):
    told = decisions.batch_statuses(opened, batch)
    waiting = [
        {**one, "steps": decisions.takeover_steps(opened, batch, {}, proposal=one["id"])}
        for one in decisions.waiting(opened)
        if one["value"].get("batch") == str(batch)
    ]
    steps = decisions.takeover_steps(opened, batch, mapping) if mapping else None
    logs("import_statuses", batch, n=len(told))
    return render_template(
        "intake/statuses.html",
        batch=batch,
        rows=told,
        levels=LEVELS,
        mapping=mapping or {},
        steps=steps,
        waiting=waiting,
        told=words_intake,
        trouble=trouble,
        reason=request.form.get("reason", ""),
        may=bool(set(g.me["roles"]) & set(PROPOSERS)),
    ), (200 if trouble is None else 422 if isinstance(trouble, BadInput) else 409)
