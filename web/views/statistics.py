"""Published counts: a table is counted by one and published by another, fixed for good, small numbers hidden; with its files."""
from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from sitereg import statistics
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import COUNTERS, RELEASERS
from web import forms, language, pages
from web.forms import status
from web.identity import open_to
from web.views.sharing import refused

views = Blueprint("statistics", __name__)
READERS = (*COUNTERS, "auditor")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@views.get("/statistics")
@open_to(*READERS)
def index(opened):
    """The releases, the newest first, and the form of another one."""
    return listed(opened)


@views.post("/statistics")
@open_to(*COUNTERS, writes=True)
def propose(opened):
    """The counts as they are now wait for a releaser."""
    try:
        with opened.savepoint():
            made = statistics.propose(opened, forms.read("statistic", request.form)["title"])
    except (BadInput, Refused, Conflict) as trouble:
        return listed(opened, trouble)
    flash(_("It waits until a releaser agrees."))
    return redirect(url_for("statistics.show", statistic=made), 303)


@views.get("/statistics/<uuid:statistic>")
@open_to(*READERS)
def show(opened, statistic):
    """One table as it was made, and what became of it."""
    return table(opened, statistic)


@views.post("/statistics/<uuid:statistic>")
@open_to(*RELEASERS, writes=True)
def settle(opened, statistic):
    """A releaser publishes it or refuses it, or takes a published one back."""
    try:
        given = forms.read("statistic_settle", request.form)
        with opened.savepoint():
            statistics.settle(opened, statistic, given["act"], why=given["why"])
    except (BadInput, Refused, Conflict) as trouble:
        return table(opened, statistic, trouble)
    flash(_("Recorded."))
    return redirect(url_for("statistics.show", statistic=statistic), 303)


@views.get("/statistics/<uuid:statistic>/csv")
@open_to(*READERS)
def as_csv(opened, statistic):
    """A published table as CSV, with its notes."""
    return file(opened, statistic, "csv", statistics.as_csv)


@views.get("/statistics/<uuid:statistic>/xlsx")
@open_to(*READERS)
def as_xlsx(opened, statistic):
    """A published table as a workbook, with its notes."""
    return file(opened, statistic, "xlsx", statistics.as_xlsx)


def file(opened, statistic, kind, make):
    one = statistics.one(opened, statistic)
    if one["state"] != "published":
        raise NotFound
    answer = make_response(make(one, named(opened), g.demo))
    answer.headers["Content-Type"] = TYPES[kind]
    answer.headers["Content-Disposition"] = f'attachment; filename="counts-{one["settled_on"]}.{kind}"'
    return answer


def named(opened):
    """What a unit or a group of a table is called in the reader's language."""
    units, groups = pages.governorates(opened), language.labels_of("site_kind_group")
    known = {**dict(groups), **units, statistics.ALL: _("all")}
    return lambda code: known.get(code, code)


def listed(opened, trouble=None):
    rows = statistics.listed(opened, published=False)
    return render_template("packages/statistics.html", rows=rows, may_count=bool(set(g.me["roles"]) & set(COUNTERS)),
                           sent=refused("statistic", trouble)), status(trouble)


def table(opened, statistic, trouble=None):
    one = statistics.one(opened, statistic)
    groups, rows = statistics.grid(one)
    return render_template("packages/statistic.html", one=one, groups=groups, rows=rows, named=named(opened),
                           may_settle="releaser" in g.me["roles"], sent=refused("statistic_settle", trouble)), status(trouble)
