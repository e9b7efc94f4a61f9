"""What a line is answered with, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from groundrules.tools.explaining.model import EventExplained, RuleExplained


@dataclass(frozen=True)
class Happened:
    """An event, or time that passed: what it brought about; if it was nothing, the rule that came nearest.

    `written` is the step in the short form of tests, `tag` the name by which later lines may speak of the event.
    """

    told: EventExplained
    type: str | None
    tag: str = ""
    nearest: RuleExplained | None = None
    listened: bool = True
    new_member: str | None = None


@dataclass(frozen=True)
class Said:
    """Something in the narrator's words."""

    phrase: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem(Said):
    """Something that could not be done; nothing has changed."""


@dataclass(frozen=True)
class Table:
    """Names with what belongs to them: members and facts, balances."""

    phrase: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Why:
    """An explanation of the last event, or of rules on it."""

    event: EventExplained | None = None
    rules: tuple[RuleExplained, ...] = ()


@dataclass(frozen=True)
class Help:
    """The list of commands is asked for."""


@dataclass(frozen=True)
class Quit:
    """The chat is over."""


Answer = Happened | Said | Problem | Table | Why | Help | Quit
