"""Errors of sitereg become HTTP answers here and nowhere else; none tells SQL, a path, a shape or a name."""
from flask import current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from sitereg import logbook
from sitereg.errors import HTTP_STATUS, STATUS_OF_CODE, Conflict, NotFound, SiteregError, from_os, from_sqlstate
from web import identity


def answer(app):
    """Every error leaves as one page (or one JSON object) with a stable code and the request's id."""
    app.register_error_handler(SiteregError, ours)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(OSError, disk)
    app.register_error_handler(OperationalError, away)
    app.register_error_handler(Exception, unknown)


def status_of(error):
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS), 500)


def ours(error):
    status = status_of(error)
    if isinstance(error, NotFound):
        return missing()
    if status == 500:
        return unknown(error)
    changed = error.changed if isinstance(error, Conflict) else []
    problems = [one for one in getattr(error, "problems", ()) if isinstance(one, dict)]
    return page(status, error.code, error.what, error.do, changed=changed, problems=problems)


def missing():
    """One answer for what is absent, hidden or no address at all, to somebody who is signed in and to others."""
    identity.recognise()
    g.missing = True
    return page(404, "not_found", _("There is nothing here for you"), _("Check the address, or search for it."))


def stale_form(error):
    return page(403, "stale_form", _("This form is too old"), _("Go back, load the page again and send it once more."))


def http(error):
    if isinstance(error, SecurityError):
        return make_response("", 400)  # not our name: no page of ours is shown under it
    if error.code == 404:
        return missing()
    if error.code == 405:
        return page(405, "method_not_allowed", _("This is not a page to open"),
                    _("It is where a form is sent to. Go back and use its button."))
    return page(error.code or 500, (error.name or "error").lower().replace(" ", "_"), _("This cannot be done"), None)


def disk(error):
    full = from_os(error)
    return ours(full) if full else unknown(error)


def away(error):
    """The database of sign-ins and seats, which has a driver's errors of its own; the page about it asks it nothing more."""
    g.seat, g._login_user = None, current_app.login_manager.anonymous_user()
    return ours(from_sqlstate(getattr(error.orig, "sqlstate", None)))


def unknown(error):
    if current_app.testing and not isinstance(error, SiteregError):
        raise error
    told = {"request": g.get("request_id"), "error": type(error).__name__, "through": logbook.places(error)}
    current_app.logger.error("request %s: %s", told["request"], told["error"], extra={"told": told})
    return page(500, "failed", _("Something failed here"), _("Nothing was saved. Tell us the request's number."))


def page(status, code, what, do, *, changed=(), problems=()):
    if request.accept_mimetypes.best == "application/json" or request.path.startswith(("/api/", "/ogc")):
        return jsonify(error=code, what=what, do=do, changed=list(changed), problems=list(problems),
                       request=g.get("request_id")), status
    frame = "own/base.html" if identity.FAMILIES in (g.get("me") or {}).get("roles", ()) else "base.html"
    return render_template("errors/error.html", frame=frame, code=code, what=what, do=do, changed=changed,
                           problems=problems), status
