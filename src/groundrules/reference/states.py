"""States: something a partition is in, with its own way in and out.

The guards of a state read windows, ledgers and the clock, never an event. A state is looked at after every event of a
type that its windows count (after every event and timer, if it reads anything but windows and the clock), and whenever
time alone may change what its next guard says: when an entry leaves a window, when a quiet time is long enough, when a
balance fades, when a time of day begins or ends, at local midnight.

Outside, it is entered once `enter` is true, or by an event of `enter_on`; inside, it is left once `leave` is true, or
by an event of `leave_on`. The event is asked behind its own decision, when ledgers have settled and the roster has
learnt; what the bot itself did counts only where the event's `when` speaks of `actor.self`. At one look each state
changes at most once.

A state that is left while `enter` is true is *spent*: `enter` does not count again before a look has found it not true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundrules.plan import ir
from groundrules.reference.scope import Json, Scope
from groundrules.reference.selfmade import is_own_act, mentions_self
from groundrules.reference.tree import everything_in
from groundrules.reference.values import evaluate

if TYPE_CHECKING:
    from groundrules.reference.memory import Memory
    from groundrules.reference.timers import Timer

WINDOWS = (ir.WindowTest, ir.WindowValue)
FROM_ANYWHERE = (ir.LedgerValue, ir.LedgerRank, ir.LedgerTop, ir.InState, ir.HasLabel, ir.Silence, ir.Fact)


def look(looked_at: list[ir.State], memory: Memory) -> None:
    """Let the spent states count again whose `enter` has ceased to be true."""
    memory.spent -= {state.id for state in looked_at if not holds(state.enter, memory)}


def moves(state: ir.State, memory: Memory, event: Json | None) -> bool:
    """Whether a state is to be entered or left; `event` is None where only time has passed."""
    inside = state.id in memory.states
    if any(happens(turn, event, memory) for turn in (state.leave_on if inside else state.enter_on)):
        return True
    if inside:
        return holds(state.leave, memory)
    return state.id not in memory.spent and holds(state.enter, memory)


def change(moving: list[ir.State], memory: Memory) -> None:
    """Enter or leave all of these states at once."""
    entered = {state.id for state in moving} - memory.states
    spent = {state.id for state in moving if state.id in memory.states and holds(state.enter, memory)}
    memory.states ^= {state.id for state in moving}
    memory.spent = (memory.spent - entered) | spent


def holds(guard: Any, memory: Memory) -> bool:
    return evaluate(guard, Scope(memory, memory.now)) is True


def happens(turn: ir.Until, event: Json | None, memory: Memory) -> bool:
    """Whether the event at hand begins or ends a state."""
    if event is None or event["type"] not in turn.types or (is_own_act(event) and not mentions_self(turn.when)):
        return False
    return evaluate(turn.when, Scope(memory, memory.now, event)) is True


def touched_by_event(event: Json, plan: ir.Plan) -> list[ir.State]:
    """The states to be looked at after an event."""
    return [state for state in plan.states if reads_anything(state) or event["type"] in counted_types(state, plan)]


def touched_by_timer(timer: Timer, plan: ir.Plan) -> list[ir.State]:
    """The states to be looked at after something fell due."""
    own = timer.id if timer.kind == "state" else None
    return [state for state in plan.states if reads_anything(state) or state.id == own]


def nodes(state: ir.State) -> list[Any]:
    return [*everything_in(state.enter), *everything_in(state.leave)]


def reads_anything(state: ir.State) -> bool:
    """Whether its guards read more than windows and the clock."""
    return any(isinstance(node, FROM_ANYWHERE) for node in nodes(state))


def counted_types(state: ir.State, plan: ir.Plan) -> set[str]:
    """The event types that its windows count, or that begin or end it."""
    windows = {window.id: window.type for window in plan.windows}
    counted = {windows[node.window] for node in nodes(state) if isinstance(node, WINDOWS)}
    return counted | {type for turn in (*state.enter_on, *state.leave_on) for type in turn.types}
