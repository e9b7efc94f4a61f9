"""Sentence forms with places for values, as in action schemas: `mute[ {who}][ for {duration}]`.

`{name}` is the place of a value. `{name:message|messages}` is a word chosen by how many items a value has. Text in
square brackets is left out if one of its values is not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

_TOKEN = re.compile(r"\{[^{}\[\]]*\}|[^{}\[\]]+|.", re.DOTALL)
_HOLE = re.compile(r"\{([a-z][a-z0-9_]*)(?::([^|]*)\|([^|]*))?\}")


@dataclass(frozen=True)
class Hole:
    """A place for a value or, with `words`, for the first of these if the value is one thing, else the second."""

    name: str
    words: tuple[str, str] | None = None


@dataclass(frozen=True)
class Segment:
    """Part of a form, left out if it is `optional` and a value is not given."""

    parts: tuple[str | Hole, ...]
    optional: bool

    @property
    def needs(self) -> set[str]:
        return {part.name for part in self.parts if isinstance(part, Hole) and part.words is None}


@dataclass(frozen=True)
class Form:
    """A parsed form."""

    segments: tuple[Segment, ...]

    @property
    def holes(self) -> set[str]:
        """The names of everything that it has a place or a word for."""
        return {part.name for segment in self.segments for part in segment.parts if isinstance(part, Hole)}

    @property
    def values(self) -> set[str]:
        """The names of the values that it has a place for."""
        return set().union(*(segment.needs for segment in self.segments))

    def filled(self, values: Mapping[str, str], several: frozenset[str] = frozenset()) -> str | None:
        """Return the sentence; None if a required value is not given. `several` names the values with many items."""
        parts = []
        for segment in self.segments:
            if segment.needs <= values.keys():
                parts += [_filled(part, values, several) for part in segment.parts]
            elif not segment.optional:
                return None
        return "".join(parts).strip()


def _filled(part: str | Hole, values: Mapping[str, str], several: frozenset[str]) -> str:
    if isinstance(part, str):
        return part
    return values[part.name] if part.words is None else part.words[part.name in several]


@cache
def read_form(text: str) -> Form:
    """Read a form. Raises ValueError, which says what is wrong, if it is invalid."""
    segments: list[Segment] = []
    parts: list[str | Hole] = []
    optional = False
    for token in _TOKEN.findall(text):
        if token in ("[", "]"):
            if optional == (token == "["):
                raise ValueError("a `[` is inside brackets" if optional else "a `]` has no `[` before it")
            segments.append(Segment(tuple(parts), optional))
            parts, optional = [], not optional
        else:
            parts.append(_part(token))
    if optional:
        raise ValueError("a `[` has no `]` after it")
    return Form((*segments, Segment(tuple(parts), False)))


def _part(token: str) -> str | Hole:
    if token[0] not in "{}":
        return token
    hole = _HOLE.fullmatch(token)
    if hole is None:
        raise ValueError(f"`{token}` is not a place for a value, as `{{who}}` is one")
    return Hole(hole[1], None if hole[2] is None else (hole[2], hole[3]))
