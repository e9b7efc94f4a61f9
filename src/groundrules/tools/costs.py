"""How much a rulebook may keep in memory and pay out: the bounds that follow from its plan.

A window keeps, per key, no more entries than its readers can tell apart. Bytes are those of a row without its key: a
stamp for each entry, plus the id where ids are kept (40 bytes assumed), 40 for a value of `distinct`, 16 for a pane of
`sum`; over the last N events, a sum has a pane for each. So are the fields that an open path keeps of its first event
(40 bytes each), and the facts that the roster keeps of somebody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundrules.checker.constructs import Delta
from groundrules.checker.model import Checked
from groundrules.display.columns import aligned
from groundrules.display.lines import Line
from groundrules.engine.cells.roster import kept_facts
from groundrules.engine.state import stamps
from groundrules.lint.linted import Linted
from groundrules.lint.rewards import daily_bound
from groundrules.narrate.speech import speech
from groundrules.plan import ir
from groundrules.plan.spans import span
from groundrules.window_kinds import KINDS

_ID, _VALUE, _PANE = 40, 40, 16
_CLOCK = 2 * stamps.SIZE  # of a window over the last events: how many have come, and when the last
_BALANCE = 19  # two integers of MessagePack, at their longest
_MOVED = 9  # when that of a message or the like was moved
_INSTANT = 9  # an integer of MessagePack, at its longest
_TURN = _INSTANT + 6  # of a path: when, which step, for which time
_SANCTION = _ID + 20 + _INSTANT  # the key of an action, its name, until when
_PANES = 61  # sixty full panes, and the one being filled


@dataclass(frozen=True)
class WindowCost:
    """Entries and bytes per key; `per` names the key; `member`: the actor is part of it."""

    source: str
    place: str
    kind: str
    per: str
    member: bool
    within: str
    entries: int
    bytes: int


@dataclass(frozen=True)
class CellCost:
    """What else is kept per key: a balance, a rule's last firing, an open path, the facts about somebody."""

    name: str
    kind: str
    per: str
    member: bool
    bytes: int


@dataclass(frozen=True)
class RewardBound:
    """The most a member can earn through a reward in a day; None: no bound."""

    reward: str
    ledger: str
    amount: int | None


@dataclass(frozen=True)
class Costs:
    rulebook: str
    windows: tuple[WindowCost, ...]
    cells: tuple[CellCost, ...]
    rewards: tuple[RewardBound, ...]

    @property
    def bytes_per_member(self) -> int:
        """The bytes of one active member, with one row in each window and cell that has members in its key."""
        kept: tuple[WindowCost | CellCost, ...] = (*self.windows, *self.cells)
        return sum(cost.bytes for cost in kept if cost.member)


def costs(checked: Checked) -> Costs:
    """Return the bounds of a rulebook that checked without errors."""
    linted = Linted(checked)
    windows = sorted(
        (_window(linted.plan, window) for window in linted.plan.windows), key=lambda cost: (cost.place, cost.source)
    )
    return Costs(linted.plan.rulebook, tuple(windows), tuple(_cells(linted.plan)), tuple(_rewards(linted)))


def _window(plan: ir.Plan, window: ir.Window) -> WindowCost:
    kind = KINDS[window.kind]
    panes = window.within if window.by_events else _PANES
    entries = window.keep if kind.keeps_entries else panes if kind.paned else 1
    each = _VALUE if kind.takes == "key" else _PANE if kind.paned else stamps.SIZE
    if window.ids:
        each += _ID
    source = plan.sources[window.src] if window.src >= 0 else ir.Source(file="", line=0, column=0, text="")
    names = _names(window.key)
    return WindowCost(
        source=source.text,
        place=f"{source.file}:{source.line}",
        kind=window.kind,
        per=", ".join(names) or "community",
        member="actor" in names,
        within=span(window, window.within) if window.within else "",
        entries=entries,
        bytes=entries * each + (_CLOCK if window.by_events else 0),
    )


def _names(key: Sequence[ir.AnyExpr]) -> list[str]:
    return [_name(part) for part in key]


def _name(part: ir.AnyExpr) -> str:
    if isinstance(part, ir.CalendarPeriod):
        return part.period
    return ".".join(part.path) if isinstance(part, ir.Field | ir.Fact) else "…"


def _cells(plan: ir.Plan) -> Iterator[CellCost]:
    for ledger in plan.ledgers:
        size = _BALANCE if ledger.per in ir.LASTING else _BALANCE + _MOVED
        yield CellCost(ledger.id, "ledger", ledger.per, ledger.per == "member", size)
    for state in plan.states:
        if state.per:
            yield CellCost(state.id, "state", state.per, state.per == "member", 1 + stamps.SIZE)
    for cap in plan.caps:
        yield CellCost(cap.id, "cap", "member", True, _BALANCE)
    for rule in plan.rules:
        if rule.once:
            yield _keyed(rule.id, "once_per", rule.once.key, stamps.SIZE)
        if rule.times:
            yield _keyed(rule.id, "times", rule.times.key, stamps.SIZE * rule.times.steps[-1][0])
    for path in plan.processes:
        turns = sum(step.repeat for step in path.steps)
        items = sum(len(item.id) + 1 for item in path.until_all)
        yield _keyed(path.id, "path", path.key, 2 * _INSTANT + _VALUE * len(path.capture) + _TURN * turns + items)
    for entity, facts in sorted(kept_facts(plan).items()):
        known = _VALUE * len(facts) + 3 * _INSTANT  # when last heard of, last wrote, joined
        yield CellCost(entity, "roster", entity, entity == "member", known)
    sanctions = [action for action in plan.actions if action.sanctions]
    if sanctions:
        yield CellCost(
            ", ".join(action.name for action in sanctions), "sanction", "member", True, _SANCTION * len(sanctions)
        )


def _keyed(name: str, kind: str, key: Sequence[ir.AnyExpr], size: int) -> CellCost:
    names = _names(key)
    return CellCost(name, kind, ", ".join(names) or "community", bool({"actor", "member"} & set(names)), size)


def _rewards(linted: Linted) -> Iterator[RewardBound]:
    for rule in linted.own_rules:
        for effect in rule.effects:
            if rule.source.kind == "reward" and isinstance(effect, Delta) and effect.sign > 0:
                bound = daily_bound(linted, rule, effect)
                yield RewardBound(str(rule.source.id.value), effect.ledger.id, bound.amount)


def lines(costs: Costs, lang: str = "en") -> Iterator[Line]:
    """Yield the bounds, to read."""
    say = speech("costs", lang)
    yield Line(say("kept", rulebook=costs.rulebook))
    windows = [
        (
            window.source,
            window.per,
            window.within or "-",
            window.entries,
            window.bytes,
        )
        for window in costs.windows
    ]
    yield from _table(say.entries("windows"), windows)
    if not windows:
        yield Line("  " + say("no_windows"))
    if costs.cells:
        yield Line()
        cells = [(say(f"kinds.{cell.kind}"), cell.name, cell.per, cell.bytes) for cell in costs.cells]
        yield from _table(say.entries("cells"), cells)
    yield Line()
    yield Line("  " + say("active", bytes=costs.bytes_per_member))
    if costs.rewards:
        yield Line()
        yield Line(say("earned", rulebook=costs.rulebook))
        earned = [
            (reward.reward, reward.ledger, say("no_bound") if reward.amount is None else f"{reward.amount:,}")
            for reward in costs.rewards
        ]
        yield from _table(say.entries("rewards"), earned)


def _table(head: Sequence[str], rows: Sequence[tuple[object, ...]]) -> Iterator[Line]:
    if rows:
        yield from (Line(f"  {row}") for row in aligned([tuple(head), *(tuple(map(str, row)) for row in rows)]))
