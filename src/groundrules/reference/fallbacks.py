"""What is to be done if an action fails.

An adapter sends the outcome of each action back as an `action.result` event. Actions that have an `or_else` are
remembered by their key for a day; if the result says that one failed, the effects under `or_else` are asked for, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from groundrules.decisions import Action, Note
from groundrules.reference.scope import Json
from groundrules.time_units import DAY

LIFETIME = DAY


class Fallbacks:
    """The fallbacks of the actions of the last day: key → when asked for, what instead."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[int, tuple[Action, ...]]] = {}

    def remember(self, actions: Iterable[Action], now: int) -> None:
        self.held |= {action.key: (now, action.or_else) for action in actions if action.or_else}

    def of_result(self, event: Json, now: int) -> tuple[list[Action], list[Note]]:
        """What an `action.result` event asks to be done, and the notes about it."""
        if event["type"] != "action.result" or event["ok"]:
            return [], []
        detail: dict[str, Any] = {name: event[name] for name in ("do", "reason") if name in event}
        at, instead = self.held.pop(event["key"], (now, ()))
        note = Note(kind="action_failed", subject=event["key"], detail=detail)
        return list(instead) if now - at <= LIFETIME else [], [note]
