"""States: something a partition is in, with its own way in and out.

The guards of a state read windows, ledgers and the clock, never an event. A state is looked at after every event and
timer (one that reads windows and times of day alone: after the events of their types and those that it names, which
comes to the same), and whenever time alone may change what its next guard says: when an entry leaves a window, when a
quiet time is long enough, when a balance fades, when a time of day begins or ends, at local midnight.

Outside, it is entered once `enter` is true or an event of `enter_on` comes; inside, it is left once `leave` is true or
an event of `leave_on` comes. At one look each state changes at most once. A state that is left while `enter` still
holds is **spent**: it is not entered by `enter` again before that has ceased to hold, so that what an admin lifts stays
lifted. What the bot itself did begins or ends a state only where the `when` speaks of `actor.self`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundrules.plan import ir
from groundrules.plan.walk import walk
from groundrules.reference.scope import Json, Scope
from groundrules.reference.selfmade import is_own_act, mentions_self
from groundrules.reference.values import evaluate

if TYPE_CHECKING:
    from groundrules.reference.partition import Partition
    from groundrules.reference.timers import Timer

WINDOWS = (ir.WindowTest, ir.WindowValue)
FROM_ANYWHERE = (
    ir.Now,
    ir.LedgerValue,
    ir.LedgerRank,
    ir.LedgerTop,
    ir.LedgerBoard,
    ir.InState,
    ir.HasLabel,
    ir.InForce,
    ir.InForceUntil,
    ir.Silence,
    ir.Fact,
)


class States:
    """The states that one partition is in (`held`), and those that are spent."""

    def __init__(self, partition: Partition) -> None:
        self.partition = partition
        self.held: set[str] = set()
        self.spent: set[str] = set()

    def is_true(self, guard: Any) -> bool:
        return evaluate(guard, Scope(self.partition, self.partition.now)) is True

    def look(self, states: list[ir.State]) -> None:
        """Let the spent states count again whose `enter` has ceased to hold."""
        self.spent -= {state.id for state in states if not self.is_true(state.enter)}

    def moves(self, state: ir.State, event: Json | None) -> bool:
        """Whether a state is to be entered or left; `event` is None where only time has passed."""
        inside = state.id in self.held
        turns, guard = (state.leave_on, state.leave) if inside else (state.enter_on, state.enter)
        if event is not None and any(self.happens(turn, event, state.id) for turn in turns):
            return True
        scope = Scope(self.partition, self.partition.now).watched(state.id, guard)
        return state.id not in self.spent and evaluate(guard, scope) is True

    def happens(self, turn: ir.Until, event: Json, state: str) -> bool:
        """Whether an event begins or ends a state."""
        if event["type"] not in turn.types or (is_own_act(event) and not mentions_self(turn.when)):
            return False
        scope = Scope(self.partition, self.partition.now, event).watched(state, turn.when)
        return evaluate(turn.when, scope) is True

    def change(self, states: list[ir.State]) -> None:
        """Enter or leave all of these at once."""
        still_true = {state.id for state in states if self.is_true(state.enter)}
        entering = {state.id for state in states} - self.held
        leaving = {state.id for state in states} & self.held
        self.held = (self.held | entering) - leaving
        self.spent = (self.spent - entering) | (leaving & still_true)


def touched_by_event(event: Json, plan: ir.Plan) -> list[ir.State]:
    """The states to be looked at after an event."""
    return [state for state in plan.states if reads_anything(state) or event["type"] in types_of(state, plan)]


def touched_by_timer(timer: Timer, plan: ir.Plan) -> list[ir.State]:
    """The states to be looked at after something fell due."""
    own = timer.id if timer.kind == "state" else None
    return [state for state in plan.states if reads_anything(state) or state.id == own]


def nodes(state: ir.State) -> list[Any]:
    return [*walk(state.enter), *walk(state.leave)]


def reads_anything(state: ir.State) -> bool:
    """Whether its guards read more than windows and times of day, or no window at all."""
    below = nodes(state)
    return any(isinstance(node, FROM_ANYWHERE) for node in below) or not any(isinstance(n, WINDOWS) for n in below)


def types_of(state: ir.State, plan: ir.Plan) -> set[str]:
    """The event types that its windows count, and those that it names."""
    windows = {window.id: {window.type, *(taker.type for taker in window.less)} for window in plan.windows}
    named = {type for turn in (*state.enter_on, *state.leave_on) for type in turn.types}
    return named.union(*(windows[node.window] for node in nodes(state) if isinstance(node, WINDOWS)))
