"""The contents of a tests file: cases, their members, their steps and expectations, each with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from groundrules.diagnostics.source import Span
from groundrules.frontend import Settings

Wanted = list[Any] | dict[Literal["has", "none"], list[Any]]
"""Exactly these; or at least these, and none of those."""


@dataclass(frozen=True)
class Expectation:
    """What a step must cause; None where the author says nothing about it.

    actions: exactly these; an empty list with nothing beside it: nothing at all, not even a rule that only grants.
    ledgers: ledger → who → balance after the step. labels: id → labels that stand after the step. states: exactly these
    hold after the step. pending: actions that wait for approval after the step. fired: exactly these rules. unknown: at
    least these rules stayed undecided. rejected: the event is refused with this code.
    """

    actions: Wanted | None = None
    ledgers: dict[str, dict[str, int]] | None = None
    labels: dict[str, list[str]] | None = None
    states: Wanted | None = None
    pending: Wanted | None = None
    fired: Wanted | None = None
    unknown: list[str] | None = None
    rejected: str | None = None

    @property
    def quiet(self) -> bool:
        """Whether nothing is to happen at all."""
        stated = {name for name, value in vars(self).items() if value is not None}
        return stated == {"actions"} and not self.actions


@dataclass(frozen=True)
class Step:
    """One line of a timeline. `type` None is a tick: time passes and nothing else.

    `fields` holds `by` and `in` beside the fields of the event. The event happens `repeat` times, `every` apart; in its
    texts `{n}` is the number of the repetition, from 1. Expectations apply to all repetitions together.
    """

    at: str
    type: str | None
    short: Any
    fields: dict[str, Any]
    expect: Expectation
    span: Span
    repeat: int = 1
    every: str = "0s"


@dataclass(frozen=True)
class Case:
    """A test: who is there, what happens when, and the expected outcome; `settings` are values for parameters."""

    name: str
    steps: tuple[Step, ...]
    span: Span
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    start: str = "2026-01-05"
    channel: str = "general"
    roster: bool = False
    settings: Settings = field(default_factory=dict)
