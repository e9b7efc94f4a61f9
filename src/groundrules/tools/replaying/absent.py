"""Who could not have done what a history shows, because a decision before it silenced or removed them.

A history goes on as it was: whoever is muted for a day by the replayed rules still writes forty messages in it. What
rules do about those harms nobody further, and is counted separately. This count differs from the engine's own sanctions
in force: here a kick counts, too, and what people did by hand in the history does not.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from groundrules.calendar.instants import parse_rfc3339
from groundrules.decisions import Decision
from groundrules.types.catalog import shipped_catalog

_ENDING = {"unmute": "mute", "unban": "ban"}
BACK = ("member.joined", "join.requested")  # who was removed and is there again


class Absent:
    """Members who are silenced or gone, by partition; queried and updated in the order of the input."""

    def __init__(self) -> None:
        self._until: dict[tuple[str | None, str], dict[str, float]] = {}

    def is_away(self, event: dict[str, Any], member: str, decision: Decision) -> bool:
        """Whether an event is of a member who could not have sent it."""
        actor = event.get("actor")
        if not member or not isinstance(actor, dict) or str(actor.get("id")) != member:
            return False
        until = self._until.get((decision.partition, member), {})
        return any(parse_rfc3339(decision.at or "") < end for end in until.values())

    def back(self, decision: Decision, member: str) -> None:
        """Note that a member is there again."""
        self._until.pop((decision.partition, member), None)

    def note(self, decision: Decision) -> None:
        """Note whom a decision silences or removes, and whom it lets back."""
        for action in decision.actions:
            if action.who is None:
                continue
            until = self._until.setdefault((decision.partition, action.who), {})
            if action.do in _ENDING:
                until.pop(_ENDING[action.do], None)
            elif _keeps_away(action.do):
                length = action.parameters.get("duration")
                until[action.do] = parse_rfc3339(decision.at or "") + length if isinstance(length, int) else math.inf


@cache
def _keeps_away(action: str) -> bool:
    known = shipped_catalog().action(action)
    target = known.target.kind if known and known.target else None
    return target == "member" and bool({"silences", "removes"} & (known.does or frozenset() if known else frozenset()))
