"""Cases of missing persons as the caller is shown them: pseudonymous, never with a name; from level 1.

    persons.find(session, states=["open_missing"], site="SYS-K7F49M-3")

Rows are dicts with the columns of the api function of the same purpose. Filters:

states      case states: listed, open_missing, ...
kinds, bbox, from_, to, site   an event of that kind, shown within that box (west, south, east, north in degrees), possibly between
            those days, at the site of that code; one event must fit all that are given
q           a code; ids: ids of persons

Raises NotFound for what is not there or not visible, BadInput for a filter that does not exist.
"""
from uuid import UUID

from sitereg import frames
from sitereg.errors import BadInput

FILTERS = ("states", "kinds", "bbox", "from", "to", "site", "q", "ids")

__all__ = ["count", "find", "frame", "show", "why"]


def find(session, *, limit=100, after=None, **filters):
    """Cases that fit, by code: at most `limit` (1000) of them, after the code `after`.

    last_kind, last_from, last_to, last_site: the latest event with a place; shape: GeoJSON of what is shown of it (EPSG:4326).
    """
    return session.rows("person_list", limit=limit, after=after, **asked(filters))


def count(session, **filters):
    """How many cases fit in all."""
    return session.value("person_count", **asked(filters))


def show(session, code):
    """Everything of one case as one dict; {code, merged_into} for the old code of a merged case."""
    return session.value("person_page", code=code)


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
