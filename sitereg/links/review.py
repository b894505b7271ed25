"""Reviews of links, as decisions: a lead to follow, set aside, or excluded (which another one must agree to)."""
from uuid import UUID

from sitereg.decisions import Outcome, ids
from sitereg.store.session import Json

__all__ = ["review", "reviews"]


def review(session, person, site, *, to, reason, question="held", would_show=None, asks=None, owner=None, due=None, basis=(),
           seen=None):
    """What a link is to those who search is settled, or waits for another to agree; answers (Outcome, id of the inquiry or None).

    A lead says what else would show it, who asks whom, and by when (`due`); it opens an inquiry (owner: an account's name, else
    oneself) whose first lines are: no digging; no contact with the owner or the family before a second reviewer. No status changes.
    Raises Refused (a guard), Conflict (seen: the version of the case that was looked at), NotFound, BadInput, Denied.
    """
    who = session.one("link_person", person=str(person), question=question)
    where = site if isinstance(site, UUID) else found(session, str(site).strip())
    value = {"would_show": would_show, "asks": asks, "owner": owner}
    told = session.call("review_link", person=who["id"], site=where, question=question, to=to, reason=reason, due=due,
                        basis=ids(basis), value=Json({name: said for name, said in value.items() if said}), seen=seen)
    return Outcome.of(told), UUID(told["inquiry"]) if told.get("inquiry") else None


def found(session, code):
    """The id of the site of that code; raises NotFound."""
    return session.value("site_page", code=code)["id"]


def reviews(session, *, question="held", person=None):
    """What was settled last about each link that the caller sees; person: a public reference or id."""
    who = None if person is None else session.one("link_person", person=str(person), question=question)["id"]
    return session.rows("link_reviews", question=question, person=who)
