"""Windows: the test or value that a guard needs, and the window that has to be kept for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker.windows import LARGEST
from groundrules.lower.constants import shown_as
from groundrules.lower.ground import pane
from groundrules.plan import codec, ir
from groundrules.plan.relations import MIRRORED
from groundrules.syntax import nodes
from groundrules.window_kinds import KINDS

if TYPE_CHECKING:
    from groundrules.lower.expressions import Lowerer


def tested(lowerer: Lowerer, node: nodes.Compare) -> ir.AnyExpr | None:
    """Return the test for a window that is compared with a constant, or None for other comparisons."""
    for window, other, operator in (
        (node.left, node.right, node.operator),
        (node.right, node.left, MIRRORED[node.operator]),
    ):
        if not isinstance(window, nodes.Window) or window.maximum is not None or KINDS[window.kind].daily:
            continue
        bound = _constant(lowerer, other)
        if bound is not None:
            keep = bound if operator in (">=", "<") else bound + 1
            kept, key, within = _kept(lowerer, window, max(keep, 1))
            source = lowerer.source(node)
            return ir.WindowTest(window=kept, key=key, within=within, operator=operator, bound=bound, src=source)
    return None


def _value(lowerer: Lowerer, node: nodes.Window) -> ir.AnyExpr:
    maximum = None if node.maximum is None else _constant(lowerer, node.maximum)
    most = maximum or _last_events(lowerer, node) or 1
    kept, key, within = _kept(lowerer, node, most)
    kind, source = shown_as(lowerer.type_of(node)), lowerer.source(node)
    if node.listed:
        return ir.WindowValues(window=kept, key=key, within=within, maximum=most, src=source)
    return ir.WindowValue(window=kept, key=key, within=within, maximum=maximum, kind=kind, src=source)


def _constant(lowerer: Lowerer, node: nodes.Node) -> int | None:
    expr = lowerer.expression(node)
    return int(expr.value) if isinstance(expr, ir.Const) else None


def _kept(lowerer: Lowerer, node: nodes.Window, keep: int) -> tuple[str, tuple[ir.AnyExpr, ...], int]:
    """Add the window that a node names; return its id, the reader's key and the time."""
    ground, kind = lowerer.ground, KINDS[node.kind]
    counted = lowerer.elsewhere(ground.checked.context(lowerer.context.instance, (node.event_type,)))
    within = _within(lowerer, node, keep)
    pairs = _keys(lowerer, counted, node)
    by_events = isinstance(node.within, nodes.LastEvents)
    if node.less:
        keep = LARGEST
    elif by_events:
        keep = min(keep, within)
    kept = ground.window(
        ir.Window(
            id="",
            kind=node.kind,
            type=node.event_type,
            key=tuple(mine for mine, _ in pairs),
            where=None if node.where is None else counted.expression(node.where),
            value=None if node.value is None else counted.key(node.value),
            less=tuple(sorted((_taker(lowerer, node, taken) for taken in node.less), key=codec.definition_hash)),
            within=within,
            keep=min(keep, LARGEST) if kind.looks_back else 1,
            pane=0 if not kind.paned else 1 if by_events else pane(within),
            by_events=by_events,
            src=lowerer.source(node),
        )
    )
    return kept, tuple(theirs for _, theirs in pairs), within


def _taker(lowerer: Lowerer, node: nodes.Window, taken: nodes.Taken) -> ir.Taker:
    taking = lowerer.elsewhere(lowerer.ground.checked.context(lowerer.context.instance, (taken.event_type,)))
    return ir.Taker(
        type=taken.event_type,
        key=tuple(mine for mine, _ in _keys(lowerer, taking, node)),
        where=None if taken.where is None else taking.expression(taken.where),
        value=None if node.value is None else taking.key(node.value),
    )


def _within(lowerer: Lowerer, node: nodes.Window, bound: int) -> int:
    """Return how far back a window looks: as it says, else as long as anything is kept; 0 if it needs no time.

    In ms, or in events. For a duration, whether it lasted as long as `bound`.
    """
    if isinstance(node.within, nodes.CalendarPeriod):
        return ir.LONGEST[node.within.period]
    if number := _last_events(lowerer, node):
        return number
    if node.within is not None:
        return _constant(lowerer, node.within) or 0
    kind = KINDS[node.kind]
    return bound if kind.elapsed else lowerer.ground.checked.retain if kind.looks_back else 0


def _last_events(lowerer: Lowerer, node: nodes.Window) -> int:
    """Return how many events a window looks back over; 0 if it looks back over a time."""
    return (_constant(lowerer, node.within.number) or 0) if isinstance(node.within, nodes.LastEvents) else 0


def _keys(lowerer: Lowerer, counted: Lowerer, node: nodes.Window) -> list[tuple[ir.AnyExpr, ir.AnyExpr]]:
    """Return (counted, reader) pairs in an order that depends neither on how they are written nor on what takes back.

    Its calendar period, if there is one, comes last.
    """
    by_hash: dict[str, tuple[str, tuple[ir.AnyExpr, ir.AnyExpr]]] = {}
    first = lowerer.elsewhere(lowerer.ground.checked.context(lowerer.context.instance, (node.event_type,)))
    for key in node.keys:
        mine, theirs = first.key(key.counted), lowerer.key(key.reader or key.counted)
        pair = (counted.key(key.counted), theirs)
        by_hash[codec.definition_hash([mine, theirs])] = (codec.definition_hash(mine), pair)
    order = sorted(by_hash.items(), key=lambda entry: (entry[1][0], entry[0]))
    pairs = [pair for _, (_, pair) in order]
    if isinstance(node.within, nodes.CalendarPeriod):
        period = ir.CalendarPeriod(period=node.within.period, src=lowerer.source(node.within))
        pairs.append((period, period))
    return pairs


RULES: dict[type[nodes.Node], Callable[[Lowerer, Any], ir.AnyExpr]] = {nodes.Window: _value}
