"""`matched`: the events that the windows which made a guard true still hold.

This covers the leaves that decided a guard, compare a window and came out true. Their events are listed newest first,
each once, by the numbers that the first stage gave them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundrules.engine.compiled_rules import RuleCode
from groundrules.engine.evaluation.clauses import Site, Tracer
from groundrules.engine.evaluation.compile import Compiler
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir

Holds = Callable[[str, tuple[Any, ...], int], list[tuple[int, str]]]


def matched(compiler: Compiler, code: RuleCode, e: Any, x: Scope, holds: Holds) -> tuple[str, ...]:
    """Return the ids; `holds(window, key, within)` gives the numbers and ids of what a window holds."""
    tracer = Tracer(compiler.program, e, x)
    newest: dict[int, str] = {}
    for leaf, outcome in tracer.leaves(Site(code.rule.when, compiler.frame(code.types)), True):
        test = leaf.expr
        if isinstance(test, ir.WindowTest) and outcome is True:
            key = tuple(tracer.value(leaf._replace(expr=part)) for part in test.key)
            newest.update(holds(test.window, key, test.within))
    return tuple(newest[seq] for seq in sorted(newest, reverse=True))
