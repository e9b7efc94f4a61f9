"""Timers: a heap of what falls due, in the order of (due, cell id, key).

A cell has at most one timer per key; arming it again replaces it. Cancelling leaves the entry in the heap and
forgets it in `_armed`; stale entries are thrown away when they come up, and the heap is rebuilt once most of it is
stale. Nothing here is stored: cells arm their timers again from their rows.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import NamedTuple

NEVER = 1 << 62

_SLACK = 64


class Timer(NamedTuple):
    """Something that falls due at `due` (ms): `kind` of cell, its `id` and the `key` in it. Sorts as it fires."""

    due: int
    id: str
    key: str
    kind: str


class Timers:
    """The timers of one partition. Nothing is due before `soonest`; what was cancelled may still hold it back."""

    __slots__ = ("_armed", "_heap", "soonest")

    def __init__(self) -> None:
        self._armed: dict[tuple[str, str, str], int] = {}
        self._heap: list[Timer] = []
        self.soonest = NEVER

    def arm(self, kind: str, id: str, key: str, due: int | None) -> None:
        """Set the timer of a cell's key to `due`; None cancels it."""
        name = (kind, id, key)
        if due is None:
            self._armed.pop(name, None)
        elif self._armed.get(name) != due:
            self._armed[name] = due
            heappush(self._heap, Timer(due, id, key, kind))
            self.soonest = self._heap[0].due
        if len(self._heap) > _SLACK + 2 * len(self._armed):
            self._rebuild()

    def next(self) -> int | None:
        """Return when the first timer is due, or None."""
        self._skip()
        return self._heap[0].due if self._heap else None

    def pop(self, until: int) -> Timer | None:
        """Take the first timer due at `until` or before, or return None."""
        self._skip()
        if not self._heap or self._heap[0].due > until:
            return None
        timer = heappop(self._heap)
        self.soonest = self._heap[0].due if self._heap else NEVER
        del self._armed[timer.kind, timer.id, timer.key]
        return timer

    def due(self, kind: str, id: str, key: str) -> int | None:
        """Return when the timer of a cell's key is due, or None."""
        return self._armed.get((kind, id, key))

    def _skip(self) -> None:
        heap = self._heap
        while heap and self._armed.get((heap[0].kind, heap[0].id, heap[0].key)) != heap[0].due:
            heappop(heap)
        self.soonest = heap[0].due if heap else NEVER

    def _rebuild(self) -> None:
        self._heap = [Timer(due, id, key, kind) for (kind, id, key), due in self._armed.items()]
        heapify(self._heap)
        self.soonest = self._heap[0].due if self._heap else NEVER
