"""Ledgers: integer balances per entity, with fade, and the amounts that caps let through.

A row holds a balance and the instant its fade counts from; no row means the balance at rest, which is zero, or the
floor or ceiling that lies beyond zero. Fade works on balances above rest only: it takes `amount` away at each whole
period after the balance left its rest, and stops there. A balance of `v` counted from `a` is thus, at `t`,
max(rest, v − amount · ⌊(t − a) / every⌋), and nothing needs to happen when time passes. Rows that have faded to rest
are swept out as the space grows.

For things that come and go, such as messages, a row has a third part: when the balance was last moved. The balance is
at rest again once `retain` has passed since then, and the row ages out with its space.

A cap's row holds a calendar period and the amount added in it.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from groundrules.engine.cells.firings import PERIOD_LIFETIME
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.space import FOREVER, Space
from groundrules.plan import ir

LARGEST = 1 << 62


class Balance(NamedTuple):
    """A balance and the instant (ms) that its fade counts from."""

    value: int
    since: int


_encode = msgspec.msgpack.encode
_pair = msgspec.msgpack.Decoder(tuple[int, int])
_balance = msgspec.msgpack.Decoder(Balance)
_moved = msgspec.msgpack.Decoder(tuple[int, int, int])


class LedgerCell:
    """The balances of one ledger."""

    def __init__(self, ledger: ir.Ledger, retain: int = FOREVER) -> None:
        self.id = ledger.id
        self.per = ledger.per
        self.name = "ledger/" + ledger.id
        self.floor = -LARGEST if ledger.floor is None else ledger.floor
        self.ceiling = LARGEST if ledger.ceiling is None else ledger.ceiling
        self.rest = min(max(0, self.floor), self.ceiling)
        self.fade = ledger.fade
        self.lifetime = retain if ledger.per not in ir.LASTING else FOREVER
        self._steady = self.fade is None and self.lifetime == FOREVER

    def space(self, partition: Partition) -> Space:
        """Return the rows of the ledger."""
        return partition.space(self.name, self.lifetime)

    def balance(self, row: bytes | None, now: int) -> Balance:
        """Return the balance at `now`, fade taken into account, its `since` moved on by whole periods."""
        if row is None:
            return Balance(self.rest, now)
        if self._steady:
            return _balance.decode(row)
        value, since, moved = self._read(row, now)
        if now - moved > self.lifetime:
            return Balance(self.rest, now)
        if self.fade is None or value <= self.rest or now - since < self.fade.every:
            return Balance(value, since)
        periods = (now - since) // self.fade.every
        return Balance(max(self.rest, value - self.fade.amount * periods), since + periods * self.fade.every)

    def clamp(self, value: int) -> tuple[int, str | None]:
        """Return the value clamped to floor and ceiling, and which of them applied."""
        if value < self.floor:
            return self.floor, "floor"
        if value > self.ceiling:
            return self.ceiling, "ceiling"
        return value, None

    def write(self, space: Space, who: str, before: Balance, value: int, now: int) -> None:
        """Store a new balance. Its fade goes on counting, or begins now if the balance was at rest."""
        if value == self.rest:
            space.drop(who)
        else:
            since = before.since if before.value > self.rest else now
            space.put(who, _encode((value, since) if self.lifetime == FOREVER else (value, since, now)), now)
            if self.fade is not None and space.crowded:
                space.sweep(lambda row: self.balance(row, now).value == self.rest)

    def falls(self, row: bytes | None, below: int, now: int) -> int | None:
        """Return when fading alone takes the balance below `below`; None if it is there already or never will be."""
        value, since = self.balance(row, now)
        if self.fade is None or value < below or self.rest >= below:
            return None
        periods = -(-(value - below + 1) // self.fade.amount)
        due = since + periods * self.fade.every
        return due if due - self.moved(row, now) <= self.lifetime else None

    def changes(self, row: bytes | None, now: int) -> int | None:
        """Return when fading next lowers the balance, or when it is forgotten; None if neither ever happens."""
        value, since = self.balance(row, now)
        if value == self.rest:
            return None
        forgotten = self.moved(row, now) + self.lifetime + 1
        ends = [] if self.lifetime == FOREVER else [forgotten]
        ends += [since + self.fade.every] if self.fade is not None and value > self.rest else []
        return min(ends, default=None)

    def moved(self, row: bytes | None, now: int) -> int:
        """Return when a balance last changed, if that is kept; `now` otherwise."""
        return now if row is None else self._read(row, now)[2]

    def _read(self, row: bytes, now: int) -> tuple[int, int, int]:
        return (*_pair.decode(row), now) if self.lifetime == FOREVER else _moved.decode(row)

    def balances(self, space: Space, now: int) -> dict[str, int]:
        """Return all balances that are not at rest."""
        held = {who: self.balance(row, now).value for who, row in space.items()}
        return {who: value for who, value in held.items() if value != self.rest}

    def rank(self, space: Space, who: str, now: int) -> int | None:
        """Return 1 plus how many balances are higher; None for one without a balance."""
        held = self.balances(space, now)
        return None if who not in held else 1 + sum(value > held[who] for value in held.values())

    def top(self, space: Space, count: int, now: int) -> list[str]:
        """Return the holders of the highest balances, ties by id."""
        held = self.balances(space, now)
        return sorted(held, key=lambda who: (-held[who], who))[: max(count, 0)]


class CapCell:
    """How much was added per key in the current calendar period."""

    def __init__(self, cap: ir.Cap) -> None:
        self.id = cap.id
        self.amount = cap.amount
        self.per = cap.per
        self.name = "cap/" + cap.id
        self.lifetime = PERIOD_LIFETIME[cap.per]

    def free(self, row: bytes | None, period: int, amount: int) -> bytes | None:
        """Return the row with `amount` that was added in `period` taken back; None if it is of another period."""
        when, used = _pair.decode(row) if row else (None, 0)
        return _encode((period, used - amount)) if when == period else None

    def use(self, row: bytes | None, period: int, amount: int) -> tuple[int, bytes]:
        """Return how much of an amount may be added in `period`, and the row after that."""
        when, used = _pair.decode(row) if row else (period, 0)
        used = used if when == period else 0
        allowed = min(amount, max(self.amount - used, 0))
        return allowed, _encode((period, used + allowed))
