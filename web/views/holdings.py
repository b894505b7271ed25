"""Bodies of records: their list, the page of each, why, and the forms that record what is said of them."""
from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext as _

from sitereg import decisions, holdings, sites, sources, vocab
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from web import asking, forms, pages, records, security
from web.forms import status
from web.identity import ANYONE, logs, open_to

views = Blueprint("holdings", __name__)
PAGE = 50
CODES = {"kinds": "record_kind", "protection": "protection_status", "condition": "record_condition", "access": "records_access"}


@views.get("/holdings")
@open_to(*ANYONE)
def index(opened):
    """The bodies of records that the filters leave."""
    filters, shown = asked(request.args)
    seen = asking.after()
    rows = holdings.find(opened, **filters, limit=PAGE + 1, after=seen[-1] if seen else None)
    more, rows = rows[PAGE:], rows[:PAGE]
    if filters:
        logs("holding_search", **filters)
    return render_template(
        "holdings/index.html", rows=rows, total=holdings.count(opened, **filters), filters=shown, words=records,
        may_say=bool(set(g.me["roles"]) & set(pages.WORKING)), previous=at(shown, seen[:-1]) if seen else None,
        next=at(shown, [*seen, rows[-1]["code"]]) if more else None)


@views.post("/holdings")
@open_to(*ANYONE)
def search(opened):
    """What was typed becomes an address of the list that does not tell the words."""
    _filters, shown = asked(request.form)
    return redirect(at(shown), 303)


def at(shown, after=()):
    query = asking.query(shown, after=list(after))
    return "/holdings" + ("?" + query if query else "")


def asked(given):
    """(filters of holdings.find, the same as the form shows them); words come by form, in an address only concealed."""
    problems = [asking.problem("unknown_field", name, "", "There is no such filter") for name in given
                if name not in {*CODES, "q", "w", "after", "lang", "csrf_token"}]
    shown = {name: [one for one in given.getlist(name) if one] for name in CODES}
    problems += [asking.problem("unknown_code", name, one, "This is no term of the list") for name, scheme in CODES.items()
                 for one in shown[name] if one not in set(vocab.SCHEMES[scheme])]
    try:
        shown["q"] = security.revealed(given["w"]) if given.get("w") else given.get("q", "").strip()
    except ValueError:
        shown["q"] = ""
        problems.append(asking.problem("bad_value", "w", "", "This search is over: type it again"))
    if len(shown["q"]) > asking.LETTERS or "\x00" in shown["q"]:
        problems.append(asking.problem("too_long", "q", "", "At most 200 letters"))
    if problems:
        raise BadInput("This cannot be asked", problems=problems, do="Take the filters that the page offers.")
    return {name: one for name, one in shown.items() if one}, shown


@views.get("/holdings/new")
@open_to(*pages.WORKING)
def blank(opened):
    """The form that records a body of records; ?site fills in where it lies."""
    return render_template("holdings/new.html", words=records, sent=None, site=request.args.get("site", "")[:20])


@views.post("/holdings/new")
@open_to(*pages.WORKING, writes=True)
def add(opened):
    """A body of records stands, with what its source says of it."""
    try:
        given = forms.read("holding", request.form)
        with opened.savepoint():
            made = holdings.record(opened, source(opened, given), name={"en": given["title_en"], "ar": given["title_ar"]},
                                   tier=int(given["tier"] or 1), **graded(given), **what(opened, given))
    except (BadInput, Refused, Conflict) as trouble:
        return render_template("holdings/new.html", words=records, sent=refused("holding", trouble), site=""), status(trouble)
    flash(_("The records are recorded."))
    return redirect(pages.address(made.code), 303)


@views.get("/holdings/<code:code>")
@open_to(*ANYONE)
def show(opened, code):
    """Everything of one body of records in the reader's face; the code of a merged one leads to the one that stands."""
    holding = holdings.show(opened, code)
    if holding["merged_into"]:
        return redirect(pages.address(holding["merged_into"]), 303)
    return page(opened, holding)


def page(opened, holding, status=200, **more):
    """The page of records as it stands, with what a form of it has to say."""
    if g.me["level"] >= 2 and holding["exact"]:
        logs("holding_page", holding["id"])
    return render_template("holdings/show.html", site=holding, words=records, history=decisions.history(opened, holding["id"]),
                           **pages.guarding(opened, holding), **more), status


@views.get("/holdings/<code:code>/why/<field>")
@open_to(*ANYONE)
def why(opened, code, field):
    """The claims behind one field of records."""
    rows = holdings.why(opened, code, field)
    holding = holdings.show(opened, code)
    if holding["merged_into"]:
        return redirect(f"{pages.address(holding['merged_into'])}/why/{field}", 303)
    if g.me["level"] >= 2 and holding["exact"]:
        logs("holding_why", holding["id"])
    return render_template("holdings/why.html", site=holding, field=field, rows=rows, words=records)


@views.post("/holdings/<code:code>/said")
@open_to(*pages.WORKING, writes=True)
def say(opened, code):
    """Something more is said of records."""
    return told(opened, code, "holding_say", lambda given: what(opened, given))


@views.post("/holdings/<code:code>/access")
@open_to(*pages.WORKING, writes=True)
def access(opened, code):
    """Access was asked for, or something came of it."""
    return told(opened, code, "records_access", lambda given: {"access": {
        name: given[name] for name in ("code", "on", "asked_by", "answered_by", "note")}})


@views.post("/holdings/<code:code>/losses")
@open_to(*pages.WORKING, writes=True)
def loss(opened, code):
    """Records were lost."""
    return told(opened, code, "record_loss", lambda given: {"loss": {
        name: given[name] for name in ("kind", "on", "what", "by_whom")}})


def told(opened, code, form, said):
    """The claims stand and the page follows; or the page is shown again with what stands in the way."""
    holding = holdings.show(opened, code)
    if holding["merged_into"]:
        return redirect(pages.address(holding["merged_into"]), 303)
    try:
        given = forms.read(form, request.form)
        with opened.savepoint():
            holdings.say(opened, holding["id"], source(opened, given), **graded(given), **said(given))
    except (BadInput, Refused, Conflict) as trouble:
        return page(opened, holding, status(trouble), sent=refused(form, trouble))
    flash(_("It is recorded."))
    return redirect(pages.address(code), 303)


def refused(form, trouble):
    """What a page needs to show a form again as it was sent."""
    logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
    wrong = {one["field"]: one["message"] for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    return {"form": form, "thing": "None", "typed": forms.typed(request.form), "wrong": wrong, "trouble": trouble,
            "known": set(forms.FORMS[form]), "at": form}


def source(opened, given):
    """The source as the form describes it, with its terms."""
    return sources.described(
        opened, type=given["source_type"], label=given["source_label"],
        **{name: given[name] for name in ("reliability", "connection", "partner", "terms", "uses", "consent")})


def graded(given):
    return {"credibility": given["credibility"] or "6", "first_hand": given["first_hand"] or None}


def what(opened, given):
    """What a form says of records, as holdings.said takes it."""
    said = {name: given[name] for name in ("kinds", "condition", "observed_on", "note") if given[name]}
    if given["years_from"] or given["years_to"]:
        said["years"] = (given["years_from"], given["years_to"])
    sized = {"unit": given["unit"], "definition": given["definition"], "min": given["extent_min"], "max": given["extent_max"]}
    if any(one is not None for one in sized.values()):
        said["extent"] = sized
    share = {"min": given["digitised_min"], "max": given["digitised_max"]}
    if any(one is not None for one in share.values()):
        said["digitised"] = share
    if given["custodian"]:
        said["custodian"] = {"name": {"en": given["custodian"]}, "kind": given["custodian_kind"] or "unknown"}
    return said | {name: site(opened, name, given[name]) for name in ("held_at", "records_of") if given[name]}


def site(opened, field, code):
    """The id of the site of that code; refused at its field where there is none for the reader."""
    try:
        found = sites.show(opened, code)
    except NotFound:
        found = {"merged_into": True}
    if found["merged_into"]:
        raise BadInput("The form is not complete", problems=[
            {"code": "not_found", "field": field, "value": code[:60], "message": "There is no such site for you"}],
            do="What you typed is kept: correct what is marked.")
    return found["id"]
