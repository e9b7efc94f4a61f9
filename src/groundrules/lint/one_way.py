"""The smallest parts of a condition that can only come out one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import Condition
from groundrules.lint.linted import Linted
from groundrules.syntax import nodes


def never(
    outcome: bool,
    linted: Linted,
    condition: Condition,
    alone: Callable[[Condition], Diagnostic],
    together: Callable[[Linted, Condition], Iterator[Diagnostic]],
) -> Iterator[Diagnostic]:
    """Yield a finding for each smallest part of a condition that never comes out as `outcome`.

    alone: the finding about a part that does so by itself. together: those about an `and` (for True) or an `or` (for
    False) none of whose parts does.
    """
    node = condition.node
    if isinstance(node, nodes.Boolean):
        return
    is_joined = isinstance(node, nodes.And | nodes.Or)
    if not is_joined and not isinstance(node, nodes.Not) and not linted.satisfiable((condition, outcome)):
        yield alone(condition)
        return
    findings = [finding for part in condition.parts for finding in never(outcome, linted, part, alone, together)]
    yield from findings
    if not findings and isinstance(node, nodes.And if outcome else nodes.Or):
        yield from together(linted, condition)
