"""A profile as the text of a TOML file: what `profile.load` reads back is the same profile. Pure."""

import dataclasses
import json
from typing import Any

from sitereg.imports.rules import Profile

__all__ = ["spell", "table", "toml"]


def table(profile: Profile) -> dict:
    """The profile as the table that profile.read takes: what is as by default is left out."""
    return _plain(profile)


def spell(profile: Profile) -> str:
    """The profile as TOML: its name first, then its sections, then [[claims]], [[events]] and [[checks]]."""
    return toml(table(profile))


def toml(told: dict) -> str:
    """The same of a table that may be no whole profile yet."""
    heads = {key: value for key, value in told.items() if not isinstance(value, dict | list)}
    lines = [f"{key} = {_value(value)}" for key, value in heads.items()]
    for key, value in told.items():
        for one in value if isinstance(value, list) else [value] if isinstance(value, dict) else []:
            lines += ["", f"[[{key}]]" if isinstance(value, list) else f"[{key}]"]
            lines += [f"{_key(name)} = {_value(inner)}" for name, inner in one.items()]
    return "\n".join(lines) + "\n"


def _plain(one: Any) -> Any:
    if dataclasses.is_dataclass(one):
        return {
            field.name: _plain(getattr(one, field.name))
            for field in dataclasses.fields(one)
            if not _is_default(field, getattr(one, field.name))
        }
    if isinstance(one, tuple | list):
        return [_plain(each) for each in one]
    if isinstance(one, dict):
        return {key: _plain(value) for key, value in one.items()}
    return one


def _is_default(field: dataclasses.Field, value: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return value == field.default
    return field.default_factory is not dataclasses.MISSING and value == field.default_factory()


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").replace("-", "").isalnum() and name else _text(name)


def _text(words: str) -> str:
    """A basic string of TOML: JSON's escapes are all known to it; DEL it wants escaped, too."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007F")
