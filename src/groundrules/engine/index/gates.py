"""Gates: one check of a ring for all guards that count in it.

Guards that ask one window about one key, each with its own number and time, are all false unless the ring holds the
smallest of their numbers within the longest of their times. Only if that gate is open is each guard asked individually.
A missing key leaves them unknown, so the gate is open then, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from groundrules.engine.codegen.comparisons import REACHING, least_of, ring_reaches
from groundrules.engine.codegen.emitter import Emitter
from groundrules.engine.codegen.keying import key_text
from groundrules.engine.codegen.program import Program
from groundrules.plan import codec, ir


class Gate(NamedTuple):
    """Tests of one window for one key."""

    tests: Sequence[ir.WindowTest]

    def source(self, emitter: Emitter) -> str:
        """Return an expression that is true wherever one of the tests is not false."""
        key, retain = key_text(emitter, self.tests[0].key), emitter.program.plan.retain
        least, longest = min(map(least_of, self.tests)), max(test.within or retain for test in self.tests)
        reaches = ring_reaches(emitter, self.tests[0], key, least, longest)
        return f"not ({' and '.join(key.needs)}) or {reaches}" if key.needs else reaches


def gates(program: Program, guards: Mapping[int, ir.Expr]) -> Iterator[tuple[Gate | None, Sequence[int]]]:
    """Yield groups of guards, by number, with their gate; None for guards that stand alone."""
    behind: dict[tuple[str, str], list[tuple[int, ir.WindowTest]]] = {}
    alone = []
    for number, guard in guards.items():
        test = _needed(program, guard)
        if test is None:
            alone.append(number)
        else:
            behind.setdefault((test.window, codec.definition_hash(test.key)), []).append((number, test))
    yield None, alone
    for group in behind.values():
        numbers = [number for number, _ in group]
        yield (Gate([test for _, test in group]) if len(group) > 1 else None), numbers


def _needed(program: Program, guard: ir.Expr) -> ir.WindowTest | None:
    """Return a count that must reach its number for a guard not to be false; None if there is none."""
    parts = guard.operands if isinstance(guard, ir.And) else (guard,)
    tests = [part for part in parts if isinstance(part, ir.WindowTest) and program.is_ring(part.window)]
    return next((test for test in tests if test.operator in REACHING and test.bound > 0), None)
