"""How far back a window looks, as it is written."""

from __future__ import annotations

from groundrules.plan import ir
from groundrules.time_units import format_duration


def span(window: ir.Window, within: int) -> str:
    """Return a length of time, or how many of the last events: `10m`, `last 20`."""
    return f"last {within}" if window.by_events else format_duration(within)
