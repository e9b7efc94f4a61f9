"""Dated values: one plan from those of the times between the dates.

A rulebook with dated values is lowered once for each of these times, with the value of that time as a constant.
Differences between the plans are merged at the smallest place that can hold both: a constant becomes `ByDate`, a
condition that differs in more than its constants becomes an alternative per time. The rest, such as the time of
`once_per` or a ladder's steps, must have one value for all time; several are a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from groundrules.lower.ground import joined
from groundrules.plan import codec, ir

JOINTS = (ir.And, ir.Or, ir.Not)
CONDITIONS = (
    *(ir.Compare, ir.InClock, ir.In, ir.InList, ir.Has, ir.HasList, ir.Contains, ir.ContainsList, ir.Affix, ir.Matches),
    *(ir.Quantified, ir.WindowTest, ir.TallyTest, ir.Chance, *JOINTS),
)
UNITED = ("windows", "lists", "actions")
"""Sections that may differ by time: nothing in them is used at another time."""


class Conflict(NamedTuple):
    """Something that needs one value for all time but changes at an instant: in which block, and which part."""

    since: int
    block: str
    what: str


class Periods:
    """Merges plans; `dates` are the instants from which each but the first holds.

    `place` gives the number of the place where a date is written, for a condition on it or the clock in one (None).
    """

    def __init__(self, dates: Sequence[int], place: Callable[[int, ir.Relation | None], int]) -> None:
        self.dates = tuple(dates)
        self._place = place
        self.conflicts: list[Conflict] = []
        self._block = ""

    def plan(self, plans: Sequence[ir.Plan]) -> ir.Plan:
        """Return the plan for all times; `conflicts` has what can't be in it."""
        first = plans[0]
        changed: dict[str, Any] = {
            "reads": _united([plan.reads for plan in plans]),
            "facts": _united([plan.facts for plan in plans]),
            "events": {kind: schema for plan in plans for kind, schema in plan.events.items()},
        }
        for name in UNITED:
            changed[name] = self._all([getattr(plan, name) for plan in plans], name)
        for name in first.__struct_fields__:
            if name not in changed and name != "sources":
                self._block = ""
                changed[name] = self._merged([getattr(plan, name) for plan in plans], name)
        return replace(first, **changed)

    def _all(self, of_times: Sequence[tuple[Any, ...]], what: str) -> tuple[Any, ...]:
        """Return everything that any time has, by name."""
        known: dict[str, Any] = {}
        for item in (item for items in of_times for item in items):
            name = item.name if isinstance(item, ir.ActionSpec) else item.id
            known[name] = joined(known[name], item) if what == "windows" and name in known else item
        return tuple(known[name] for name in sorted(known))

    # --- what differs ---------------------------------------------------------------------------

    def _merged(self, values: list[Any], what: str) -> Any:
        first = values[0]
        if _alike(values):
            return first
        if isinstance(first, ir.Rule | ir.Process | ir.State | ir.Ladder | ir.Cap | ir.Ledger | ir.Schedule | ir.Brake):
            self._block = first.id
        if isinstance(first, CONDITIONS) or (isinstance(first, ir.Const) and isinstance(first.value, bool)):
            return self._condition(values, what)
        if all(isinstance(value, ir.Const) for value in values):
            return self._by_date(values)
        if isinstance(first, ir.Template):
            values = [_with_constants(value) for value in values]
        return self._inside(values, what)

    def _condition(self, values: list[Any], what: str) -> ir.AnyExpr:
        """Return a condition for all times: merged, or with dated constants, or an alternative per time."""
        before = len(self.conflicts)
        if all(type(value) is type(values[0]) for value in values):
            merged: ir.AnyExpr = self._inside(values, what)
            if len(self.conflicts) == before:
                return merged
            del self.conflicts[before:]
        return self._alternatives(values)

    def _alternatives(self, values: list[Any]) -> ir.AnyExpr:
        dates, cases = self._changing(values)
        operands = []
        for number, value in enumerate(cases):
            bounds = [self._bound(">=", dates[number - 1])] if number else []
            bounds += [self._bound("<", dates[number])] if number < len(dates) else []
            operands.append(ir.And(operands=(*bounds, value)))
        return ir.Or(operands=tuple(operands))

    def _bound(self, operator: ir.Relation, date: int) -> ir.Compare:
        now, right = ir.Now(src=self._place(date, None)), ir.Const(value=date, kind="instant")
        return ir.Compare(operator=operator, left=now, right=right, src=self._place(date, operator))

    def _by_date(self, values: list[ir.Const]) -> ir.ByDate:
        dates, kept = self._changing(values)
        held = tuple(value.value for value in kept)
        return ir.ByDate(dates=dates, values=held, kind=values[0].kind, src=values[0].src)

    def _changing(self, values: list[Any]) -> tuple[tuple[int, ...], list[Any]]:
        """Return the dates at which a value changes, and its values in order."""
        dates, kept = [], [values[0]]
        for date, value in zip(self.dates, values[1:], strict=True):
            if not _alike([kept[-1], value]):
                dates.append(date)
                kept.append(value)
        return tuple(dates), kept

    def _inside(self, values: list[Any], what: str) -> Any:
        first = values[0]
        if isinstance(first, msgspec.Struct) and all(type(value) is type(first) for value in values):
            names = [name for name in first.__struct_fields__ if name != "src"]
            return replace(
                first, **{name: self._merged([getattr(value, name) for value in values], name) for name in names}
            )
        if isinstance(first, tuple) and all(len(value) == len(first) for value in values):
            return tuple(self._merged(list(items), what) for items in zip(*values, strict=True))
        if isinstance(first, dict) and all(value.keys() == first.keys() for value in values):
            return {key: self._merged([value[key] for value in values], key) for key in first}
        since = next(date for date, value in zip(self.dates, values[1:], strict=True) if not _alike([first, value]))
        self.conflicts.append(Conflict(since, self._block, what))
        return first


def _alike(values: list[Any]) -> bool:
    """Tell whether values mean the same, wherever they were written."""
    meanings = {codec.meaning(value) for value in values}
    return len(meanings) == 1


def _with_constants(template: ir.Template) -> ir.Template:
    """Return a message with its plain texts as constants, so that they can differ."""
    texts = {
        language: tuple(ir.Const(value=part) if isinstance(part, str) else part for part in parts)
        for language, parts in template.texts.items()
    }
    return replace(template, texts=texts)


def _united(tables: Sequence[dict[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Return tables merged by name."""
    names = sorted({name for table in tables for name in table})
    return {name: tuple(sorted({item for table in tables for item in table.get(name, ())})) for name in names}
