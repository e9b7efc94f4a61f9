"""What a typed line means.

`m1: hello` is a message by m1; `hello` alone is one by whoever spoke last; `/join m2` is a command, `m2: /react 👍` one
that m2 gives. `+3d` and `@09:00` move the clock and may precede any of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DURATION = r"(?:\d+(?:ms|[smhdw]))+"
_CLOCK = r"\d\d:\d\d(?::\d\d)?"
_TIME = re.compile(
    rf"(?P<after>\+{_DURATION}(?:\s+{_CLOCK})?)(?=\s|$)"
    rf"|@(?P<at>(?:[a-z]+day\s+)?{_CLOCK}|\d{{4}}-\d\d-\d\d(?:[ T]{_CLOCK})?)(?=\s|$)"
)
_SPEAKER = re.compile(r"(?P<who>[\w.\-@]{1,64})\s*[:：](?!//)\s*(?P<rest>.*)", re.DOTALL)
_COMMAND = re.compile(r"/(?P<name>[a-z_]+)(?:\s+(?P<rest>.*))?$", re.DOTALL)


@dataclass(frozen=True)
class Line:
    """A line taken apart. `at` moves the clock first; `command` is set, or `text`, or neither: only time passes."""

    at: str | None = None
    who: str | None = None
    command: str | None = None
    text: str = ""

    @property
    def empty(self) -> bool:
        return self.at is None and self.command is None and not self.text


def read_line(line: str, commands: frozenset[str]) -> Line:
    """Take a line apart; a slash that begins no known command after a speaker's name is part of the message."""
    rest = line.strip()
    at = None
    if moved := _TIME.match(rest):
        at, rest = moved["after"] or moved["at"], rest[moved.end() :].strip()
    who = None
    if not rest.startswith("/") and (spoken := _SPEAKER.fullmatch(rest)):
        who, rest = spoken["who"], spoken["rest"]
    called = _COMMAND.fullmatch(rest)
    if called and (who is None or called["name"] in commands):
        return Line(at, who, called["name"], called["rest"] or "")
    return Line(at, who, None, rest)


_SETTING = re.compile(r"(\w+)=")


def settings(text: str) -> dict[str, str]:
    """`joined=2d ago roles=admin` as a mapping; a value extends to the next `name=`."""
    matches = list(_SETTING.finditer(text))
    ends = [*(match.start() for match in matches[1:]), len(text)] if matches else []
    return {match[1]: text[match.end() : end].strip() for match, end in zip(matches, ends, strict=True)}
