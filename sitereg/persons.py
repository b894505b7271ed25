"""Cases of missing persons as the caller is shown them: pseudonymous, never with a name; from level 1.

    persons.find(session, states=["open_missing"], site="SYS-K7F49M-3")

Rows are dicts with the columns of the api function of the same purpose. Filters:

states, fates, whereabouts, sexes, circumstances   their codes
ages        bands of age (age_0_4, ...) in which they may have been when last known to be free
kinds, bbox, from_, to, site, adm1   an event of that kind, shown within that box (west, south, east, north in degrees), possibly
            between those days, at the site of that code, shown where it may lie in that governorate (a p-code, or none); one event
            must fit all that are given
q           a code; ids: ids of persons

Raises NotFound for what is not there or not visible, BadInput for a filter that does not exist.
"""
from dataclasses import dataclass
from uuid import UUID

from sitereg import cautions, frames, names, timeline
from sitereg.errors import BadInput
from sitereg.store import session as store

FILTERS = ("states", "kinds", "bbox", "from", "to", "site", "q", "ids", "fates", "whereabouts", "sexes", "ages",
           "circumstances", "adm1")
MOST_NAMED = 50

__all__ = ["MOST_NAMED", "Named", "count", "find", "frame", "named", "names_of", "show", "why"]


@dataclass(frozen=True)
class Named:
    """Whom a name leads to: ids of cases, the closest first; exact: codes of those that carry it just as typed; more: there are
    more than are named here."""

    ids: tuple[UUID, ...]
    exact: frozenset[str]
    more: bool

    def ranked(self, rows):
        """Rows of `find`, those first that are named first."""
        return sorted(rows, key=lambda row: self.ids.index(row["id"]))


def find(session, *, limit=100, after=None, **filters):
    """Cases that fit, by code: at most `limit` (1000) of them, after the code `after`.

    last_kind, last_from, last_to, last_site: the latest event with a place; shape: GeoJSON of what is shown of it (EPSG:4326).
    """
    return session.rows("person_list", limit=limit, after=after, **asked(filters))


def count(session, *, most=None, **filters):
    """How many cases fit in all; counted up to `most`, if that is given."""
    return session.value("person_count", most=most, **asked(filters))


def named(session, name, *, reason):
    """Whom this name may be: cases of which a name is these words or sounds like them, in any order and in either script.

    For holders of the compartment `names` who say what for. That it was asked stands in the read log, the name under a keyed mark,
    before anything is answered. Raises Denied, BadInput (no reason; a placeholder such as مجهول is nobody's name).
    """
    name = (name or "").strip()
    if len(name) > 200:
        raise BadInput("At most 200 letters", where="name")
    if names.is_placeholder(name):
        raise BadInput("This is nobody's name", where="name", do="Type at least one word of a name.")
    rows = session.rows("person_named", words=names.read(name).strict, reason=reason, limit=MOST_NAMED + 1)
    with store.acting(session.settings, session.actor) as log:
        log.call("log_read", action="person_named", detail=store.Json(
            {"reason": reason, "mark": session.value("name_mark", words=names.read(name).strict), "found": len(rows)}))
    return Named(tuple(row["id"] for row in rows[:MOST_NAMED]), frozenset(row["code"] for row in rows if row["exact"]),
                 len(rows) > MOST_NAMED)


def names_of(session, code, *, reason):
    """The names and numbers of one case in clear; the opening stands in the read log with the same transaction.

    For holders of the compartment `names`, in a session that writes. Raises Denied, NotFound, BadInput (no reason), Refused.
    """
    return session.rows("person_names", code=code, reason=reason)


def show(session, code):
    """Everything of one case as one dict; {code, merged_into} for the old code of a merged case.

    events stand in order of time, order_sure says whether each could not have come elsewhere; cautions: codes of what may not be
    concluded from it (sitereg.cautions).
    """
    page = session.value("person_page", code=code)
    if page["merged_into"]:
        return page
    page["events"] = timeline.ordered(page["events"])
    return {**page, "cautions": cautions.of(page)}


def why(session, code, field):
    """The claims behind a field of a case (event, birth, circumstance, event:<item>, ...), as the resolve rule orders them."""
    return session.rows("person_why", code=code, field=field)


def frame(session, **filters):
    """Every case that fits as a DataFrame, one row a case; the read stands in the log.

    birth_earliest, birth_latest: days, both included; circumstances, fate_indications: codes joined by commas; events: how many.
    """
    return frames.frame(session, "person_frame", **asked(filters))


def asked(filters):
    """The filters as parameters of the api functions; raises BadInput for one that there is not."""
    given = {name.rstrip("_"): value for name, value in filters.items() if value is not None}
    for name in given.keys() - set(FILTERS):
        raise BadInput("There is no such filter", where=name, do=f"Filters are {', '.join(FILTERS)}.")
    if "ids" in given:
        given["ids"] = [UUID(str(one)) for one in given["ids"]]
    if "bbox" in given:
        given["bbox"] = [float(one) for one in given["bbox"]]
    return given
