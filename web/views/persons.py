"""Cases: the list by reference, the page of one, the claims behind it, its decisions; names apart, each opening with a reason."""
from flask import Blueprint, g, redirect, render_template, request, url_for

from sitereg import decisions, persons
from sitereg.errors import BadInput, Refused
from web import asking, forms, pages_persons, words_persons
from web.identity import ANYONE, logs, open_to

views = Blueprint("persons", __name__)
PAGE = 50
MANY = 10_000
CODES = {"state": ("states", "case_state"), "fate": ("fates", "fate"), "whereabouts": ("whereabouts", "whereabouts"),
         "sex": ("sexes", "sex"), "age": ("ages", "age_band"), "circumstance": ("circumstances", "circumstance"),
         "event": ("kinds", "event_kind")}


@views.get("/persons")
@open_to(*ANYONE)
def index(opened):
    """The cases that the filters leave, by reference, with coarse facts and no name."""
    filters, shown = asking.asked(codes=CODES, extra=("n",))
    seen, named = asking.after(), sought(opened)
    if named:
        filters["ids"] = list(named["found"].ids)
    rows = persons.find(opened, **filters, limit=PAGE + 1, after=seen[-1] if seen else None)
    more, rows = rows[PAGE:], rows[:PAGE]
    rows = named["found"].ranked(rows) if named else rows
    if any(shown.values()):
        logs("person_search", **{name: value for name, value in shown.items() if value})
    elif rows:
        logs("person_list", count=len(rows))
    token = {"n": request.args["n"]} if named else {}
    return render_template(
        "persons/index.html", told=words_persons, rows=rows, many=MANY, total=persons.count(opened, **filters, most=MANY + 1),
        filters=shown, named=named, choices=pages_persons.choices(opened, CODES), may_name="names" in g.me["compartments"],
        previous="/persons?" + asking.query(shown, **token, after=seen[:-1]) if seen else None,
        next="/persons?" + asking.query(shown, **token, after=[*seen, rows[-1]["code"]]) if more else None)


def sought(opened):
    """What was sought by name, for what, and whom it led to; None where no name was."""
    told = asking.hidden("n")
    return told and {"name": told[0], "reason": told[1], "found": persons.named(opened, told[0], reason=told[1])}


@views.post("/persons")
@open_to(*ANYONE)
def search(opened):
    """What was typed becomes an address of the list that tells neither the reference nor the name."""
    form = request.form.copy()
    name, reason = (form.pop(one, "").strip() for one in ("name", "reason"))
    shown = asking.asked(form, codes=CODES)[1]
    if name and (len(name) > 200 or len(reason) > 1000 or len(reason) < 3):
        raise BadInput("This cannot be asked", problems=[
            asking.problem("missing_required", "reason", "", "Say what the name is needed for")],
            do="A search by name stands in the log with what it is for.")
    query = asking.query(shown, **({"n": asking.hide([name, reason])} if name else {}))
    return redirect("/persons" + ("?" + query if query else ""), 303)


@views.get("/persons/<code:code>")
@open_to(*ANYONE)
def show(opened, code):
    """Everything of one case in the reader's face, without a name."""
    return page(opened, code)


@views.post("/persons/<code:code>/names")
@open_to(*ANYONE, writes=True)
def names(opened, code):
    """The names of one case, shown on this answer alone; that they were opened stands in the log with it."""
    try:
        given = forms.read("names", request.form)
        with opened.savepoint():
            rows = persons.names_of(opened, code, reason=given["reason"])
    except (BadInput, Refused) as trouble:
        wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", ())}
        sent = {"trouble": trouble, "wrong": wrong, "known": ("reason",), "typed": forms.typed(request.form)}
        return page(opened, code, 422 if isinstance(trouble, BadInput) else 409, sent=sent)
    return page(opened, code, opened_names=rows)


def page(opened, code, status=200, **more):
    case = persons.show(opened, code)
    if case["merged_into"]:
        return redirect(url_for("persons.show", code=case["merged_into"]), 303)
    logged(case)
    return render_template("persons/show.html", told=words_persons, case=case, **pages_persons.case(opened, case), **more), status


def logged(case):
    """Exact places of events stand in the log before they are shown; so does every opening of a case."""
    logs("person_page", case["id"], exact=sum(one["shown_as"] == "exact" for one in case["events"]))


@views.get("/persons/<code:code>/why/<field>")
@open_to(*ANYONE)
def why(opened, code, field):
    """The claims behind one field of a case: who says it, how reliable, what contradicts it."""
    rows = persons.why(opened, code, field)
    case = persons.show(opened, code)
    if case["merged_into"]:
        return redirect(url_for("persons.why", code=case["merged_into"], field=field), 303)
    logged(case)
    event = next((one for one in case["events"] if one["slot"] == field), None)
    return render_template("persons/why.html", case=case, field=field, rows=rows, event=event)


@views.get("/persons/<code:code>/history")
@open_to(*ANYONE)
def history(opened, code):
    """What was decided about a case, newest first."""
    case = persons.show(opened, code)
    if case["merged_into"]:
        return redirect(url_for("persons.history", code=case["merged_into"]), 303)
    logged(case)
    return render_template("persons/history.html", case=case, rows=decisions.history(opened, case["id"]))
