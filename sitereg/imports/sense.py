"""Whether a well-formed profile makes sense: its codes are terms, its keys fit together. Pure."""

import codecs
import re
from datetime import date

from pyproj import CRS
from pyproj.exceptions import CRSError

from sitereg import vocab
from sitereg.imports import rules
from sitereg.imports.readers import READERS
from sitereg.imports.rules import Profile

_KUNYA = ("الكنية", "كنية", "الكنيه", "kunya", "alkunya", "konya", "alkonya")
_OUTCOMES = vocab.RowOutcome.codes()


def senseless(profile: Profile) -> list[dict]:
    """What is well formed and still cannot be: unknown codes, formats, predicates of the other kind of
    subject."""
    found = [
        _unless({profile.file.format, *profile.file.formats} <= READERS.keys(), "file.format", f"one of {', '.join(READERS)}"),
        _unless(_is_encoding(profile.file.encoding), "file.encoding", "an encoding such as utf-8 or cp1256"),
        _unless(profile.subject.kind in ("site", "person"), "subject.kind", "site or person"),
        _unless(1 <= profile.subject.tier <= 2, "subject.tier", "1 or 2: nothing comes in below T1"),
        _term("source_type", profile.source.type, "source.type"),
        _term("reliability", profile.source.reliability, "source.reliability"),
        _term("source_connection", profile.source.connection, "source.connection"),
        _unless(
            profile.subject.kind != "site" or any(c.predicate == "kind" for c in profile.claims),
            "claims",
            "a site needs a claim of its kind",
        ),
    ]
    found += _senseless_frame(profile)
    for code, outcome in profile.outcomes.items():
        found += [
            _term("problem_code", code, f"outcomes.{code}"),
            _unless(outcome in _OUTCOMES, f"outcomes.{code}", f"one of {', '.join(_OUTCOMES)}"),
        ]
    for at, one in enumerate(profile.claims):
        found += _senseless_claim(profile, one, f"claims[{at}]")
    places = [("place", profile.place)] + [
        (f"events[{i}].place", e.place) for i, e in enumerate(profile.events)
    ]
    for where, place in places:
        if place:
            found += _senseless_place(place, where)
    for at, event in enumerate(profile.events):
        found += [
            _term("event_kind", event.kind, f"events[{at}].kind"),
            _unless(profile.subject.kind == "person", f"events[{at}]", "only persons have events"),
        ]
    for at, check in enumerate(profile.checks):
        found.append(
            _unless(
                check.kind in ("not_more", "excludes", "not_before"),
                f"checks[{at}].kind",
                "not_more, excludes or not_before",
            )
        )
    return [one for one in found if one]


def _senseless_frame(profile: Profile) -> list[dict | None]:
    """What cannot be in [id], [file] and [source]."""
    named = profile.file.crs_named
    return [
        _unless(bool(profile.id.column) != bool(profile.id.columns), "id", "give column, or columns where the list has no number"),
        _unless(not profile.file.crs or _is_crs(profile.file.crs), "file.crs", "a coordinate system such as EPSG:32637"),
        _unless(not named or _is_crs(named), "file.crs_named", "a coordinate system such as EPSG:3857"),
        _unless(not named or bool(profile.file.crs), "file.crs_named", "say crs too: the system that its numbers are in"),
        _unless(profile.file.header_row >= 1, "file.header_row", "1 or more"),
        _unless(1 <= profile.file.header_rows <= 5, "file.header_rows", "1 to 5"),
        _unless(not profile.said & set(profile.handling.left_out), "handling.left_out", "columns that nothing is claimed of"),
        _unless(_is_day(profile.source.published), "source.published", "a day such as 2025-03-10"),
        *_senseless_rows(profile),
    ]


def _senseless_rows(profile: Profile) -> list[dict | None]:
    """What cannot be in [unit] and [consent]."""
    unit, consent = profile.unit, profile.consent
    unheard = profile.terms.consent in ("", "not_asked", "unknown")
    return [
        _unless(unit is None or bool(unit.columns), "unit", "give code, names or both"),
        _unless(unit is None or profile.place is not None, "unit", "a unit tests and stands for a place: give [place] too"),
        _unless(consent is None or profile.seals, "consent", "only persons are asked; of a site the terms say it for the batch"),
        _unless(consent is None or unheard, "terms.consent",
                "where each row answers for itself the batch as a whole was not asked: not_asked or unknown"),
        _unless(consent is None or bool(consent.by) == bool(consent.parents), "consent.parents",
                "the words in `by` that may agree for a minor"),
    ]


def _senseless_claim(profile: Profile, one: rules.Saying, where: str) -> list[dict | None]:
    if one.predicate not in vocab.Predicate.codes():
        return [fault(f"{where}.predicate", f"there is no predicate {one.predicate!r}")]
    attrs = vocab.Predicate(one.predicate).attrs
    value, sources = attrs["value"], [one.column is not None, bool(one.columns), one.code is not None]
    found = [
        _unless(
            attrs["subject"] in (profile.subject.kind, "both"),
            f"{where}.predicate",
            f"this is said of a {attrs['subject']}",
        ),
        _unless(
            one.predicate not in ("place", "event", "external_id", "relation", "companion"),
            f"{where}.predicate",
            "this has a section of its own or cannot be imported from a table",
        ),
        _unless(
            not one.partial
            or any(other.column == one.column and not other.partial for other in profile.claims),
            where,
            "a partial rule needs another that reads the whole column",
        ),
        _unless(sum(sources) == 1, where, "give one of column, columns, code"),
        _unless(one.gap in (None, "note"), f"{where}.gap", "note"),
        _unless(one.unknown in (None, *_OUTCOMES), f"{where}.unknown", f"one of {', '.join(_OUTCOMES)}"),
        _unless(one.credibility in vocab.Credibility.codes(), f"{where}.credibility", "1 to 6"),
        _unless(one.part in (None, *vocab.NamePart.codes()), f"{where}.part", "a part of a name such as family or kunya"),
        _unless(not one.parts or (len(one.parts) == len(one.columns) and {*one.parts} <= {*rules.NAME_PARTS}), f"{where}.parts",
                f"for each of the columns one of {', '.join(rules.NAME_PARTS)}"),
        _unless(one.predicate != "person_name" or bool(one.part) or not _is_kunya(one.column), f"{where}.part",
                "in Syrian papers al-kunya is the family name, in speech Abu or Umm of somebody: say family or kunya"),
    ]
    for name, when in one.dates.items():
        found += [_unless(when.excel in (None, "1900", "1904"), f"{where}.{name}.excel", '"1900" or "1904"'),
                  _unless(_is_day(when.not_before), f"{where}.{name}.not_before", "a day such as 2011-01-01"),
                  _unless(one.predicate != "birth" or not when.not_before, f"{where}.{name}.not_before",
                          "the century of a birth is never settled by a rule")]
    if value.startswith("term:"):
        codes = (one.code, *one.words.values(), *one.ticks.values())
        found += [_term(value[5:], code, where) for code in codes if code]
    ticked = value.startswith("term:") and not one.words and set(one.ticks) <= {"yes", "no", "unknown"}
    found.append(_unless(ticked or not one.ticks, f"{where}.ticks",
                         "what yes, no and unknown stand for, of a predicate with a vocabulary, in place of words"))
    if one.predicate == "count":
        found.append(_term("count_definition", one.definition or "(none)", f"{where}.definition"))
    if one.predicate == "authority":
        found.append(_term("authority_role", one.role or "(none)", f"{where}.role"))
        found += [
            _term(
                "authority_kind",
                body.get("kind", "(none)") if isinstance(body, dict) else "(none)",
                f"{where}.words.{word}",
            )
            for word, body in one.words.items()
            if body != ""
        ]
    if one.predicate == "official_status":
        found.append(
            _unless(bool(one.scheme), where, "an official status needs a scheme")
        )
    return found


def _senseless_place(place: rules.PlaceRule, where: str) -> list[dict | None]:
    ways = [bool(place.lat and place.lon), bool(place.text), place.geometry]
    return [
        _unless(sum(ways) == 1, where, "give lat and lon, or text, or geometry = true"),
        _unless(bool(place.beside_lat) == bool(place.beside_lon), where, "give beside_lat and beside_lon together"),
        _term("georef_method", place.method, f"{where}.method"),
        _term("place_kind", place.kind, f"{where}.kind"),
        _unless(not place.crs or (_is_crs(place.crs) and not place.geometry), f"{where}.crs",
                "the system of numbers in columns, such as EPSG:22770; that of shapes stands in [file]"),
        _unless(place.datum in ("known", "unknown"), f"{where}.datum", "known or unknown"),
        _unless(not (place.radius_km and place.radius_m), where, "give radius_km or radius_m"),
        *(
            _unless(metres is None or metres > 0, where, "an uncertainty is above 0 metres")
            for metres in (place.uncertainty_m, place.repeated_uncertainty_m)
        ),
    ]


def _is_kunya(column: str | None) -> bool:
    """Whether a column is headed al-kunya, which is two things."""
    return re.sub(r"[^a-z\u0621-\u064a]", "", (column or "").lower()) in _KUNYA


def _is_crs(name: str) -> bool:
    try:
        return bool(CRS.from_user_input(name))
    except CRSError:
        return False


def _is_day(text: str | None) -> bool:
    try:
        return text is None or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def _term(scheme: str, code: str | None, where: str) -> dict | None:
    known = code is None or code in vocab.SCHEMES[scheme].codes()
    return None if known else fault(where, f"{code!r} is no term of {scheme}")


def _unless(holds: bool, where: str, message: str) -> dict | None:
    return None if holds else fault(where, message)


def fault(where: str, message: str) -> dict:
    """One fault of a profile as a problem; `field` is the key."""
    return {"code": "bad_profile", "field": where, "value": "", "message": message}
