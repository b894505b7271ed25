"""Searching by name, however it is written and in either script: sites and places at once, persons by reference.

    search.find(session, "Sednaya")            {"sites": [...], "places": [...], "persons": [...]}
    search.suggest(session, "saydn")           the same of sites and places, the last word being typed

By their names persons are sought with a reason: persons.named. Everything is of the caller's own face; what is hidden is absent.
"""
from sitereg.errors import BadInput

KINDS = ("sites", "places", "persons")
LETTERS = 200
AS_CLOSE = 0.1
"""How much less close than the closest a place may be to be suggested beside it."""

__all__ = ["KINDS", "LETTERS", "find", "suggest"]


def find(session, words, *, kinds=KINDS, limit=20):
    """What carries these words, by kind, the closest first: lists of rows of site_search, places_named and person_list.

    sites: code, names, `written` (the name that was met, None where the code was), score (1: all words so), place_en, place_ar.
    Raises BadInput for no letters, too many, or a kind that there is not.
    """
    words = checked(words)
    for kind in set(kinds) - set(KINDS):
        raise BadInput("There is nothing of this kind to search", where=kind, do=f"Search {', '.join(KINDS)}.")
    asks = {"sites": lambda: session.rows("site_search", words=words, limit=limit),
            "places": lambda: session.rows("places_named", name=words, limit=limit),
            "persons": lambda: session.rows("person_list", q=words, limit=limit)}
    return {kind: asks[kind]() for kind in KINDS if kind in kinds}


def suggest(session, words, *, limit=6):
    """Sites and places that may be meant while the last word is still being typed; nothing for less than two letters. Places
    that are far less close than the closest of all are left to `find`.

    Persons are never suggested: whose name is sought stands in the log with a reason, which nobody gives letter by letter.
    """
    words = (words or "").strip()
    if not 2 <= len(words) <= LETTERS or "\x00" in words:
        return {"sites": [], "places": []}
    sites = session.rows("site_search", words=words, begun=True, limit=limit)
    places = session.rows("places_named", name=words, limit=limit)
    least = max((one["score"] for one in (*sites, *places)), default=0) - AS_CLOSE
    return {"sites": sites, "places": [one for one in places if one["score"] >= least]}


def checked(words):
    """The words, if they can be searched by; raises BadInput."""
    words = (words or "").strip()
    if not words:
        raise BadInput("There is nothing to search by", where="words", do="Type a name, a place or a code.")
    if len(words) > LETTERS or "\x00" in words:
        raise BadInput("At most 200 letters", where="words", do="Leave words out.")
    return words
