"""The cost of rules, windows and lists, each by itself, on the events of a stream.

The engine asks many guards in one function, counts many windows in another and finds all lists by one scan, so none can
be timed there. A `Profile` looks at an event before the engine gets it: it finds the rules, windows and lists that
would be asked, and asks each alone, on the state as it is. Shared work counts for each of them, so the figures add up
to more than an event takes; they show which are costly, not what the engine spends. No state changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter_ns
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from groundrules.decisions import Decision
from groundrules.engine.codegen.units import Unit
from groundrules.engine.index.atoms import is_readable
from groundrules.engine.index.lookup import finding
from groundrules.engine.intake.decode import milliseconds
from groundrules.engine.program import Listening, Program
from groundrules.engine.runner import Runner
from groundrules.engine.settlement.guards import outcome
from groundrules.engine.state.scope import Scope
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.text.lists import ListMatcher

FIRST, THEN_EVERY = 2_000, 10
"""How many of the first events are all looked at; after them, one in this many."""

Part = Literal["rule", "window", "list"]
Find = Callable[[Any, Scope], Sequence[int]]


@dataclass
class Spent:
    """How often something was asked, how often it said yes, and how long that took."""

    asked: int = 0
    true: int = 0
    nanoseconds: int = 0


class Cost(NamedTuple):
    """What a part of a rulebook costs: µs per event, and the share of events in which it is asked and is true."""

    part: Part
    name: str
    microseconds: float
    asked: float
    true: float


class Search(NamedTuple):
    """A list whose entries are looked for in the value of an expression."""

    name: str
    matcher: ListMatcher
    subject: Unit


class Profile:
    """Measures for one program; `runner_of` answers a line with the runner of its partition and the decoded event."""

    def __init__(self, program: Program, runner_of: Callable[[bytes], tuple[Runner, Any] | list[Decision]]) -> None:
        self._program = program
        self._runner_of = runner_of
        self._finds: dict[tuple[str, Part], Find] = {}
        self._searches: dict[str, list[Search]] = {}
        self._spent: dict[tuple[Part, str], Spent] = {}
        self._lines = 0
        self.events = 0

    def over(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield lines after looking at each."""
        for line in lines:
            self.look(line)
            yield line

    def look(self, line: bytes) -> None:
        """Ask all that an event concerns, and remember how long each took. Call it before the event is fed."""
        self._lines += 1
        if self._lines > FIRST and self._lines % THEN_EVERY:
            return
        decoded = self._runner_of(line)
        if isinstance(decoded, list):
            return
        runner, e = decoded
        if runner.partition.meta is None:  # a partition's first event: there is nothing to read yet
            return
        self.events += 1
        now = max(milliseconds(e.time), runner.partition.now)

        def scope() -> Scope:
            return Scope(now, runner.readings)

        self._look_at_rules(e, scope)
        self._look_at_windows(e, scope)
        self._look_at_lists(e, scope)

    def costs(self) -> list[Cost]:
        """Return the measurements, the costliest first."""
        events = max(self.events, 1)
        costs = [
            Cost(part, name, spent.nanoseconds / events / 1000, spent.asked / events, spent.true / events)
            for (part, name), spent in self._spent.items()
        ]
        return sorted(costs, key=lambda cost: (-cost.microseconds, cost.part, cost.name))

    def _note(self, part: Part, name: str, ask: Callable[[], object]) -> None:
        spent = self._spent.get((part, name))
        if spent is None:
            ask()  # what the first call builds is not counted
            spent = self._spent[part, name] = Spent()
        begin = perf_counter_ns()
        outcome = ask()
        took = perf_counter_ns() - begin
        spent.asked += 1
        spent.true += bool(outcome)
        spent.nanoseconds += took

    def _look_at_rules(self, e: Any, scope: Callable[[], Scope]) -> None:
        rules = self._program.rules_on.get(e.type)
        if rules is not None:
            for number in self._matching(rules, e.type, "rule", e, scope()):
                code, x = self._program.rules[rules.id(number)], scope()
                self._note("rule", code.id, lambda code=code, x=x: outcome(code, e, x) == 1)  # type: ignore[misc]

    def _look_at_windows(self, e: Any, scope: Callable[[], Scope]) -> None:
        windows = self._program.windows_on.get(e.type)
        if windows is None:
            return
        for number in self._matching(windows, e.type, "window", e, scope()):
            code, x = windows.codes[number], scope()

            def counts(code: Any = code, x: Scope = x) -> bool:
                return (code.where is None or code.where.true(e, x)) and code.key.text(e, x) is not None

            self._note("window", self._wording[code.id], counts)

    def _look_at_lists(self, e: Any, scope: Callable[[], Scope]) -> None:
        if e.type not in self._searches:
            self._searches[e.type] = list(self._searches_on(e.type))
        for search in self._searches[e.type]:
            text = search.subject.value(e, scope())
            if isinstance(text, str):
                self._note("list", search.name, lambda: search.matcher.contains_any(text))  # noqa: B023 - called at once

    def _matching(self, listening: Listening, type: str, part: Part, e: Any, x: Scope) -> Sequence[int]:
        """Return the numbers of those asked about an event: always, or because the index found them."""
        find = self._finds.get((type, part))
        if find is None:
            find = self._finds[type, part] = self._finder(listening, type)
        return find(e, x)

    def _finder(self, listening: Listening, type: str) -> Find:
        program, tables = self._program.compiler.program, listening.tables
        probes = replace(tables, always=())
        probed = finding(program, self._program.compiler.frame((type,)), probes, range(len(listening.guards)))
        return lambda e, x: sorted({*tables.always, *(number >> 2 for number in probed(e, x))})

    def _searches_on(self, type: str) -> Iterator[Search]:
        compiler, known = self._program.compiler, set[tuple[str, str]]()
        rules, windows = self._program.rules_on.get(type), self._program.windows_on.get(type)
        for listening in filter(None, (rules, windows)):
            for search in within(list(listening.guards), ir.ContainsList):
                name = search.list, compiler.program.text(search.subject)
                if name not in known and is_readable(search.subject):
                    known.add(name)
                    subject = compiler.program.unit(search.subject, compiler.frame((type,)))
                    yield Search(search.list, compiler.program.matcher(search.list), subject)

    @cached_property
    def _wording(self) -> Mapping[str, str]:
        """Window → how its author wrote it where it is first read."""
        plan, wording = self._program.plan, dict[str, str]()
        tests: list[ir.WindowTest | ir.WindowValue] = [*within(plan, ir.WindowTest), *within(plan, ir.WindowValue)]
        for read in tests:
            wording.setdefault(read.window, self._program.compiler.program.text(read))
        return {window.id: wording.get(window.id) or window.id for window in plan.windows}
