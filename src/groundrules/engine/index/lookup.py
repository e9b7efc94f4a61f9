"""From an event to the guards worth a look, by one generated function per event type.

The function asks the guards that no probe finds (`residual`), then reads each subject once and asks its probes: a scan
of a text, a dictionary, a bisection in sorted bounds. Several texts that nothing else searches are scanned at once
(`joint`). Where the subject is missing, the guards that need just that are taken. It answers with the numbers of
guards, ascending, without repeats.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec.structs import replace

from groundrules.engine.codegen.comparisons import VIEWED
from groundrules.engine.codegen.containment import holds
from groundrules.engine.codegen.emitter import Emitter, Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.index.gates import gates
from groundrules.engine.index.joint import SEVERAL, STANDING, Joint, is_folded
from groundrules.engine.index.necessary import Guard
from groundrules.engine.index.residual import MOST, Residual
from groundrules.engine.index.spent import Spent
from groundrules.engine.index.tables import Access, Guards, Probe
from groundrules.engine.texts.needles import BASES, Base
from groundrules.engine.texts.scanning import FEW
from groundrules.plan import ir

Lookup = Callable[[Any, Any], Sequence[int]]

UNASKED, TRUE, UNKNOWN, COUNTED = range(4)
"""What `asking` says of a guard beside its number, as `number * 4 + outcome`: not asked yet; its `when` is true, or
unknown, and its `unless` is not true. COUNTED is unknown as well, and already counted as such (`presence`)."""


def lookup(program: Program, frame: Frame, access: Access, guards: Sequence[Guard], searched: bool = False) -> Lookup:
    """Return the function for one event type; `guards` are those that its numbers count.

    searched: whether other functions search the same texts.
    """
    return _Function(program, frame, access, guards, searched=searched).numbers()


def asking(
    program: Program,
    frame: Frame,
    access: Access,
    guards: Sequence[Guard],
    names: Sequence[int] | None = None,
    once: Mapping[int, Spent] = {},
) -> Lookup:
    """Return the function that also asks the guards that no probe finds, and leaves out those with nothing to say.

    names: the numbers that it answers with; None: those of the tables. once: the checks of whether rules have fired.
    """
    return _Function(program, frame, access, guards, once).outcomes(names)


def finding(program: Program, frame: Frame, access: Access, names: Sequence[int]) -> Lookup:
    """Return the function that finds guards by probes alone, and answers with other numbers, as `asking` does."""
    return _Function(program, frame, access, ()).outcomes(names)


class _Function:
    """Writes the function. Guards beyond `MOST` that no probe finds are left to be asked one by one."""

    def __init__(
        self,
        program: Program,
        frame: Frame,
        access: Access,
        guards: Sequence[Guard],
        once: Mapping[int, Spent] = {},
        searched: bool = False,
    ) -> None:
        self._program = program
        self._once = once
        self._frame = frame
        self._access = access
        self._guards = guards
        self._asked = access.always if len(access.always) <= MOST else ()
        self._unasked = () if self._asked else access.always
        self._searched = searched or bool(self._asked)
        self._emitter = Residual(program, frame)
        self._number: Callable[[int], int] = lambda number: number

    def numbers(self) -> Lookup:
        if not self._access.probes and not self._asked:
            return lambda e, x: self._access.always
        return self._function(self._not_false)

    def outcomes(self, names: Sequence[int] | None) -> Lookup:
        self._number = lambda number: 4 * (number if names is None else names[number])
        return self._function(self._outcome)

    def _function(self, ask: Callable[[int], Iterator[str]]) -> Lookup:
        emitter = self._emitter
        lines, joint = list(self._ask_all(ask)), self._joint()
        for name, subject in self._access.subjects.items():
            probes = [self._numbered(probe) for probe in self._access.probes if probe.subject == name]
            lines += _subject(emitter, subject, probes, self._searched, joint)
        lines = lines if joint is None else [*joint.begin(), *lines, *joint.lines()]
        unasked = tuple(map(self._number, self._unasked))
        begin = [f"f = list({emitter.constant(unasked)})" if unasked else "f = []"]
        begin += emitter.begin()
        end = f"return f if len(f) < 2 else {emitter.constant(_in_order)}(f)"
        body = "".join(f"    {line}\n" for line in (*begin, *lines, end))
        return self._program.shapes.function(self._frame.parameters, body, emitter.constants)

    def _joint(self) -> Joint | None:
        """Return the joint scan of several texts, where no guard keeps their hits for others."""
        if self._asked or sum(map(is_folded, self._access.probes)) < SEVERAL:
            return None
        scan = self._program.literals.scan("folded")
        return None if scan is None else Joint(self._emitter, scan)

    def _numbered(self, probe: Probe) -> Probe:
        entries = tuple((value, tuple(map(self._number, guards))) for value, guards in probe.entries)
        return replace(probe, entries=entries)

    def _ask_all(self, ask: Callable[[int], Iterator[str]]) -> Iterator[str]:
        """Yield the statements that evaluate guards; those with a gate only if it is open."""
        for gate, numbers in gates(self._program, {number: self._guards[number][0] for number in self._asked}):
            margin = ""
            if gate is not None:
                yield f"if {gate.source(self._emitter)}:"
                margin = "    "
            for number in numbers:
                self._emitter.statement()
                yield from (f"{margin}{line}" for line in ask(number))

    def _not_false(self, number: int) -> Iterator[str]:
        yield f"if not {self._emitter.false(self._guards[number][0])}: f.append({self._number(number)})"

    def _outcome(self, number: int) -> Iterator[str]:
        when, unless = self._guards[number]
        emitter, outcome = self._emitter, self._number(number)
        always = isinstance(when, ir.Const) and when.value is True
        conditions = [] if always else [f"not {emitter.false(when)}"]
        conditions += [] if unless is None else [f"not {emitter.true(unless)}"]
        if number in self._once and always:
            conditions.append(f"not ({self._once[number].source(emitter)})")
        margin = "    " if conditions else ""
        if conditions:
            yield f"if {' and '.join(conditions)}:"
        if always:
            yield f"{margin}f.append({outcome + TRUE})"
        elif number in self._once:
            yield f"{margin}if not {emitter.true(when)}: f.append({outcome + UNKNOWN})"
            yield f"{margin}elif not ({self._once[number].source(emitter)}): f.append({outcome + TRUE})"
        else:
            yield f"{margin}f.append({outcome + TRUE} if {emitter.true(when)} else {outcome + UNKNOWN})"


def _in_order(numbers: list[int]) -> list[int]:
    return sorted(set(numbers))


def _subject(emitter: Emitter, subject: Any, probes: list[Probe], kept: bool, joint: Joint | None) -> Iterator[str]:
    """Yield the statements that ask all probes of one subject; `kept`: its text's hits are needed elsewhere, too."""
    operand = emitter.operand(subject)
    value = emitter.local()
    yield f"{value} = {operand.optional}"
    missing = next((_guards(probe) for probe in probes if probe.test == "missing"), ())
    probes = [probe for probe in probes if probe.test != "missing"]
    together = [] if joint is None else [probe for probe in probes if is_folded(probe)]
    asks, folded = list[str](), f"text[{value}].folded"
    if joint is not None and together:
        folded, asks = joint.part(value, [_literals(emitter, probe) for probe in together])
    alone = [probe for probe in probes if probe not in together]
    for base, table in _tables(emitter, [probe for probe in alone if probe.test in STANDING]).items():
        asks += _stands(emitter, base, table, value, kept)
    asks += [line for probe in alone if probe.test not in STANDING for line in _ask(emitter, probe, value, folded)]
    if not operand.needs:
        yield from asks
        return
    if asks:
        yield f"if {value} is not None:"
        yield from (f"    {line}" for line in asks)
    if missing:
        yield f"{'else' if asks else f'if {value} is None'}: f += {emitter.constant(missing)}"


def _ask(emitter: Emitter, probe: Probe, value: str, folded: str) -> Iterator[str]:
    """Yield the statements that ask one probe; `value` is not missing, and `folded` is its folded form."""
    match probe.test:
        case "present":
            yield f"f += {emitter.constant(_guards(probe))}"
        case "filled":
            yield f"if {value}: f += {emitter.constant(_guards(probe))}"
        case "is":
            table = emitter.constant(dict(probe.entries))
            viewed = folded if BASES.get(probe.under) == "folded" else VIEWED[probe.under].format(value)
            yield f"f += {table}.get({viewed}, ())"
        case "holds":
            table = emitter.constant(dict(probe.entries))
            yield f"for i in {value}: f += {table}.get({VIEWED[probe.under].format('i')}, ())"
        case "is from" | "holds from" | "found from":
            yield from _from_lists(emitter, probe, value)
        case _:
            yield f"f += {emitter.constant(_bounds(probe))}({value})"


def _tables(emitter: Emitter, probes: Iterable[Probe]) -> dict[Base, dict[int, Guards]]:
    """Return the literals that probes look for, by reading, so that each reading is searched once."""
    tables: dict[Base, dict[int, Guards]] = {}
    for probe in probes:
        table = tables.setdefault(BASES[probe.under], {})
        for number, guards in _literals(emitter, probe).items():
            table[number] = (*table.get(number, ()), *guards)
    return tables


def _stands(emitter: Emitter, base: Base, table: dict[int, Guards], value: str, kept: bool) -> Iterator[str]:
    literals = emitter.program.literals
    text, scan = _raw(base, value), literals.scan(base)
    if kept and literals.worthwhile(base):
        yield f"for n in text[{value}].{base}_hits: f += {emitter.constant(table)}.get(n, ())"
        return
    if scan is not None:
        call, on_match, scratch, hits = map(emitter.constant, scan)
        yield f"if {hits}: {hits}.clear()"
        yield f"{call}({_encoded(emitter, base, text)}, {on_match}, 0, None, {scratch})"
        yield f"for n in {hits}: f += {emitter.constant(table)}.get(n, ())"
    elif len(table) > FEW:
        finder = emitter.constant(literals.finder(base))
        yield f"for n in {finder}({text}): f += {emitter.constant(table)}.get(n, ())"
    else:
        yield f"t = {_encoded(emitter, base, text)}"
        for number, guards in table.items():
            yield f"if {emitter.constant(literals.encoded(base, number))} in t: f += {emitter.constant(guards)}"


def _literals(emitter: Emitter, probe: Probe) -> dict[int, Guards]:
    """Return the numbers of the literals that a probe looks for, with the guards that each finds."""
    literals, base = emitter.program.literals, BASES[probe.under]
    if probe.test == "stands":
        return {literals.number(base, key): guards for key, guards in probe.entries}
    table: dict[int, Guards] = {}
    for name, guards in probe.entries:
        for number in literals.lists[name][base]:
            table[number] = (*table.get(number, ()), *guards)
    return table


def _encoded(emitter: Emitter, base: Base, text: str) -> str:
    """Return what is searched of a text, with the fold of plain ASCII in one line written out."""
    encode = f"{emitter.constant(emitter.program.literals.encoder(base))}({text})"
    plain = f'{text}.isascii() and {text}.isprintable() and "  " not in {text}'
    return f"({text}.lower().encode() if {plain} else {encode})" if base == "folded" else encode


def _raw(base: str, value: str) -> str:
    return f"text[{value}].squeezed" if base == "squeezed" else value


def _from_lists(emitter: Emitter, probe: Probe, value: str) -> Iterator[str]:
    for name, guards in probe.entries:
        yield f"if {_from_list(emitter, probe, name, value)}: f += {emitter.constant(guards)}"


def _from_list(emitter: Emitter, probe: Probe, name: str, value: str) -> str:
    test, place = probe.test, probe.under
    if test == "found from" and name in emitter.program.literals.lists:
        return f"{name!r} in text[{value}].lists[{place!r}]"
    if test == "is from":
        return holds(emitter, emitter.program.matcher(name), value)
    words = emitter.constant(emitter.program.matcher(name))
    return f"{words}.contains_any({value})" if test == "found from" else f"holds_any({words}, {value})"


def _guards(probe: Probe) -> Guards:
    return tuple(chain.from_iterable(guards for _, guards in probe.entries))


def _bounds(probe: Probe) -> Callable[[Any], Any]:
    """Return a function from a number to the guards whose bound it meets."""
    bounds = [bound for bound, _ in probe.entries]
    guards = [guard for _, guard in probe.entries]
    below = probe.test in ("<", "<=")
    bisect = bisect_right if probe.test in ("<", ">=") else bisect_left

    def met(number: Any) -> Any:
        at = bisect(bounds, number)
        return chain.from_iterable(guards[at:] if below else guards[:at])

    return met
