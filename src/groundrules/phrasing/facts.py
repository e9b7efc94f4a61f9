"""What a condition reads, by name: so that a sentence about it can be held to naming exactly that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from groundrules.plan import ir

Facts = frozenset[str]
_BALANCES = (ir.LedgerValue, ir.LedgerRank, ir.LedgerTop, ir.LedgerBoard)


def facts_of(expr: Any) -> Facts:
    """Return what a condition reads: fields and facts of the event, windows, ledgers, states, labels, the clock.

    Windows' keys and the things labelled say only whose they are.
    """
    match expr:
        case ir.WindowTest(window=window) | ir.WindowValue(window=window) | ir.WindowValues(window=window):
            return frozenset({f"window:{window}"})
        case ir.HasLabel(label=label):
            return frozenset({f"label:{label}"})
        case ir.InForce(does=does) | ir.InForceUntil(does=does):
            return frozenset({f"sanction:{does}"})
        case ir.InState(state=state):
            return frozenset({f"state:{state}"})
        case ir.Field() | ir.Fact():
            return frozenset({fact_name(expr)} if expr.root in ("event", "start", "subject") else ())
    own = "silence" if isinstance(expr, ir.Silence) else "now" if isinstance(expr, ir.Now) else ""
    own = "remaining" if isinstance(expr, ir.Remaining) else own
    own = f"ledger:{expr.ledger}" if isinstance(expr, _BALANCES) else own
    parts: Iterable[Any] = expr if isinstance(expr, list | tuple) else ()
    if isinstance(expr, ir.Expr):
        parts = [getattr(expr, name) for name in expr.__struct_fields__]
    return frozenset({own} if own else ()).union(*map(facts_of, parts))


def fact_name(expr: ir.Field | ir.Fact) -> str:
    path = (*expr.path, expr.fact) if isinstance(expr, ir.Fact) else expr.path
    return ".".join((expr.root, *path))
