"""The types of the small language.

A type says how values are compared and which operators take them. Whether a value may be missing is not part of the
type but kept alongside it, in `Typed`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Type:
    """Base of all types; `str(type)` is how diagnostics name it."""

    def __str__(self) -> str:
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Prose(Type):
    """What people write; compares folded."""

    def __str__(self) -> str:
        return "text"


@dataclass(frozen=True)
class Identifier(Type):
    """Ids, roles, emoji, types of things: compares exactly."""


@dataclass(frozen=True)
class Enum(Type):
    """One of a closed set of identifiers."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return "one of " + ", ".join(self.values)


@dataclass(frozen=True)
class Url(Type):
    """A URL; compares exactly."""


@dataclass(frozen=True)
class Domain(Type):
    """A host name; compares by IDNA and, against lists, by label suffix."""


@dataclass(frozen=True)
class Number(Type):
    """An integer or a float; `minimum` and `maximum` are known bounds, for lints."""

    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None

    def __str__(self) -> str:
        return "integer" if self.integer else "number"


@dataclass(frozen=True)
class Boolean(Type):
    pass


@dataclass(frozen=True)
class Duration(Type):
    """A length of time; an int of milliseconds at run time."""


@dataclass(frozen=True)
class Instant(Type):
    """A point in time; an int of milliseconds since 1970-01-01T00:00Z at run time."""


@dataclass(frozen=True)
class Date(Type):
    """A calendar date without a time, `YYYY-MM-DD` or `--MM-DD` (a birthday without its year)."""


@dataclass(frozen=True)
class ClockTime(Type):
    """A time of day; an int of milliseconds since local midnight at run time."""


@dataclass(frozen=True)
class ClockRange(Type):
    """A range of times of day, start included, end excluded; may run over midnight."""


@dataclass(frozen=True)
class ListOf(Type):
    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True)
class Pattern(Type):
    """A literal pattern, an argument of functions that take one."""


@dataclass(frozen=True)
class WordList(Type):
    """A declared list; `match` is how its entries are compared, `changes` whether they change at run time."""

    match: str
    changes: bool = False


@dataclass(frozen=True)
class Field:
    """A field of an object: its type, whether it may be absent, and the schema's default if it has one."""

    type: Type
    optional: bool = False
    default: Any = None
    description: str = ""


@dataclass(frozen=True)
class Object(Type):
    """A structured value. `entity` names the kind of thing it refers to (member, channel, message, …)."""

    name: str
    fields: dict[str, Field] = field(default_factory=dict, hash=False, compare=False)
    entity: str | None = None

    def __str__(self) -> str:
        return self.entity or self.name


@dataclass(frozen=True)
class Unknown(Type):
    """The type of something already reported; every use of it is accepted so that a mistake is reported once."""


@dataclass(frozen=True)
class Typed:
    """A type and whether the value may be missing."""

    type: Type
    optional: bool = False
