"""Brakes: a ring of the instants at which a brake let an action through, and when it last raised its alarm."""

from __future__ import annotations

from groundrules.engine.cells import firings
from groundrules.engine.state import stamps
from groundrules.engine.state.partition import Partition
from groundrules.plan import ir

ALARM = "alarm"
THROUGH = "through"


def space(brake: ir.Brake) -> str:
    """Return the name of a brake's space."""
    return "brake/" + brake.id


def applies(brake: ir.Brake, now: int) -> bool:
    """Tell whether a brake applies at all."""
    return (brake.starts is None or now >= brake.starts) and (brake.ends is None or now <= brake.ends)


def is_full(partition: Partition, brake: ir.Brake) -> bool:
    """Tell whether another action would exceed the limit."""
    rows = partition.space(space(brake), brake.within)
    return firings.firings(rows.get(THROUGH), partition.now, brake.within) >= brake.most


def count(partition: Partition, brake: ir.Brake) -> None:
    """Record an action that was let through."""
    rows = partition.space(space(brake), brake.within)
    rows.put(THROUGH, firings.fired(rows.get(THROUGH), partition.now, brake.most), partition.now)


def is_new(partition: Partition, brake: ir.Brake) -> bool:
    """Tell whether to raise the alarm; it is then not raised again within the brake's time."""
    rows = partition.space(space(brake), brake.within)
    if firings.recent(rows.get(ALARM), partition.now, brake.within):
        return False
    rows.put(ALARM, stamps.write(partition.now), partition.now)
    return True
