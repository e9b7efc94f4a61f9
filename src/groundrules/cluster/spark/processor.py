"""What Spark gives a worker: a community's events in a micro-batch, and expired deadlines.

For each micro-batch Spark also makes a processor on the driver, in a separate process, to ask what state it has; so
this module imports nothing slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from pyspark.sql import Row
from pyspark.sql.streaming.stateful_processor import StatefulProcessor, StatefulProcessorHandle

if TYPE_CHECKING:
    from groundrules.cluster.spark.plans import Shipped
    from groundrules.cluster.spark.turns import Turn

Wake = Literal["events", "event-time", "processing-time"]

TIME_MODES: dict[Wake, str] = {"events": "None", "event-time": "EventTime", "processing-time": "ProcessingTime"}

DECISIONS = "community string, position long, nth int, decision string, tick string"
"""The output columns."""

HEAD = "token binary, whole long, appended long, position long, nth long, due long"
"""What is known about a community's rows: `turns.Head`, as Spark has it."""

FIRST = -1
"""The position before every event."""


class Decider(StatefulProcessor):
    """Decides on the events of communities. `wake`: what signals that a community's deadline has come."""

    def __init__(self, plan: Shipped, wake: Wake, everything: bool) -> None:
        self.plan = plan
        self.wake = wake
        self.everything = everything

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Begin a partition of a micro-batch."""
        self.handle = handle
        self.head = handle.getValueState("head", HEAD)
        self.rows = handle.getListState("rows", "piece binary")

    def handleInputRows(self, key: Any, rows: Iterator[Row], timerValues: Any) -> Iterator[Row]:
        """Decide on events, in the order of their positions; one without an event ends its community's input."""
        came = sorted(map(itemgetter("position", "event"), rows), key=itemgetter(0))
        turn = self._turn(key)
        turn.decide([(position, bytes(event)) for position, event in came if event is not None])
        position, event = came[-1]
        if event is None:
            turn.finish(position)
        return self._woken(turn, timerValues)

    def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
        """Let time pass in a community whose deadline has come."""
        turn = self._turn(key)
        turn.expire()
        return self._woken(turn, timerValues)

    def _turn(self, key: Any) -> Turn:
        from groundrules.cluster.spark.turns import Turn

        return Turn(self, key[0])

    def _woken(self, turn: Turn, time: Any) -> Iterator[Row]:
        if self.wake == "processing-time":
            turn.wake(time.getCurrentProcessingTimeInMs())
        elif self.wake == "event-time":
            turn.wake_by_events(time.getCurrentWatermarkInMs())
        return turn.end()

    def close(self) -> None:
        """End a partition of a micro-batch."""
