"""What lowering gathers on its way: source places, windows, and what is read of each event.

Windows that count the same are one window. Its id is the hash of what it counts (keys in canonical order, without
places), and it keeps as much, for as long, as its most demanding reader asks; a reader sees only what it asked for, so
rules don't depend on each other. The panes of a `sum` follow from its time, so there the time is part of the
definition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from dataclasses import replace as with_changes

from msgspec.structs import replace

from groundrules.checker.bindings import Binding, Context
from groundrules.checker.model import Checked
from groundrules.diagnostics.source import Fragment, Span
from groundrules.plan import codec, ir
from groundrules.syntax import nodes
from groundrules.syntax.print import show
from groundrules.types import kinds
from groundrules.window_kinds import KINDS

_PANES = 60


@dataclass(eq=False)
class Ground:
    """One run of lowering.

    `captured` are the paths of the start event that the path at hand reads, `counted` the windows that hold events for
    the guard at hand, `matched` whether its effects ask for them, `owner` the rule at hand, `process` its path,
    `gathered` the kind of those it is about together. `lowered`, if wanted, maps context and node to the result, except
    for nodes that read variables; `spans` then has the places by number.
    """

    checked: Checked
    windows: dict[str, ir.Window] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    facts: dict[str, set[str]] = field(default_factory=dict)
    lists: dict[str, ir.WordList] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    matched: bool = False
    captured: set[tuple[str, ...]] = field(default_factory=set)
    owner: str = ""
    process: str = ""
    gathered: str = ""
    lowered: dict[tuple[int, int], ir.AnyExpr] | None = None
    spans: dict[int, Span] = field(default_factory=dict)
    _sources: dict[ir.Source, int] = field(default_factory=dict)
    _places: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def of_date(self, checked: Checked) -> Ground:
        """Return a ground for the same rulebook at another time, with the same place numbers."""
        return Ground(checked, _sources=self._sources)

    @property
    def zone(self) -> str:
        return str(self.checked.book.timezone.value)

    @property
    def sources(self) -> tuple[ir.Source, ...]:
        return tuple(self._sources)

    # --- side tables ----------------------------------------------------------------------------

    def typed(self, context: Context, node: nodes.Node) -> kinds.Typed:
        return self.checked.tables.types[context.id, id(node)]

    def binding(self, context: Context, node: nodes.Node) -> Binding | None:
        return self.checked.tables.bindings.get((context.id, id(node)))

    # --- sources --------------------------------------------------------------------------------

    def source(self, fragment: Fragment, node: nodes.Node) -> int:
        """Return the number of the place where a node was written; `x not in y` has the place of what it negates."""
        start, end = node.at
        key = (id(fragment), start, end)
        if key not in self._places:
            text = " ".join(fragment.text[start:end].split())
            if isinstance(node, nodes.In) and node.negated:
                denied: nodes.In = with_changes(node, negated=False)
                text = show(denied)
            self._places[key] = self._place(fragment.span(start, end), text)
        return self._places[key]

    def place(self, span: Span) -> int:
        """Return the number of a place in a file."""
        return self._place(span, " ".join(span.text.split()))

    def date(self, span: Span, operator: str | None) -> int:
        """Return the number of a place that names a date, as a condition on the clock."""
        return self._place(span, f"now {operator} {span.text}" if operator else "now")

    def _place(self, span: Span, text: str) -> int:
        line, column = span.file.position(span.start)
        source = ir.Source(file=span.file.path, line=line, column=column, text=text)
        number = self._sources.setdefault(source, len(self._sources))
        if self.lowered is not None:
            self.spans.setdefault(number, span)
        return number

    # --- reads ----------------------------------------------------------------------------------

    def read(self, types: Iterable[str], path: Iterable[str]) -> None:
        """Note that rules read a path of events of these types."""
        dotted = ".".join(path)
        for kind in types:
            self.reads.setdefault(kind, set()).add(dotted)

    # --- windows --------------------------------------------------------------------------------

    def window(self, window: ir.Window) -> str:
        """Add a window and return its id."""
        kind = KINDS[window.kind]
        hashed = replace(window, id="", keep=1, within=window.within if kind.paned else 0, ids=False)
        named = replace(window, id=codec.definition_hash(hashed))
        before = self.windows.get(named.id)
        self.windows[named.id] = named if before is None else joined(before, named)
        if kind.looks_back:
            self.counted.add(named.id)
        return named.id

    def keep_ids(self) -> None:
        """If effects ask which events their guard's windows hold, make the windows keep the ids."""
        for window in self.counted if self.matched else ():
            self.windows[window] = replace(self.windows[window], ids=True)


def pane(within: int) -> int:
    """Return the length of a sum's panes over `within` ms."""
    return max(1, -(-within // _PANES))


def joined(first: ir.Window, second: ir.Window) -> ir.Window:
    """Return a window that keeps what either keeps."""
    unlimited = first.within == 0 or second.within == 0
    return replace(
        first,
        keep=max(first.keep, second.keep),
        within=0 if unlimited else max(first.within, second.within),
        ids=first.ids or second.ids,
    )
