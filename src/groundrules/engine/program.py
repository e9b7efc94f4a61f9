"""A plan made ready to run: its rules by trigger, its cells by what they listen to, all of it shared by partitions.

Nothing here changes while events are decided. Expressions compile at their first use, effects at their first firing,
so a plan of ten thousand rules starts at once. Rules that are off are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from groundrules.engine.actions import Combiner
from groundrules.engine.cells.ledgers import CapCell, LedgerCell
from groundrules.engine.cells.levels import LadderCell
from groundrules.engine.cells.roster import Place, place
from groundrules.engine.cells.windows import WindowCell, cell
from groundrules.engine.codegen.structure import parts
from groundrules.engine.compile import Compiler, Condition, Value
from groundrules.engine.decode import Decoder
from groundrules.engine.effects import EffectCode, compile_effects
from groundrules.engine.index.lookup import Lookup, lookup
from groundrules.engine.index.necessary import access_of
from groundrules.engine.index.selectivity import estimated
from groundrules.engine.scope import Scope
from groundrules.plan import codec, ir

Types = tuple[str, ...] | None


def walk(expr: ir.Expr | None) -> Iterator[ir.Expr]:
    """Yield an expression and everything below it."""
    if expr is not None:
        yield expr
        for part in parts(expr):
            yield from walk(part)


def speaks_of_self(expr: ir.Expr | None) -> bool:
    """Tell whether an expression reads `actor.self` anywhere."""
    return any(
        (isinstance(node, ir.Field) and node.root == "event" and node.path == ("actor", "self"))
        or (isinstance(node, ir.Fact) and node.root == "event" and node.path == ("actor",) and node.fact == "self")
        for node in walk(expr)
    )


class RuleCode:
    """A rule with its guard and effects compiled."""

    def __init__(self, compiler: Compiler, rule: ir.Rule) -> None:
        self.rule = rule
        self.id = rule.id
        self.types: Types = rule.trigger.types if isinstance(rule.trigger, ir.OnEvent) else None
        self._compiler = compiler
        self.when = compiler.condition(rule.when, self.types)
        self.unless = None if rule.unless is None else compiler.condition(rule.unless, self.types)
        self.always = isinstance(rule.when, ir.Const) and rule.when.value is True
        self.exempted = tuple(
            sorted({id for effect in rule.effects if isinstance(effect, ir.Exempt) for id in effect.rules})
        )
        self.once_space = f"once/{rule.id}"
        self.times_space = f"times/{rule.id}"
        self.grants_space = f"grants/{rule.id}"

    @cached_property
    def speaks_of_self(self) -> bool:
        return speaks_of_self(self.rule.when)

    @cached_property
    def effects(self) -> tuple[EffectCode, ...]:
        return compile_effects(self._compiler, self.rule.effects, self.types)

    @cached_property
    def steps(self) -> dict[int, tuple[EffectCode, ...]]:
        """The effects of each step of `times`."""
        steps = self.rule.times.steps if self.rule.times else ()
        return {number: compile_effects(self._compiler, effects, self.types) for number, effects in steps}

    @cached_property
    def once_key(self) -> tuple[Value, ...]:
        return self._values(self.rule.once.key if self.rule.once else ())

    @cached_property
    def times_key(self) -> tuple[Value, ...]:
        return self._values(self.rule.times.key if self.rule.times else ())

    @cached_property
    def undo_key(self) -> tuple[Value, ...]:
        return self._values(self.rule.undo_key)

    @cached_property
    def keys(self) -> tuple[Condition, ...]:
        """The components of `once_per` and `times`, to ask which of them are missing."""
        once, times = self.rule.once, self.rule.times
        exprs = (*(once.key if once else ()), *(times.key if times else ()))
        return tuple(self._compiler.condition(expr, self.types) for expr in exprs)

    @cached_property
    def wants_matched(self) -> bool:
        """Whether an effect reads `matched`."""
        return any(isinstance(node, ir.Matched) for node in _expressions(self.rule))

    def _values(self, exprs: Iterable[ir.AnyExpr]) -> tuple[Value, ...]:
        return tuple(self._compiler.value(expr, self.types) for expr in exprs)


class WindowCode:
    """A window with its filter, key and value compiled."""

    def __init__(self, compiler: Compiler, window: ir.Window, retain: int, zone: str) -> None:
        types = (window.type,)
        self.id = window.id
        self.kind = window.kind
        self.space = "window/" + window.id
        self.where = None if window.where is None else compiler.condition(window.where, types)
        self.key = tuple(compiler.value(part, types) for part in window.key)
        self.value = None if window.value is None else compiler.value(window.value, types)
        self.cell: WindowCell = cell(window, retain, zone)
        self.lifetime = self.cell.lifetime
        self.speaks_of_self = speaks_of_self(window.where)


class KeyedWindows(NamedTuple):
    """The windows of one event type that share a key: it is worked out once for all of them."""

    exprs: tuple[ir.AnyExpr, ...]
    key: tuple[Value, ...]
    windows: list[WindowCode]


class DueCode:
    """A step of a process; `at` gives the instant it is due, where it does not count from the start."""

    def __init__(self, compiler: Compiler, due: ir.Due, types: Types) -> None:
        self.due = due
        self.at = None if due.at is None else compiler.value(due.at, types)


class ProcessCode:
    """A process with its key, due times and ends compiled."""

    def __init__(self, compiler: Compiler, process: ir.Process) -> None:
        self.process = process
        self.id = process.id
        self.space = "process/" + process.id
        self.key = tuple(compiler.value(part) for part in process.key)
        self.steps = tuple(DueCode(compiler, step, None) for step in process.steps)
        self.until = tuple(UntilCode(compiler, until) for until in process.until)
        self.restart = tuple(UntilCode(compiler, until) for until in process.restart)


class UntilCode:
    """Events that end or replan processes, or begin or end a state."""

    def __init__(self, compiler: Compiler, until: ir.Until) -> None:
        self.types = frozenset(until.types)
        self.when = compiler.condition(until.when, until.types)
        self.speaks_of_self = speaks_of_self(until.when)


class StateCode:
    """A state; `types` are the events that can change its guards, None if anything can."""

    def __init__(self, compiler: Compiler, state: ir.State, windows: dict[str, ir.Window]) -> None:
        self.id = state.id
        self.state = state
        self.enter = compiler.condition(state.enter)
        self.leave = compiler.condition(state.leave)
        self.enter_on = tuple(UntilCode(compiler, turn) for turn in state.enter_on)
        self.leave_on = tuple(UntilCode(compiler, turn) for turn in state.leave_on)
        nodes = [*walk(state.enter), *walk(state.leave)]
        read = [node.window for node in nodes if isinstance(node, ir.WindowTest | ir.WindowValue)]
        narrow = all(not isinstance(node, _FROM_ANYWHERE) for node in nodes)
        named = {type for turn in (*self.enter_on, *self.leave_on) for type in turn.types}
        self.types = frozenset(named | {windows[id].type for id in read}) if narrow and read else None


_FROM_ANYWHERE = (ir.Now, ir.LedgerValue, ir.LedgerRank, ir.LedgerTop, ir.InState, ir.HasLabel, ir.Silence, ir.Fact)


class RulesOfType:
    """The rules on one event type, sorted by id."""

    def __init__(self, compiler: Compiler, type: str, indexed: bool) -> None:
        self.codes: list[RuleCode] = []
        self._compiler = compiler
        self._type = type
        self._indexed = indexed

    def asked(self, e: Any, x: Scope) -> Sequence[RuleCode]:
        """Return the rules that may have something to say about an event: those not surely false."""
        if not self._indexed:
            return self.codes
        return [self.codes[number] for number in self._lookup(e, x)]

    @cached_property
    def _lookup(self) -> Lookup:
        frame = self._compiler.frame((self._type,))
        guards = [(code.rule.when, code.rule.unless) for code in self.codes]
        return lookup(self._compiler.program, frame, access_of(self._compiler.program, frame, guards, estimated))


class Program:
    """Everything of a plan that running it needs."""

    def __init__(self, plan: ir.Plan, indexed: bool = True) -> None:
        self.plan = plan
        self.indexed = indexed
        self.name = f"{plan.rulebook}@{codec.digest(plan)}"
        self.zone = plan.timezone
        self.compiler = Compiler(plan)
        self.decoder = Decoder(plan.events)
        self.combiner = Combiner(plan)
        self.rules = {rule.id: RuleCode(self.compiler, rule) for rule in plan.rules if rule.mode != "off"}
        self.windows = {
            window.id: WindowCode(self.compiler, window, plan.retain, plan.timezone) for window in plan.windows
        }
        self.ledgers = {ledger.id: LedgerCell(ledger) for ledger in plan.ledgers}
        self.caps = {cap.id: CapCell(cap) for cap in plan.caps}
        self.ladders = {ladder.id: LadderCell(ladder) for ladder in plan.ladders}
        self.processes = {process.id: ProcessCode(self.compiler, process) for process in plan.processes}
        self.states = [StateCode(self.compiler, state, {w.id: w for w in plan.windows}) for state in plan.states]
        self.schedules = {schedule.id: schedule for schedule in plan.schedules}
        self._group()

    def _group(self) -> None:
        self.on_event: dict[str, RulesOfType] = {}
        self.on: dict[ir.Trigger, list[RuleCode]] = {}
        self.windows_of: dict[str, list[KeyedWindows]] = {}
        self.undo_of: dict[str, list[tuple[RuleCode, tuple[Value, ...]]]] = {}
        self.ladders_of: dict[str, list[LadderCell]] = {}
        for id in sorted(self.rules):
            self._group_rule(self.rules[id])
        for window in self.plan.windows:
            self._group_window(window)
        for ladder in self.ladders.values():
            self.ladders_of.setdefault(ladder.ladder.ledger, []).append(ladder)

    def _group_window(self, window: ir.Window) -> None:
        groups, code = self.windows_of.setdefault(window.type, []), self.windows[window.id]
        same = next((group for group in groups if group.exprs == window.key), None)
        if same is None:
            groups.append(KeyedWindows(window.key, code.key, [code]))
        else:
            same.windows.append(code)

    def _group_rule(self, code: RuleCode) -> None:
        trigger = code.rule.trigger
        if isinstance(trigger, ir.OnEvent):
            for type in trigger.types:
                if type not in self.on_event:
                    self.on_event[type] = RulesOfType(self.compiler, type, self.indexed)
                self.on_event[type].codes.append(code)
        else:
            self.on.setdefault(trigger, []).append(code)
        for undo in code.rule.undo:
            key = tuple(self.compiler.value(part, (undo.type,)) for part in undo.key)
            self.undo_of.setdefault(undo.type, []).append((code, key))

    @cached_property
    def listening(self) -> dict[str, list[tuple[ProcessCode, UntilCode, bool]]]:
        """Event type → the processes it may end or (True) replan."""
        found: dict[str, list[tuple[ProcessCode, UntilCode, bool]]] = {}
        for code in self.processes.values():
            for until, restarts in [*((u, False) for u in code.until), *((u, True) for u in code.restart)]:
                for type in sorted(until.types):
                    found.setdefault(type, []).append((code, until, restarts))
        return found

    @cached_property
    def kept(self) -> dict[str, tuple[str, ...]]:
        """Entity → the facts that the roster keeps. Members' roles are kept where somebody's word needs a role."""
        kept = {entity: set(facts) for entity, facts in self.plan.facts.items()}
        for schedule in self.plan.schedules:
            if schedule.for_each is not None:
                kept.setdefault(schedule.for_each, set())
        if any(isinstance(node, ir.Silence) for node in self.expressions):
            kept.setdefault("member", set())
        if any(rule.approval for rule in self.plan.rules) or any(ladder.appeal for ladder in self.plan.ladders):
            kept.setdefault("member", set()).add("roles")
        return {entity: tuple(sorted(facts)) for entity, facts in kept.items()}

    @cached_property
    def places(self) -> dict[str, Place]:
        """Event type → where its events tell facts that the roster keeps."""
        found = {type: place(schema, self.kept) for type, schema in self.plan.events.items()}
        return {type: where for type, where in found.items() if where is not None}

    @cached_property
    def expressions(self) -> tuple[ir.Expr, ...]:
        """All expressions of all rules, flattened: what the plan reads."""
        found = [node for rule in self.plan.rules for node in _expressions(rule)]
        for state in self.plan.states:
            found += _expressions(state)
        return tuple(found)


def _expressions(value: Any) -> Iterator[ir.Expr]:
    """Yield every expression inside a part of a plan."""
    if isinstance(value, ir.Expr):
        yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from _expressions(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _expressions(inner)
    elif hasattr(value, "__struct_fields__"):
        for name in value.__struct_fields__:
            yield from _expressions(getattr(value, name))
