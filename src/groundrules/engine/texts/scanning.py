"""One pass over a text for many literals.

A `Scanner` tells which of its literals occur in a text, given as UTF-8 under the scanner's view, by their numbers.
With Hyperscan the time does not grow with their number; a few literals, very long ones, and all of them where there is
no Hyperscan, are looked for one by one, with the same answers.

A pattern database can be kept as bytes. It fits the version of Hyperscan and the kind of processor it was made on; one
that does not fit is made anew.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from groundrules.text.lists import hyperscan

FEW = 8
LONGEST = 500  # the most bytes of a literal that Hyperscan is given

Find = Callable[[bytes], Sequence[int]]


def platform_of_databases() -> str:
    """Return what a pattern database made here fits."""
    return "none" if hyperscan is None else f"hyperscan {hyperscan.__version__} {platform.machine()}"


class Pass(NamedTuple):
    """`scan(text, found, 0, None, scratch)` adds the numbers of what it finds to `hits`, to be cleared first."""

    scan: Callable[..., object]
    on_match: Callable[..., None]
    scratch: Any
    hits: list[int]


class Scanner:
    """Finds literals. `database` may hold what `dump` gave for the same literals on the same platform."""

    def __init__(self, literals: Sequence[str], database: bytes | None = None) -> None:
        encoded = [literal.encode("utf-8", "surrogatepass") for literal in literals]
        scanned = hyperscan is not None and len(encoded) > FEW
        self._short = [n for n, literal in enumerate(encoded) if scanned and len(literal) <= LONGEST]
        self._single = [(n, literal) for n, literal in enumerate(encoded) if not scanned or len(literal) > LONGEST]
        self._literals = encoded
        self._database: Any = self._compiled(database) if self._short else None
        self.find: Find = self.finder(bytes)

    @property
    def scans_all(self) -> bool:
        """Whether the pattern database finds all literals."""
        return self._database is not None and not self._single

    def dump(self) -> bytes | None:
        """Return the pattern database as bytes; None if there is none."""
        if self._database is None:
            return None
        dumped: bytes = hyperscan.dumpb(self._database)
        return dumped

    def _compiled(self, database: bytes | None) -> Any:
        if database is not None:
            try:
                return hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK)
            except hyperscan.HyperscanError:  # made for another processor
                pass
        compiled = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        literals = [self._literals[n] for n in self._short]
        compiled.compile(expressions=literals, ids=self._short, flags=hyperscan.HS_FLAG_SINGLEMATCH, literal=True)
        return compiled

    def finder(self, encode: Callable[[Any], bytes]) -> Callable[[Any], Sequence[int]]:
        """Return the pass over a text that `encode` turns into UTF-8; its answer is good until its next call.

        Its scratch space serves one thread, as an engine does.
        """
        single = self._single
        if self._database is None:
            return lambda text: _each(single, encode(text))
        scan, on_match, scratch, hits = self.make_pass()

        def find(text: Any) -> Sequence[int]:
            data = encode(text)
            if hits:
                hits.clear()
            scan(data, on_match, 0, None, scratch)
            return [*hits, *_each(single, data)] if single else hits

        return find

    def make_pass(self) -> Pass:
        """Return what a pass needs, for code that writes it out; there must be a pattern database."""
        hits: list[int] = []
        append = hits.append

        def on_match(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            append(number)

        return Pass(self._database.scan, on_match, hyperscan.Scratch(self._database), hits)


def _each(literals: Sequence[tuple[int, bytes]], text: bytes) -> list[int]:
    return [number for number, literal in literals if literal in text]
