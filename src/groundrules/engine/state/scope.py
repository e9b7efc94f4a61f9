"""What compiled code and the runtime share.

Compiled code is a pure function of two things: `e`, the decoded event at hand (None for a timer without one), and
`x`, a `Scope`: the clock, the event that opened a path, the subject of a `for_each`, and `readings`, through which it
reads everything that is remembered. It changes nothing.

Values are those of `plan.ir`: instants and durations are `int` milliseconds, entities are ids, missing is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from groundrules.plan.ir import Consequence, Relation


class Readings(Protocol):
    """What a partition remembers, as guards and templates read it.

    `key` is the text of a key (`state.keys`), whose components are all present: if one is missing, compiled code
    answers unknown itself. Likewise `who`, `member` and `id` are never None.
    """

    @property
    def rings(self) -> Mapping[str, Callable[[str], bytes]]:
        """For each window that is a plain count, the function from a key to its stamps, the newest last."""

    @property
    def marks(self) -> Mapping[str, Callable[[str], Any]]:
        """For each count that keeps event ids, the function from a key to its marks, the newest last, or None."""

    @property
    def firings(self) -> Mapping[str, Callable[[str], bytes | None]]:
        """For each rule with `once_per`, the function from a key to the row of its last firing that took effect."""

    def window_test(self, window: str, key: str, within: int, operator: Relation, bound: int) -> bool | None:
        """Compare what a window holds for `key` within `within` ms with `bound`; None if it cannot be told."""

    def window_value(self, window: str, key: str, within: int, maximum: int | None) -> int | None:
        """Return the number that a window holds for `key`, at most `maximum`."""

    def words(self, list: str) -> Any:
        """Return a list that changes, as it is now (`cells.entries.Words`)."""

    def ledger(self, ledger: str, who: str) -> int:
        """Return a balance, fade taken into account."""

    def ledger_rank(self, ledger: str, who: str) -> int | None:
        """Return the rank of `who`, 1 the highest; None for one without a balance."""

    def ledger_top(self, ledger: str, count: int) -> Sequence[str]:
        """Return the ids of the `count` highest balances."""

    def ledger_board(self, ledger: str, count: int, entity: str, called: str) -> Sequence[str]:
        """Return a line for each of the `count` highest balances: whose it is (a fact, or else the id) and how high."""

    def standings(self, those: Sequence[str], figures: Sequence[float], entity: str, called: str) -> list[str]:
        """Return a line for each of `those`: their name (a fact, or else the id), and their number."""

    def silence(self, member: str) -> int | None:
        """Return for how many milliseconds a member has not written; None if never observed."""

    def in_state(self, state: str, of: str | None) -> bool:
        """Tell whether the partition, or the thing `of`, is in a state."""

    def has_label(self, entity: str, id: str, label: str) -> bool:
        """Tell whether an entity bears a label."""

    def in_force(self, who: str, does: Consequence) -> bool:
        """Tell whether a sanction that does this is in force against a member."""

    def in_force_until(self, who: str, does: Consequence) -> int | None:
        """Return when (ms) the last such sanction ends; None if there is none, or one for good."""

    def fact(self, entity: str, id: str, name: str) -> Any | None:
        """Return what the roster knows (an instant as ms), leaving `assume` and defaults to the caller."""


class Scope:
    """Everything that an evaluation may read besides the event. One per trigger; the runtime may reuse and refill it.

    `matched` holds the ids for `Matched`: the runtime fills it once the windows of a fired guard are known, as it does
    `match` and `nth`. `done` are the ids of the items of a path that have happened, `figures` the numbers by which
    `those` are ranked. `began` is when the occasion arose, if it is looked at again later. `kept` is what has been
    worked out for the event at hand: keys and shared values, by slot, and the rings that have counted it, by window;
    whoever refills a scope for another event empties it.
    """

    __slots__ = (
        "began",
        "done",
        "figures",
        "kept",
        "match",
        "matched",
        "now",
        "nth",
        "readings",
        "start",
        "subject",
        "those",
    )

    def __init__(
        self,
        now: int,
        readings: Readings,
        start: Any = None,
        subject: str | None = None,
        matched: Sequence[str] = (),
    ) -> None:
        self.kept: dict[int | str, Any] = {}
        self.now = now
        self.readings = readings
        self.start = start
        self.subject = subject
        self.matched = matched
        self.match = ""
        self.nth = 0
        self.began: int | None = None
        self.those: Sequence[str] = ()
        self.done: Sequence[str] = ()
        self.figures: Sequence[float] = ()

    def fresh(self) -> Scope:
        """Return the same surroundings with nothing worked out yet."""
        scope = Scope(self.now, self.readings, self.start, self.subject, self.matched)
        scope.began, scope.those, scope.done, scope.figures = self.began, self.those, self.done, self.figures
        return scope
