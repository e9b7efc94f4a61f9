"""A plan made ready to run: its rules by trigger, its cells by what they listen to, all shared by partitions.

Nothing here changes while events are decided. Expressions compile at their first use, effects at their first firing,
so a plan of ten thousand rules starts at once. Rules that are off are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from groundrules.decisions import MOST_UNKNOWN
from groundrules.engine.cells.ladders import LadderCell
from groundrules.engine.cells.ledgers import CapCell, LedgerCell
from groundrules.engine.cells.roster import Place, kept_facts, places
from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.compiled_rules import (
    BrakeCode,
    ProcessCode,
    RuleCode,
    StateCode,
    TakerCode,
    UntilCode,
    WindowCode,
    speaks_of_self,
)
from groundrules.engine.evaluation.actions import Combiner
from groundrules.engine.evaluation.compile import Compiler, Value
from groundrules.engine.index.counts import Counting, counting
from groundrules.engine.index.lookup import COUNTED, UNASKED, Lookup, lookup
from groundrules.engine.index.necessary import Guard, paths_of
from groundrules.engine.index.prepared import Index, Listeners, Prepared
from groundrules.engine.index.presence import Left, Presence
from groundrules.engine.index.residual import MOST
from groundrules.engine.index.selectivity import Frequency, estimated
from groundrules.engine.index.spent import Spent, spent
from groundrules.engine.index.tables import Access
from groundrules.engine.intake.decode import attribute, decoder_of
from groundrules.engine.intake.sparse import carried, sparse_fields
from groundrules.engine.state.scope import Scope
from groundrules.engine.texts.needles import is_searched
from groundrules.plan import codec, ir
from groundrules.plan.walk import within

Asked = tuple[RuleCode, int]
"""A rule to ask, and the outcome of its guard if that was asked already (`index.lookup`)."""

FEW_WINDOWS = 32
"""At most this many filters of one event type are faster to ask than to look up."""


class Listening:
    """What listens to one event type; the index finds the rules to ask about an event."""

    def __init__(self, program: Program, what: Listeners, type: str) -> None:
        self.guards: list[Guard] = []
        self._program = program
        self._what = what
        self._type = type

    @cached_property
    def numbers(self) -> Lookup:
        """The function from an event and a scope to the numbers of those that may apply."""
        return self._program.index.lookup(self._what, self._type, self._frame, lambda: self.guards)

    def access(self, frequency: Frequency) -> Access:
        """Return the tables of the index."""
        return self._program.index.access(self._what, self._type, self._frame, lambda: self.guards, frequency)

    def subjects(self, frequency: Frequency) -> dict[str, Any]:
        """Choose access paths, asking `frequency` about atoms; return the subjects of all of them by name."""
        return paths_of(self._program.compiler.program, self._frame, self.guards, frequency)[1]

    @property
    def inline(self) -> list[ir.Expr]:
        """The conditions that are asked of each event."""
        always = self._always
        asked = [self.guards[number] for number in always] if len(always) <= MOST else []
        return [condition for guard in asked for condition in guard if condition is not None]

    @property
    def _always(self) -> Sequence[int]:
        return self.tables.always

    @cached_property
    def tables(self) -> Access:
        return self.access(estimated)

    @property
    def _frame(self) -> Frame:
        return self._program.compiler.frame((self._type,))


class RulesOnType(Listening):
    """The rules on an event type, sorted by id."""

    def __init__(self, program: Program, type: str) -> None:
        super().__init__(program, "rules", type)
        self._ids: list[str] = []
        self._apart: set[int] = set()
        self._once: dict[int, Spent] = {}

    def add(self, rule: ir.Rule) -> None:
        if (
            rule.ends is not None
            or rule.starts is not None
            or speaks_of_self(rule.when)
            or next(within(rule, ir.Exempt), None) is not None
        ):
            self._apart.add(len(self._ids))
        once = spent(rule)
        if once is not None:
            self._once[len(self._ids)] = once
        self._ids.append(rule.id)
        self.guards.append((rule.when, rule.unless))

    @cached_property
    def asking(self) -> Lookup:
        """The function from an event and a scope to the rules with something to say, as `index.lookup` numbers them."""
        self._program.share(self._type)
        if self.presence is not None:
            return self.presence.ask
        return self._program.index.asking(self._type, self._frame, lambda: self.guards, self._once)

    @cached_property
    def presence(self) -> Presence | None:
        """What finds rules by the fields that an event of a sparse type carries."""
        program = self._program
        if not program.index.enabled or not sparse_fields(program.plan.events.get(self._type, {})):
            return None
        return Presence(program.compiler.program, self._frame, self._type, self.guards, frozenset(self._apart))

    @property
    def inline(self) -> list[ir.Expr]:
        if self.presence is None:
            return super().inline
        return [condition for guard in self.presence.inline for condition in guard if condition is not None]

    def asked(self, numbers: Sequence[int]) -> Sequence[Asked]:
        """Return the rules of these numbers with their outcomes."""
        rules, ids = self._program.rules, self._ids
        return [(rules[ids[number >> 2]], number & 3) for number in numbers]

    def with_undecided(self, numbers: Sequence[int], undecided: Left, e: Any) -> tuple[Sequence[int], int]:
        """Return these numbers and those of the first rules that groups leave undecided, and how many more there are.

        As many are added as one decision may list; they are counted elsewhere.
        """
        assert self.presence is not None
        listed, more = self.presence.unasked(undecided, carried(e), MOST_UNKNOWN)
        return sorted([*numbers, *(4 * number + COUNTED for number in listed)]), more

    def id(self, number: int) -> str:
        """Return the id of a rule."""
        return self._ids[number]

    def members(self, group: int) -> Sequence[int]:
        """Return the rules of a group."""
        return () if self.presence is None else self.presence.groups[group]

    def excluded(self, group: int, left: Left, fields: Iterable[str]) -> Collection[int]:
        """Return the rules that were asked individually."""
        return () if self.presence is None else self.presence.excluded(group, left, fields)

    def missing_reads(self, rule: str, e: Any, x: Scope) -> tuple[str, ...]:
        """Return the missing reads that left a rule undecided."""
        return self._program.rules[rule].when.missing_reads(e, x)


class WindowsOnType(Listening):
    """The windows that count an event type."""

    def __init__(self, program: Program, type: str) -> None:
        super().__init__(program, "windows", type)
        self.codes: list[WindowCode] = []
        self.takers: list[TakerCode] = []

    def add(self, window: ir.Window, code: WindowCode) -> None:
        self.codes.append(code)
        where = None if window.by_events else window.where
        self.guards.append((where or ir.Const(value=True), None))

    @cached_property
    def at_once(self) -> Counting | None:
        """The function that counts for the windows that no look-up finds; None if there are none."""
        self._program.share(self._type)
        always = self._unfound
        windows = {number: self.codes[number].window for number in always}
        of_self = frozenset(number for number in always if self.codes[number].speaks_of_self)
        watched = frozenset(number for number in always if self.codes[number].watched)
        return counting(self._program.compiler.program, self._frame, windows, of_self, watched) if always else None

    @cached_property
    def others(self) -> Lookup | None:
        """The function from an event and a scope to the numbers of the other windows that may count it."""
        if not self._program.index.enabled:
            return self.numbers
        if len(self._unfound) == len(self.codes):
            return None
        tables = self.tables if not self._unfound else msgspec.structs.replace(self.tables, always=())
        if not tables.always and not tables.probes:
            return None
        return lookup(self._program.compiler.program, self._frame, tables, self.guards, self._searched)

    @property
    def _searched(self) -> bool:
        """Whether what is asked of each event looks for literals in its texts."""
        rules = self._program.rules_on.get(self._type)
        return is_searched([*self.inline, *(rules.inline if rules is not None else ())])

    @property
    def _always(self) -> Sequence[int]:
        return self._unfound

    @cached_property
    def _unfound(self) -> Sequence[int]:
        if not self._program.index.enabled:
            return ()
        always = range(len(self.codes)) if len(self.codes) <= FEW_WINDOWS else self.tables.always
        return always if len(always) <= MOST else ()


class Part(NamedTuple):
    """What an event does to a path: it is one of its items, or (without one) ends or replans it."""

    item: str | None = None
    restarts: bool = False


ENDS, RESTARTS = Part(), Part(restarts=True)


class PathsOnType(Listening):
    """What may end or replan paths by an event type, or be one of the items that end them together."""

    def __init__(self, program: Program, type: str) -> None:
        super().__init__(program, "paths", type)
        self._untils: list[tuple[ProcessCode, UntilCode, Part]] = []

    def add(self, code: ProcessCode, until: UntilCode, part: Part) -> None:
        self._untils.append((code, until, part))
        self.guards.append((until.when.expr, None))

    @cached_property
    def codes(self) -> Sequence[ProcessCode]:
        """The paths that an event of the type may end or replan."""
        return list(dict.fromkeys(code for code, _, _ in self._untils))

    def asked(self, e: Any, x: Scope) -> Sequence[tuple[ProcessCode, UntilCode, Part]]:
        """Return those that an event may concern; what ends a path comes before what else happens to it."""
        return [self._untils[number] for number in self.numbers(e, x)]


class Rules(Mapping[str, RuleCode]):
    """The rules of a plan that are not off, by id; each is compiled when it is first wanted."""

    def __init__(self, compiler: Compiler, plan: ir.Plan) -> None:
        self._compiler = compiler
        self._rules = {rule.id: rule for rule in plan.rules if rule.mode != "off"}
        self._codes: dict[str, RuleCode] = {}

    def __getitem__(self, id: str) -> RuleCode:
        rule_code = self._codes.get(id)
        if rule_code is None:
            rule_code = self._codes[id] = RuleCode(self._compiler, self._rules[id])
        return rule_code

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._rules))

    def __len__(self) -> int:
        return len(self._rules)

    def plain(self) -> Iterator[ir.Rule]:
        """Yield the rules as the plan has them, sorted by id."""
        return (self._rules[id] for id in self)


class Program:
    """Everything needed to run a plan. `prepared` and `digest` are what a plan file kept of it."""

    def __init__(
        self, plan: ir.Plan, prepared: Prepared | None = None, digest: str | None = None, *, indexed: bool = True
    ) -> None:
        self.plan = plan
        self.name = f"{plan.rulebook}@{digest or codec.digest(plan)}"
        self.zone = plan.timezone
        self.compiler = Compiler(plan, None if prepared is None else prepared.literals)
        self.index = Index(self.compiler.program, prepared, enabled=indexed)
        self.decoder = decoder_of(plan.events, plan.longest_text)
        self.partition_of = attrgetter(".".join(map(attribute, plan.partition)))
        self.combiner = Combiner(plan)
        self.sanctions = {spec.name: spec for spec in plan.actions if spec.sanctions}
        self.rules = Rules(self.compiler, plan)
        self.windows = {
            window.id: WindowCode(self.compiler, window, plan.retain, plan.timezone) for window in plan.windows
        }
        self.lists = {words.id: words for words in plan.lists}
        self.ledgers = {ledger.id: LedgerCell(ledger, plan.retain) for ledger in plan.ledgers}
        self.caps = {cap.id: CapCell(cap) for cap in plan.caps}
        self.ladders = {ladder.id: LadderCell(ladder, self.ledgers[ladder.ledger].lifetime) for ladder in plan.ladders}
        self.processes = {process.id: ProcessCode(self.compiler, process) for process in plan.processes}
        self.states = [StateCode(self.compiler, state, {w.id: w for w in plan.windows}) for state in plan.states]
        self.schedules = {schedule.id: schedule for schedule in plan.schedules}
        self._kept = None if prepared is None else prepared.kept
        self._group()

    def _group(self) -> None:
        self._shared: set[str] = set()
        self.rules_on: dict[str, RulesOnType] = {}
        self.windows_on: dict[str, WindowsOnType] = {}
        self.paths_on: dict[str, PathsOnType] = {}
        self.on: dict[ir.Trigger, list[Asked]] = {}
        self.undo_of: dict[str, list[tuple[RuleCode, tuple[Value, ...]]]] = {}
        self.ladders_of: dict[str, list[LadderCell]] = {}
        self.brakes: dict[str, list[BrakeCode]] = {}
        for rule in self.rules.plain():
            self._group_rule(rule)
        for window in self.plan.windows:
            of_type = self.windows_on.setdefault(window.type, WindowsOnType(self, window.type))
            of_type.add(window, self.windows[window.id])
            for taker in window.less:
                takes = self.windows_on.setdefault(taker.type, WindowsOnType(self, taker.type))
                takes.takers.append(TakerCode(self.compiler, taker, self.windows[window.id]))
        for state in self.states:
            for id in state.read if state.types is not None else ():
                self.windows[id].watched = True
        for code in self.processes.values():
            self._group_path(code)
        for brake in self.plan.brakes:
            self.brakes.setdefault(brake.do, []).append(BrakeCode(self.compiler, brake))
        for ladder in self.ladders.values():
            self.ladders_of.setdefault(ladder.ladder.ledger, []).append(ladder)

    def warm(self, types: Iterable[str]) -> None:
        """Build what finds listeners of these event types, which the first event of each would otherwise wait for."""
        for type in types:
            windows, rules, paths = self.windows_on.get(type), self.rules_on.get(type), self.paths_on.get(type)
            _ = windows and (windows.at_once, windows.others)
            _ = rules and rules.asking
            if rules is not None and rules.presence is not None:
                rules.presence.warm()
            _ = paths and paths.numbers

    def share(self, type: str) -> None:
        """Find what the guards evaluated for each event of a type have in common."""
        if type in self._shared or not self.index.enabled:
            return
        self._shared.add(type)
        guards: list[ir.Expr] = []
        for listening in (self.windows_on.get(type), self.rules_on.get(type)):
            if listening is not None:
                guards += listening.inline
        self.compiler.program.sharing.learn(self.compiler.frame((type,)), guards)

    def _group_rule(self, rule: ir.Rule) -> None:
        if isinstance(rule.trigger, ir.OnEvent):
            for type in rule.trigger.types:
                if type not in self.rules_on:
                    self.rules_on[type] = RulesOnType(self, type)
                self.rules_on[type].add(rule)
        else:
            self.on.setdefault(rule.trigger, []).append((self.rules[rule.id], UNASKED))
        for undo in rule.undo:
            key = tuple(self.compiler.value(part, (undo.type,)) for part in undo.key)
            self.undo_of.setdefault(undo.type, []).append((self.rules[rule.id], key))

    def _group_path(self, code: ProcessCode) -> None:
        parts = [(until, ENDS) for until in code.until] + [(until, RESTARTS) for until in code.restart]
        for until, part in [*parts, *((until, Part(item=id)) for id, until in code.until_all)]:
            for type in sorted(until.types):
                self.paths_on.setdefault(type, PathsOnType(self, type)).add(code, until, part)

    @cached_property
    def kept(self) -> dict[str, tuple[str, ...]]:
        """Entity → the facts that the roster keeps. Members' roles are kept where only some may answer."""
        return kept_facts(self.plan) if self._kept is None else self._kept

    @cached_property
    def places(self) -> dict[str, tuple[Place, ...]]:
        """Event type → where its events carry facts that the roster keeps."""
        by_type = {type: tuple(places(schema, self.kept)) for type, schema in self.plan.events.items()}
        return {type: where for type, where in by_type.items() if where}
