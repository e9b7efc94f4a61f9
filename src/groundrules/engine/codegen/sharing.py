"""Parts that several guards of one event type share are computed once per event.

Authors name conditions once (`define`) and use them in many rules, and packs ask the same things about a text. A
condition, call or fact that occurs in more than one guard for an event type has a **slot**: a number under which its
value stays in the scope (`x.kept`) once it has been asked for. Only what reads nothing but the event, the clock,
the roster, windows and lists that don't change can be kept: these stay the same from the moment the windows have
counted the event until it is decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count

from groundrules.engine.codegen.emitter import Frame
from groundrules.engine.codegen.ranking import cost
from groundrules.plan import codec, ir
from groundrules.plan.walk import list_of, parts, walk

_JOINS = (ir.And, ir.Or, ir.Not)
_CHANGING = (
    ir.LedgerValue,
    ir.LedgerRank,
    ir.LedgerTop,
    ir.LedgerBoard,
    ir.HasLabel,
    ir.InForce,
    ir.InForceUntil,
    ir.InState,
    ir.Silence,
    ir.Matched,
    ir.Match,
    ir.Nth,
    ir.Those,
    ir.Remaining,
    ir.Standings,
    ir.Members,
)
LEAST = 6
"""What costs less (`ranking`) is faster to compute again than to look up."""

_WORTHWHILE = (ir.Call, ir.Fact, ir.Coalesce)


class Sharing:
    """The slots of one plan, by frame and meaning."""

    def __init__(self, lists: Iterable[ir.WordList]) -> None:
        self.slots = count()
        self._changing = {words.id for words in lists if words.changes}
        self._frames: dict[int, dict[str, int]] = {}
        self._meanings: dict[int, str] = {}

    def learn(self, frame: Frame, guards: Iterable[ir.Expr]) -> None:
        """Give slots to what these guards, evaluated for every event in a frame, have in common."""
        exprs = [expr for guard in guards for expr in self._worth_keeping(guard)]
        counts = Counter(map(self._meaning, exprs))
        of_frame = self._frames.setdefault(id(frame), {})
        for meaning, expr in sorted({self._meaning(expr): expr for expr in exprs}.items(), key=_by_cost):
            if counts[meaning] > 1 and self._rest(expr, frame) >= LEAST:
                of_frame.setdefault(meaning, next(self.slots))

    def _rest(self, expr: ir.Expr, frame: Frame) -> float:
        """Return the cost of an expression without the parts that are themselves shared."""
        return cost(expr, lambda part: part is not expr and self.slot(part, frame) is not None)

    def slot(self, expr: ir.Expr, frame: Frame) -> int | None:
        """Return the slot of an expression; None if it is not shared."""
        of_frame = self._frames.get(id(frame))
        if not of_frame or isinstance(expr, ir.Const | ir.Field):
            return None
        return of_frame.get(self._meaning(expr))

    def _meaning(self, expr: ir.Expr) -> str:
        """Return a hash of an expression's meaning; the plan keeps all its expressions alive."""
        meaning = self._meanings.get(id(expr))
        if meaning is None:
            meaning = self._meanings[id(expr)] = codec.definition_hash(expr)
        return meaning

    def _worth_keeping(self, guard: ir.Expr) -> Iterator[ir.Expr]:
        """Yield the conditions that a guard joins, and the calls and facts in them, except inside loops."""
        waiting: list[tuple[ir.Expr, bool]] = [(guard, True)]
        while waiting:
            expr, joined = waiting.pop()
            if (joined or isinstance(expr, _WORTHWHILE)) and cost(expr) >= LEAST and self._lasts(expr):
                yield expr
            if not isinstance(expr, ir.Quantified | ir.Tally):
                waiting += [(part, isinstance(expr, _JOINS)) for part in parts(expr)]

    def _lasts(self, expr: ir.Expr) -> bool:
        """Whether an expression keeps its value while the same event is handled."""
        return all(
            not isinstance(node, _CHANGING)
            and getattr(node, "root", "event") not in ("start", "subject")
            and list_of(node) not in self._changing
            for node in walk(expr)
        )


def _by_cost(item: tuple[str, ir.Expr]) -> tuple[float, str]:
    return cost(item[1]), item[0]
