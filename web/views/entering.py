"""What one was just told, entered by hand: four forms, their drafts, the read-back and the receipt. Nothing typed is lost."""
from uuid import UUID, uuid4

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import entering, requests
from sitereg.errors import BadInput, Conflict, NotFound, Refused, SiteregError
from web import language, readings, words
from web.identity import logs, open_to

views = Blueprint("entering", __name__)
ANY = tuple(dict.fromkeys(role for roles in entering.ROLES.values() for role in roles))
ALOUD = ("testimony",)  # sent only after it was read aloud
LISTS = ("uses", "scope")
ROWS_AT_FIRST, ROWS_MORE = 3, 4
OWN = ("csrf_token", "act", "once", "agreed", "form")


@views.get("/enter")
@open_to(*ANY)
def start(opened):
    """The four forms, and the reader's own drafts."""
    forms = [form for form in entering.FORMS if set(entering.ROLES[form]) & set(g.me["roles"])]
    drafts = [one for one in entering.drafts.listed(opened) if one["form"] in entering.FORMS]
    return render_template("entering/start.html", forms=forms, drafts=drafts,
                           triage=bool(set(entering.triage.READERS) & set(g.me["roles"])))


def offer(form):
    """The two routes of one form: an empty one, and whatever is done with what was typed."""
    @open_to(*entering.ROLES[form])
    def empty(opened):
        return page(opened, form, uuid4(), typed=entering.last_terms(opened))

    @open_to(*entering.ROLES[form], writes=True)
    def typed(opened):
        return act(opened, form)

    empty.__doc__ = f"The form of a {form}, empty but for the terms of the last sheet."
    typed.__doc__ = f"What was typed into the form of a {form}: kept, read, read back, or written."
    views.add_url_rule(f"/enter/{form}", form, empty, methods=["GET"])
    views.add_url_rule(f"/enter/{form}", f"{form}_typed", typed, methods=["POST"])


for each in entering.FORMS:
    offer(each)


@views.get("/drafts/<uuid:once>")
@open_to(*ANY)
def draft(opened, once):
    """A draft of the reader's own, to go on with."""
    held = entering.drafts.shown(opened, once)
    if held["form"] not in entering.FORMS:
        raise NotFound
    return page(opened, held["form"], once, typed=held["typed"], rows=held["rows"], saved=held["saved_at"])


@views.post("/drafts/<uuid:once>/drop")
@open_to(*ANY, writes=True)
def drop(opened, once):
    """A draft of the reader's own is gone."""
    entering.drafts.drop(opened, once)
    flash(_("The draft is deleted."))
    return redirect(url_for("entering.start"), 303)


@views.post("/enter/draft")
@open_to(*ANY, writes=True)
def keep(opened):
    """What stands in the form now is the draft: asked by the page itself as one types."""
    form = request.form.get("form", "")
    if form not in entering.FORMS:
        raise BadInput("This form is too old", do="Load the page again.")
    entering.drafts.save(opened, once_of(), form, *taken())
    return make_response("", 204)


@views.post("/enter/reading")
@open_to(*ANY)
def reading(opened):
    """How one place or one time is read, as the part of the page that says so."""
    name, text = request.form.get("name", "")[:20], request.form.get("text", "")[:200]
    typed = {"when": text} if request.form.get("kind") == "when" else {"place": text, "place_pick": request.form.get("pick", "")}
    sheet = entering.read(opened, "report", typed, once=uuid4())
    wrong = next((readings.fault(one) for one in sheet.problems if one["field"] in typed), None)
    found = {name: readings.place(sheet.places["place"])} if "place" in typed else {}
    days = {name: readings.days(sheet.days.get("when"))} if "when" in typed else {}
    logs("enter_place", n=len(text))
    return render_template("entering/reading.html", name=name, readings=found, days=days, wrong=wrong)


@views.get("/receipts/<uuid:entry>")
@open_to(*ANY)
def receipt(opened, entry):
    """The number of a sheet of the reader's own, and nothing else."""
    return render_template("entering/receipt.html", receipt=entering.receipt(opened, entry)["receipt"])


def once_of():
    """The number of sending that the form carries."""
    try:
        return UUID(request.form.get("once", ""))
    except ValueError:
        raise BadInput("This form is too old", do="Load the page again.") from None


def taken():
    """({field: text or list}, lines) as they stand in the form that was sent."""
    typed, rows = {name: request.form.getlist(name) for name in LISTS}, {}
    for name in request.form:
        number, _under, column = name.removeprefix("r").partition("_")
        if name in (*OWN, *LISTS) or name.endswith("_seen"):
            continue
        if name.startswith("r") and number.isdecimal() and column and int(number) <= 999:
            rows.setdefault(int(number), {})[column] = request.form[name]
        else:
            typed[name] = request.form[name]
    return {name: one for name, one in typed.items() if one}, [rows.get(at, {}) for at in range(1, max(rows, default=0) + 1)]


def act(opened, form):
    """What the button asks for; whatever comes of it, what was typed is a draft until it is written."""
    once, (typed, rows), wanted = once_of(), taken(), request.form.get("act", "check")
    g.way_back = url_for("entering.draft", once=once)
    if wanted == "send":
        return send(opened, form, once, typed, rows)
    kept = saved(opened, once, form, typed, rows)
    if wanted == "save" and kept:
        flash(_("The draft is kept until %(day)s, for you alone.", day=words.day(kept.date())))
        return redirect(g.way_back, 303)
    if wanted == "more":
        return page(opened, form, once, typed=typed, rows=[*rows, *({} for _more in range(ROWS_MORE))])
    if wanted in ("back", "save"):
        return page(opened, form, once, typed=typed, rows=rows)
    sheet = read(opened, form, once, typed, rows)
    if wanted == "aloud" and not sheet.problems:
        return read_back(sheet)
    refused = bool(sheet.problems) and wanted == "aloud"
    return page(opened, form, once, typed=typed, rows=rows, sheet=sheet, status=422 if refused else 200)


def saved(opened, once, form, typed, rows):
    """Until when the draft is kept; None, with the reason shown, where it cannot be."""
    try:
        with opened.savepoint():
            return entering.drafts.save(opened, once, form, typed, rows)
    except SiteregError as trouble:
        if not isinstance(trouble, BadInput | Refused):
            return None  # it was sent before: what is sent now says so
        flash(language.said(trouble.what), "error")
        return None


def read(opened, form, once, typed, rows):
    if any(one for name, one in typed.items() if name.endswith("place")) or rows:
        logs("enter_place", n=len(rows))
    return entering.read(opened, form, typed, rows=rows, once=once)


def send(opened, form, once, typed, rows):
    """Written, and the receipt follows; or the page again, with what stands in the way beside its field."""
    sheet = read(opened, form, once, typed, rows)
    if not sheet.problems and form in ALOUD and request.form.get("agreed") != "yes":
        saved(opened, once, form, typed, rows)
        return read_back(sheet, status=422)
    if not sheet.problems and unseen(sheet):
        saved(opened, once, form, typed, rows)
        return page(opened, form, once, typed=typed, rows=rows, sheet=sheet, look=True)
    try:
        made = entering.write(opened, sheet)
    except (BadInput, Refused, Conflict) as trouble:
        logs("refused", form=form, code=trouble.code, guard=getattr(trouble, "guard", None))
        fresh = uuid4() if isinstance(trouble, Conflict) else once
        saved(opened, fresh, form, typed, rows)
        g.way_back = url_for("entering.draft", once=fresh)
        if isinstance(trouble, Conflict):
            trouble.changed = [{**one, "field": _("receipt")} for one in trouble.changed]
        return page(opened, form, fresh, typed=typed, rows=rows, sheet=sheet, trouble=trouble,
                    status=422 if isinstance(trouble, BadInput) else 409)
    if made.already:
        flash(_("This was sent before: it stands once, under this number."))
    return redirect(url_for("entering.receipt", entry=made.entry), 303)


def unseen(sheet):
    """Whether a place was not yet shown back as it is read now; a sheet that was read aloud was."""
    return sheet.form not in ALOUD and request.form.get("agreed") != "yes" and any(
        request.form.get(f"{name}_seen") != one.said for name, one in sheet.places.items() if one.said)


def page(opened, form, once, *, typed=(), rows=(), sheet=None, trouble=None, status=200, saved=None, look=False):
    """The form, as it was typed, with how it was read and what is wrong with it."""
    wrong = {one["field"]: readings.fault(one) for one in (sheet.problems if sheet else [])}
    if trouble is not None:
        wrong |= {one["field"]: readings.fault(one) for one in getattr(trouble, "problems", []) if isinstance(one, dict)}
    lines = [*rows, *({} for _more in range(ROWS_AT_FIRST - len(rows)))] if form == "testimony" else []
    return render_template(
        "entering/form.html", form_name=form, once=once, sent={"typed": dict(typed), "wrong": wrong}, lines=lines, trouble=trouble,
        saved=saved, look=look, partners=[name for one in opened.rows("partners") for name in one["names"].values()],
        readings={name: readings.place(one) for name, one in (sheet.places if sheet else {}).items()},
        days={name: readings.days(one) for name, one in (sheet.days if sheet else {}).items()},
        registered=form != "person" or requests.registered(opened), **choices(form)), status


def choices(form):
    """What the lists of the form hold: (code, word) pairs, and the names of its fields."""
    return {"label": readings.label, "named": readings.named, "hint": readings.hint,
            "may_open": "investigator" in g.me["roles"], "level": g.me["level"],
            "languages": [(code, entering.xlsx.language_name(code, language.code())) for code in entering.fields.LANGUAGES],
            "tiers": [(code, entering.labels.tier(code, language.code())) for code in ("1", "2") if int(code) <= g.me["level"]],
            "aloud": form in ALOUD}


def read_back(sheet, status=200):
    """The sheet as it is read aloud, in both languages, with everything typed carried along."""
    hidden = [(name, one) for name in request.form if name not in ("csrf_token", "act", "agreed")
              for one in request.form.getlist(name)]
    return render_template("entering/readback.html", form_name=sheet.form, hidden=hidden, unagreed=status == 422,
                           told={locale: entering.lines(sheet, locale) for locale in ("ar", "en")}), status
