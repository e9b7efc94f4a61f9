"""What was seen beside each number of a rule: how often a window, a length or an age had which value.

For each number the rulebook is given rules that do nothing but say that the value reached some bound, for a dozen
bounds around it; recorded events are decided by these, and how often each spoke is the histogram, added up from above.
This runs in the workshop's processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from groundrules.engine import plan_file
from groundrules.engine.engine import Engine
from groundrules.plan import ir
from groundrules.plan.relations import MIRRORED
from groundrules.plan.walk import within
from groundrules.time_units import format_duration
from groundrules.window_kinds import KINDS

PROBE = "probe:"
FINE = 12
"""Up to here each whole number has a bar of its own."""
PARTS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_REMEMBERING = (
    ir.LedgerValue,
    ir.LedgerRank,
    ir.LedgerTop,
    ir.LedgerBoard,
    ir.InState,
    ir.HasLabel,
    ir.InForce,
    ir.Matched,
)


class Threshold(msgspec.Struct, frozen=True):
    """A number of a rule: the condition that it stands in, what it is, and how often which value was seen.

    values: from which on, as people read it, and how often. line: the first value on the other side of the number.
    """

    text: str
    bound: str
    values: list[tuple[str, int]]
    line: int


def thresholds(plan: bytes, lines: list[bytes], rule: str) -> bytes:
    """Return the numbers of a rule, as a list of Threshold in JSON."""
    read_plan = plan_file.read(plan).plan
    asked = next((lowered for lowered in read_plan.rules if lowered.id == rule), None)
    if asked is None or not isinstance(asked.trigger, ir.OnEvent):
        return b"[]"
    leaves = list({(leaf.src, _bound(leaf)): leaf for leaf in _leaves(asked)}.values())
    counts = _counts(read_plan, asked, leaves, lines)
    return msgspec.json.encode([_threshold(read_plan, number, leaf, counts) for number, leaf in enumerate(leaves)])


def _leaves(rule: ir.Rule) -> Iterator[Any]:
    """Yield the comparisons with a number that can be asked outside of the rule."""
    for guard in (rule.when, rule.unless):
        yield from _below(guard)


def _below(expr: Any) -> Iterator[Any]:
    match expr:
        case ir.And() | ir.Or():
            for operand in expr.operands:
                yield from _below(operand)
        case ir.Not():
            yield from _below(expr.operand)
        case ir.WindowTest():
            yield expr
        case ir.Compare(operator="<" | "<=" | ">" | ">="):
            if _bound(expr) is not None and not any(True for kind in _REMEMBERING for _ in within(expr, kind)):
                yield expr


def _bound(leaf: Any) -> int | None:
    if isinstance(leaf, ir.WindowTest):
        return leaf.bound
    constant = next((side for side in (leaf.left, leaf.right) if isinstance(side, ir.Const)), None)
    return constant.value if constant is not None and type(constant.value) is int and constant.value > 0 else None


def _is_length(plan: ir.Plan, leaf: Any) -> bool:
    if isinstance(leaf, ir.WindowTest):
        return any(window.id == leaf.window and KINDS[window.kind].elapsed for window in plan.windows)
    return any(isinstance(side, ir.Const) and side.kind == "duration" for side in (leaf.left, leaf.right))


def _marks(bound: int) -> list[int]:
    """Return the bounds of the bars around a number."""
    if bound <= FINE:
        return list(range(2 * bound + 3))
    return sorted({round(bound * part) for part in PARTS})


def _counts(plan: ir.Plan, rule: ir.Rule, leaves: Sequence[Any], lines: Iterable[bytes]) -> Counter[str]:
    probes = [
        ir.Rule(id=f"{PROBE}{number:03}.{at:03}", trigger=rule.trigger, when=_reaches(leaf, mark))
        for number, leaf in enumerate(leaves)
        for at, mark in enumerate(_marks(_bound(leaf) or 0))
    ]
    most = {leaf.window: 2 * leaf.bound + 3 for leaf in leaves if isinstance(leaf, ir.WindowTest)}
    windows = tuple(replace(window, keep=max(window.keep, most.get(window.id, 0))) for window in plan.windows)
    nothing: Any = ()
    asking = replace(
        plan,
        rules=tuple(sorted(probes, key=lambda probe: probe.id)),
        windows=windows,
        ladders=nothing,
        processes=nothing,
        states=nothing,
        schedules=nothing,
        caps=nothing,
    )
    engine, counts = Engine(asking), Counter[str]()
    for line in lines:
        for decision in engine.feed(line):
            counts.update(fired.rule for fired in decision.fired)
    return counts


def _reaches(leaf: Any, mark: int) -> Any:
    if isinstance(leaf, ir.WindowTest):
        return replace(leaf, operator=">=", bound=mark)
    value = leaf.right if isinstance(leaf.left, ir.Const) else leaf.left
    return replace(leaf, operator=">=", left=value, right=_constant(leaf, mark))


def _constant(leaf: Any, mark: int) -> Any:
    return replace(leaf.left if isinstance(leaf.left, ir.Const) else leaf.right, value=mark)


def _threshold(plan: ir.Plan, number: int, leaf: Any, counts: Counter[str]) -> Threshold:
    bound, lasting = _bound(leaf) or 0, _is_length(plan, leaf)
    marks = _marks(bound)
    reached = [counts[f"{PROBE}{number:03}.{at:03}"] for at in range(len(marks))]
    written = [format_duration(mark) if lasting else str(mark) for mark in marks]
    fine = bound <= FINE
    labels = [label if fine and at < len(marks) - 1 else f"≥ {label}" for at, label in enumerate(written)]
    alone = [here - beyond for here, beyond in zip(reached, [*reached[1:], 0], strict=True)]
    turned = _operator(leaf)
    line = next((at for at, mark in enumerate(marks) if mark > bound or (mark == bound and turned)), len(marks))
    text = plan.sources[leaf.src].text if leaf.src >= 0 else ""
    stands = format_duration(bound) if lasting else str(bound)
    return Threshold(" ".join(text.split()), stands, list(zip(labels, alone, strict=True)), line)


def _operator(leaf: Any) -> bool:
    """Whether the number itself is on the far side of the line: `>= 3`, `< 3`."""
    operator = leaf.operator
    if isinstance(leaf, ir.Compare) and isinstance(leaf.left, ir.Const):
        operator = MIRRORED[operator]
    return operator in (">=", "<")
