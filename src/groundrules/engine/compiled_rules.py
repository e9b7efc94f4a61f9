"""Rules, windows, paths and states with their expressions compiled; the program of a plan holds them.

Expressions compile at their first use, effects at their first firing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import Any

from groundrules.engine.cells.firings import PERIOD_LIFETIME
from groundrules.engine.cells.window_cells import cell
from groundrules.engine.cells.windows import WindowCell
from groundrules.engine.codegen.keying import Key
from groundrules.engine.codegen.total import reach
from groundrules.engine.evaluation.compile import Compiler, Condition, Value
from groundrules.engine.evaluation.effects import EffectCode, compile_effects
from groundrules.engine.index.equalities import Equality, ways
from groundrules.engine.intake.decode import plan_value
from groundrules.engine.state.scope import Scope
from groundrules.engine.texts.views import viewed
from groundrules.plan import codec, ir
from groundrules.plan.walk import walk, within

Types = tuple[str, ...] | None


def speaks_of_self(expr: ir.Expr | None) -> bool:
    """Tell whether an expression reads `actor.self` anywhere."""
    return expr is not None and any(
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
        self.is_live = rule.is_live
        self.always = isinstance(rule.when, ir.Const) and rule.when.value is True
        self.exempted = tuple(
            sorted({id for effect in rule.effects if isinstance(effect, ir.Exempt) for id in effect.rules})
        )
        self.once_space = f"once/{rule.id}"
        self.times_space = f"times/{rule.id}"
        self.grants_space = f"grants/{rule.id}"

    @cached_property
    def answers_own_acts(self) -> bool:
        """Whether it is asked about the bot's own acts: if it mentions them, or isn't about an event."""
        return not isinstance(self.rule.trigger, ir.OnEvent) or speaks_of_self(self.rule.when)

    @cached_property
    def effects(self) -> tuple[EffectCode, ...]:
        return compile_effects(self._compiler, self.rule.effects, self.types)

    @cached_property
    def steps(self) -> dict[int, tuple[EffectCode, ...]]:
        """The effects of each step of `times`."""
        steps = self.rule.times.steps if self.rule.times else ()
        return {number: compile_effects(self._compiler, effects, self.types) for number, effects in steps}

    @cached_property
    def ranked_by(self) -> Value | None:
        """The number by which the subjects it holds for are ranked."""
        return None if self.rule.ranking is None else self._compiler.value(self.rule.ranking.by, self.types)

    @cached_property
    def once_lifetime(self) -> int:
        """How long (ms) a firing of `once_per` is remembered at least."""
        once = self.rule.once
        assert once is not None
        return PERIOD_LIFETIME[once.per] if once.per is not None else once.within or ir.REMEMBERED

    @cached_property
    def once_key(self) -> tuple[Value, ...]:
        return self._values(self.rule.once.key if self.rule.once else ())

    @cached_property
    def once_text(self) -> Callable[..., str | None]:
        """The function that gives the key of `once_per` as text; None if a component is missing."""
        return self._compiler.key(self.rule.once.key if self.rule.once else (), self.types).text

    @cached_property
    def times_text(self) -> Callable[..., str | None]:
        """The function that gives the key of `times` as text; None if a component is missing."""
        return self._compiler.key(self.rule.times.key if self.rule.times else (), self.types).text

    @cached_property
    def undo_key(self) -> tuple[Value, ...]:
        return self._values(self.rule.undo_key)

    @cached_property
    def keys(self) -> tuple[Condition, ...]:
        """The components of `once_per` and `times`, to find which of them are missing."""
        once, times = self.rule.once, self.rule.times
        exprs = (*(once.key if once else ()), *(times.key if times else ()))
        return tuple(self._compiler.condition(expr, self.types) for expr in exprs)

    @cached_property
    def wants_matched(self) -> bool:
        """Whether an effect reads `matched`."""
        return next(within(self.rule, ir.Matched), None) is not None

    @cached_property
    def wants_firing(self) -> bool:
        """Whether an effect reads `match` or `nth`."""
        return any(next(within(self.rule, kind), None) is not None for kind in (ir.Match, ir.Nth))

    @cached_property
    def only_acts(self) -> bool:
        """Whether its firings only ask for immediate actions."""
        return self._asks_for(ir.Act)

    @cached_property
    def only_counts(self) -> bool:
        """Whether its firings only change balances, whatever else fires."""
        return self._asks_for(ir.Delta | ir.Reset) and not (self.exempted or self.rule.first_of)

    @cached_property
    def acts_and_counts(self) -> bool:
        """Whether its firings only ask for immediate actions and changes of balances."""
        return self._asks_for(ir.Act | ir.Delta | ir.Reset)

    def _asks_for(self, kinds: Any) -> bool:
        rule = self.rule
        asks = all(isinstance(effect, kinds) for effect in rule.effects)
        return asks and rule.times is None and rule.approval is None and not rule.undo

    def _values(self, exprs: Iterable[ir.AnyExpr]) -> tuple[Value, ...]:
        return tuple(self._compiler.value(expr, self.types) for expr in exprs)


class WindowCode:
    """A window with its filter, key and value compiled."""

    def __init__(self, compiler: Compiler, window: ir.Window, retain: int, zone: str) -> None:
        types = (window.type,)
        self.id = window.id
        self.window = window
        self.kind = window.kind
        self.space = "window/" + window.id
        self.where = None if window.where is None else compiler.condition(window.where, types)
        self._key = partial(compiler.key, window.key, types)
        self.value = None if window.value is None else compiler.value(window.value, types)
        self.cell: WindowCell = cell(window, retain, zone)
        self.lifetime = self.cell.lifetime
        self.speaks_of_self = speaks_of_self(window.where)
        self.watched = False  # whether it is read by a state that only certain event types can change

    @cached_property
    def key(self) -> Key:
        return self._key()


class TakerCode:
    """An event type that takes back from a window, with its filter, key and value compiled."""

    def __init__(self, compiler: Compiler, taker: ir.Taker, window: WindowCode) -> None:
        types = (taker.type,)
        self.window = window
        self.where = None if taker.where is None else compiler.condition(taker.where, types)
        self.key = compiler.key(taker.key, types)
        self.value = None if taker.value is None else compiler.value(taker.value, types)
        self.speaks_of_self = speaks_of_self(taker.where)


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
        self.until_all = tuple((item.id, UntilCode(compiler, item.event)) for item in process.until_all)
        self.restart = tuple(UntilCode(compiler, until) for until in process.restart)

    @cached_property
    def equalities(self) -> tuple[EqualityCode, ...]:
        """The comparisons with values of the start event in the ends of this path."""
        untils = (*self.until, *self.restart, *(until for _, until in self.until_all))
        ways = [way for until in untils for way in until.ways]
        return tuple({equality.number: equality for _, equality in ways if equality is not None}.values())


class UntilCode:
    """Events that end or replan processes, or begin or end a state."""

    def __init__(self, compiler: Compiler, until: ir.Until) -> None:
        self.types = frozenset(until.types)
        self.when = compiler.condition(until.when, until.types)
        self.speaks_of_self = speaks_of_self(until.when)
        self._compiler = compiler

    @cached_property
    def ways(self) -> tuple[tuple[tuple[Condition, ...], EqualityCode | None], ...]:
        """When the guard can hold for an open path: conditions on the event, and an equality with its start."""
        types = tuple(sorted(self.types))
        return tuple(
            (
                tuple(self._compiler.condition(condition, types) for condition in way.conditions),
                None if way.equality is None else EqualityCode(self._compiler, way.equality, types),
            )
            for way in ways(self.when.expr)
        )


class EqualityCode:
    """A value of an event that must equal one of a start event; those that read the same start value share a number."""

    def __init__(self, compiler: Compiler, equality: Equality, types: Types) -> None:
        self.number = codec.definition_hash((equality.start, equality.view))
        self._view = equality.view
        self._read = compiler.value(equality.read, types)
        self._path = equality.start.path

    def of_event(self, e: Any, x: Scope) -> Any:
        """Return the event's side under the view; None if it has none, or one that equals no field."""
        value = self._read(e, x)
        return None if isinstance(value, list) else viewed(value, self._view)

    def of_start(self, start: Any) -> Any:
        """Return the start event's side under the view; None if it has none."""
        value = plan_value(reach(start, self._path))
        return None if isinstance(value, list) else viewed(value, self._view)


class StateCode:
    """A state; `types` are the events that can change its guards, None if anything can.

    `by_windows`: its guards keep their outcomes unless one of the windows `read` has counted, or time has passed.
    """

    def __init__(self, compiler: Compiler, state: ir.State, windows: dict[str, ir.Window]) -> None:
        self.id = state.id
        self.state = state
        self.per = state.per
        self.lifetime = compiler.program.plan.retain if state.per and state.per not in ir.LASTING else None
        self.about = {type: tuple(things) for type, things in _about(compiler, state).items()}
        self.enter = compiler.condition(state.enter)
        self.leave = compiler.condition(state.leave)
        self.enter_on = _by_type(compiler, state.enter_on)
        self.leave_on = _by_type(compiler, state.leave_on)
        self.on_enter = tuple(Watched(compiler, node) for node in walk(state.enter))
        self.on_leave = tuple(Watched(compiler, node) for node in walk(state.leave))
        nodes = [watched.node for watched in (*self.on_enter, *self.on_leave)]
        self.read = [node.window for node in nodes if isinstance(node, ir.WindowTest | ir.WindowValue)]
        narrow = all(isinstance(node, _BY_TYPES) for node in nodes)
        self.by_windows = all(isinstance(node, _BY_WINDOWS) for node in nodes)
        named = {*self.enter_on, *self.leave_on}
        named |= {taker.type for id in self.read for taker in windows[id].less}
        self.types = frozenset(named | {windows[id].type for id in self.read}) if narrow and self.read else None


def _by_type(compiler: Compiler, turns: Iterable[ir.Until]) -> dict[str, list[UntilCode]]:
    """Return what begins or ends a state, by event type."""
    by_type: dict[str, list[UntilCode]] = {}
    for turn in turns:
        code = UntilCode(compiler, turn)
        for type in code.types:
            by_type.setdefault(type, []).append(code)
    return by_type


def _about(compiler: Compiler, state: ir.State) -> dict[str, list[tuple[Value, bool]]]:
    """Return how to find the things that events are about, by type, and whether they are in the event itself."""
    by_type: dict[str, list[tuple[Value, bool]]] = {}
    for about in state.about:
        by_type.setdefault(about.type, []).append((compiler.value(about.who, (about.type,)), about.at_hand))
    return by_type


class BrakeCode:
    """A brake with its alarm compiled."""

    def __init__(self, compiler: Compiler, brake: ir.Brake) -> None:
        self.brake = brake
        self._compiler = compiler

    @cached_property
    def effects(self) -> tuple[EffectCode, ...]:
        return compile_effects(self._compiler, self.brake.effects, None)


class Watched:
    """A node of a guard whose value may change as time passes; `key` gives the key it is asked with."""

    __slots__ = ("key", "node")

    def __init__(self, compiler: Compiler, node: ir.Expr) -> None:
        self.node = node
        self.key = tuple(compiler.value(part) for part in _asked_about(node))


def _asked_about(node: ir.Expr) -> tuple[ir.AnyExpr, ...]:
    match node:
        case ir.WindowTest(key=key) | ir.WindowValue(key=key):
            return key
        case ir.LedgerValue(key=what) | ir.HasLabel(id=what) | ir.InForce(member=what) | ir.InForceUntil(member=what):
            return (what,)
    return ()


_BY_WINDOWS = (
    *(ir.Const, ir.And, ir.Or, ir.Not, ir.Compare, ir.Arithmetic, ir.Negate, ir.Known, ir.Coalesce),
    *(ir.WindowTest, ir.WindowValue, ir.CalendarPeriod),
)

_BY_TYPES = (*_BY_WINDOWS, ir.ByDate, ir.Field, ir.InClock, ir.In, ir.Sequence, ir.Call)
"""Only events of the types that its windows count, or time, can change the outcome of a guard made of these."""
