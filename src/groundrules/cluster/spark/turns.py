"""A community in memory, from its old Spark state to its new one.

Every call to the state store is a message to the JVM, so the rows are in a list to which a turn appends once
(`groundrules.cluster.packing`), plus one value that describes them. If the same process gets a community again, its
rows are still in memory (`Lasting`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec
from pyspark.sql import Row

from groundrules.cluster import packing
from groundrules.cluster.spark.processor import FIRST, Decider
from groundrules.cluster.step import Key, Lasting, Stepped
from groundrules.decisions import Decision, encode
from groundrules.runtime.arrivals import tick_line
from groundrules.tools.running.run import numbered

Out = Row("community", "position", "nth", "decision", "tick")


class Head(msgspec.Struct, array_like=True):
    """The token of a community's rows, their bytes, its position, and the timer that is set (-1: none).

    The position is the last event's, which has produced `nth` decisions and ticks.
    """

    token: bytes = b""
    whole: int = 0
    appended: int = 0
    position: int = FIRST
    nth: int = 0
    due: int = -1


class Turn:
    """A community while it is being decided on."""

    def __init__(self, decider: Decider, community: str) -> None:
        self._decider = decider
        self._community = community
        self._step: Lasting = decider.plan.lasting(decider.everything)
        known = decider.head.get()
        self.head = Head() if known is None else Head(*known)
        self._changed: dict[Key, bytes | None] = {}
        self._token = self.head.token
        self._due: int | None = None if self.head.due < 0 else self.head.due
        self._out: list[Row] = []

    def decide(self, came: Sequence[tuple[int, bytes]]) -> None:
        """Decide on events, each with its position."""
        if not came:
            return
        stepped = self._stepped([event for _, event in came])
        decisions = iter(stepped.decisions)
        for (position, _), count in zip(came, stepped.counts, strict=True):
            self._reach(position)
            for decision in islice(decisions, count):
                self._tell(numbered(decision, position), None)

    def finish(self, position: int) -> None:
        """Decide on what is waiting, because the input ends."""
        self._reach(position)
        for decision in self._stepped([], end=True).decisions:
            self._tell(decision, None)

    def _reach(self, position: int) -> None:
        if position != self.head.position:
            self.head.position, self.head.nth = position, 0

    def expire(self) -> None:
        """Note that the timer has expired."""
        self.head.due = -1

    def wake(self, now: int) -> None:
        """Let time pass until `now`, if something is due by then."""
        if self._due is not None and self._due <= now:
            self._tick(now)

    def wake_by_events(self, watermark: int) -> None:
        """Let time pass from one deadline to the next, as far as other communities' events show that it has."""
        due = self._due
        if due is None or due > watermark:
            return
        self._stepped([])  # so that it is in memory
        while due is not None and due <= watermark:
            self._tick(watermark if self._step.waits(self._community) else due)
            due = self._due if self._due != due else None

    def _tick(self, now: int) -> None:
        line = tick_line(self._step.partition, self._community, now)
        self._tell(None, line.decode())
        for decision in self._stepped([line]).decisions:
            self._tell(decision, None)

    def _stepped(self, events: Iterable[bytes], end: bool = False) -> Stepped:
        stepped, self._token = self._step.lasting(self._community, self._token, self._stored, events, end=end)
        self._changed |= stepped.rows
        self._due = stepped.due
        return stepped

    def _stored(self) -> dict[Key, bytes]:
        rows = packing.unpacked(piece for (piece,) in self._decider.rows.get())
        for key, row in self._changed.items():
            rows.pop(key, None)
            if row is not None:
                rows[key] = row
        return rows

    def _tell(self, decision: Decision | None, tick: str | None) -> None:
        body = None if decision is None else encode(decision).decode()
        self._out.append(Out(self._community, self.head.position, self.head.nth, body, tick))
        self.head.nth += 1

    def end(self) -> Iterator[Row]:
        """Write what changed, set the timer, and return the decisions."""
        if self._changed:
            self._write()
        self._set_timer()
        self.head.token = self._token
        self._decider.head.update(msgspec.structs.astuple(self.head))
        return iter(self._out)

    def _write(self) -> None:
        pieces = list(packing.packed(self._changed))
        size = sum(map(len, pieces))
        if packing.outgrown(self.head.whole, self.head.appended + size):
            pieces = list(packing.packed(self._step.everything(self._community)))
            self._decider.rows.put([(piece,) for piece in pieces])
            self.head.whole, self.head.appended = sum(map(len, pieces)), 0
        else:
            self._decider.rows.appendList([(piece,) for piece in pieces])
            self.head.appended += size

    def _set_timer(self) -> None:
        due = -1 if self._due is None or self._decider.wake == "events" else self._due
        if due == self.head.due:
            return
        if self.head.due >= 0:
            self._decider.handle.deleteTimer(self.head.due)
        if due >= 0:
            self._decider.handle.registerTimer(due)
        self.head.due = due
