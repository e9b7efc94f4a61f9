"""What a Spark worker does with the events of a community: a step over the rows that Spark's state store has of it.

Every call to the store is a message to the JVM, so the rows stand in a list to which a step appends once
(`groundrules.cluster.packing`), beside one value of what is known of them. Wherever the same process has a community
again, its rows are still in memory (`Lasting`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Literal

import msgspec
from pyspark.sql import Row
from pyspark.sql.streaming.stateful_processor import StatefulProcessor, StatefulProcessorHandle

from groundrules.calendar.instants import format_ms
from groundrules.cluster import packing
from groundrules.cluster.spark.plans import Shipped
from groundrules.cluster.step import Key, Lasting, Stepped
from groundrules.decisions import Decision, encode
from groundrules.tools.running.run import numbered

Wake = Literal["events", "event-time", "processing-time"]

TIME_MODES: dict[Wake, str] = {"events": "None", "event-time": "EventTime", "processing-time": "ProcessingTime"}

DECISIONS = "community string, position long, nth int, decision string, tick string"
"""The columns of what comes out."""

HEAD = "token binary, whole long, appended long, position long, nth long, due long"
"""What is known of a community's rows: `Head`, as Spark has it."""

Out = Row("community", "position", "nth", "decision", "tick")

FIRST = -1
"""The position of what comes before every event."""


class Head(msgspec.Struct, array_like=True):
    """The token of a community's rows, their bytes, where it stands, and the timer that is set (-1: none).

    It stands at the last event's position, of which `nth` decisions and ticks have come out.
    """

    token: bytes = b""
    whole: int = 0
    appended: int = 0
    position: int = FIRST
    nth: int = 0
    due: int = -1


class Decider(StatefulProcessor):
    """Decides on the events of a community that a micro-batch brings, and when one of its deadlines has come."""

    def __init__(self, plan: Shipped, wake: Wake, everything: bool) -> None:
        self._plan = plan
        self._wake = wake
        self._everything = everything

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Begin with a partition of a micro-batch."""
        self._handle = handle
        self._head = handle.getValueState("head", HEAD)
        self._rows = handle.getListState("rows", "piece binary")

    def handleInputRows(self, key: Any, rows: Iterator[Row], timerValues: Any) -> Iterator[Row]:
        """Decide on events, in the order of their positions; one without an event ends its community's input."""
        came = sorted(rows, key=attrgetter("position"))
        turn = _Turn(self, key[0])
        turn.decide([(row.position, bytes(row.event)) for row in came if row.event is not None])
        if came[-1].event is None:
            turn.finish(came[-1].position)
        return self._woken(turn, timerValues)

    def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
        """Let time pass in a community whose deadline has come."""
        turn = _Turn(self, key[0])
        turn.head.due = -1  # it is this one, and it is gone
        return self._woken(turn, timerValues)

    def _woken(self, turn: _Turn, time: Any) -> Iterator[Row]:
        if self._wake == "processing-time":
            turn.wake(time.getCurrentProcessingTimeInMs())
        elif self._wake == "event-time":
            turn.wake_by_events(time.getCurrentWatermarkInMs())
        return turn.end()

    def close(self) -> None:
        """End with a partition of a micro-batch."""


class _Turn:
    """A community in memory, from what Spark's state has of it to what it is to have."""

    def __init__(self, decider: Decider, community: str) -> None:
        self._decider = decider
        self._community = community
        self._step: Lasting = decider._plan.lasting(decider._everything)
        known = decider._head.get()
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
        """Decide on what waits, for the input ends."""
        self._reach(position)
        for decision in self._stepped([], end=True).decisions:
            self._tell(decision, None)

    def _reach(self, position: int) -> None:
        if position != self.head.position:
            self.head.position, self.head.nth = position, 0

    def wake(self, now: int) -> None:
        """Let time pass until `now`, if something is due by then."""
        if self._due is not None and self._due <= now:
            self._tick(now)

    def wake_by_events(self, watermark: int) -> None:
        """Let time pass from one deadline to the next, as far as events of other communities say that it has."""
        due = self._due
        if due is None or due > watermark:
            return
        self._stepped([])  # so that it is in memory
        while due is not None and due <= watermark:
            self._tick(watermark if self._step.waits(self._community) else due)
            due = self._due if self._due != due else None

    def _tick(self, now: int) -> None:
        tick: dict[str, Any] = {"id": f"tick@{now}", "type": "tick", "time": format_ms(now)}
        place: Any = self._community
        for name in reversed(self._step.partition):
            place = {name: place}
        line = msgspec.json.encode(tick | place)
        self._tell(None, line.decode())
        for decision in self._stepped([line]).decisions:
            self._tell(decision, None)

    def _stepped(self, events: Iterable[bytes], end: bool = False) -> Stepped:
        stepped, self._token = self._step.lasting(self._community, self._token, self._stored, events, end=end)
        self._changed |= stepped.rows
        self._due = stepped.due
        return stepped

    def _stored(self) -> dict[Key, bytes]:
        rows = packing.unpacked(piece for (piece,) in self._decider._rows.get())
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
        """Write what changed, set the timer, and return what was decided."""
        if self._changed:
            self._write()
        self._set_timer()
        self.head.token = self._token
        self._decider._head.update(msgspec.structs.astuple(self.head))
        return iter(self._out)

    def _write(self) -> None:
        pieces = list(packing.packed(self._changed))
        size = sum(map(len, pieces))
        if packing.outgrown(self.head.whole, self.head.appended + size):
            pieces = list(packing.packed(self._step.everything(self._community)))
            self._decider._rows.put([(piece,) for piece in pieces])
            self.head.whole, self.head.appended = sum(map(len, pieces)), 0
        else:
            self._decider._rows.appendList([(piece,) for piece in pieces])
            self.head.appended += size

    def _set_timer(self) -> None:
        due = -1 if self._due is None or self._decider._wake == "events" else self._due
        if due == self.head.due:
            return
        if self.head.due >= 0:
            self._decider._handle.deleteTimer(self.head.due)
        if due >= 0:
            self._decider._handle.registerTimer(due)
        self.head.due = due
