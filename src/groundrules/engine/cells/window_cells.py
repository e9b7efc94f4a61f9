"""Which cell a window is kept in."""

from __future__ import annotations

from collections.abc import Callable

from groundrules.engine.cells.last_events import LastEventsWindow
from groundrules.engine.cells.windows import (
    CountWindow,
    DistinctWindow,
    MarkedDistinctWindow,
    MarkedSumWindow,
    MarkedWindow,
    QuietWindow,
    StreakWindow,
    SumWindow,
    WindowCell,
)
from groundrules.plan import ir

_Cells = dict[str, tuple[Callable[[ir.Window, int, str], WindowCell], Callable[[ir.Window, int, str], WindowCell]]]
_CELLS: _Cells = {
    "count": (CountWindow, MarkedWindow),
    "distinct": (DistinctWindow, MarkedDistinctWindow),
    "sum": (SumWindow, MarkedSumWindow),
    "streak": (StreakWindow, StreakWindow),
    "quiet": (QuietWindow, QuietWindow),
}
"""The cells of each kind of window: as it is, and as one that keeps the ids of events."""


def cell(window: ir.Window, retain: int, zone: str) -> WindowCell:
    """Return the cell of a window."""
    within_time = _CELLS[window.kind][window.ids](window, retain, zone)
    return LastEventsWindow(within_time, retain) if window.by_events else within_time


def is_ring(window: ir.Window) -> bool:
    """Tell whether a window is just a ring of stamps, which generated code can read directly."""
    return _CELLS[window.kind][window.ids] is CountWindow and not window.by_events


def is_marked(window: ir.Window) -> bool:
    """Tell whether a window is a list of marks, which generated code can read directly."""
    return _CELLS[window.kind][window.ids] is MarkedWindow and not window.by_events
