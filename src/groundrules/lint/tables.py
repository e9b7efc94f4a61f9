"""Tables as the lints look at them: what each row says, and cases in which rows hold or don't."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from groundrules.checker.constructs import Rule
from groundrules.lint.conditions import Condition, leaves
from groundrules.lint.linted import Linted
from groundrules.logic import cases
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.syntax.print import string
from groundrules.time_units import MINUTE, format_clock, format_duration

MOST = 60  # rows of a table that are compared with each other


@dataclass(frozen=True, eq=False)
class Rows:
    """A table and its rows in order, what happens otherwise left out."""

    linted: Linted
    table: authored.Table
    rules: tuple[Rule, ...]

    @cached_property
    def conditions(self) -> tuple[Condition | None, ...]:
        return tuple(map(self.linted.condition, self.rules))

    def asked(self, number: int) -> ir.AnyExpr:
        """Return what a row asks for beside what all rows do."""
        operands = [part for part in _operands(self.conditions[number]) if definition_hash(part) not in self._shared]
        return ir.And(operands=tuple(operands)) if operands else ir.Const(value=True)

    def example(self, wanted: Callable[[Sequence[bool]], bool], numbers: Sequence[int], *, closed: bool) -> str | None:
        """Return as a condition a case in which the rows of these numbers hold as wanted; None if none is sure.

        `closed`: only if each thing is a number, a time, or one of a few values.
        """
        solver, asked = self.linted.solver, [self.asked(number) for number in numbers]
        known = cases.things(solver, asked)
        if known is None or (closed and not all(thing.closed for thing in known.values())):
            return None
        read = {name for thing in known.values() for leaf in thing.leaves for name in solver.reads(leaf)}
        if any(solver.reads(other) & read for other in self._beside):
            return None
        for case in cases.cases(known):
            if wanted([cases.holds(solver, each, case) for each in asked]):
                return self._written(known, case)
        return None

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The hashes of what all rows ask for: what stands under `when` of the table."""
        first, *others = ({definition_hash(part) for part in _operands(each)} for each in self.conditions)
        return frozenset(first.intersection(*others)) if others else frozenset()

    @cached_property
    def _beside(self) -> list[ir.AnyExpr]:
        """What decides besides the cells: the table's `when` and `unless`."""
        shared = [part for part in _operands(self.conditions[0]) if definition_hash(part) in self._shared]
        unless = self.linted.condition(self.rules[0], "unless")
        return [*shared, *([unless.expression] if unless else [])]

    def _written(self, known: dict[Any, cases.Thing], case: cases.Case) -> str:
        nodes_ = {id(leaf.expression): leaf for condition in self.conditions if condition for leaf in leaves(condition)}
        facts = []
        for key, value in case.items():
            leaf = nodes_.get(id(known[key].leaves[0]))
            if leaf is not None and value != cases.OTHER:
                facts.append(_fact(leaf, key, value))
        return " and ".join(dict.fromkeys(facts))


def tables(linted: Linted) -> Iterator[Rows]:
    """Yield the tables of the rulebook itself that are not too long to be looked at."""
    by_table: dict[int, list[Rule]] = {}
    for rule in linted.own_rules:
        if rule.source.table and not str(rule.source.id.value).endswith("#otherwise"):
            by_table.setdefault(id(rule.source.table), []).append(rule)
    for rules in by_table.values():
        table = rules[0].source.table
        if table is not None and len(rules) <= MOST:
            yield Rows(linted, table, tuple(rules))


def _operands(condition: Condition | None) -> tuple[ir.AnyExpr, ...]:
    if condition is None:
        return ()
    return condition.expression.operands if isinstance(condition.expression, ir.And) else (condition.expression,)


def _fact(leaf: Condition, key: Any, value: Any) -> str:
    """Say what is so of a thing, as a condition."""
    match leaf.node:
        case nodes.Compare():
            constant = leaf.expression.left if isinstance(leaf.expression.left, ir.Const) else leaf.expression.right  # type: ignore[union-attr]
            subject = leaf.node.right if constant is leaf.expression.left else leaf.node.left  # type: ignore[union-attr]
            length = isinstance(constant, ir.Const) and constant.kind == "duration"
            return f"{_text(leaf, subject)} == {_value(value, length=length)}"
        case nodes.In() if key[0] == "clock":
            minute = f"{format_clock(value * MINUTE)}-{format_clock((value + 1) * MINUTE)}"
            return f"{_text(leaf, leaf.node.item)} in {minute}"
        case nodes.In():
            return f"{_text(leaf, leaf.node.item)} == {_value(value, length=False)}"
    return leaf.text if value else f"not {leaf.text}"


def _text(leaf: Condition, node: nodes.Node) -> str:
    start, end = node.at
    return " ".join(leaf.fragment.text[start:end].split())


def _value(value: Any, *, length: bool) -> str:
    if isinstance(value, str):
        return string(value)
    if length:
        return ("-" if value < 0 else "") + format_duration(abs(int(value)))
    return f"{value:.15g}"
