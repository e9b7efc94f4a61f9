"""States: something a partition, or a thing, is in, with its own way in and out.

The guards of a state read windows, ledgers and the clock, never an event. A state is looked at after every event and
timer, and whenever time alone may change what its next guard says: when an entry leaves a window, when a quiet time is
long enough, when a balance fades, when a time of day begins or ends, when a sanction or a label ends, when a value by
date changes, and at local midnight where anything else is computed from the clock.

Outside, it is entered once `enter` is true or an event of `enter_on` comes; inside, it is left once `leave` is true or
an event of `leave_on` comes. In one check each state changes at most once. A state that is left while `enter` still
holds is **spent**: `enter` has to stop holding before it can enter the state again, so that what an admin lifts stays
lifted. What the bot itself did begins or ends a state only if the `when` mentions `actor.self`.

A state with `per` is one that each thing of that kind is in separately. It is checked for the things that an event is
about (`State.about`) and, as time passes, for those that are in it or have spent it. `enter_on` and `leave_on` apply to
the thing at hand alone. Things that come and go, such as messages, leave the state, or no longer have spent it, when
the plan's `retain` has passed since they entered, or spent, it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundrules.plan import ir
from groundrules.reference.scope import Json, Scope
from groundrules.reference.selfmade import is_own_act, mentions_self
from groundrules.reference.values import evaluate

if TYPE_CHECKING:
    from groundrules.reference.partition import Partition
    from groundrules.reference.timers import Timer

Name = tuple[str, str | None]  # a state, and the thing that is in it


@dataclass(frozen=True)
class Look:
    """A state to be looked at, of the partition or the thing `of`; `event` is the event that concerns it, if any."""

    state: ir.State
    of: str | None = None
    event: Json | None = None

    @property
    def name(self) -> Name:
        return self.state.id, self.of


class States:
    """The states that a partition and its things are in (`held`) or have `spent`, since when; when last `looked` at."""

    def __init__(self, partition: Partition) -> None:
        self.partition = partition
        self.held: set[Name] = set()
        self.spent: set[Name] = set()
        self.since: dict[Name, int] = {}
        self.looked: dict[Name, int] = {}

    def scope(self, look: Look) -> Scope:
        return Scope(self.partition, self.partition.now, subject=look.of)

    def enters(self, look: Look) -> bool:
        return evaluate(look.state.enter, self.scope(look)) is True

    def look(self, looks: list[Look]) -> None:
        """Make spent states available again once their `enter` no longer holds, or they are no longer kept."""
        self.spent -= {look.name for look in looks if not self.enters(look) or self.is_over(look)}

    def moves(self, look: Look) -> bool:
        """Whether a state is to be entered or left."""
        state, inside = look.state, look.name in self.held
        turns, guard = (state.leave_on, state.leave) if inside else (state.enter_on, state.enter)
        if look.event is not None and any(self.happens(turn, look.event, look) for turn in turns):
            return True
        if inside and self.is_over(look):
            return True
        scope = self.scope(look).watched(state.id, guard)
        return look.name not in self.spent and evaluate(guard, scope) is True

    def happens(self, turn: ir.Until, event: Json, look: Look) -> bool:
        """Whether an event begins or ends a state."""
        if event["type"] not in turn.types or (is_own_act(event) and not mentions_self(turn.when)):
            return False
        scope = Scope(self.partition, self.partition.now, event, subject=look.of).watched(look.state.id, turn.when)
        return evaluate(turn.when, scope) is True

    def change(self, looks: list[Look]) -> None:
        """Enter or leave all of these at once."""
        still_true = {look.name for look in looks if self.enters(look)}
        entering = {look.name for look in looks} - self.held
        leaving = {look.name for look in looks} & self.held
        self.held = (self.held | entering) - leaving
        self.spent = (self.spent - entering) | (leaving & still_true)
        self.since |= dict.fromkeys(entering | leaving, self.partition.now)

    def ends(self, look: Look) -> int | None:
        """When something that comes and goes leaves a state, or no longer has spent it; None: never."""
        if look.of is None or look.state.per in ir.LASTING or look.name not in self.held | self.spent:
            return None
        return self.since[look.name] + self.partition.plan.retain + 1

    def is_to_come(self, look: Look, at: int) -> bool:
        """Whether an instant is still to come for a state: right now, something else may have fallen due before it."""
        now = self.partition.now
        return at > now or (at == now and self.looked.get(look.name, now) < now)

    def is_over(self, look: Look) -> bool:
        end = self.ends(look)
        return end is not None and self.partition.now >= end

    def by_time(self, state: ir.State) -> list[Look]:
        """The looks at a state that time alone may require."""
        if not state.per:
            return [Look(state)]
        return [Look(state, of) for id, of in sorted(self.held | self.spent, key=str) if id == state.id]

    # --- when to look -----------------------------------------------------------------------------

    def touched_by_event(self, event: Json) -> list[Look]:
        """The looks that an event requires."""
        return [look for state in self.partition.plan.states for look in self.touched(state, event)]

    def touched(self, state: ir.State, event: Json) -> list[Look]:
        if not state.per:
            return [Look(state, None, event)]
        scope = Scope(self.partition, self.partition.now, event)
        about = [about for about in state.about if about.type == event["type"]]
        at_hand = {evaluate(each.who, scope) for each in about if each.at_hand}
        things = {evaluate(each.who, scope) for each in about} - {None}
        return [Look(state, of, event if of in at_hand else None) for of in sorted(things)]

    def subject(self, state: ir.State, event: Json) -> str | None:
        """The thing whose state an event may change, the first by id."""
        return next((look.of for look in self.touched(state, event)), None)

    def touched_by_timer(self, timer: Timer) -> list[Look]:
        """The looks that something falling due requires."""
        states = self.partition.plan.states
        own = [
            Look(state, timer.key) for state in states if state.per and (timer.kind, timer.id) == ("state", state.id)
        ]
        return own + [Look(state) for state in states if not state.per]
