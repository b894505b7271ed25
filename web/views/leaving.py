"""What leaves by hand: a document or a printed page, recorded with recipient, purpose and risks before its first byte."""
import io
import mimetypes
import tempfile
import zipfile
from pathlib import Path

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from sitereg import documents, exports, inquiries, scans, sharing
from sitereg import sites as registry
from sitereg import views as kept
from sitereg.errors import BadInput, Conflict, NotFound, Refused
from sitereg.matrix.roles import RELEASERS
from web import asking, forms, pages
from web.forms import status
from web.identity import logs, open_to
from web.views.sharing import refused

views = Blueprint("leaving", __name__)
SAID = ("GeoJSON", "GeoPackage (QGIS)", "GeoParquet", "KML", "CSV, HXL", "XLSX, HXL", "PDF")
FORMATS = dict(zip(forms.FORMATS, SAID, strict=True))


@views.get("/documents/<uuid:document>/release")
@open_to(*pages.GIVERS)
def ask_document(opened, document):
    """To whom a document goes, what for, and whom that could hurt."""
    return document_page(opened, document)


@views.post("/documents/<uuid:document>/release")
@open_to(*pages.GIVERS, writes=True)
def document(opened, document):
    """The document as a file, once it stands recorded who receives it; of a confidential one the question to a releaser."""
    scans.page(opened, document)
    try:
        with opened.savepoint():
            made = documents.release(opened, document, **asked())
    except (BadInput, Refused, Conflict) as trouble:
        return document_page(opened, document, trouble)
    if made["waits"]:
        flash(_("It is confidential: it waits until a releaser agrees. Nothing left."))
        return redirect(url_for("documents.show", document=document), 303)
    return file(made)


def document_page(opened, document, trouble=None):
    about = {"document": scans.page(opened, document), "action": f"/documents/{document}/release", "what": "document"}
    return render_template("sharing/leaving.html", **about, sent=refused("leaving", trouble)), status(trouble)


@views.get("/releases")
@open_to(*RELEASERS)
def releases(opened):
    """Confidential documents that somebody asks to give out."""
    return render_template("sharing/releases.html", rows=documents.waiting(opened), sent=None)


@views.post("/releases/<uuid:task>")
@open_to(*RELEASERS, writes=True)
def agree(opened, task):
    """A releaser agrees, another person than the one who asked: the document as a file."""
    try:
        with opened.savepoint():
            made = documents.agree(opened, task)
    except (BadInput, Refused, Conflict) as trouble:
        sent = refused("leaving", trouble, task)
        return render_template("sharing/releases.html", rows=documents.waiting(opened), sent=sent), status(trouble)
    return file(made)


def file(made):
    """The bytes, a picture without what it tells beside itself, under a name that tells nothing."""
    answer = make_response(documents.leaving(current_app.config["SITEREG"], made))
    answer.mimetype = made["media_type"]
    suffix = mimetypes.guess_extension(made["media_type"]) or ".bin"
    answer.headers["Content-Disposition"] = f'attachment; filename="{str(made["disclosure"])[-12:]}{suffix}"'
    return answer


@views.get("/print/<code:code>")
@open_to(*pages.GIVERS)
def ask_print(opened, code):
    """To whom a printed page of a record goes, what for, and whom that could hurt."""
    return print_form(code, f"/print/{code}")


@views.post("/print/<code:code>")
@open_to(*pages.GIVERS, writes=True)
def printed(opened, code):
    """The page to print, once it stands recorded who receives it."""
    return print_it(opened, code, f"/print/{code}")


@views.get("/inquiries/<uuid:inquiry>/print")
@open_to(*pages.GIVERS)
def ask_inquiry(opened, inquiry):
    """To whom a printed inquiry goes, what for, and whom that could hurt."""
    return print_form(inquiries.show(opened, inquiry)["code"], f"/inquiries/{inquiry}/print")


@views.post("/inquiries/<uuid:inquiry>/print")
@open_to(*pages.GIVERS, writes=True)
def inquiry(opened, inquiry):
    """The inquiry to print, with what tier 1 is shown of its record, once it stands recorded who receives it."""
    return print_it(opened, inquiries.show(opened, inquiry)["code"], f"/inquiries/{inquiry}/print", inquiry=inquiry)


@views.post("/export/map")
@open_to(*pages.GIVERS)
def ask_map(opened):
    """On to the same question of what the map shows, as a sheet of paper; no address tells where that is."""
    view = kept.show(opened, request.form["v"])["asked"] if request.form.get("v") else {}
    _filters, shown = asking.asked(held=asking.revealed("w", request.form.get("w")) or view)
    shown["area"] = request.form.get("area", "").strip() or shown["area"]
    asking.asked(MultiDict({"area": shown["area"]}))
    return redirect("/export?" + asking.query(shown, format="pdf"), 303)


@views.get("/export")
@open_to(*pages.GIVERS)
def ask_sites(opened):
    """To whom the sites that the filters leave go as a file, in which format, what for, and whom that could hurt."""
    return export_page(opened, *asking.asked(extra=("format",)))


@views.post("/export")
@open_to(*pages.GIVERS, writes=True)
def sites(opened):
    """The sites as a file with its manifest, once it stands recorded who receives it."""
    filters, shown = asking.asked()
    try:
        given = forms.read("export", request.form)
        risk = "; ".join(f"{name}: {given.pop(f'risk_{name}')}" for name in sharing.RISKS)
        logs("export", **{name: given[name] for name in ("format", "recipient", "purpose")})
        with opened.savepoint(), tempfile.TemporaryDirectory() as folder:
            bundle = made(opened, Path(folder), given.pop("format"), filter=leaving_filter(filters, shown), risk=risk, **given)
    except (BadInput, Refused, Conflict) as trouble:
        return export_page(opened, filters, shown, trouble)
    answer = make_response(bundle)
    answer.mimetype = "application/zip"
    answer.headers["Content-Disposition"] = 'attachment; filename="sites.zip"'
    return answer


@views.get("/overview/export")
@open_to(*pages.GIVERS)
def ask_counts(opened):
    """To whom the counts of the overview go as a table, what for, and whom that could hurt."""
    return counts_form()


@views.post("/overview/export")
@open_to(*pages.GIVERS, writes=True)
def counts(opened):
    """The counts as a table with their manifest, once it stands recorded who receives them."""
    try:
        given = asked()
        logs("export", format="csv", **{name: given[name] for name in ("recipient", "purpose")})
        with opened.savepoint():
            risk = "; ".join(f"{name}: {told}" for name, told in given.pop("risk").items())
            table, about = exports.counts.make(opened, risk=risk, **given)
    except (BadInput, Refused, Conflict) as trouble:
        return counts_form(trouble)
    answer = make_response(packed({"counts.csv": table, "counts.csv.manifest.json": about}))
    answer.mimetype = "application/zip"
    answer.headers["Content-Disposition"] = 'attachment; filename="counts.zip"'
    return answer


def counts_form(trouble=None):
    about = {"what": "counts", "action": "/overview/export"}
    return render_template("sharing/leaving.html", **about, sent=refused("leaving", trouble)), status(trouble)


def packed(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, told in files.items():
            bundle.writestr(name, told)
    return held.getvalue()


def made(opened, folder, form, **given):
    """The bytes of an archive with the file and its manifest; the disclosure is recorded in the open transaction."""
    parcel = exports.make(opened, folder / f"sites.{form}", format=form, **given)
    parcel.release()
    return packed({path.name: path.read_bytes() for path in (parcel.path, parcel.manifest_path)})


def leaving_filter(filters, shown):
    """The filters of a file; words, years and protection are none: it holds more than what was looked at, or less, unseen."""
    lost = [name for name in ("q", "from", "to", "protection", "around") if shown[name]]
    lost += [name for name in ("group", "kind", "verification", "governorate") if any(one.startswith("-") for one in shown[name])]
    if lost:
        raise BadInput("A file is filtered by group, kind, level, governorate and area alone", problems=[
            asking.problem("unknown_field", name, "", "Take this filter off the list first") for name in lost])
    named = (("groups", "group"), ("kinds", "kind"), ("verification", "verification"), ("adm1", "governorate"))
    found = {name: shown[field] for name, field in named if shown[field]}
    return {**found, "bbox": filters["bbox"]} if filters["bbox"] else found


def export_page(opened, filters, shown, trouble=None):
    chosen = request.args.get("format")
    about = {"what": "sites", "action": "/export?" + asking.query(shown), "back": "/sites?" + asking.query(shown),
             "total": registry.count(opened, **filters), "formats": sorted(FORMATS.items(), key=lambda one: one[0] != chosen)}
    return render_template("sharing/leaving.html", **about, sent=refused("export", trouble)), status(trouble)


def print_form(code, action, trouble=None):
    about = {"code": code, "action": action, "what": "page"}
    return render_template("sharing/leaving.html", **about, sent=refused("leaving", trouble)), status(trouble)


def print_it(opened, code, action, **more):
    try:
        with opened.savepoint():
            told = sharing.print_page(opened, code, **asked(), **more)
    except (BadInput, Refused, Conflict) as trouble:
        return print_form(code, action, trouble)
    if not told:
        raise NotFound
    return render_template("sharing/print.html", page=told, units=pages.unit_names(opened, told), tlp=sharing.labels(told["face"]))


def asked():
    given = forms.read("leaving", request.form)
    return {"recipient": given["recipient"], "purpose": given["purpose"], "legal_basis": given["legal_basis"],
            "risk": {name: given[f"risk_{name}"] for name in sharing.RISKS}}
