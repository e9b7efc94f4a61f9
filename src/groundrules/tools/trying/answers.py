"""The answers to a line, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from groundrules.tools.explaining.events import Explained
from groundrules.tools.explaining.model import EventExplained, RuleExplained


@dataclass
class Outcome:
    """An event, or time passing, and its consequences, worked out on first access.

    `type` is None where only time passed. `tag` is the name by which later lines may refer to the event. `new_member`
    is somebody seen for the first time.
    """

    explained: Explained
    type: str | None
    tag: str = ""
    new_member: str | None = None

    @cached_property
    def report(self) -> EventExplained:
        return self.explained.event()

    @cached_property
    def nearest(self) -> RuleExplained | None:
        """If nothing happened, the rule that came nearest to firing."""
        quiet = not any(decision.notable for decision in self.explained.decisions)
        return self.explained.nearest() if quiet and self.type is not None else None


@dataclass(frozen=True)
class Notice:
    """A phrase of the narrator's."""

    phrase: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem(Notice):
    """Something that could not be done; nothing has changed."""


@dataclass(frozen=True)
class Table:
    """Names with what belongs to them: members and facts, balances."""

    phrase: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Explanation:
    """An explanation of the last event, or of rules on it; `every`: with all rules that listened."""

    event: EventExplained | None = None
    every: bool = False
    rules: tuple[RuleExplained, ...] = ()


@dataclass(frozen=True)
class Help:
    """A request for the list of commands."""


@dataclass(frozen=True)
class Quit:
    """The chat is over."""


Answer = Outcome | Notice | Problem | Table | Explanation | Help | Quit
