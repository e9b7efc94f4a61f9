"""Sanctions in force: who is kept from writing, or kept out, and until when.

An action on a member whose schema says that it `silences` or `removes`, and that lasts (it has a length, or another
action ends it), is in force from when it is decided until its length has passed, or for good if it has none. An action
that waits (for approval, for its time, because of a brake) is not in force, nor is one that a rule in shadow would have
taken.

What ends it: an action that takes it back or opposes it; the same done by hand; a moderator who takes the measure back.
What people do by hand holds as they said, even if it is shorter. An action that failed was never in force: everything
is as it was before. Somebody who joins is not kept out. Reports of what the bot itself did change nothing.

**A shorter one does not cut a longer one short.** Platforms replace the running mute with the new one. So an action is
left out, with a note, if it would end sooner than one already in force: the same action against the same member with
the same distinguishing parameters, or an action that supersedes it (a mute, while the member is banned). One that ends
at the same time or later, or never, is done.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Action, Note
from groundrules.plan import ir
from groundrules.plan.sanctions import BY_HAND, JOINED, MOST, RESULT, UNDONE
from groundrules.reference.actions import specification
from groundrules.reference.scope import Json, walk
from groundrules.time_units import DAY

KEPT = DAY


@dataclass(frozen=True)
class Sanction:
    """An action against a member, its distinguishing parameters, when it ends (infinity: never), and its key."""

    who: str
    do: str
    apart: dict[str, Any]
    end: float
    key: str

    def is_like(self, other: Sanction) -> bool:
        return (self.who, self.do, self.apart) == (other.who, other.do, other.apart)


class Sanctions:
    """All sanctions of one partition, the earliest first; `asked` tells when each action was decided."""

    def __init__(self, plan: ir.Plan) -> None:
        self.plan = plan
        self.specs = {spec.name: spec for spec in plan.actions if spec.sanctions}
        self.history: list[Sanction] = []
        self.asked: dict[str, int] = {}

    def against(self, who: str, now: int) -> list[Sanction]:
        """What is in force against a member."""
        return [sanction for sanction in self.history if sanction.who == who and now < sanction.end]

    def ends(self, who: str, does: ir.Consequence, now: int) -> list[float]:
        """When each sanction that keeps a member from something ends; empty if there is none."""
        return [held.end for held in self.against(who, now) if does in self.specs[held.do].sanctions]

    # --- what is decided --------------------------------------------------------------------------

    def of(self, action: Action, now: int) -> Sanction | None:
        """The sanction that an action puts in force, if any."""
        spec = self.specs.get(action.do)
        if spec is None or action.who is None:
            return None
        length = action.parameters.get(spec.length or "")
        apart = {name: value for name, value in action.parameters.items() if name not in spec.merge}
        return Sanction(action.who, action.do, apart, math.inf if length is None else now + length, action.key)

    def leave_out(self, actions: Iterable[Action], now: int) -> tuple[list[Action], list[Note]]:
        """The actions that cut nothing short, and the notes about the others."""
        actions = list(actions)
        kept: list[Action] = []
        notes: list[Note] = []
        asked = [sanction for action in actions if (sanction := self.of(action, now)) is not None]
        for action in actions:
            sanction = self.of(action, now)
            longer = [] if sanction is None else self.outlasting(sanction, asked, now)
            if not longer:
                kept.append(action)
                continue
            notes.append(left_out(action, max(longer, key=lambda held: (held.end, held.do))))
        return kept, notes

    def outlasting(self, sanction: Sanction, asked: list[Sanction], now: int) -> list[Sanction]:
        """What includes a sanction and ends later: of those in force, and of those asked for beside it."""
        others = [*self.against(sanction.who, now), *(other for other in asked if other.who == sanction.who)]
        return [other for other in others if other.end > sanction.end and self.includes(other, sanction)]

    def includes(self, other: Sanction, sanction: Sanction) -> bool:
        return other.is_like(sanction) or sanction.do in specification(self.plan, other.do).supersedes

    def put_in_force(self, actions: Iterable[Action], now: int) -> None:
        """Record the sanctions of actions that are to be done."""
        for action in actions:
            sanction = self.of(action, now)
            if sanction is not None:
                self.add(sanction, now)
                self.asked[action.key] = now
            if action.who is not None:
                self.end_by(action.do, action.who)

    def add(self, sanction: Sanction, now: int) -> None:
        alike = [held for held in self.against(sanction.who, now) if held.is_like(sanction)]
        gone = alike[: max(len(alike) + 1 - MOST, 0)]
        self.history = [*(held for held in self.history if held not in gone), sanction]

    def end_by(self, ender: str, who: str) -> None:
        self.end({name for name, spec in self.specs.items() if ender in spec.ended_by}, who)

    def end(self, names: set[str], who: str) -> None:
        self.history = [held for held in self.history if not (held.who == who and held.do in names)]

    # --- what events tell -------------------------------------------------------------------------

    def hear(self, event: Json, now: int) -> None:
        """Take note of what people did by hand, what they took back, and what failed."""
        if event["type"] == RESULT and not event["ok"]:
            asked = self.asked.get(event["key"])
            if asked is not None and now - asked <= KEPT:
                self.history = [held for held in self.history if held.key != event["key"]]
        elif event["type"] == JOINED:
            self.end({name for name, spec in self.specs.items() if "removes" in spec.sanctions}, event["actor"]["id"])
        elif event["type"] == UNDONE and event["target"]["id"] != event["actor"]["id"]:
            who, keys = event["target"]["id"], event.get("actions") or []
            self.end({held.do for held in self.against(who, now) if held.key in keys}, who)
        elif event["type"] in BY_HAND and walk(event, ("actor", "self")) is not True:
            self.by_hand(BY_HAND[event["type"]], event["target"]["id"], event.get("duration"), now)

    def by_hand(self, do: str, who: str, length: int | None, now: int) -> None:
        """Record what people did by hand to a member; it replaces what was in force."""
        self.end({do}, who)
        if do in self.specs and length != 0:
            self.add(Sanction(who, do, {}, math.inf if length is None else now + length, ""), now)
        self.end_by(do, who)


def left_out(action: Action, longest: Sanction) -> Note:
    """The note about an action that would have cut something short."""
    detail = {"do": action.do, "because": longest.do, "rules": ", ".join(action.rules)}
    if longest.end == math.inf:
        return Note(kind="outlasted_for_good", subject=str(action.who), detail=detail)
    return Note(
        kind="outlasted_until", subject=str(action.who), detail={**detail, "until": format_ms(int(longest.end))}
    )
