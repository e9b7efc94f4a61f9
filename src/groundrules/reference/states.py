"""States: something a partition is in, with its own way in and out.

The guards of a state read windows, ledgers and the clock, never an event. A state is looked at after every event of a
type that its windows count (after every event and timer, if it reads anything but windows and the clock), and whenever
time alone may change what its next guard says: when an entry leaves a window, when a quiet time is long enough, when a
balance fades, when a time of day begins or ends, at local midnight.

Outside, it is entered once `enter` is true; inside, it is left once `leave` is true. At one look each state changes at
most once: one whose two guards are both true is entered now and left only when it is looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundrules.plan import ir
from groundrules.reference.scope import Json, Scope
from groundrules.reference.tree import everything_in
from groundrules.reference.values import evaluate

if TYPE_CHECKING:
    from groundrules.reference.memory import Memory
    from groundrules.reference.timers import Timer

WINDOWS = (ir.WindowTest, ir.WindowValue)
FROM_ANYWHERE = (ir.LedgerValue, ir.LedgerRank, ir.LedgerTop, ir.InState, ir.HasLabel, ir.Silence, ir.Fact)


def moves(state: ir.State, memory: Memory) -> bool:
    """Whether a state is to be entered or left."""
    guard = state.leave if state.id in memory.states else state.enter
    return evaluate(guard, Scope(memory, memory.now)) is True


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
    """The event types that its windows count."""
    windows = {window.id: window.type for window in plan.windows}
    return {windows[node.window] for node in nodes(state) if isinstance(node, WINDOWS)}
