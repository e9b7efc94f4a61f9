"""One scan for several texts of an event, if nothing else searches them.

Every scan costs a call, whatever it finds, and a log event has twenty short texts. So they are folded, joined and
scanned once; each literal found is then looked up in the texts it may belong to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from groundrules.engine.codegen.emitter import Emitter
from groundrules.engine.index.tables import Guards, Probe
from groundrules.engine.texts.needles import BASES
from groundrules.engine.texts.scanning import Pass
from groundrules.text.fold import fold_view

SEVERAL = 3
"""With at least this many texts, one joint scan is faster than a scan of each."""


STANDING = ("stands", "stands from")
"""The tests that look for literals in a text."""


def is_folded(probe: Probe) -> bool:
    """Whether a probe looks for literals in a folded text."""
    return probe.test in STANDING and BASES[probe.under] == "folded"


class Joint:
    """Writes the statements for one function."""

    def __init__(self, emitter: Emitter, scan: Pass) -> None:
        self._emitter = emitter
        self._scan = scan
        self._parts: list[str] = []
        self._table: dict[int, list[tuple[int, str, Guards]]] = {}

    def part(self, value: str, tables: Sequence[Mapping[int, Guards]]) -> tuple[str, list[str]]:
        """Add a text with the guards that each of its literals finds; return its folded form and how to make it."""
        part, place = self._emitter.local(), len(self._parts)
        self._parts.append(part)
        for table in tables:
            for number, guards in table.items():
                literal = self._emitter.program.literals.key("folded", number)
                self._table.setdefault(number, []).append((place, literal, guards))
        plain = f'{value}.isascii() and {value}.isprintable() and "  " not in {value}'
        fold = f"{self._emitter.constant(fold_view)}({value})"
        return part, [f"{part} = {value}.lower() if {plain} else {fold}"]

    def begin(self) -> Iterator[str]:
        """Yield the statements that give each text a value, for those that an event lacks."""
        if self._parts:
            yield f'{" = ".join(self._parts)} = ""'

    def lines(self) -> Iterator[str]:
        """Yield the statements that search all texts at once."""
        if not self._parts:
            return
        scan, on_match, scratch, hits = map(self._emitter.constant, self._scan)
        parts = f"({', '.join(self._parts)},)"
        yield f"if {hits}: {hits}.clear()"
        yield f"{scan}('\\n'.join({parts}).encode(), {on_match}, 0, None, {scratch})"
        yield f"for n in {hits}:"
        yield f"    for i, s, g in {self._emitter.constant(self._table)}.get(n, ()):"
        yield f"        if s in {parts}[i]: f += g"
