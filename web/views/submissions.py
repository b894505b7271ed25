"""What partners sent through their door: opened with a handler's own key, read, written down as a report, or laid on his desk.

The passphrase is asked for each opening and kept nowhere; nothing that was opened is kept but what the handler takes in.
"""
import contextlib

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import reports, submissions
from sitereg.errors import BadInput, NotFound, Refused
from sitereg.imports import arrivals, spool
from sitereg.matrix.roles import HANDLERS
from web import forms
from web.forms import status
from web.identity import open_to
from web.views.door import megabytes
from web.views.sharing import refused
from web.views.vault import again, unlocked

views = Blueprint("submissions", __name__, url_prefix="/submissions")


@views.get("")
@open_to(*HANDLERS)
def index(opened):
    """What partners sent, those that nobody opened first."""
    return render_template("submissions/index.html", rows=submissions.waiting(opened))


@views.get("/<uuid:submission>")
@open_to(*HANDLERS)
def show(opened, submission):
    """One that is still sealed, and the form that opens it."""
    return page(opened, submission)


@views.post("/<uuid:submission>")
@open_to(*HANDLERS, writes=True)
def read(opened, submission):
    """It is opened with the handler's key; that it was stands recorded with the answer."""
    known(opened, submission)
    try:
        mine = unlocked(opened, forms.read("vault_open", request.form)["passphrase"])
        with opened.savepoint():
            letter = submissions.open_(opened, mine, submission)
    except (BadInput, Refused) as trouble:
        submissions.refused(opened, submission, trouble)
        return page(opened, submission, trouble)
    return page(opened, submission, letter=letter)


def known(opened, submission):
    return next((one for one in submissions.waiting(opened) if one["id"] == submission), None) or missing()


def missing():
    raise NotFound


@views.post("/<uuid:submission>/report")
@open_to(*HANDLERS, writes=True)
def report(opened, submission):
    """The words of the letter are a report that waits to be sorted, under the terms that the handler states."""
    known(opened, submission)
    try:
        said = forms.read("submission_report", request.form)
        terms = {"partner": {"en": said["partner"]}, "terms": said["terms"], "permitted_uses": said["uses"],
                 "consent": said["consent"], "legal_class": said["legal_class"]}
        with opened.savepoint():
            reports.record(opened, said["words"], terms=terms, place=said["places"], tier=2)
    except (BadInput, Refused) as trouble:
        return page(opened, submission, trouble, form="submission_report")
    flash(_("Written down: it waits to be sorted."))
    return redirect(url_for("submissions.show", submission=submission), 303)


@views.post("/<uuid:submission>/desk")
@open_to(*HANDLERS, writes=True)
def desk(opened, submission):
    """One file of it is on the handler's own intake desk, and goes on as any file that arrives; he is a data steward, too."""
    about = known(opened, submission)
    try:
        said = forms.read("submission_desk", request.form)
        if "data_steward" not in g.me["roles"]:
            raise Refused("A file is taken in by a data steward", guard="role", needs="Ask a handler who is a data steward, too.")
        if not 0 < said["item"] < len(about["parts"]):
            missing()
        mine = unlocked(opened, said["passphrase"])
        with opened.savepoint():
            file = submissions.open_(opened, mine, submission).files[said["item"] - 1]
            if not file.sound:
                raise Refused("The file is not the one that its sender named", guard="evidence",
                              needs="Ask the partner to send it again.")
            with contextlib.closing(spool.Arriving(opened.settings)) as coming:  # in clear, and gone at once unless it is kept
                coming.write(file.data)
                once = arrivals.take(opened, coming, file.name)
    except (BadInput, Refused) as trouble:
        submissions.refused(opened, submission, trouble)
        return page(opened, submission, trouble, form="submission_desk")
    return redirect(url_for("intake.show", once=once), 303)


def page(opened, submission, trouble=None, form="vault_open", letter=None):
    sent = again(form, trouble) if trouble else refused(form, None)
    return render_template("submissions/show.html", one=known(opened, submission), letter=letter, sent=sent, form_sent=form,
                           megabytes=megabytes, steward="data_steward" in g.me["roles"]), status(trouble)
