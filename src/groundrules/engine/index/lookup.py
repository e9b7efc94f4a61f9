"""From an event to the guards worth a look, by one generated function per event type.

The function asks the guards that no probe finds (`residual`), then reads each subject once and asks its probes: a scan
of a text, a dictionary, a bisection in sorted bounds. Where the subject is missing, those guards are taken that wait
for just that. It answers with the numbers of guards, ascending, without repeats.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from groundrules.engine.codegen.emitter import Emitter, Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.index.gates import gates
from groundrules.engine.index.necessary import Guard
from groundrules.engine.index.residual import MOST, Residual
from groundrules.engine.index.tables import Access, Guards, Probe
from groundrules.engine.texts.needles import BASES, Base
from groundrules.engine.texts.scanning import FEW
from groundrules.plan import ir

Lookup = Callable[[Any, Any], Sequence[int]]

VIEWED = {
    "exact": "{}",
    "folded": "text[{}].folded",
    "word": "text[{}].folded",
    "squeezed": "text[{}].squeezed",
    "domain": "domain({})",
}


def lookup(program: Program, frame: Frame, access: Access, guards: Sequence[Guard]) -> Lookup:
    """Return the function for one event type; `guards` are those that its numbers count."""
    always = [number for number in access.always if isinstance(guards[number][0], ir.Const)]
    asked = [number for number in access.always if number not in set(always)]
    if not access.probes and (not asked or len(asked) > MOST):
        return lambda e, x: access.always
    if len(asked) > MOST:
        always, asked = list(access.always), []
    emitter = Residual(program, frame, [guards[number][0] for number in asked])
    lines = list(_asked(emitter, {number: guards[number][0] for number in asked}))
    for name, subject in access.subjects.items():
        lines += _subject(emitter, subject, [probe for probe in access.probes if probe.subject == name])
    begin = [f"f = list({emitter.constant(tuple(always))})" if always else "f = []"]
    begin += [f"{variable} = {emitter.unset}" for variable in emitter.variables]
    end = f"return f if len(f) < 2 else {emitter.constant(_in_order)}(f)"
    body = "".join(f"    {line}\n" for line in (*begin, *lines, end))
    return program.shapes.function(frame.parameters, body, emitter.constants)


def _asked(emitter: Emitter, guards: Mapping[int, ir.Expr]) -> Iterator[str]:
    """Yield the statements that keep guards unless they are surely false; those behind a gate if it is open."""
    for gate, numbers in gates(emitter.program, guards):
        margin = ""
        if gate is not None:
            yield f"if {gate.source(emitter)}:"
            margin = "    "
        for number in numbers:
            yield f"{margin}if not {emitter.false(guards[number])}: f.append({emitter.constant(number)})"


def _in_order(found: list[int]) -> list[int]:
    return sorted(set(found))


def _subject(emitter: Emitter, subject: Any, probes: list[Probe]) -> Iterator[str]:
    """Yield the statements that ask all probes of one subject."""
    operand = emitter.operand(subject)
    value = emitter.local()
    yield f"{value} = {operand.optional}"
    missing = next((_guards(probe) for probe in probes if probe.test == "missing"), ())
    asks = [line for probe in probes if probe.test != "missing" for line in _ask(emitter, probe, value)]
    if not operand.needs:
        yield from asks
        return
    if asks:
        yield f"if {value} is not None:"
        yield from (f"    {line}" for line in asks)
    if missing:
        yield f"{'else' if asks else f'if {value} is None'}: f += {emitter.constant(missing)}"


def _ask(emitter: Emitter, probe: Probe, value: str) -> Iterator[str]:
    """Yield the statements that ask one probe; `value` is there."""
    match probe.test:
        case "present":
            yield f"f += {emitter.constant(_guards(probe))}"
        case "filled":
            yield f"if {value}: f += {emitter.constant(_guards(probe))}"
        case "stands" | "stands from":
            yield from _stands(emitter, probe, value)
        case "is":
            table = emitter.constant(dict(probe.entries))
            yield f"f += {table}.get({VIEWED[probe.under].format(value)}, ())"
        case "holds":
            table = emitter.constant(dict(probe.entries))
            yield f"for i in {value}: f += {table}.get({VIEWED[probe.under].format('i')}, ())"
        case "is from" | "holds from" | "found from":
            yield from _from_lists(emitter, probe, value)
        case _:
            yield f"f += {emitter.constant(_bounds(probe))}({value})"


def _stands(emitter: Emitter, probe: Probe, value: str) -> Iterator[str]:
    literals, base = emitter.program.literals, BASES[probe.under]
    table: dict[int, Guards] = {}
    if probe.test == "stands":
        table = {literals.number(base, key): guards for key, guards in probe.entries}
    else:
        for name, guards in probe.entries:
            for number in literals.numbers_of(name):
                table[number] = (*table.get(number, ()), *guards)
    text, scan = _raw(probe.under, value), literals.scan(base)
    if scan is not None:
        call, found, scratch, hits = map(emitter.constant, scan)
        yield f"if {hits}: {hits}.clear()"
        yield f"{call}({_encoded(emitter, base, text)}, {found}, 0, None, {scratch})"
        yield f"for n in {hits}: f += {emitter.constant(table)}.get(n, ())"
    elif len(table) > FEW:
        finder = emitter.constant(literals.finder(base))
        yield f"for n in {finder}({text}): f += {emitter.constant(table)}.get(n, ())"
    else:
        yield f"t = {_encoded(emitter, base, text)}"
        for number, guards in table.items():
            yield f"if {emitter.constant(literals.encoded(base, number))} in t: f += {emitter.constant(guards)}"


def _encoded(emitter: Emitter, base: Base, text: str) -> str:
    """Return what is searched of a text, with the fold of plain ASCII written out."""
    encode = f"{emitter.constant(emitter.program.literals.encoder(base))}({text})"
    return f"({text}.lower().encode() if {text}.isascii() else {encode})" if base == "folded" else encode


def _raw(base: str, value: str) -> str:
    return f"text[{value}].squeezed" if base == "squeezed" else value


def _from_lists(emitter: Emitter, probe: Probe, value: str) -> Iterator[str]:
    for name, guards in probe.entries:
        words = emitter.constant(emitter.program.matcher(name))
        tests = {
            "is from": f"{words}.holds({value}) is not None",
            "holds from": f"holds_any({words}, {value})",
            "found from": f"{words}.contains_any({value})",
        }
        yield f"if {tests[probe.test]}: f += {emitter.constant(guards)}"


def _guards(probe: Probe) -> Guards:
    return tuple(chain.from_iterable(guards for _, guards in probe.entries))


def _bounds(probe: Probe) -> Callable[[Any], Any]:
    """Return a function from a number to the guards whose bound it meets."""
    bounds = [bound for bound, _ in probe.entries]
    guards = [found for _, found in probe.entries]
    below = probe.test in ("<", "<=")
    bisect = bisect_right if probe.test in ("<", ">=") else bisect_left

    def met(number: Any) -> Any:
        at = bisect(bounds, number)
        return chain.from_iterable(guards[at:] if below else guards[:at])

    return met
