"""Leaves that compare: relations, membership, times of day, `known`, and yes-or-no questions about what is remembered.

Text compares under a view. The view of a constant is taken once, when the code is generated; that of anything else
comes from the views cached by `texts`, under the view's name. Values other than text compare as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundrules.engine.codegen.emitter import Emitter, Operand, Test, emits_test
from groundrules.engine.codegen.keying import key_text
from groundrules.engine.state import stamps
from groundrules.engine.texts.views import viewed as under_view
from groundrules.functions import FUNCTIONS
from groundrules.plan import codec, ir
from groundrules.plan.relations import NEGATED

VIEWED = {
    "exact": "{}",
    "folded": "text[{}].folded",
    "word": "text[{}].folded",
    "squeezed": "text[{}].squeezed",
    "domain": "domain({})",
}

REACHING = (">=", ">")
AT_MOST_LENGTH = frozenset(("emoji_count", "longest_run"))
"""Measures of a text that never exceed its length."""

LISTS = ir.WindowValues | ir.Pick | ir.Members | ir.Names


@emits_test(ir.Compare)
def compare(emitter: Emitter, expr: ir.Compare) -> Test:
    return _measured(emitter, expr) or _compared(emitter, expr)


def _measured(emitter: Emitter, expr: ir.Compare) -> Test | None:
    """Return a test of whether a measure of a field reaches a number; None for any other comparison.

    Most texts are too short to reach the number, which shows without counting.
    """
    measure, least = expr.left, expr.right
    if not isinstance(measure, ir.Call) or measure.function not in AT_MOST_LENGTH or not isinstance(least, ir.Const):
        return None
    (of,) = measure.arguments
    if expr.operator not in REACHING or not isinstance(of, ir.Field) or type(least.value) not in (int, float):
        return None
    text, count, bound = emitter.operand(of), FUNCTIONS[measure.function].call, emitter.constant(least.value)
    reaches = f"{expr.operator} {bound}"
    yes = f"(len({text.source}) {reaches} and {emitter.constant(count)}({text.source}) {reaches})"
    return Test(text.needs, yes, f"(not {yes})")


def _compared(emitter: Emitter, expr: ir.Compare) -> Test:
    left, right = viewed(emitter, expr.left, expr.view), viewed(emitter, expr.right, expr.view)
    needs = (*left.needs, *right.needs)
    yes = f"{left.source} {expr.operator} {right.source}"
    return Test(needs, yes, f"{left.source} {NEGATED[expr.operator]} {right.source}")


@emits_test(ir.In)
def contained(emitter: Emitter, expr: ir.In) -> Test:
    item, held = viewed(emitter, expr.item, expr.view), collection(emitter, expr.collection, expr.view)
    needs = (*item.needs, *held.needs)
    return Test(needs, f"{item.source} in {held.source}", f"{item.source} not in {held.source}")


@emits_test(ir.Has)
def has(emitter: Emitter, expr: ir.Has) -> Test:
    held, wanted = collection(emitter, expr.collection, expr.view), collection(emitter, expr.values, expr.view)
    if isinstance(expr.values, ir.Const) and expr.quantifier == "any":
        test = f"(not {wanted.source}.isdisjoint({held.source}))"
    else:
        test = f"has_{expr.quantifier}({held.source}, {wanted.source})"
    return Test((*held.needs, *wanted.needs), test, f"(not {test})")


@emits_test(ir.InClock)
def in_clock(emitter: Emitter, expr: ir.InClock) -> Test:
    needs, instant = emitter.operands((expr.instant,))
    test = f"in_clock({instant}, {emitter.constant(expr.start)}, {emitter.constant(expr.end)})"
    return Test(needs, test, f"not {test}")


@emits_test(ir.Known)
def known(emitter: Emitter, expr: ir.Known) -> Test:
    needs = emitter.operand(expr.operand).needs
    source = f"({' and '.join(needs)})" if needs else "True"
    return Test((), source, f"(not {source})")


@emits_test(ir.WindowTest)
def window_test(emitter: Emitter, expr: ir.WindowTest) -> Test:
    key = key_text(emitter, expr.key)
    reaches = _reaching(emitter, expr, key)
    if reaches is not None and expr.bound > 0:
        if expr.operator in ("==", "!="):
            yes, positive = f"({reaches(expr.bound)} and not {reaches(expr.bound + 1)})", expr.operator == "=="
        else:
            yes, positive = reaches(least_of(expr)), expr.operator in REACHING
        return Test(key.needs, *((yes, f"(not {yes})") if positive else (f"(not {yes})", yes)))
    bound = (emitter.constant(part) for part in (expr.within, expr.operator, expr.bound))
    ask = f"x.readings.window_test({emitter.constant(expr.window)}, {key.source}, {', '.join(bound)})"
    answer = emitter.present(key.needs, ask)
    return Test(answer.needs, answer.source, f"not {answer.source}")


def _reaching(emitter: Emitter, expr: ir.WindowTest, key: Operand) -> Callable[[int], str] | None:
    """Return the test of whether a count has reached a number, where generated code can read what the count holds."""
    if emitter.program.is_ring(expr.window):
        return lambda number: ring_reaches(emitter, expr, key, number, expr.within)
    if emitter.program.is_marked(expr.window):
        return lambda number: marks_reach(emitter, expr, key, number)
    return None


def least_of(expr: ir.WindowTest) -> int:
    """Return the number that a count must reach for a test to be true or, with `<` and `<=`, to be false."""
    return expr.bound + (expr.operator in (">", "<="))


def ring_reaches(emitter: Emitter, expr: ir.WindowTest, key: Operand, number: int, within: int) -> str:
    """Check a plain count's ring for its n-th newest stamp; most rings are too short to have one."""
    within = within or emitter.program.plan.retain
    ring, get = emitter.local(), f"x.readings.rings[{emitter.constant(expr.window)}]({key.source})"
    if emitter.program.keys.of(expr.key, emitter.frame).number is not None:
        if emitter.program.counts_by(expr.window, expr.key):
            get = f"(x.kept.get({emitter.constant(expr.window)}) or {get})"
        get = emitter.kept((expr.window, codec.definition_hash(expr.key)), get)
    enough = f"len({ring} := {get}) >= {emitter.constant(stamps.SIZE * number)}"
    return (
        f"({enough} and {ring}[{emitter.constant(stamps.newest(number))}] > oldest(x.now, {emitter.constant(within)}))"
    )


def marks_reach(emitter: Emitter, expr: ir.WindowTest, key: Operand, number: int) -> str:
    """Check a count that keeps event ids for its n-th newest mark."""
    within = expr.within or emitter.program.plan.retain
    marks, held = emitter.local(), f"x.readings.marks[{emitter.constant(expr.window)}]({key.source})"
    if emitter.program.keys.of(expr.key, emitter.frame).number is not None:
        held = emitter.kept((expr.window, codec.definition_hash(expr.key)), held)
    youngest = f"{marks}[-{number}][0] > x.now - {emitter.constant(within)}"
    return f"(({marks} := {held}) is not None and len({marks}) >= {emitter.constant(number)} and {youngest})"


@emits_test(ir.InState)
def in_state(emitter: Emitter, expr: ir.InState) -> Test:
    needs, of = ((), "None") if expr.of is None else emitter.operands((expr.of,))
    ask = f"x.readings.in_state({emitter.constant(expr.state)}, {of})"
    return Test(needs, ask, f"not {ask}")


@emits_test(ir.HasLabel)
def has_label(emitter: Emitter, expr: ir.HasLabel) -> Test:
    needs, who = emitter.operands((expr.id,))
    ask = f"x.readings.has_label({emitter.constant(expr.entity)}, {who}, {emitter.constant(expr.label)})"
    return Test(needs, ask, f"not {ask}")


@emits_test(ir.InForce)
def in_force(emitter: Emitter, expr: ir.InForce) -> Test:
    needs, who = emitter.operands((expr.member,))
    ask = f"x.readings.in_force({who}, {emitter.constant(expr.does)})"
    return Test(needs, ask, f"not {ask}")


def viewed(emitter: Emitter, expr: ir.Expr, view: ir.View) -> Operand:
    """Return a value under a view."""
    if view == "exact":
        return emitter.operand(expr)
    if isinstance(expr, ir.Const):
        return Operand((), emitter.constant(view_constant(expr.value, view)))
    operand = emitter.operand(expr)
    return Operand(operand.needs, VIEWED[view].format(operand.source))


def collection(emitter: Emitter, expr: ir.Expr, view: ir.View) -> Operand:
    """Return a collection to search, its items under a view; a constant collection becomes a set."""
    if isinstance(expr, ir.Const):
        items = expr.value if isinstance(expr.value, list | tuple) else [expr.value]
        return Operand((), emitter.constant(frozenset(view_constant(item, view) for item in items)))
    items_operand = emitter.operand(expr)
    source = items_operand.source if is_list(expr) else f"listed({items_operand.source})"
    return Operand(items_operand.needs, source if view == "exact" else f"{view}_items({source})")


def is_list(expr: ir.Expr) -> bool:
    """Whether a value is certainly a list; anything else may be a single value, which counts as a list of one."""
    if isinstance(expr, ir.Field | ir.Fact):
        return expr.kind == "list"
    return isinstance(expr, ir.Sequence | ir.LedgerTop | ir.LedgerBoard | ir.Matched | ir.FoundIn | LISTS)


def view_constant(value: Any, view: ir.View) -> Any:
    """Return a constant under a view, item by item if it is a list."""
    if isinstance(value, list | tuple):
        return [view_constant(item, view) for item in value]
    return under_view(value, view)
