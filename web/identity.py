"""One road for identity: `open_to` is the transaction around a view, and the only way a view meets the registry."""
import functools

from flask import current_app, g, make_response, redirect, request

from sitereg import errors
from sitereg.actors import Actor
from sitereg.store import session
from web import seats

PARTNERS, FAMILIES = "partner", "family"
ROOMS = {PARTNERS: "/door", FAMILIES: "/own"}  # whose own pages stand apart from the house
OF_THEIR_ACCOUNT = ("me.me", "me.end_others", *(f"second.{one}" for one in (
    "begin", "take", "codes", "end", "key_end", "key_new", "key_options")))
ANYONE = ()  # every signed-in person with a clearance


def open_to(*roles, writes=False):
    """The view is called with an open session of the signed-in person; it commits before the answer leaves.

    roles: one of them is needed (none named: any clearance). A view that shows what must be logged calls `logs`;
    the log's own transaction commits before the first byte, or there is no answer.
    """
    def around(view):
        @functools.wraps(view)
        def run(**parts):
            account = seated()
            if account is None:
                return to_the_door()
            settings, actor = current_app.config["SITEREG"], Actor(account, "password", g.request_id)
            g.reads = []
            try:
                with (session.acting if writes else session.reading)(settings, actor) as opened:
                    g.me, g.demo = opened.me, opened.me["synthetic"]
                    room = beyond(roles)
                    if room:
                        if request.path == "/":
                            return redirect(room, 303)
                        raise errors.NotFound
                    if roles and not set(roles) & set(g.me["roles"]):
                        raise errors.Denied("This page is for other roles", do="Ask an admin for the role that it needs.")
                    answer = make_response(view(opened, **parts))
            except (errors.Denied, errors.Refused) as refusal:
                refused(settings, actor, refusal)
                raise
            keep_log(settings, actor)
            return answer

        run.open_to = roles
        run.writes = writes
        return run

    return around


def beyond(roles):
    """The room of one's own of whoever has one and asks for anything else: all of that is absent in the same way, whatever it is.

    A partner also opens his account; one of a family has no account to look after.
    """
    role = next((one for one in ROOMS if one in g.me["roles"]), None)
    if role is None or role in roles or (role == PARTNERS and request.endpoint in OF_THEIR_ACCOUNT):
        return None
    return ROOMS[role]


def open_to_all(view):
    """The view needs nobody: it shows nothing of the registry."""
    view.open_to = None
    view.writes = False
    return view


def logs(action, subject=None, **detail):
    """What is about to be shown will stand in the log of reads before it leaves."""
    g.reads.append((action, subject, detail))


def keep_log(settings, actor):
    if g.reads:
        with session.acting(settings, actor) as opened:
            for action, subject, detail in g.reads:
                opened.call("log_read", action=action, object=subject, detail=session.Json(detail))


def refused(settings, actor, refusal):
    """A refusal stands in the log, if the account may write there at all."""
    if g.get("me"):
        with session.acting(settings, actor) as opened:
            opened.call("log_read", action="refused", detail=session.Json({"code": refusal.code, "route": request.endpoint}))


def recognise():
    """Pages outside of any view know the reader, too: an address that is none reads like one that is hidden."""
    if "me" in g:
        return
    account = seated()
    if account:
        with session.reading(current_app.config["SITEREG"], Actor(account, "password", g.request_id)) as opened:
            g.me, g.demo = opened.me, opened.me["synthetic"]


def seated():
    """The account of the open seat that this request comes from, or None."""
    return seats.account()


def to_the_door():
    """Whoever has no open seat is led to the page that opens one; what a locked seat sent is not lost."""
    from web import signin

    state = seats.state()
    if request.method in ("GET", "HEAD") and request.accept_mimetypes.accept_html and request.blueprint not in ("tiles", "api"):
        signin.remember_the_way(ended=state != "locked")
        return redirect(signin.waiting(state), 303)
    if state == "locked" and request.method == "POST" and "text/html" in request.headers.get("Accept", ""):
        from web.views import second

        return second.locked_form()
    return make_response("", 401)
