"""How often an atom holds: estimated, or measured on a sample of events.

Only the choice between access paths depends on it, never a decision. The estimates are rough on purpose: a longer
literal is rarer than a short one, an equality rarer than a bound, a fact that may be missing usually isn't.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from groundrules.engine.index.atoms import Atom, Test

Frequency = Callable[[Atom], float]

LARGEST_USEFUL = 0.75
"""Above this share of events an access path saves less than it costs."""

INLINE, MOST_INLINE = 0.04, 128
"""Guards whose access path holds in more than this share of events are asked of each event, at most this many."""

_TYPICAL: dict[Test, float] = {
    "stands from": 0.03,
    "found from": 0.03,
    "is": 0.05,
    "is from": 0.1,
    "holds": 0.1,
    "holds from": 0.15,
    "missing": 0.05,
    "present": 0.7,
    "filled": 0.2,
}


def estimated(atom: Atom) -> float:
    """Return a guess at the share of events for which an atom holds."""
    if atom.test == "stands":
        return max(0.5 ** len(atom.value.encode("utf-8", "replace")), 0.0005)
    if atom.test == "is" and isinstance(atom.value, bool):
        return 0.4
    return _TYPICAL.get(atom.test, 0.3)


class Sample(msgspec.Struct, frozen=True):
    """What a sample showed about the events of one type: how many there were, and for how many each atom held."""

    events: int
    counts: Mapping[Atom, int]

    def __call__(self, atom: Atom) -> float:
        """Return the share of events for which an atom held; an estimate for those not looked for."""
        count: Any = self.counts.get(atom)
        return estimated(atom) if count is None or not self.events else count / self.events
