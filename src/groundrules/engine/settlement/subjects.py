"""Whom a rule on a schedule can concern: everybody on the roster, or those whose facts leave it open.

Most members have most facts in common: no known birthday, no role. So a condition that reads one fact of the subject
and nothing else that is remembered is asked for one member of each kind; where it is false, the rule concerns none of
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import prod

from groundrules.engine.cells import roster
from groundrules.engine.codegen.ranking import chance
from groundrules.engine.compiled_rules import RuleCode
from groundrules.engine.evaluation.compile import Condition
from groundrules.engine.program import Program
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from groundrules.plan.walk import walk

FEW = 32
"""At most this many are faster to ask than to narrow down by another fact."""

_PURE = (
    *(ir.Const, ir.Now, ir.Fact, ir.Arithmetic, ir.Negate, ir.Coalesce, ir.Call, ir.Sequence, ir.Known),
    *(ir.And, ir.Or, ir.Not, ir.Compare, ir.In, ir.Has, ir.InClock, ir.InList, ir.HasList, ir.Contains),
    *(ir.ContainsList, ir.Affix, ir.Matches),
)


class ByFacts:
    """The conditions of a guard that must not be false, by the one fact that each of them reads."""

    def __init__(self, program: Program, code: RuleCode) -> None:
        self._compiler = program.compiler
        self._when = code.rule.when

    @cached_property
    def conditions(self) -> dict[str | None, list[Condition]]:
        """Fact → the conditions that read it; None → those that read no fact at all."""
        by_fact: dict[str | None, list[Condition]] = {}
        for part in _conjuncts(self._when):
            facts = _facts(part)
            if facts is not None and len(facts) < 2:
                by_fact.setdefault(next(iter(facts), None), []).append(self._compiler.condition(part))
        return dict(sorted(by_fact.items(), key=_likely))


def _likely(item: tuple[str | None, list[Condition]]) -> tuple[float, str]:
    """Estimate the share of members that the conditions on a fact leave; those that read no fact come first."""
    fact, conditions = item
    return (prod(chance(condition.expr) for condition in conditions), fact) if fact is not None else (0.0, "")


def _conjuncts(guard: ir.Expr) -> Iterator[ir.Expr]:
    """Yield the conditions that are joined by `and`."""
    waiting = [guard]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ir.And):
            waiting.extend(part.operands)
        else:
            yield part


def _facts(part: ir.Expr) -> set[str] | None:
    """Return the facts of the subject that a condition reads; None if it reads anything else that is remembered."""
    nodes = list(walk(part))
    facts = [node for node in nodes if isinstance(node, ir.Fact)]
    own = all(fact.root == "subject" and fact.path in ((), ("id",)) for fact in facts)
    return {fact.fact for fact in facts} if own and all(isinstance(node, _PURE) for node in nodes) else None


class Subjects:
    """Finds those whom the rules on a schedule can concern, in one partition."""

    def __init__(self, program: Program, partition: Partition, entity: str) -> None:
        self._program = program
        self._partition = partition
        self._retain = program.plan.retain
        self._space = roster.space(partition, entity, self._retain)
        self._census = roster.Census(self._space)
        self._rules: dict[str, ByFacts] = {}

    def of(self, rules: Iterable[RuleCode], with_self: bool, x: Scope) -> Iterator[str]:
        """Return the ids of those whom one of the rules may concern, sorted; `x.subject` may be overwritten.

        The bot itself is among them only if `with_self`.
        """
        wanted: set[str] = set()
        for code in rules:
            members = self._of_rule(code, x)
            if members is None:
                return (id for id in self._census.everybody() if self._is_meant(id, with_self))
            wanted |= members
        return (id for id in sorted(wanted) if self._is_meant(id, with_self))

    def _of_rule(self, code: RuleCode, x: Scope) -> set[str] | None:
        """Return whom a rule may concern; None for everybody."""
        by_facts = self._rules.get(code.id)
        if by_facts is None:
            by_facts = self._rules[code.id] = ByFacts(self._program, code)
        members: set[str] | None = None
        for fact, conditions in by_facts.conditions.items():
            if fact is None:
                if any(condition.false(None, x) for condition in conditions):
                    return set()
                continue
            kinds = self._census.alike(fact)
            left = {id for kind in kinds if self._is_open(kind, conditions, x) for id in kind}
            members = left if members is None else members & left
            if len(members) <= FEW:
                break
        return members

    def _is_open(self, kind: Iterable[str], conditions: Iterable[Condition], x: Scope) -> bool:
        """Whether none of the conditions is false of those who share a fact."""
        x.subject = next((id for id in kind if self._is_known(id)), None)
        return x.subject is not None and not any(condition.false(None, x) for condition in conditions)

    def _is_meant(self, id: str, with_self: bool) -> bool:
        known = self._here(id)
        return known is not None and (with_self or not roster.is_self(known))

    def _is_known(self, id: str) -> bool:
        return self._here(id) is not None

    def _here(self, id: str) -> roster.Entry | None:
        known = roster.entry(self._space, id, self._partition.now, self._retain)
        return None if known is None or known.gone else known
