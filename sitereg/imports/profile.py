"""Profiles: TOML files that say how a partner's table is read. Loaded whole or refused with every fault
named."""

import codecs
import dataclasses
import tomllib
from pathlib import Path
from typing import Any

from sitereg import vocab
from sitereg.errors import BadInput
from sitereg.imports import rules
from sitereg.imports.readers import READERS
from sitereg.imports.rules import Profile

FOLDER = Path(__file__).with_name("profiles")
_SECTIONS = {
    "file": rules.File,
    "area": rules.Area,
    "subject": rules.Subject,
    "id": rules.Identifier,
    "source": rules.Source,
    "terms": rules.Terms,
    "handling": rules.Handling,
    "place": rules.PlaceRule,
}
_LISTS = {"claims": rules.Saying, "events": rules.Event, "checks": rules.Check}
_INNER = {"at": rules.When, "began": rules.When, "ended": rules.When, "place": rules.PlaceRule}
_OUTCOMES = vocab.RowOutcome.codes()

__all__ = ["Profile", "load", "shipped"]


def shipped() -> tuple[str, ...]:
    """The names of the profiles that come with the product."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load(name: str | Path) -> Profile:
    """The profile of that name, or of that .toml file.

    Raises BadInput for a file that is no TOML and for keys, codes and columns that make no sense; all at
    once.
    """
    path = Path(name) if str(name).endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise BadInput(
            "There is no such profile",
            where=str(name),
            do=f"Give a .toml file or one of {', '.join(shipped())}.",
        )
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "The profile is no TOML", where=f"{path.name}: {error}", do="Repair that line."
        ) from error
    return read(table, path.name)


def read(table: dict, where: str) -> Profile:
    """The profile that a parsed TOML table describes. Raises BadInput with all its faults."""
    faults: list[dict] = []
    made = _profile(table, faults)
    if made and not faults:
        faults += _senseless(made)
    if faults:
        raise BadInput(
            "The profile cannot be used",
            where=where,
            problems=faults,
            code="bad_profile",
            do=f"{len(faults)} to repair: " + "; ".join(f"{f['field']}: {f['message']}" for f in faults[:8]),
        )
    return made


def _profile(table: dict, faults: list[dict]) -> Profile | None:
    given = dict(table)
    for key, cls in _SECTIONS.items():
        if key in given:
            given[key] = _build(cls, given[key], key, faults)
    for key, cls in _LISTS.items():
        if key in given:
            given[key] = tuple(_build(cls, one, f"{key}[{at}]", faults) for at, one in enumerate(given[key]))
    return _build(Profile, given, "", faults)


def _build(cls: type, table: Any, where: str, faults: list[dict]) -> Any:
    """An instance of `cls` from a table whose keys are its fields; what does not fit is told and gives
    None."""
    if not isinstance(table, dict):
        faults.append(_fault(where, "this is a table"))
        return None
    known = {one.name: one for one in dataclasses.fields(cls)}
    given = {}
    for key, value in table.items():
        at = f"{where}.{key}" if where else key
        if key not in known:
            faults.append(_fault(at, "there is no such key"))
        elif key in _INNER and isinstance(value, dict) and cls is not Profile:
            given[key] = _build(_INNER[key], value, at, faults)
        else:
            given[key] = tuple(value) if isinstance(value, list) else value
            if not _fits(given[key], known[key].type):
                faults.append(_fault(at, f"this must be {known[key].type}"))
    missing = [
        n
        for n, one in known.items()
        if n not in given
        and one.default is dataclasses.MISSING
        and one.default_factory is dataclasses.MISSING
    ]
    faults += [_fault(f"{where}.{name}" if where else name, "this must be given") for name in missing]
    return None if missing else cls(**given)


def _fits(value: Any, kind: Any) -> bool:
    """Whether a TOML value is of a field's type; sections built before are taken as they are."""
    if kind in (str, int, bool, dict):
        return type(value) is kind
    words = str(kind)
    if "tuple[str" in words:
        return isinstance(value, tuple) and all(isinstance(one, str) for one in value)
    if "tuple[float" in words:
        return (
            isinstance(value, tuple)
            and len(value) == 4
            and all(isinstance(one, int | float) for one in value)
        )
    if "str | None" in words:
        return isinstance(value, str)
    if "float" in words:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return True


def _senseless(profile: Profile) -> list[dict]:
    """What is well formed and still cannot be: unknown codes, formats, predicates of the other kind of
    subject."""
    found = [
        _unless(profile.file.format in READERS, "file.format", f"one of {', '.join(READERS)}"),
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


def _senseless_claim(profile: Profile, one: rules.Saying, where: str) -> list[dict | None]:
    if one.predicate not in vocab.Predicate.codes():
        return [_fault(f"{where}.predicate", f"there is no predicate {one.predicate!r}")]
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
    ]
    if value.startswith("term:"):
        codes = (one.code, *one.words.values()) if one.code or one.words else ()
        found += [_term(value[5:], code, where) for code in codes if code]
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
            _unless(bool(one.scheme and one.words), where, "an official status needs scheme and words")
        )
    return found


def _senseless_place(place: rules.PlaceRule, where: str) -> list[dict | None]:
    ways = [bool(place.lat and place.lon), bool(place.text), place.geometry]
    return [
        _unless(sum(ways) == 1, where, "give lat and lon, or text, or geometry = true"),
        _term("georef_method", place.method, f"{where}.method"),
        _term("place_kind", place.kind, f"{where}.kind"),
        *(
            _unless(metres is None or metres > 0, where, "an uncertainty is above 0 metres")
            for metres in (place.uncertainty_m, place.repeated_uncertainty_m)
        ),
    ]


def _is_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def _term(scheme: str, code: str | None, where: str) -> dict | None:
    known = code is None or code in vocab.SCHEMES[scheme].codes()
    return None if known else _fault(where, f"{code!r} is no term of {scheme}")


def _unless(holds: bool, where: str, message: str) -> dict | None:
    return None if holds else _fault(where, message)


def _fault(where: str, message: str) -> dict:
    return {"code": "bad_profile", "field": where, "value": "", "message": message}
