"""Outcomes that depend on one text alone, kept from event to event.

Whether a member's name resembles a staff member's, or a domain a known site's, is asked with every message,
has the same answer each time, and takes a call for each protected name. So a loop over constants that calls functions
and reads nothing but one text caches its outcome by that text.
"""

from __future__ import annotations

from typing import Any

from groundrules.functions import FUNCTIONS
from groundrules.plan import ir
from groundrules.plan.walk import parts

MOST, LONGEST = 4096, 100
"""How many outcomes are kept, and the longest text, in characters, that they are kept for."""

_PURE = (
    *(ir.Const, ir.And, ir.Or, ir.Not, ir.Compare, ir.In, ir.Known, ir.Coalesce, ir.Sequence, ir.Arithmetic, ir.Negate),
    *(ir.Contains, ir.Affix, ir.Matches),
)


class Outcomes(dict[Any, bool]):
    """The outcomes of one condition, by the text it reads; None where that is missing."""

    def keep(self, text: Any, outcome: bool) -> bool:
        if text is None or len(text) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[text] = outcome
        return outcome


def only_read(loop: ir.Quantified) -> ir.Field | ir.Fact | None:
    """Return the one text that a loop over constants with function calls depends on; None for any other loop."""
    calls, read = False, None
    waiting: list[ir.Expr] = [loop.condition] if isinstance(loop.collection, ir.Const) else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, ir.Field) and part.root == loop.variable:
            continue
        if isinstance(part, ir.Field | ir.Fact):
            if part.kind != "text" or part.root not in ("event", "$0") or (read is not None and read != part):
                return None
            read = part
            continue
        is_call = isinstance(part, ir.Call) and not FUNCTIONS[part.function].signature.needs_zone
        if not is_call and not isinstance(part, _PURE):
            return None
        calls = calls or is_call
        waiting += parts(part)
    return read if calls else None
