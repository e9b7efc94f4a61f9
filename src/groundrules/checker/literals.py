"""Types that exist only while checking: text that takes its meaning from what it meets."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.types import kinds


@dataclass(frozen=True)
class Quoted(kinds.Type):
    """A string literal or a text parameter: it compares as the other side does."""

    def __str__(self) -> str:
        return "text"


UNKNOWN = kinds.Typed(kinds.Unknown())  # what an error has: every use of it is accepted

TEXTUAL = (kinds.Prose, kinds.Identifier, kinds.Enum, kinds.Url, kinds.Domain, Quoted)
ORDERED = (kinds.Number, kinds.Duration, kinds.Instant, kinds.ClockTime)
SCALAR = (*TEXTUAL, *ORDERED, kinds.Boolean, kinds.Date)


def is_textual(type: kinds.Type) -> bool:
    return isinstance(type, TEXTUAL)


def is_entity(type: kinds.Type) -> bool:
    """Tell whether values of this type are things with an id."""
    return isinstance(type, kinds.Object) and type.entity is not None


def is_key(type: kinds.Type) -> bool:
    """Tell whether values of this type can tell things apart: scalars and entities."""
    return isinstance(type, SCALAR) or is_entity(type)
