"""The kinds of windows: what each counts, what bounds it, and how its number moves. A leaf that all may ask.

What a kind computes stands in `reference/windows.py`, how the engine keeps it in `engine/cells/windows.py`. Everybody
else who must know what a window is asks here, and what people read is found under the name of the kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Name = Literal["count", "distinct", "sum", "streak", "quiet"]


@dataclass(frozen=True, kw_only=True)
class WindowKind:
    """A kind of window. Its number is a whole one unless values are added up."""

    takes: Literal["key", "number"] | None = None
    """What it takes from each event: something to tell apart, or a number to add."""

    looks_back: bool = False
    """It looks back over a stated time, and knows the events that lie in it (`matched`)."""

    keeps_entries: bool = False
    """It keeps an entry for each thing that it counts, so a bound must say how many."""

    paned: bool = False
    """It keeps totals by stretches of time, so the time must be stated and is part of what the window is."""

    daily: bool = False
    """It counts local days; what it needs is today's and yesterday's."""

    elapsed: bool = False
    """Its number is a length of time (ms) since the last event, or since the first observation; it grows by itself."""

    @property
    def counts_up(self) -> bool:
        """Whether each event adds at most one to its number."""
        return not self.elapsed and self.takes != "number"


KINDS: Mapping[Name, WindowKind] = {
    "count": WindowKind(looks_back=True, keeps_entries=True),
    "distinct": WindowKind(takes="key", looks_back=True, keeps_entries=True),
    "sum": WindowKind(takes="number", looks_back=True, paned=True),
    "streak": WindowKind(daily=True),
    "quiet": WindowKind(elapsed=True),
}
