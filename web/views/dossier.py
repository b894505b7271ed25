"""A dossier for an authority as PDF: what a printed page may tell, a map, facts with their grades, what is asked of it."""
import hashlib
from pathlib import Path

from flask import Blueprint, make_response, render_template, request
from flask_babel import force_locale

from sitereg import papers, sharing, sketch
from sitereg.errors import BadInput, Conflict, Refused
from web import forms, pages, security
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("dossier", __name__)
FONTS = Path(security.STATIC) / "vendor" / "fonts"


@views.get("/sites/<code:code>/dossier")
@open_to(*pages.GIVERS)
def ask(opened, code):
    """To which authority it goes, in which language, what is asked of it, and whom that could hurt."""
    return form(code)


@views.post("/sites/<code:code>/dossier")
@open_to(*pages.GIVERS, writes=True)
def make(opened, code):
    """The dossier, once it stands recorded who receives it; the hash of the file stands in the log before its first byte leaves."""
    try:
        given = forms.read("dossier", request.form)
        asks = {"measures": given["kinds"], "words": given["asked"]}
        with opened.savepoint():
            told = sharing.print_page(
                opened, code, recipient=given["recipient"], purpose=given["purpose"], legal_basis=given["legal_basis"], asks=asks,
                risk={name: given[f"risk_{name}"] for name in sharing.RISKS})
    except (BadInput, Refused, Conflict) as trouble:
        return form(code, trouble)
    with force_locale(given["language"]):
        made = papers.pdf(render_template(
            "sharing/dossier.html", page=told, units=pages.unit_names(opened, told), tlp=sharing.labels(told["face"]), asks=asks,
            drawings=sketch.drawings(told["shown"], given["language"])), fonts=FONTS)
    logs("dossier", told["disclosure"], sha256=hashlib.sha256(made).hexdigest(), language=given["language"])
    answer = make_response(made)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{str(told["disclosure"])[-12:]}.pdf"'
    return answer


def form(code, trouble=None):
    return render_template("sharing/leaving.html", code=code, action=f"/sites/{code}/dossier", what="dossier",
                           sent=refused("dossier", trouble)), forms.status(trouble)
