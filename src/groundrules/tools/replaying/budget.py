"""Budgets: how much of a history a rule may act on, and whether it kept within that.

A budget names **cohorts** (trusted members, events that people labelled) and **limits**: the share of a cohort's
events, or of its members, that a rule may at most, or must at least, act on. It is a YAML file with a schema of its
own. A cohort's `when` becomes a rule without effects in the rulebook that is replayed: it is checked, and its mistakes
reported, like any other condition, and it may use whatever the rulebook declares. Such a rule changes no decision.

A rule in shadow counts with what it would have done, so that a budget can be kept before a rule is enforced. A cohort
that turns out empty meets no budget: nothing was measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from groundrules.diagnostics.codes import budgets as codes
from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.source import Span
from groundrules.errors import GroundrulesError
from groundrules.plan import ir
from groundrules.resources import shipped
from groundrules.rulebook.explain import explain
from groundrules.rulebook.expressions import BrokenItemError, Expressions, located, text
from groundrules.rulebook.files import read_file, shown_path
from groundrules.rulebook.lists import entries_of
from groundrules.rulebook.messages import read_texts
from groundrules.rulebook.model import Expression, Located, Rule, Rulebook
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence, read_yaml
from groundrules.tools.replaying.model import Hit, Share, Verdict
from groundrules.tools.replaying.share import COHORT, Cohort
from groundrules.tools.versions import Version

ANY = "any"
EVERYBODY = Cohort("")


class BudgetError(GroundrulesError, ValueError):
    """A budget with mistakes in it; `diagnostics` say where."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(f"{len(self.diagnostics)} mistakes in the budget")


@dataclass(frozen=True)
class Limit:
    """One rule (or tag, or `any`) in one cohort. `bound`: a share of 1, or, if `counted`, a number."""

    rule: Located
    cohort: str
    of: str
    bound: Fraction
    counted: bool
    written: str
    at_least: bool


@dataclass(frozen=True)
class Condition:
    """The `when` of a cohort."""

    name: Located
    when: Expression
    on: tuple[Located, ...]


@dataclass(frozen=True)
class Budget:
    cohorts: tuple[Cohort, ...]
    titles: dict[str, dict[str, str]]
    limits: tuple[Limit, ...]
    conditions: tuple[Condition, ...] = ()

    def extend(self, book: Rulebook) -> Rulebook:
        """Return the rulebook with a rule for each cohort that is given by a condition."""
        rules = tuple(
            Rule(
                id=Located(COHORT + str(condition.name.value), condition.name.span),
                span=condition.name.span,
                on=condition.on,
                when=condition.when,
            )
            for condition in self.conditions
        )
        return replace(book, rules=(*book.rules, *rules))

    def check(self, version: Version) -> None:
        """Raise BudgetError if a limit names an unknown rule, or a cohort has a condition and the version is a plan."""
        plan, report = version.plan, Report()
        known = {*(base(rule.id) for rule in plan.rules), *(tag for rule in plan.rules for tag in rule.tags), ANY}
        for limit in self.limits:
            name = str(limit.rule.value)
            if not rules_named(plan, name):
                message = f"there is no rule or tag `{name}` in `{plan.rulebook}`"
                report.add(codes.UNKNOWN_BUDGET_RULE.at(limit.rule.span, message, did_you_mean(name, sorted(known))))
        for condition in self.conditions if version.checked is None else ():
            report.add(_no_names(condition.name.span))
        if report.has_errors:
            raise BudgetError(report.sorted)


def base(id: str) -> str:
    """Return the id of the author's block behind a rule's id: `discipline#3` is of `discipline`."""
    return id.partition("#")[0]


def rules_named(plan: ir.Plan, name: str) -> list[ir.Rule]:
    """Return the rules that a limit names: by id, else by tag; `any` is all but rewards."""
    own = [rule for rule in plan.rules if not rule.id.startswith(COHORT)]
    if name == ANY:
        return [rule for rule in own if rule.kind != "reward"]
    by_id = [rule for rule in own if name in (rule.id, base(rule.id))]
    return by_id or [rule for rule in own if name in rule.tags]


# --- reading ------------------------------------------------------------------------------------


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((shipped("schemas") / "budget.schema.json").read_text(encoding="utf-8")))


def read_budget(path: Path) -> Budget:
    """Read a budget; raise BudgetError with every mistake in it."""
    report = Report()
    source = read_file(path, shown_path(path), report)
    root = read_yaml(source, report) if source else None
    if root is not None:
        for diagnostic in explain(_validator().iter_errors(root.plain()), root, None):
            report.add(diagnostic)
    if root is None and source is not None and not report.has_errors:
        for diagnostic in explain(_validator().iter_errors({}), YMapping(source, 0, 0, False), None):
            report.add(diagnostic)
    if report.has_errors or not isinstance(root, YMapping):
        raise BudgetError(report.sorted)
    budget = _Reader(report, path.parent).budget(root)
    if report.has_errors:
        raise BudgetError(report.sorted)
    return budget


class _Reader:
    def __init__(self, report: Report, folder: Path) -> None:
        self._report = report
        self._folder = folder
        self._expressions = Expressions(report)
        self._conditions: list[Condition] = []
        self._titles: dict[str, dict[str, str]] = {}

    def budget(self, root: YMapping) -> Budget:
        section, limit_items = root.get("cohorts"), root.get("limits")
        entries = section.items if isinstance(section, YMapping) else []
        cohorts = [self._cohort(key, value) for key, value in entries if isinstance(value, YMapping)]
        items = limit_items.items if isinstance(limit_items, YSequence) else []
        names = [cohort.name for cohort in cohorts]
        limits = [limit for item in items if isinstance(item, YMapping) for limit in self._limits(item, names)]
        if any(not limit.cohort for limit in limits):
            cohorts.append(EVERYBODY)
        return Budget(tuple(cohorts), self._titles, tuple(limits), tuple(self._conditions))

    def _cohort(self, key: YScalar, node: YMapping) -> Cohort:
        name = key.text
        self._titles[name] = {
            lang: str(text.value) for lang, text in read_texts(node.get("title"), self._report).items()
        }
        when, members, field = node.get("when"), self._members(node), node.get("field")
        if when is None and members is None and field is None:
            help = "say `when`, `members`, `file`, or which `field` `is` what"
            self._report.add(codes.BAD_COHORT.at(key.span, f"`{name}` does not say who is in it", help))
        if when is not None:
            self._condition(key, when, node.get("on"))
        choices = node.get("is")
        values = choices.plain() if isinstance(choices, YSequence) else [] if choices is None else [choices.plain()]
        path = tuple(field.text.split(".")) if isinstance(field, YScalar) else ()
        return Cohort(name, when is not None, members, path, tuple(values))

    def _condition(self, key: YScalar, when: YNode, on: YNode | None) -> None:
        nodes = on.items if isinstance(on, YSequence) else [on] if on is not None else []
        try:
            parsed = self._expressions.expression(when)
        except BrokenItemError:
            return
        types = tuple(map(text, nodes)) or (Located("message", when.span),)
        self._conditions.append(Condition(located(key), parsed, types))

    def _members(self, node: YMapping) -> frozenset[str] | None:
        listed, written = node.get("members"), node.get("file")
        if listed is None and written is None:
            return None
        members = {str(text(item).value) for item in listed.items} if isinstance(listed, YSequence) else set()
        if isinstance(written, YScalar):
            path = self._folder / written.text
            file = read_file(path, shown_path(path), self._report, written.span)
            members |= {str(entry.value) for entry in entries_of(file)} if file else set()
        return frozenset(members)

    def _limits(self, node: YMapping, cohorts: list[str]) -> Iterator[Limit]:
        named, of = node.get("cohort"), node.get("of")
        cohort = named.text if isinstance(named, YScalar) else ""
        if isinstance(named, YScalar) and cohort not in cohorts:
            message = f"there is no cohort `{cohort}`"
            self._report.add(codes.UNKNOWN_COHORT.at(named.span, message, did_you_mean(cohort, cohorts)))
        for key in ("max", "min"):
            amounts = node.get(key)
            for rule, amount in amounts.items if isinstance(amounts, YMapping) else ():
                assert isinstance(amount, YScalar)
                counted = not amount.text.endswith("%")
                bound = Fraction(amount.text.rstrip("%")) / (1 if counted else 100)
                unit = of.text if isinstance(of, YScalar) else "events"
                yield Limit(located(rule), cohort, unit, bound, counted, amount.text, key == "min")


def _no_names(span: Span) -> Diagnostic:
    message = f"`{span.text}` has a condition, which needs the rulebook, and this is a compiled plan"
    return codes.BAD_COHORT.at(span, message, "replay the rulebook, or give the cohort by `members` or `field`")


# --- judging ------------------------------------------------------------------------------------


def judge(budget: Budget, plan: ir.Plan, share: Share) -> tuple[Verdict, ...]:
    """Return what each limit came to, in the order of the file."""
    numbers = {cohort.name: number for number, cohort in enumerate(budget.cohorts)}
    return tuple(_verdict(budget, limit, numbers[limit.cohort], plan, share) for limit in budget.limits)


def _verdict(budget: Budget, limit: Limit, cohort: int, plan: ir.Plan, share: Share) -> Verdict:
    rules = {rule.id: rule for rule in rules_named(plan, str(limit.rule.value))}
    hits = [hit for hit in share.hits if hit.rule in rules]
    measure = _members if limit.of == "members" else _events
    acted, total = measure(hits, rules.values(), cohort, share)
    figure = Fraction(acted) if limit.counted else Fraction(acted, total or 1)
    return Verdict(
        rule=str(limit.rule.value),
        cohort=limit.cohort,
        of="members" if limit.of == "members" else "events",
        acted=acted,
        total=total,
        limit=limit.written,
        at_least=limit.at_least,
        ok=total > 0 and (figure >= limit.bound if limit.at_least else figure <= limit.bound),
        title=budget.titles.get(limit.cohort, {}),
    )


def _events(hits: Iterable[Hit], rules: Iterable[ir.Rule], cohort: int, share: Share) -> tuple[int, int]:
    """Count the cohort's events that were acted on, of those of the types that the rules listen to."""
    triggers = [rule.trigger for rule in rules]
    types = {type for trigger in triggers if isinstance(trigger, ir.OnEvent) for type in trigger.types}
    listening = all(isinstance(trigger, ir.OnEvent) for trigger in triggers)
    total = sum(
        count
        for (number, type), count in share.cohort_events.items()
        if number == cohort and (type in types or not listening)
    )
    return len({hit.line for hit in hits if hit.own and hit.cohorts >> cohort & 1}), total


def _members(hits: Iterable[Hit], rules: Iterable[ir.Rule], cohort: int, share: Share) -> tuple[int, int]:
    members = share.cohort_members.get(cohort, set())
    return len({hit.member for hit in hits} & members), len(members)
