"""The intake desk: a partner's file is uploaded, looked at, mapped, tried and released; the keeper does the long work."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import jobs, vocab
from sitereg.errors import BadInput, SiteregError
from sitereg.imports import arrivals, guessing, mapping, settling, spelling, spool
from sitereg.matrix import roles
from web import arriving, pages, words_intake
from web import taking_in as taking
from web.identity import logs, open_to

views = Blueprint("intake", __name__)
SHOWN = 200


@views.get("/intake")
@open_to(*roles.STEWARDS)
def index(opened):
    """The files on the steward's own desk, and the form to upload another."""
    return desk(opened)


@views.post("/intake")
@open_to(*roles.STEWARDS, writes=True)
def upload(opened):
    """A file is on the desk, hashed as it came, and was looked at by the closed reader."""
    try:
        file, name = arriving.taken()
        once = arrivals.take(opened, file, name)
    except BadInput as trouble:
        return desk(opened, trouble)
    return redirect(url_for("intake.show", once=once), 303)


def desk(opened, trouble=None):
    rows = arrivals.listed(opened)
    known = {str(one["id"]): one for one in jobs.mine(opened, limit=200)} if rows else {}
    return render_template(
        "intake/index.html",
        rows=[{**one, "work": known.get(one.get("job"))} for one in rows],
        trouble=trouble,
        told=words_intake,
        most=spool.MOST_BYTES // 2**20,
    ), 422 if trouble else 200


@views.get("/intake/<uuid:once>")
@open_to(*roles.STEWARDS)
def show(opened, once):
    """One file: what it seems to be, the mapping, the first rows as they are understood, how far the work is."""
    return page(opened, once, arrivals.shown(opened, once))


@views.post("/intake/<uuid:once>")
@open_to(*roles.STEWARDS, writes=True)
def act(opened, once):
    """What was chosen for the file is kept; it is looked at anew, tried, or released."""
    held, wanted = arrivals.shown(opened, once), request.form.get("act", "map")
    try:
        if wanted == "declare":
            held = arrivals.look(opened, once, {**held, "declared": taking.declared(), "profile": None})
        elif wanted == "profile":
            held = {**held, "profile": taking.line("profile") or None}
        elif wanted == "subject":
            held = arrivals.of_subject(held, arrivals.seen(opened.settings, once), subject(opened))
        elif wanted == "map":
            held = {**held, "choices": {**held["choices"], **taking.mapped(arrivals.seen(opened.settings, once), held["choices"])}}
        else:
            held = {**held, "choices": {**held.get("choices", {}), **taking.terms()}, "rows": request.form.get("rows", "")[:20]}
            held["rows_told"] = taking.rows_told()
            return launch(opened, once, held, dry_run=wanted != "release")
    except BadInput as trouble:
        return page(opened, once, held, trouble)
    arrivals.save(opened, once, held)
    anchor = {"map": "h-preview", "subject": "h-mapping"}.get(wanted)
    return redirect(url_for("intake.show", once=once, _anchor=anchor), 303)


def subject(opened):
    """What one row speaks of, as the form says; BadInput for a list of persons where the steward does not hold `names`."""
    wanted = "person" if request.form.get("subject") == "person" else "site"
    if wanted == "person" and not settling.holds_names(opened):
        raise BadInput("A list of persons is taken in by a data steward who holds the compartment names",
                       do="Ask an admin for the compartment, or a colleague who holds it to take the file in.")
    return wanted


def launch(opened, once, held, *, dry_run):
    """The keeper is asked; where something is lacking the page says what, and what was typed is kept."""
    arrivals.save(opened, once, held)
    lacking = (
        [name for name in mapping.TERMS if not held["choices"].get(name)]
        if not held.get("corrects")
        else ([] if taking.line("reason") else ["reason"])
    )
    try:
        if lacking:
            raise BadInput(
                "The form is not complete",
                do="What you typed is kept: correct what is marked.",
                problems=[
                    {"code": "missing_required", "field": name, "value": "", "message": "This is needed"} for name in lacking
                ],
            )
        if not held.get("corrects"):
            arrivals.chosen(opened, once, held)
    except BadInput as trouble:
        return page(opened, once, held, trouble)
    arrivals.start(opened, once, held, dry_run=dry_run, reason=taking.line("reason"))
    return redirect(url_for("intake.show", once=once, _anchor="h-work"), 303)


@views.get("/intake/<uuid:once>/profile")
@open_to(*roles.STEWARDS)
def text(opened, once):
    """The mapping as the text of a profile, for the shell and for the next export."""
    one = arrivals.chosen(opened, once, arrivals.shown(opened, once))
    return Response(
        spelling.spell(one),
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": "attachment; filename=profile.toml"},
    )


@views.get("/intake/<uuid:once>/report")
@open_to(*roles.STEWARDS)
def report(opened, once):
    """What became of each row, or would; against the export before, what was added, changed, and is no longer named."""
    held = arrivals.shown(opened, once)
    told = arrivals.report(opened.settings, once)
    if told is None:
        return redirect(url_for("intake.show", once=once), 303)
    logs("import_report", n=len(told["rows"]))
    rows = [row for row in told["rows"] if row["problems"]]
    return render_template(
        "intake/report.html",
        held=held,
        once=once,
        report=told,
        rows=rows[:SHOWN],
        of=len(rows),
        told=words_intake,
        problems=grouped(rows),
        shown=SHOWN,
    )


@views.post("/intake/<uuid:once>/stop")
@open_to(*roles.STEWARDS, writes=True)
def stop(opened, once):
    """The work stops at its next step; nothing of it is kept."""
    jobs.stop(opened, arrivals.shown(opened, once).get("job"))
    flash(_("It is being stopped; nothing of it is kept."))
    return redirect(url_for("intake.show", once=once), 303)


@views.post("/intake/<uuid:once>/drop")
@open_to(*roles.STEWARDS, writes=True)
def drop(opened, once):
    """The file is on the desk no more."""
    arrivals.drop(opened, once)
    flash(_("The file is taken off the desk."))
    return redirect(url_for("intake.index"), 303)


def grouped(rows):
    """[(problem, how many rows)], the most frequent first."""
    found = {}
    for row in rows:
        for one in row["problems"]:
            found.setdefault((one["code"], one["field"], row["outcome"]), [one, row["outcome"], 0])[2] += 1
    return sorted(found.values(), key=lambda one: -one[2])


def page(opened, once, held, trouble=None):
    seen = arrivals.seen(opened.settings, once)
    wrong = {}
    if trouble is not None:
        logs("refused", form="intake", code=trouble.code)
        wrong = (
            mapping.faults_of(trouble)
            if trouble.code == "bad_profile"
            else {one["field"]: one["message"] for one in trouble.problems if isinstance(one, dict)}
        )
    drafts, lacking = understood(opened, once, held, seen)
    work = held.get("job") and next((one for one in jobs.mine(opened, limit=500) if str(one["id"]) == held["job"]), None)
    logs("import_look", n=len(drafts))
    return render_template(
        "intake/show.html",
        once=once,
        held=held,
        seen=seen,
        choices=held.get("choices", {}),
        wrong=wrong,
        trouble=trouble,
        told=words_intake,
        fields=(*guessing.OF[held.get("choices", {}).get("subject") or "site"], *guessing.KEPT),
        drafts=drafts,
        lacking=lacking,
        map=chart(drafts) if drafts else None,
        work=work,
        report=arrivals.report(opened.settings, once),
        known=opened.rows("batches_of_file", sha256=held["sha256"]),
        vocab=vocab,
        terms=terms_of(opened, once, held),
    ), 422 if trouble else 200


def understood(opened, once, held, seen):
    """(the first rows as they are understood, what the profile lacks)."""
    if held.get("corrects") or not seen.get("first"):
        return [], {}
    try:
        return arrivals.preview(opened, once, held), {}
    except BadInput as trouble:
        return [], mapping.faults_of(trouble) or {"": trouble.what}
    except SiteregError as trouble:
        return [], {"": trouble.what}


def terms_of(opened, once, held):
    """The terms as they stand in the form: what was said, else what a profile that was chosen says."""
    said = {**held.get("choices", {}), "rows": held.get("rows", "")}
    if held.get("profile") and not said.get("partner"):
        try:
            one = arrivals.chosen(opened, once, held)
        except BadInput:
            return said
        return {
            **said,
            "tier": str(one.subject.tier),
            "partner": next(iter(one.terms.partner.values()), ""),
            "terms": one.terms.terms,
            "uses": list(one.terms.permitted_uses),
            "consent": one.terms.consent,
        }
    return said


def chart(drafts):
    """The first rows on a map, each with its number and as far off as it may be."""
    stops = [
        words_intake.stop(
            one.row.number, claim["geom"], claim["uncertainty_m"], [text for _what, text in words_intake.says(one.claims)]
        )
        for one in drafts
        for claim in one.claims
        if claim["predicate"] == "place" and claim.get("geom")
    ]
    return pages.numbered(stops)
