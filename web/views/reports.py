"""The desk of reports: what was told and waits, sorted to a site, a new one, kept without a place, or closed."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from sitereg import entering, vocab
from sitereg.errors import BadInput, Conflict, Refused
from web import asking, language, pages, readings, words
from web.identity import logs, open_to

views = Blueprint("reports", __name__)
STATES = (*vocab.ReportState.codes(), "all")


@views.get("/reports")
@open_to(*entering.triage.READERS)
def listed(opened):
    """Reports in one state (new, unless asked otherwise), with their words; the read is logged."""
    state = request.args.get("state") or "new"
    if state not in STATES:
        fault = asking.problem("unknown_code", "state", state, "This is no term of the list")
        raise BadInput("This cannot be asked", problems=[fault])
    return page(opened, state)


@views.post("/reports/<uuid:report>")
@open_to(*entering.triage.ROLES, writes=True)
def sort(opened, report):
    """A report is sorted; refused or overtaken, what was typed is kept."""
    typed = {name: one for name, one in request.form.items() if name != "csrf_token" and one}
    try:
        code = entering.triage.sort(opened, report, typed)
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form="report", code=trouble.code, guard=getattr(trouble, "guard", None))
        if isinstance(trouble, Conflict):
            trouble.changed = [{**one, "field": _("report"), "was": state_word(one["was"]), "now": state_word(one["now"])}
                               for one in trouble.changed]
        wrong = {one["field"]: readings.fault(one) for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
        sent = {"thing": str(report), "typed": typed, "wrong": wrong, "trouble": trouble, "known": set(entering.triage.FORM)}
        return page(opened, "new", 422 if isinstance(trouble, BadInput) else 409, sent)
    flash(_("The report is sorted: %(code)s.", code=code) if code else _("The report is sorted."))
    return redirect(url_for("reports.listed"), 303)


@views.post("/receipts/find")
@open_to(*entering.triage.READERS)
def find(opened):
    """What stands under the number of a receipt, without its words."""
    held = entering.of_receipt(opened, request.form.get("receipt", ""))
    logs("receipt", held["source"])
    may = bool(set(entering.triage.ROLES) & set(g.me["roles"]))
    may_consent = bool(set(pages.CHANGERS) & set(g.me["roles"]))
    return render_template("entering/found.html", held=held, number=request.form["receipt"], may=may, may_consent=may_consent)


@views.post("/receipts/take-back")
@open_to(*entering.triage.ROLES, writes=True)
def take_back(opened):
    """Whoever told it takes it back: its claims are ended, its report is closed."""
    ended = entering.take_back(opened, request.form.get("receipt", ""), why=request.form.get("why", "")[:4000])
    flash(ngettext("Taken back: %(num)d account counts no more.", "Taken back: %(num)d accounts count no more.", ended))
    return redirect(url_for("reports.listed"), 303)


def page(opened, state, status=200, sent=None):
    rows = entering.triage.listed(opened, state=None if state == "all" else state)
    logs("reports", n=len(rows))
    may = bool(set(entering.triage.ROLES) & set(g.me["roles"]))
    tiers = [(code, entering.labels.tier(code, language.code())) for code in ("1", "2") if int(code) <= g.me["level"]]
    return render_template("entering/reports.html", rows=[shown(one) for one in rows], state=state, states=STATES, may=may,
                           sent=sent, opens="source_handler" in g.me["roles"], tiers=tiers), status


def shown(row):
    """One report with its place in words and the code of a site that it names itself."""
    spot = f"{row['lat']:.5f}, {row['lon']:.5f} ± {words.metres(row['uncertainty_m'])}" if row["lon"] is not None else None
    named = entering.places.CODE.search((row["place"] or "").upper())
    return {**row, "spot": spot, "named": named[0] if named else ""}


def state_word(code):
    return language.word("report_state", code) if code in set(vocab.ReportState.codes()) else code
