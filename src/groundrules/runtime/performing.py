"""Performers: what a bot supplies so that decisions are carried out on its platform."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite
from typing import Any, Protocol

import msgspec

from groundrules.decisions import Action
from groundrules.outcomes import Done, Failed, Outcome, Retry
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.time_units import SECOND, WEEK

__all__ = ["Done", "Failed", "Outcome", "Performer", "Retry", "lacking", "short_text", "understood"]


class Performer(Protocol):
    """A platform's hands. It gets one action of a community at a time, in order; communities run concurrently.

    can: the names of the actions that the platform, or the bot's rights there, allow; None: try everything. repeats:
    those that are harmless to repeat, or that the platform deduplicates by key; None leaves it to the actions' schemas.
    """

    @property
    def can(self) -> Collection[str] | None: ...

    @property
    def repeats(self) -> Collection[str] | None: ...

    async def perform(self, action: Action, community: str) -> Outcome:
        """Do it. An exception means that the outcome is unknown."""
        ...


def lacking(plan: ir.Plan, can: Collection[str] | None) -> dict[str, list[str]]:
    """Return the actions that rules in force ask for and a performer can't do, each with the rules' ids."""
    rules_of: dict[str, set[str]] = {}
    for rule in plan.rules if can is not None else ():
        for act in within(rule.effects, ir.Act) if rule.mode == "enforce" else ():
            rules_of.setdefault(act.do, set()).add(rule.id.partition("#")[0])
    return {do: sorted(rules_of[do]) for do in sorted(rules_of.keys() - frozenset(can or ()))}


LONGEST_REASON = 1000
LONGEST_AFTER = WEEK / SECOND
"""In seconds; no platform asks for more patience."""


def understood(answer: object) -> Outcome:
    """Return a bot's answer as an outcome that can be stored, whatever is in it."""
    if isinstance(answer, Done):
        return Done(_facts(answer.message))
    if isinstance(answer, Failed):
        return Failed(short_text(answer.reason), bool(answer.rights))
    if isinstance(answer, Retry):
        return Retry(_seconds(answer.after), short_text(answer.reason))
    return Failed(short_text(f"the bot answered {answer!r}, no outcome"))


def short_text(text: object) -> str:
    """Return a text that anything can store: no lone surrogates, and not too long."""
    return str(text)[:LONGEST_REASON].encode("utf-8", "replace").decode()


def _seconds(after: object) -> float | None:
    if isinstance(after, int | float) and isfinite(after):
        return min(max(0.0, after), LONGEST_AFTER)
    return None


def _facts(message: object) -> dict[str, Any] | None:
    """Return what a platform said about a message it posted, None if that is not JSON."""
    try:
        return None if message is None else msgspec.json.decode(msgspec.json.encode(message), type=dict[str, Any])
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
