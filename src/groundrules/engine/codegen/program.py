"""What the units of one plan share: shapes, text views, lists, and the units themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from groundrules.calendar.clock import in_clock_range
from groundrules.calendar.periods import period_name
from groundrules.engine.cells.firings import period_row
from groundrules.engine.cells.window_cells import is_marked, is_ring
from groundrules.engine.codegen import comparisons, containment, reads, tallies, values
from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.keying import Keys
from groundrules.engine.codegen.loops import Loop
from groundrules.engine.codegen.shapes import Shapes
from groundrules.engine.codegen.sharing import Sharing
from groundrules.engine.codegen.total import NAMES
from groundrules.engine.codegen.units import Unit
from groundrules.engine.state import keys, stamps
from groundrules.engine.state.scope import Scope
from groundrules.engine.texts.needles import Literals, SavedLiterals
from groundrules.engine.texts.views import Texts, domain
from groundrules.plan import codec, ir
from groundrules.text.lists import ListMatcher
from groundrules.text.patterns import Pattern

Place = tuple[int, int]

# The modules that register how nodes are emitted; `loops` is used below.
EMITTING = (comparisons, containment, reads, tallies, values)


class Program:
    """The compiled side of a plan. Units are cached by expression and frame, and keep both alive."""

    def __init__(self, plan: ir.Plan, literals: SavedLiterals | None = None) -> None:
        self.plan = plan
        self._rings = {window.id: window for window in plan.windows if is_ring(window)}
        self._marked = frozenset(window.id for window in plan.windows if is_marked(window))
        self._lists = {words.id: words for words in plan.lists}
        self._matchers: dict[str, ListMatcher] = {}
        self.literals = Literals(plan, self.matcher, literals)
        self._patterns: dict[tuple[str, str], Pattern] = {}
        self.texts = Texts(self.literals)
        self.shapes = Shapes({**NAMES, **self._names()})
        self.sharing = Sharing(plan.lists)
        self.keys = Keys(self)
        self.leaves: dict[Place, Any] = {}  # what clauses report about a leaf condition in a frame
        self.decided: dict[Place, Any] = {}  # the leaves that decide a guard in a frame whenever it holds
        self._units: dict[Place, Unit] = {}
        self._loops: dict[Place, Loop] = {}

    def unit(self, expr: ir.Expr, frame: Frame) -> Unit:
        """Return an expression as a unit of its own."""
        place = (id(expr), id(frame))
        unit = self._units.get(place)
        if unit is None:
            unit = self._units[place] = Unit(self, expr, frame)
        return unit

    def loop(self, expr: ir.Quantified | ir.Tally, frame: Frame) -> Loop:
        """Return the loop of an `any`, `all` or tally in a frame."""
        place = (id(expr), id(frame))
        loop = self._loops.get(place)
        if loop is None:
            loop = self._loops[place] = Loop(self, expr, frame)
        return loop

    def evaluate(self, expr: ir.Expr, frame: Frame, e: Any, x: Scope, items: tuple[Any, ...] = ()) -> Any:
        """Return the value of an expression, or a condition's True, False or None."""
        return self.unit(expr, frame).value(e, x, *items)

    def is_ring(self, window: str) -> bool:
        """Whether a window is a plain count, whose rows are rings of stamps."""
        return window in self._rings

    def is_marked(self, window: str) -> bool:
        """Whether a window is a list of marks: the time, number and id of each event it counted."""
        return window in self._marked

    def counts_by(self, window: str, key: Sequence[ir.Expr]) -> bool:
        """Whether a plain count counts under this key, so that its ring is available for an event just counted."""
        return codec.definition_hash(self._rings[window].key) == codec.definition_hash(key)

    def word_list(self, name: str) -> ir.WordList:
        """Return a list as the plan has it."""
        return self._lists[name]

    def matcher(self, name: str) -> ListMatcher:
        """Return the matcher of a list; one per plan."""
        if name not in self._matchers:
            words = self._lists[name]
            self._matchers[name] = ListMatcher(words.match, words.items, words.options)
        return self._matchers[name]

    def pattern(self, pattern: str, flags: str) -> Pattern:
        """Return a compiled regular expression; one per plan."""
        if (pattern, flags) not in self._patterns:
            self._patterns[pattern, flags] = Pattern(pattern, flags)
        return self._patterns[pattern, flags]

    def _names(self) -> dict[str, Any]:
        """Return the globals of generated code that depend on the plan."""
        zone = self.plan.timezone
        text = self.texts
        return {
            "text": text,
            "UNSET": object(),
            "domain": domain,
            "component": keys.component,
            "oldest": stamps.oldest,
            "joined": keys.joined,
            "folded_items": (folded_items := lambda items: [text[item].folded for item in items]),
            "word_items": folded_items,
            "squeezed_items": lambda items: [text[item].squeezed for item in items],
            "domain_items": lambda items: [domain(item) for item in items],
            "period_name": partial(period_name, zone),
            "period_row": partial(period_row, zone),
            "in_clock": lambda instant, start, end: in_clock_range(zone, instant, start, end),
        }

    def text(self, expr: ir.Expr) -> str:
        """Return the source text; "" if there is none."""
        return self.plan.sources[expr.src].text if expr.src >= 0 else ""
