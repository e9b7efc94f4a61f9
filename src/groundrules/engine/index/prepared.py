"""What is derived from a plan once and can be stored beside it in a plan file.

`Prepared` is plain data: the literals with their pattern databases, and the tables that find rules, windows and the
ends of paths by event type. An engine that is given it builds nothing; otherwise it makes each table when the first
event of its type comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.program import Program
from groundrules.engine.index.lookup import Lookup, asking, lookup
from groundrules.engine.index.necessary import Guard, paths_of
from groundrules.engine.index.selectivity import Frequency, estimated
from groundrules.engine.index.spent import Spent
from groundrules.engine.index.tables import Access, access
from groundrules.engine.texts.needles import SavedLiterals

Listeners = Literal["rules", "windows", "paths"]
"""What listens to events: rules by their guards, windows by `where`, paths by `until` and `restart`."""


class Prepared(msgspec.Struct, frozen=True, omit_defaults=True):
    """`kept`: entity → the facts that the roster keeps; the others by event type."""

    literals: SavedLiterals
    kept: dict[str, tuple[str, ...]]
    rules: dict[str, Access] = {}
    windows: dict[str, Access] = {}
    paths: dict[str, Access] = {}


class Index:
    """Finds listeners. Without `enabled` it finds all of them for every event."""

    def __init__(self, program: Program, shipped: Prepared | None = None, *, enabled: bool = True) -> None:
        self._program = program
        self._prepared = shipped
        self.enabled = enabled

    def lookup(self, what: Listeners, type: str, frame: Frame, guards: Callable[[], Sequence[Guard]]) -> Lookup:
        """Return the function from an event of a type to the numbers of the listeners to ask."""
        if not self.enabled:
            everyone = range(len(guards()))
            return lambda e, x: everyone
        return lookup(self._program, frame, self.access(what, type, frame, guards), guards())

    def asking(
        self, type: str, frame: Frame, guards: Callable[[], Sequence[Guard]], once: Mapping[int, Spent]
    ) -> Lookup:
        """Return the function from an event of a type to the rules with something to say, and their outcomes."""
        if not self.enabled:
            everyone = range(0, 4 * len(guards()), 4)
            return lambda e, x: everyone
        return asking(self._program, frame, self.access("rules", type, frame, guards), guards(), once=once)

    def access(
        self,
        what: Listeners,
        type: str,
        frame: Frame,
        guards: Callable[[], Sequence[Guard]],
        frequency: Frequency = estimated,
    ) -> Access:
        """Return the tables: stored ones if there are any, else new ones."""
        kept: dict[str, Access] = {} if self._prepared is None else getattr(self._prepared, what)
        known = kept.get(type)
        return access(*paths_of(self._program, frame, guards(), frequency)) if known is None else known
