"""One more thing is said of a site: from plain words, as a form or the shell holds them, to one claim.

    saying.say(session, site_id, "building", {"code": "school"}, source, credibility="2", on="summer 2013")

FIELDS: what can be said, and which words each takes. Raises BadInput with a problem for each field that is lacking or cannot be.
"""
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sitereg import claims, dates, vocab
from sitereg.errors import BadInput
from sitereg.store.session import Json, Session
from sitereg.writing import digits

LANGUAGES = ("ar", "en", "ku", "syr", "hy", "tr", "fr")

__all__ = ["FIELDS", "LANGUAGES", "Said", "say"]


@dataclass(frozen=True)
class Said:
    """What a field takes: `term` (codes of `of`) or another way of saying; when: on (a moment), period, or none."""

    way: str
    of: str = ""
    when: str = "none"


FIELDS: dict[str, Said] = {
    "kind": Said("term", "site_kind", "period"), "place": Said("place"), "name": Said("name"), "count": Said("count", when="on"),
    "remains_state": Said("term", "remains_state", "on"), "activity": Said("term", "investigation_activity", "on"),
    "access_condition": Said("term", "access_condition", "on"), "building": Said("term", "building", "on"),
    "current_use": Said("term", "current_use", "on"), "authority": Said("authority", when="period"),
    "relation": Said("relation", when="period"), "content": Said("term", "content"), "adjacency": Said("term", "adjacency"),
    "deposition": Said("term", "deposition"), "integrity": Said("term", "integrity"), "construction": Said("term", "construction"),
    "sex_regime": Said("term", "facility_sex_regime", "on"), "note": Said("text"), "address": Said("text")}


def say(session: Session, site: UUID, field: str, typed: Mapping[str, str | None], source: UUID, *, place: Mapping | None = None,
        other: UUID | None = None, credibility: str = "6", first_hand: bool | None = None, document: UUID | None = None,
        locator: str | None = None, quote: str | None = None) -> UUID:
    """The claim stands; answers its id.

    typed: the words of the field: code; text; lang; definition, min, best, max; role, body, body_kind; and on, began, ended as
    people say days. place: the fields of a claim that say where (entering.places), or {} where the words stand alone; other: the
    site of a relation.
    """
    found, problems = read(session, field, typed, place, other)
    if problems:
        raise BadInput("The form is not complete", problems=problems, do="What you typed is kept: correct what is marked.")
    value, more = found
    if "body" in value:
        more["object"] = session.call("find_authority", names=Json({"und": value.pop("body")}), kind=value.pop("body_kind"))
    row = claims.said(field, value or None, source=source, credibility=credibility, first_hand=first_hand, document=document,
                      locator=locator, quote=quote, **more)
    return claims.record(session, [{**row, "subject": site}])[0].claim


def read(session, field, typed, place, other):
    """((value, other fields of the claim), problems): what the words say."""
    if field not in FIELDS:
        raise BadInput("A site has no such field", where=field, do=f"Fields are {', '.join(FIELDS)}.")
    said = FIELDS[field]
    typed = {name: (one or "").strip() for name, one in typed.items() if isinstance(one, str) or one is None}
    value, more, problems = READERS[said.way](said, typed, place, other)
    today = session.value("today")
    for name in {"on": ("on",), "period": ("began", "ended"), "none": ()}[said.when]:
        if typed.get(name):
            days = dates.parse(typed[name], today)
            if days.found:
                more["at" if name == "on" else name] = days.daterange()
            else:
                problems.append(problem("bad_date", name, typed[name], "This is not read as a day, a month or a year"))
    return (value, more), problems


def of_term(said, typed, _place, _other):
    code = typed.get("code", "")
    if code and code not in set(vocab.SCHEMES[said.of].codes()):
        return {}, {}, [problem("unknown_code", "code", code, "This is no term of the list")]
    return {"code": code}, {}, needed(typed, "code")


def of_text(_said, typed, _place, _other):
    return {"text": typed.get("text", "")}, {}, needed(typed, "text")


def of_name(_said, typed, _place, _other):
    return {"text": typed.get("text", ""), "lang": typed.get("lang", "")}, {}, needed(typed, "text", "lang")


def of_count(_said, typed, _place, _other):
    problems, value = needed(typed, "definition"), {"definition": typed.get("definition", "")}
    for name in ("min", "best", "max"):
        number = digits(typed.get(name, ""))
        if number and not (number.isdecimal() and len(number) < 8):
            problems.append(problem("bad_value", name, number, "This is no number"))
        elif number:
            value[name] = int(number)
    told = [value[name] for name in ("min", "best", "max") if name in value]
    if not told and not problems:
        problems.append(problem("missing_required", "min", "", "Say at least one figure"))
    if told != sorted(told):
        problems.append(problem("bad_value", "min", "", "At least, most likely and at most go upwards"))
    return value, {}, problems


def of_authority(_said, typed, _place, _other):
    value = {"role": typed.get("role", ""), "body": typed.get("body", ""), "body_kind": typed.get("body_kind") or "unknown"}
    return value, {}, needed(typed, "role", "body")


def of_relation(_said, typed, _place, other):
    problems = needed(typed, "relation_kind")
    if other is None:
        problems.append(problem("missing_required", "other", "", "This is needed"))
    return {"kind": typed.get("relation_kind", "")}, {"object": other}, problems


def of_place(_said, typed, place, _other):
    problems = needed(typed, "where")
    if not problems and not place:
        problems.append(problem("no_geometry", "where", typed["where"],
                                "No place was read from this: choose one, or say it otherwise"))
    return {}, {"verbatim": typed.get("where"), **(place or {})}, problems


READERS = {"term": of_term, "text": of_text, "name": of_name, "count": of_count, "authority": of_authority, "relation": of_relation,
           "place": of_place}


def needed(typed, *names):
    return [problem("missing_required", name, "", "This is needed") for name in names if not typed.get(name)]


def problem(code, field, value, message):
    return {"code": code, "field": field, "value": value[:60], "message": message}
