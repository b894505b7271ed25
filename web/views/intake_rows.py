"""The rows of a batch: what became of each, the report as a file, and the queue of those that wait for a person."""

import tempfile
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from sitereg import imports, vocab
from sitereg.errors import BadInput, Conflict, Refused
from sitereg.imports import arrivals, batches, corrected, offers, settling
from sitereg.matrix import roles
from web import arriving, pages, words_intake
from web.forms import status
from web.identity import logs, open_to

views = Blueprint("intake_rows", __name__)
PAGE, LETTERS = 50, 4_000
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
BETWEEN = "|"


@views.get("/imports/<uuid:batch>/rows")
@open_to(*roles.STEWARDS)
def rows(opened, batch):
    """The rows of a batch, by outcome and problem; those that wait, to be settled together."""
    return queue(opened, batch)


@views.get("/imports/<uuid:batch>/report")
@open_to(*roles.STEWARDS)
def report(opened, batch):
    """The rows that were asked for as a file, to read or to correct; the reading of it stands in the log."""
    imports.shown(opened, batch=batch)
    form = request.args.get("as", "csv")
    if form not in corrected.FORMATS:
        raise BadInput("This cannot be asked", do="Take the filters that the page offers.")
    with tempfile.TemporaryDirectory(prefix="sitereg-report-") as folder:
        path = Path(folder) / f"rows.{form}"
        n = settling.write(opened, path, batch=str(batch), form=form, **asked())
        data = path.read_bytes()
    logs("import_report", batch, n=n)
    return Response(data, content_type=TYPES[form], headers={"Content-Disposition": f"attachment; filename=rows.{form}"})


@views.get("/imports/<uuid:batch>/rows/<int:n>")
@open_to(*roles.STEWARDS)
def row(opened, batch, n):
    """One row: what was written, what is wrong with it, how it may be read, and who settled it."""
    return row_page(opened, batch, n)


@views.post("/imports/<uuid:batch>/rows/<int:n>")
@open_to(*roles.STEWARDS, writes=True)
def settle_row(opened, batch, n):
    """A row that waits is corrected, taken all the same, or rejected, with a reason."""
    one = the_row(opened, batch, n, request.form.get("part", ""))
    words = None
    if one["sealed"] and request.form.get("act") != "reject":
        words = unsealed(opened, batch, one)
    return settled(
        opened,
        batch,
        [(one["part"], n)],
        cells_of(opened, batch, one if words is None else {**one, "verbatim": words}),
        lambda trouble: row_page(opened, batch, n, trouble, words),
    )


@views.post("/imports/<uuid:batch>/rows/<int:n>/words")
@open_to(*roles.STEWARDS, writes=True)
def words(opened, batch, n):
    """The sealed words of a row, on this answer alone, with the form to correct it; that they were opened stands in the log."""
    one = the_row(opened, batch, n, request.form.get("part", ""))
    try:
        return row_page(opened, batch, n, words=unsealed(opened, batch, one))
    except BadInput as trouble:
        return row_page(opened, batch, n, trouble)


def unsealed(opened, batch, one):
    """The words of a sealed row; raises BadInput without a reason, Denied for those who do not hold `names`."""
    reason = request.form.get("reason", "").strip()[:LETTERS]
    with opened.savepoint():
        found = settling.opened(opened, batch=str(batch), rows=[(one["part"], one["row_no"])], reason=reason)
    logs("import_rows_opened", batch, rows=[one["row_no"]], reason=reason)
    return found[0]["verbatim"]


@views.post("/imports/<uuid:batch>/rows")
@open_to(*roles.STEWARDS, writes=True)
def settle(opened, batch):
    """Rows that wait with the same problem are settled together."""
    imports.shown(opened, batch=batch)
    keys = [key_of(one) for one in request.form.getlist("row")]
    column, value = request.form.get("column", ""), request.form.get("value", "")[:LETTERS]
    cells = {column: value} if request.form.get("act") == "correct" and column else {}
    shut = settling.shut(opened, batch=str(batch), rows=keys) if request.form.get("act") != "reject" else []
    if shut:
        logs("import_rows_opened", batch, rows=[number for _part, number in shut], reason=request.form.get("reason", "")[:LETTERS])
    return settled(opened, batch, keys, cells, lambda trouble: queue(opened, batch, trouble))


@views.post("/imports/<uuid:batch>/corrected")
@open_to(*roles.STEWARDS, writes=True)
def corrected_file(opened, batch):
    """The report of the batch comes back with cells corrected: it lies on the desk, to be tried and released."""
    imports.shown(opened, batch=batch)
    try:
        file, name = arriving.taken()
        once = arrivals.take(opened, file, name, corrects=str(batch))
    except BadInput as trouble:
        return queue(opened, batch, trouble)
    return redirect(url_for("intake.show", once=once), 303)


def settled(opened, batch, keys, cells, again):
    """The act of the form is done and the queue follows; or the page is shown again with what stands in the way."""
    wanted, reason = request.form.get("act", ""), request.form.get("reason", "").strip()[:LETTERS]
    try:
        if not reason:
            raise BadInput(
                "Say why", problems=[{"code": "missing_required", "field": "reason", "value": "", "message": "Say why"}]
            )
        if not keys:
            raise BadInput("Only rows of the batch that were held back are settled")
        with opened.savepoint():
            if wanted == "reject":
                settling.reject(opened, batch=str(batch), rows=keys, reason=reason)
            else:
                accept = (
                    [one for one in request.form.getlist("accept") if one in corrected.ACCEPTABLE] if wanted == "accept" else []
                )
                settling.correct(
                    opened, batch=str(batch), rows=keys, cells={} if wanted == "accept" else cells, accept=accept, reason=reason
                )
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form="settle_rows", code=trouble.code, guard=getattr(trouble, "guard", None))
        return again(trouble)
    flash(
        ngettext("%(num)d row is rejected.", "%(num)d rows are rejected.", len(keys))
        if wanted == "reject"
        else ngettext("%(num)d row stands now.", "%(num)d rows stand now.", len(keys))
    )
    return redirect(url_for("intake_rows.rows", batch=batch, waiting="yes"), 303)


def queue(opened, batch, trouble=None):
    one, filters = imports.shown(opened, batch=batch), asked()
    after = key_of(request.args["after"]) if request.args.get("after") else ("", 0)
    found = batches.rows(opened, batch=str(batch), limit=PAGE + 1, after=after, **filters)
    logs("import_rows", batch, n=len(found))
    last = found[PAGE - 1] if len(found) > PAGE else None
    more = (
        url_for("intake_rows.rows", batch=batch, **{**plain(filters), "after": f"{last['part']}{BETWEEN}{last['row_no']}"})
        if last
        else None
    )
    columns = list(dict.fromkeys(name for row in found[:PAGE] for name in row["verbatim"] or () if name != corrected.SHAPE))
    return render_template(
        "intake/rows.html",
        one=one,
        rows=found[:PAGE],
        more=more,
        asked=filters,
        problems=settling.problems(opened, batch=batch),
        outcomes=list(vocab.SCHEMES["row_outcome"]),
        told=words_intake,
        columns=columns,
        between=BETWEEN,
        trouble=trouble,
        plain=plain(filters),
        acceptable=corrected.ACCEPTABLE,
    ), status(trouble)


def row_page(opened, batch, n, trouble=None, words=None):
    """words: those of a sealed row that were opened for this answer."""
    part = request.values.get("part", "")
    one, held = imports.shown(opened, batch=batch), the_row(opened, batch, n, part)
    held = {**held, "verbatim": held["verbatim"] if words is None else words}
    logs("import_rows", batch, n=1)
    readings = offered(opened, batch, held)
    stops = [
        words_intake.stop(at, each.place[:2], each.place[2], [each.said])
        for at, each in enumerate(readings, start=1)
        if each.place
    ]
    wrong = list(dict.fromkeys(name.strip() for each in held["problems"] for name in each["field"].split(",")))
    return render_template(
        "intake/row.html",
        one=one,
        row=held,
        readings=readings,
        map=pages.numbered(stops),
        told=words_intake,
        trouble=trouble,
        wrong=[name for name in wrong if name in (held["verbatim"] or {})],
        acceptable=corrected.ACCEPTABLE,
        taken=[each["code"] for each in held["problems"] if each["outcome"] == "quarantined"],
        rejected=[each for each in held["problems"] if each["outcome"] == "rejected"],
        typed=request.form,
        opened=words is not None,
        may_open=settling.holds_names(opened),
    ), status(trouble)


def offered(opened, batch, held):
    """The readings that a person may choose from; none where the profile's text was not kept or the words are sealed."""
    if not held["verbatim"] or held["settled"] or held["outcome"] not in ("quarantined", "rejected"):
        return []
    try:
        return offers.offers(settling.profile_of(opened, str(batch)), held["verbatim"], held["problems"], opened.value("today"))
    except Refused:
        return []


def cells_of(opened, batch, held):
    """The cells as the form would have them: those of the reading that was chosen, else what was typed into fields that changed."""
    chosen = request.form.get("reading", "")
    readings = offered(opened, batch, held)
    if chosen.isdecimal() and 0 < int(chosen) <= len(readings):
        return readings[int(chosen) - 1].cells
    return {
        name: typed
        for name, cell in (held["verbatim"] or {}).items()
        if (typed := request.form.get(f"cell:{name}", cell)[:LETTERS]) != cell
    }


def the_row(opened, batch, n, part):
    return batches.row(opened, batch=str(batch), part=part, number=n)


def asked():
    """The filters that the address asks for."""
    outcome, given = request.args.get("outcome", ""), {name: request.args.get(name) or None for name in ("code", "field")}
    waiting = request.args.get("waiting") == "yes"
    if (outcome and outcome not in set(vocab.SCHEMES["row_outcome"])) or (
        given["code"] and given["code"] not in set(vocab.SCHEMES["problem_code"])
    ):
        raise BadInput("This cannot be asked", do="Take the filters that the page offers.")
    return {**given, "waiting": waiting, "outcomes": (outcome,) if outcome else ("quarantined", "rejected") if waiting else None}


def plain(filters):
    """The filters as an address has them."""
    outcomes = filters["outcomes"] or ()
    told = {
        "outcome": outcomes[0] if len(outcomes) == 1 else None,
        "code": filters["code"],
        "field": filters["field"],
        "waiting": "yes" if filters["waiting"] else None,
    }
    return {name: value for name, value in told.items() if value}


def key_of(text):
    """(part, number) of a row as a form names it."""
    part, _bar, number = text.rpartition(BETWEEN)
    if not number.isdecimal() or len(number) > 9:
        raise BadInput("This cannot be asked", do="Take the filters that the page offers.")
    return part, int(number)
