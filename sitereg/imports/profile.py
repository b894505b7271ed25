"""Profiles: TOML files that say how a partner's table is read. Loaded whole or refused with every fault
named."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

from sitereg.errors import BadInput
from sitereg.imports import rules
from sitereg.imports.lines import line_of, lines
from sitereg.imports.rules import Profile
from sitereg.imports.sense import fault, senseless

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
    "unit": rules.Unit,
    "consent": rules.Consent,
}
_LISTS = {"claims": rules.Saying, "events": rules.Event, "checks": rules.Check}
_INNER = {"at": rules.When, "began": rules.When, "ended": rules.When, "place": rules.PlaceRule}

__all__ = ["Profile", "find", "load", "read", "shipped"]


def shipped() -> tuple[str, ...]:
    """The names of the profiles that come with the product."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def find(name: str | Path) -> Path:
    """The file of the profile of that name, or that .toml file itself. Raises BadInput where there is none."""
    path = Path(name) if str(name).endswith(".toml") else FOLDER / f"{Path(name).name}.toml"
    if not path.is_file():
        raise BadInput(
            "There is no such profile",
            where=str(name),
            do=f"Give a .toml file or one of {', '.join(shipped())}.",
        )
    return path


def load(name: str | Path) -> Profile:
    """The profile of that name, or of that .toml file.

    Raises BadInput for a file that is no TOML and for keys, codes and columns that make no sense; all at
    once, each with its line.
    """
    path = find(name)
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "The profile is no TOML", where=f"{path.name}: {error}", do="Repair that line."
        ) from error
    return read(table, path.name, text)


def read(table: dict, where: str, text: str | None = None) -> Profile:
    """The profile that a parsed TOML table describes; of its `text` faults give the lines. Raises BadInput with all of them."""
    faults: list[dict] = []
    made = _profile(table, faults)
    if made and not faults:
        faults += senseless(made)
    if faults:
        known = lines(text) if text else {}
        faults = [{**one, "line": line_of(one["field"], known)} for one in faults] if known else faults
        raise BadInput(
            "The profile cannot be used",
            where=where,
            problems=faults,
            code="bad_profile",
            do=f"{len(faults)} to repair: " + "; ".join(map(_told, faults[:8])),
        )
    return made


def _told(one: dict) -> str:
    line = f" (line {one['line']})" if "line" in one else ""
    return f"{one['field'] or 'the file'}{line}: {one['message']}"


def _profile(table: dict, faults: list[dict]) -> Profile | None:
    given = dict(table)
    for key, cls in _SECTIONS.items():
        if key in given:
            given[key] = _build(cls, given[key], key, faults)
    for key, cls in _LISTS.items():
        if not isinstance(given.get(key, []), list):
            faults.append(fault(key, f"write [[{key}]], once for each"))
            del given[key]
        elif key in given:
            given[key] = tuple(_build(cls, one, f"{key}[{at}]", faults) for at, one in enumerate(given[key]))
    return _build(Profile, given, "", faults)


def _build(cls: type, table: Any, where: str, faults: list[dict]) -> Any:
    """An instance of `cls` from a table whose keys are its fields; what does not fit is told and gives
    None."""
    if not isinstance(table, dict):
        faults.append(fault(where, "this is a table"))
        return None
    known = {one.name: one for one in dataclasses.fields(cls)}
    given = {}
    for key, value in table.items():
        at = f"{where}.{key}" if where else key
        if key not in known:
            faults.append(fault(at, "there is no such key"))
        elif key in _INNER and isinstance(value, dict) and cls is not Profile:
            given[key] = _build(_INNER[key], value, at, faults)
        else:
            given[key] = tuple(value) if isinstance(value, list) else value
            if not _fits(given[key], known[key].type):
                faults.append(fault(at, f"this must be {_kind(known[key].type)}"))
    missing = [
        n
        for n, one in known.items()
        if n not in given
        and one.default is dataclasses.MISSING
        and one.default_factory is dataclasses.MISSING
    ]
    faults += [fault(f"{where}.{name}" if where else name, "this must be given") for name in missing]
    return None if missing else cls(**given)


def _kind(kind: Any) -> str:
    """A field's type in the words of somebody who writes TOML."""
    words = str(kind)
    if "tuple[float" in words:
        return "four numbers: [west, south, east, north]"
    if "tuple[str" in words:
        return 'a list of texts: ["a", "b"]' + (' or one text: "a"' if words.startswith("str") else "")
    if kind is dict or "dict" in words:
        return "a table: { key = value }"
    if kind is bool:
        return "true or false"
    return 'a text: "..."' if "str" in words else "a number"


def _fits(value: Any, kind: Any) -> bool:
    """Whether a TOML value is of a field's type; sections built before are taken as they are."""
    if kind in (str, int, bool, dict):
        return type(value) is kind
    words = str(kind)
    if words.startswith("str | tuple") and isinstance(value, str):
        return True
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
