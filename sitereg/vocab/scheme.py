"""What a vocabulary is: a StrEnum whose members carry a code, an English label and a few attributes."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self


class Scheme(StrEnum):
    """One vocabulary; a member is its stored code and carries `.code`, `.label` (English) and `.attrs`.

    Written as NAME = "code", "label", {"attribute": value}; the attributes may be left out. Codes are never
    renamed: they are what the database and every file that left hold.
    """

    def __new__(cls, code: str, label: str, attrs: Mapping[str, Any] | None = None) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.attrs = MappingProxyType(dict(attrs or {}))
        return member

    @property
    def code(self) -> str:
        """The stored code as a plain str."""
        return self._value_

    @classmethod
    def codes(cls) -> tuple[str, ...]:
        """All codes in the order in which people are shown them."""
        return tuple(member.value for member in cls)

    @classmethod
    def with_attr(cls, name: str, value: Any) -> tuple[Self, ...]:
        """The members whose attribute `name` equals `value`, in order."""
        return tuple(member for member in cls if member.attrs.get(name) == value)

    @classmethod
    def scheme(cls) -> str:
        """The name of this vocabulary: the class's own in snake_case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
