"""Lines of inquiry of one case: where the person may have been held; by an act with a reason, where the person may be buried."""
from flask import Blueprint, redirect, render_template, request, url_for

from sitereg import links, persons
from sitereg.errors import BadInput, Refused
from web import forms, words_lines
from web.identity import ANYONE, logs, open_to

views = Blueprint("lines", __name__)
MOST = 20


@views.get("/persons/<code:code>/lines")
@open_to(*ANYONE)
def held(opened, code):
    """Where to look first for where somebody was held."""
    return page(opened, code, "held")


@views.post("/persons/<code:code>/lines")
@open_to(*ANYONE)
def buried(opened, code):
    """Where the person may be buried, on this answer alone; that it was asked, and why, stands in the log before it."""
    try:
        given = forms.read("burial", request.form)
        with opened.savepoint():
            return page(opened, code, "buried", reason=given["reason"])
    except (BadInput, Refused) as trouble:
        wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", ())}
        sent = {"trouble": trouble, "wrong": wrong, "known": ("reason",), "typed": forms.typed(request.form)}
        return page(opened, code, "held", 422 if isinstance(trouble, BadInput) else 409, sent=sent)


def page(opened, code, question, status=200, *, reason=None, sent=None):
    case = persons.show(opened, code)
    if case["merged_into"]:
        return redirect(url_for("lines.held", code=case["merged_into"]), 303)
    if case["case_state"] == "suspended_security":
        return redirect(url_for("persons.show", code=case["code"]), 303)
    answer = links.candidates(opened, person=case["code"], question=question, reason=reason, limit=MOST)
    settled = {one["site"]: one["state"] for one in links.reviews(opened, question=question, person=case["code"])}
    logs("person_lines", case["id"], question=question)
    return render_template("persons/lines.html", told=words_lines, case=case, answer=answer, settled=settled, sent=sent), status
