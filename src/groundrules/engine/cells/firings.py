"""What rules remember about their own firings: for `once_per`, `times`, and grants that may be reversed.

A set of `once_per` remembers the last firing per key: its instant, or the calendar period it fell into. `times`
keeps a ring of firings as long as its last step. A grant keeps what was really given, so that a reversal takes back
exactly that; taking it back forgets it.
"""

from __future__ import annotations

import msgspec

from groundrules.calendar.periods import Period, period_index
from groundrules.engine.state import stamps
from groundrules.time_units import DAY

PERIOD_LIFETIME: dict[Period, int] = {"day": 3 * DAY, "week": 15 * DAY, "month": 63 * DAY}
"""How long (ms), at least, a firing in a calendar period is remembered."""

_W = stamps.SIZE
_encode = msgspec.msgpack.encode


class Given(msgspec.Struct, array_like=True):
    """An amount that a rule actually added to a balance, and what its cap counted."""

    ledger: str
    who: str
    amount: int
    cap: str | None = None
    counted: int = 0


class Grant(msgspec.Struct, array_like=True):
    """When a firing granted something (ms), what it granted, and the components of its `once_per` key."""

    at: int
    given: list[Given]
    once: list[str] = []


_grants = msgspec.msgpack.Decoder(list[Grant])


def recent(row: bytes | None, now: int, within: int) -> bool:
    """Tell whether the remembered instant lies less than `within` ms back."""
    return row is not None and now - stamps.read(row) < within


def period_row(zone: str, at: int, per: Period) -> bytes:
    """Return the row that remembers the calendar period of an instant."""
    return b"%d" % period_index(zone, at, per)


def firings(row: bytes | None, now: int, within: int) -> int:
    """Return how many firings lie in (now − within, now]."""
    times = [stamps.read(row[at : at + _W]) for at in range(0, len(row), _W)] if row else []
    return sum(now - time < within for time in times)


def fired(row: bytes | None, now: int, keep: int) -> bytes:
    """Return the ring after one more firing, at most `keep` of them."""
    return ((row or b"") + stamps.write(now))[-_W * keep :]


def grants(row: bytes | None, now: int, memory: int) -> list[Grant]:
    """Return the grants of a key that may still be reversed, oldest first."""
    return [grant for grant in _grants.decode(row) if now - grant.at < memory] if row else []


def grants_row(grants: list[Grant]) -> bytes:
    """Return the row of a key's grants."""
    return _encode(grants)
