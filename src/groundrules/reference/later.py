"""Delayed actions.

An effect may ask for an action after a time: it is worked out and rendered when it is asked for, waits, and is a
separate decision when its time has come. An action that ends something given for a time (`extends`) waits once for each
action, target and distinguishing parameters: if it is asked for again, the later end holds. Other equal actions that
one decision asks for at the same time are one action. It is attributed to all rules that asked, like an action that is
done at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.plan import ir
from groundrules.reference.actions import Wish, both, hashed, key_parameters


@dataclass(frozen=True)
class LaterAsk:
    """An action to be done `after` a time (ms)."""

    wish: Wish
    after: int
    extends: bool


class Waiting:
    """The actions that wait in one partition: key → when, and what."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[int, Wish]] = {}

    def put(self, plan: ir.Plan, ask: LaterAsk, occurrence: str, now: int) -> None:
        """Let an action wait."""
        due, wish = now + ask.after, ask.wish
        occasion = "" if ask.extends else f"{occurrence}@{due}"
        key = hashed([occasion, wish.do, wish.who, key_parameters(plan, wish)])
        if key in self.held:
            due_before, before = self.held[key]
            due, wish = max(due, due_before), both(plan, before, wish)
        self.held[key] = due, wish
