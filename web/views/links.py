"""Lines of inquiry: of one person, question by question; of one site, by reference; what a review settles."""
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import links, persons, sites
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import asking, forms, language, pages, pages_links, words, words_links
from web.forms import status
from web.identity import ANYONE, logs, open_to

views = Blueprint("links", __name__)
PERSONS = 20


@views.get("/persons/<code:code>/links")
@open_to(*ANYONE)
def person(opened, code):
    """Where a person may have been held: where to look first, why, and what is missing."""
    return page(opened, code)


@views.post("/persons/<code:code>/links")
@open_to(*ANYONE)
def ask(opened, code):
    """The question of burial, with a reason that is logged; or two candidates beside one another."""
    try:
        given = asked()
        with opened.savepoint():
            return page(opened, code, question=given["question"], reason=given["reason"], pair=pair(given))
    except (BadInput, Refused) as trouble:
        return page(opened, code, status(trouble), sent=sent("links", trouble))


def asked():
    """What the form asks; raises BadInput where burial is asked without a reason."""
    given = forms.read("links", request.form)
    given["question"] = given["question"] or "held"
    if given["question"] == "buried" and not given["reason"]:
        raise BadInput("The question of burial is asked with a reason", do="Say why it is asked; it is logged.", problems=[
            asking.problem("missing_required", "reason", "", "This is needed")])
    return given


def pair(given):
    """The two candidates to compare, or None."""
    two = [one.strip().upper() for one in (given["one"], given["other"]) if one]
    if not two:
        return None
    if len(two) < 2 or two[0] == two[1]:
        raise BadInput("This cannot be asked", problems=[
            asking.problem("bad_value", "other", "", "Choose two different places to compare.")])
    return two


def page(opened, code, state=200, *, question="held", reason=None, pair=None, sent=None):
    """The page of a person for one question; of a case that is suspended only that it is."""
    case = persons.show(opened, code)
    if case["merged_into"]:
        return redirect(url_for("links.person", code=case["merged_into"]), 303)
    g.way_back = url_for("links.person", code=code)
    parts = {}
    if case["case_state"] != "suspended_security":
        parts = pages_links.of_person(opened, case, question, reason=reason, pair=pair)
    logs("link_page", case["id"], question=question, exact=pages_links.exact(case, parts) if parts else 0)
    return render_template("links/person.html", case=case, question=question, reason=reason, sent=sent, told=words_links,
                           **parts), state


@views.post("/persons/<code:code>/links/review")
@open_to(*pages_links.REVIEWERS, writes=True)
def review(opened, code):
    """What one line of inquiry is to those who search; a lead leads to its inquiry."""
    persons.show(opened, code)
    try:
        given = forms.read("link_review", request.form)
        del given["asked"]
        with opened.savepoint():
            done, inquiry = links.review(opened, code, given.pop("site"), **given)
    except (BadInput, Refused, Conflict) as trouble:
        if isinstance(trouble, Conflict):
            trouble.changed = [words.changed(one) for one in trouble.changed]
        return again(opened, code, trouble)
    if done.state != "decided":
        flash(_("It is proposed: another one must agree before it stands."))
    elif inquiry:
        flash(_("It is a lead. Its four lines stand in this inquiry."))
        return redirect(url_for("inquiries.show", inquiry=inquiry), 303)
    else:
        flash(_("It is recorded."))
    return redirect(url_for("links.person", code=code), 303)


def again(opened, code, trouble):
    """The page with the form as it was sent: of burial only for whoever had given a reason."""
    form = request.form
    told, why = sent("link_review", trouble), form.get("asked", "").strip()[:forms.SHORT]
    buried = {"question": "buried", "reason": why} if form.get("question") == "buried" and why else {}
    return page(opened, code, status(trouble), sent=told, **buried)


def sent(form, trouble):
    """What the page needs to show a form again as it was sent."""
    logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
    wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    return {"form": form, "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
            "known": {"reason"} if form == "links" else set(forms.FORMS[form])}


@views.get("/sites/<code:code>/links")
@open_to(*ANYONE)
def site(opened, code):
    """For whom a place of detention is a line of inquiry, by reference; of a burial site only that it may be asked."""
    return site_page(opened, code)


@views.post("/sites/<code:code>/links")
@open_to(*ANYONE)
def ask_site(opened, code):
    """The same of a burial site, with a reason that is logged."""
    try:
        given = asked()
        with opened.savepoint():
            return site_page(opened, code, question=given["question"], reason=given["reason"])
    except (BadInput, Refused) as trouble:
        return site_page(opened, code, status(trouble), sent=sent("links", trouble))


def site_page(opened, code, state=200, *, question=None, reason=None, sent=None):
    """The page of a site. question: else held, where it is asked of its kinds; none without a reason of burial."""
    shown = sites.show(opened, code)
    if not g.me["level"]:
        raise NotFound  # nobody's lines of inquiry are of tier 0
    if shown["merged_into"]:
        return redirect(url_for("links.site", code=shown["merged_into"]), 303)
    g.way_back = url_for("links.site", code=code)
    kinds = pages.questions(shown)
    question = question or ("held" if "held" in kinds else None)
    answer = None
    if question and not sent:
        answer = links.candidates(opened, site=code, question=question, reason=reason, limit=PERSONS, locale=language.code())
    logs("link_site", shown["id"], question=question, count=len(answer.candidates) if answer else 0)
    return render_template("links/site.html", site=shown, kinds=kinds, question=question, reason=reason, answer=answer, sent=sent,
                           told=words_links), state
