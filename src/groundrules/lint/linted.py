"""A checked rulebook as the lints see it: its guards as conditions, its rules with their effects in the plan's form.

Lints look at everything, imports included, because an import may use what the rulebook declares; what they find in an
import is told when the import itself is linted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from groundrules.checker.bindings import Context, Instance
from groundrules.checker.constructs import Act, Delta, Effect, Effects, Ladder, Path, Rule, Until
from groundrules.checker.model import Checked
from groundrules.diagnostics.source import Span
from groundrules.lint.conditions import Condition, Conditions
from groundrules.logic.solver import Name, Solver, ledger_bounds
from groundrules.lower import lower
from groundrules.lower.ground import Ground
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types.actions import ActionType


@dataclass(frozen=True)
class Platform:
    """What an adapter's tables say: the event types that it sends, with the dotted paths that it fills in, and the
    actions that it carries out; None if it does not say."""

    sends: Mapping[str, frozenset[str]]
    does: frozenset[str] | None = None


Supplies = Mapping[str, Platform]  # by adapter
_HARD = frozenset({"silences", "removes"})


@dataclass(frozen=True, eq=False)
class Guard:
    """A condition, where it stands (`when`, `unless`, `requires`, `until`, `turn`) and whose it is."""

    role: str
    owner: authored.Common
    condition: Condition


@dataclass(eq=False)
class Linted:
    """`supplies` is what the adapters in use send and do; empty if none is named. `split`: is it to be divided?"""

    checked: Checked
    supplies: Supplies = field(default_factory=dict)
    split: bool = False

    def __post_init__(self) -> None:
        self.ground = Ground(self.checked, lowered={})
        self.plan = lower(self.checked, self.ground)
        self.conditions = Conditions(self.checked, self.ground)
        ledgers = ledger_bounds(self.plan.ledgers)
        self.solver = Solver(ledgers, self.conditions.types, self.conditions.settings)

    @property
    def book(self) -> authored.Rulebook:
        return self.checked.book

    @property
    def root(self) -> Instance:
        return self.checked.instances[0]

    # --- rules ----------------------------------------------------------------------------------

    @property
    def own_rules(self) -> list[Rule]:
        """The rules and rewards of the rulebook itself that are not off."""
        return [rule for rule in self.checked.rules if rule.context.instance is self.root and rule.source.mode != "off"]

    @cached_property
    def lowered(self) -> dict[str, ir.Rule]:
        """The plan's rules by qualified id."""
        return {rule.id: rule for rule in self.plan.rules}

    def lowered_rule(self, rule: Rule) -> ir.Rule:
        return self.lowered[rule.context.instance.qualified(str(rule.source.id.value))]

    def condition(self, rule: Rule, role: str = "when") -> Condition | None:
        """Return the `when`, `unless` or `requires` of a rule, or None if it has none."""
        parsed: authored.Expression | None = getattr(rule.source, role)
        return None if parsed is None else self._built(rule.context, parsed)

    def ending(self, until: Until) -> Condition | None:
        """Return the condition on an event that ends a path, or helps to, or None if it has none."""
        return None if until.source.when is None else self._built(until.context, until.source.when)

    def _built(self, context: Context, parsed: nodes.Parsed[Any]) -> Condition:
        key = (context.id, id(parsed))
        if key not in self._known:
            self._known[key] = self.conditions.build(context, parsed)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[int, int], Condition]:
        return {}

    # --- logic ----------------------------------------------------------------------------------

    def satisfiable(self, *claims: tuple[Condition, bool]) -> bool:
        """Tell whether conditions can have these outcomes together; True where that is not known."""
        return self.solver.satisfiable(*[(condition.expression, wanted) for condition, wanted in claims])

    def implies(self, condition: Condition, other: Condition) -> bool:
        """Tell whether `other` is surely true wherever `condition` is."""
        return self.solver.implies(condition.expression, other.expression)

    def reads(self, condition: Condition) -> frozenset[Name]:
        """Return what a condition reads."""
        return self.solver.reads(condition.expression)

    # --- guards ---------------------------------------------------------------------------------

    @cached_property
    def guards(self) -> list[Guard]:
        """All guards of the rulebook itself."""
        return list(self._guards())

    def _guards(self) -> Iterator[Guard]:
        checked, root = self.checked, self.root
        for rule in checked.rules:
            source = rule.source
            guards = {"when": source.when, "unless": source.unless, "requires": source.requires}
            yield from self._guard(rule.context, source, **guards)
        for path in checked.paths:
            yield from self._guard(path.context, path.source, when=path.source.when, unless=path.source.unless)
            for step in path.steps:
                guards = {"when": step.source.when, "unless": step.source.unless}
                yield from self._guard(path.later, path.source, **guards)
            for until in path.until if path.context.instance is root else ():
                yield from self._guard(until.context, path.source, until=until.source.when)
            for item in path.until_all if path.context.instance is root else ():
                yield from self._guard(item.until.context, path.source, until=item.until.source.when)
        for ladder in checked.ladders:
            for climb in ladder.steps:
                guards = {"when": climb.source.when, "unless": climb.source.unless}
                yield from self._guard(ladder.context, ladder.source, **guards)
        for state in checked.states:
            for condition in (*state.source.enter.conditions, *state.source.leave.conditions):
                yield from self._guard(state.context, state.source, turn=condition)
            for turn in (*state.enter_on, *state.leave_on) if state.context.instance is root else ():
                yield from self._guard(turn.context, state.source, turn=turn.source.when)
        for schedule in checked.schedules:
            yield from self._guard(schedule.context, schedule.source, when=schedule.source.when)

    def _guard(self, context: Context, owner: authored.Common, **parsed: authored.Expression | None) -> Iterator[Guard]:
        if context.instance is self.root and owner.mode != "off":
            for role, clause in parsed.items():
                if clause is not None:
                    yield Guard(role, owner, self._built(context, clause))

    # --- lists ----------------------------------------------------------------------------------

    @property
    def lists(self) -> list[authored.ListDeclaration]:
        """The lists that the rulebook itself declares."""
        return list(self.book.lists)

    @cached_property
    def searches(self) -> tuple[ir.ContainsList, ...]:
        """All conditions of the plan that look for the entries of a list inside of a text."""
        plan = self.plan
        parts = (plan.rules, plan.windows, plan.processes, plan.states)
        return tuple(within(parts, ir.ContainsList)) if plan.lists else ()

    @cached_property
    def searched_lists(self) -> frozenset[str]:
        """The ids of the lists whose entries are looked for inside of texts."""
        return frozenset(search.list for search in self.searches)

    @cached_property
    def crossings(self) -> list[ir.Rule]:
        """The rules that ladders stand for in the plan."""
        return [rule for rule in self.plan.rules if isinstance(rule.trigger, ir.OnCrossing)]

    def windows_in(self, expression: ir.AnyExpr) -> Iterator[ir.Window]:
        """Yield the windows that an expression looks into."""
        yield from (self._windows[test.window] for test in within(expression, ir.WindowTest))
        yield from (self._windows[value.window] for value in within(expression, ir.WindowValue))

    @cached_property
    def _windows(self) -> dict[str, ir.Window]:
        return {window.id: window for window in self.plan.windows}

    # --- effects --------------------------------------------------------------------------------

    def all_effects(self) -> Iterator[Effect]:
        """Yield every effect of every construct, imports included."""
        return (effect for _, _, effect in self._effects())

    def owned_effects(self) -> Iterator[tuple[str, Instance, Effect]]:
        """Yield every effect of what is not off, with the id of its block and where that is used."""
        for source, context, effect in self._effects():
            if source.mode != "off" and context.instance.mode != "off":
                yield str(source.id.value), context.instance, effect

    def _effects(self) -> Iterator[tuple[authored.Common, Context, Effect]]:
        checked = self.checked
        blocks: list[tuple[authored.Common, Context, Iterator[Effect]]] = [
            *((rule.source, rule.context, effects_of(rule)) for rule in checked.rules),
            *((ladder.source, ladder.context, _of_ladder(ladder)) for ladder in checked.ladders),
            *((path.source, path.context, _of_path(path)) for path in checked.paths),
            *((state.source, state.context, _spread((*state.effects, *state.afterwards))) for state in checked.states),
            *(
                (
                    schedule.source,
                    schedule.context,
                    _with_refusal((*schedule.effects, *schedule.together), schedule.approval),
                )
                for schedule in checked.schedules
            ),
        ]
        for source, context, effects in blocks:
            yield from ((source, context, effect) for effect in effects)

    @cached_property
    def raised(self) -> dict[str, list[Delta]]:
        """The effects that add to a ledger, by its id."""
        deltas: dict[str, list[Delta]] = {}
        for effect in self.all_effects():
            if isinstance(effect, Delta) and effect.sign > 0:
                deltas.setdefault(effect.ledger.id, []).append(effect)
        return deltas

    def most_at_once(self, ledger: str) -> int | None:
        """Return the most that one settlement can add to a ledger, None if that is not known."""
        total = 0
        for rule in self.plan.rules:
            for effect in rule.effects + tuple(
                effect for _, row in (rule.times.steps if rule.times else ()) for effect in row
            ):
                if isinstance(effect, ir.Delta) and effect.ledger == ledger:
                    if not isinstance(effect.amount, ir.Const):
                        return None
                    total += max(int(effect.amount.value), 0)
        return total

    # --- sanctions ------------------------------------------------------------------------------

    @cached_property
    def sanctions(self) -> dict[str, int]:
        """Actions that punish members, with their rank: how many others each makes needless.

        Such are those that silence members or shut them out, and all that stand in one order with others.
        """
        lesser = {name for action in self.actions.values() for name in action.supersedes}
        return {
            name: len(action.supersedes)
            for name, action in self.actions.items()
            if action.target and action.target.kind == "member"
            if action.supersedes or name in lesser or not _HARD.isdisjoint(action.does or ())
        }

    @cached_property
    def actions(self) -> dict[str, ActionType]:
        """All actions that the rulebook could ask for."""
        catalog = self.checked.catalog
        return {name: action for name in catalog.names("actions") if (action := catalog.action(name))}

    def doing(self, what: str) -> list[str]:
        """The names of the actions that do something of this kind: `hides`, `silences`, `removes`, `speaks`."""
        return [name for name, action in self.actions.items() if what in (action.does or ())]


def effects_of(rule: Rule) -> Iterator[Effect]:
    """Yield the effects of a rule: at once, by number of times, and on refusal."""
    yield from _with_refusal(rule.effects, rule.approval)
    for _, effects in rule.times.steps if rule.times else ():
        yield from _spread(effects)


def punishes(linted: Linted, rule: Rule) -> bool:
    """Tell whether a rule hides messages, strikes, or silences or removes members."""
    hard = {name for what in ("hides", "silences", "removes") for name in linted.doing(what)}
    struck = {ladder.ledger for ladder in linted.plan.ladders}
    return any(
        (isinstance(effect, Act) and effect.do in hard)
        or (isinstance(effect, Delta) and effect.sign > 0 and rule.source.kind == "rule" and effect.ledger.id in struck)
        for effect in effects_of(rule)
    )


def _of_ladder(ladder: Ladder) -> Iterator[Effect]:
    for step in ladder.steps:
        yield from _with_refusal((*step.effects, *step.back), step.approval)


def _of_path(path: Path) -> Iterator[Effect]:
    for step in path.steps:
        yield from _with_refusal(step.effects, step.approval)
    yield from _spread(path.afterwards)


def _with_refusal(effects: Effects, approval: Any) -> Iterator[Effect]:
    yield from _spread(effects)
    if approval is not None:
        yield from _spread(approval.refused)


def _spread(effects: Effects) -> Iterator[Effect]:
    for effect in effects:
        yield effect
        if isinstance(effect, Act):
            yield from _spread(effect.or_else)


def entry_span(span: Span) -> Span:
    """Return what must go so that a list loses the entry at `span`: its line, or its part of `[a, b]`."""
    text, start, end = span.file.text, span.start, span.end
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end + 1
    before, after = text[line_start:start].strip(), text[end:line_end].strip()
    if before in ("", "-") and (not after or after.startswith("#")):
        return span.file.span(line_start, line_end)
    while end < len(text) and text[end] in " \t":
        end += 1
    if end < len(text) and text[end] == ",":
        end += 1
        while end < len(text) and text[end] == " ":
            end += 1
        return span.file.span(start, end)
    while start > 0 and text[start - 1] in " \t\n":
        start -= 1
    return span.file.span(start - 1 if start and text[start - 1] == "," else span.start, span.end)
