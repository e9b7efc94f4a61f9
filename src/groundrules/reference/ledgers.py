"""What ledgers hold, and how they settle.

A ledger is the history of its changes; a **balance** is that history played from the start. It begins at rest: at 0, or
at the floor or ceiling if 0 lies beyond. `fade` takes its amount away at each whole period after the balance rose above
rest, until it is back there; a change while it is above rest does not move the periods, and a balance below rest does
not fade. Somebody whose balance is at rest has no balance: no rank, no place among the highest. Things that come and
go, such as messages, lose their balance when the plan's `retain` has passed since it was last moved.

One **settlement** applies everything that one trigger asks of one balance:

1. a reset takes the balance back to rest;
2. a grant under a cap is cut to what the cap leaves in this calendar period (of the rulebook's zone) for its receiver.
   A cap counts what was granted under it, each ledger for itself, in the order of the rules' ids;
3. all changes are added up, and floor and ceiling cut the result;
4. what a grant **really gave** is what is left of it: what the ceiling cuts off is taken from the grants and what the
   floor cuts off from the losses, those of the last rule id first.

A reversal (`undo_on`) takes back what a grant really gave: the latest one under its key that was not taken back yet,
within the time that the grant is remembered. What its cap counted of it no longer counts, so there is room again in the
period that it was granted in; and `once_per` forgets that firing, so that what is done again is granted again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from groundrules.calendar.periods import period_index
from groundrules.decisions import LedgerChange
from groundrules.plan import ir

LARGEST = 2**62  # the largest balance, above or below zero


@dataclass
class Ask:
    """What one rule asks of one balance; `amount` None is a reset. The settlement fills in how much was `given`, and
    how much the cap `counted`."""

    rule: str
    ledger: str
    who: str
    amount: int | None
    cap: str | None = None
    given: int = 0
    counted: int = 0


@dataclass(frozen=True)
class Change:
    """One change in a ledger's history: the balance became `after` at `at`."""

    at: int
    after: int


@dataclass
class Grant:
    """What an event was granted under a key of `undo_on`, until it is taken back; `once` is its key of `once_per`."""

    rule: str
    key: tuple[str, ...]
    once: tuple[str, ...]
    at: int
    asks: list[Ask] = field(default_factory=list)


class Ledgers:
    """All balances of one partition, what caps have granted, and the grants that can still be taken back."""

    def __init__(self, plan: ir.Plan) -> None:
        self.plan = plan
        self.definitions = {ledger.id: ledger for ledger in plan.ledgers}
        self.caps = {cap.id: cap for cap in plan.caps}
        self.history: dict[tuple[str, str], list[Change]] = {}
        self.granted: list[tuple[tuple[str, str, str], int, int]] = []  # (cap, ledger, who), at, amount
        self.grants: list[Grant] = []

    # --- reading ----------------------------------------------------------------------------------

    def balance(self, ledger: str, who: str, now: int) -> int:
        """The balance of `who` at `now`."""
        return self.play(ledger, who, now)[0]

    def play(self, ledger: str, who: str, now: int) -> tuple[int, int | None]:
        """The balance at `now`, and from when its fade counts (None: it is not above rest)."""
        definition = self.definitions[ledger]
        balance, left, forgotten = rest_of(definition), None, None
        for change in self.history.get((ledger, who), []):
            if change.at > now:
                break
            if forgotten is not None and change.at >= forgotten:
                balance, left = rest_of(definition), None
            forgotten = self.forgotten(definition, change.at)
            balance, left = fade(definition, balance, left, change.at)
            balance = change.after
            left = (left if left is not None else change.at) if balance > rest_of(definition) else None
        if forgotten is not None and now >= forgotten:
            return rest_of(definition), None
        return fade(definition, balance, left, now)

    def forgotten(self, definition: ir.Ledger, moved: int) -> int | None:
        """When a balance that was last moved at an instant is forgotten; None: never."""
        return None if definition.per in ir.LASTING else moved + self.plan.retain + 1

    def forgets(self, ledger: str, who: str, now: int) -> int | None:
        """When the balance held at `now` is forgotten; None: never."""
        moved = [change.at for change in self.history.get((ledger, who), []) if change.at <= now]
        return self.forgotten(self.definitions[ledger], moved[-1]) if moved else None

    def fades(self, ledger: str, who: str, now: int) -> Iterator[int]:
        """The instants after `now` at which a balance fades, until it comes to rest or is forgotten."""
        definition, end = self.definitions[ledger], self.forgets(ledger, who, now)
        balance, left = self.play(ledger, who, now)
        while definition.fade is not None and left is not None and (end is None or left + definition.fade.every < end):
            yield left + definition.fade.every
            balance, left = fade(definition, balance, left, left + definition.fade.every)

    def changes(self, ledger: str, who: str | None, now: int) -> Iterator[int]:
        """The instants after `now` at which time alone changes a balance."""
        if who is not None:
            yield from self.fades(ledger, who, now)
            end = self.forgets(ledger, who, now)
            if end is not None and self.balance(ledger, who, now) != rest_of(self.definitions[ledger]):
                yield end

    def falls(self, ledger: str, who: str, below: int, now: int) -> int | None:
        """When fade alone brings a balance below a mark."""
        return next((at for at in self.fades(ledger, who, now) if self.balance(ledger, who, at) < below), None)

    def holders(self, ledger: str, now: int) -> list[str]:
        """Everybody whose balance is not at rest, sorted."""
        rest = rest_of(self.definitions[ledger])
        return sorted(who for name, who in self.history if name == ledger and self.balance(ledger, who, now) != rest)

    def top(self, ledger: str, count: int, now: int) -> list[str]:
        """The ids of the `count` highest balances, ties by id."""
        holders = self.holders(ledger, now)
        return sorted(holders, key=lambda who: (-self.balance(ledger, who, now), who))[:count]

    def rank(self, ledger: str, who: str, now: int) -> int | None:
        """1 for the highest balance; None for somebody without a balance."""
        if who not in self.holders(ledger, now):
            return None
        own = self.balance(ledger, who, now)
        return 1 + sum(self.balance(ledger, other, now) > own for other in self.holders(ledger, now))

    # --- settling ---------------------------------------------------------------------------------

    def settle(self, asks: list[Ask], now: int) -> list[LedgerChange]:
        """Apply everything that one trigger asks; one change per balance, sorted by ledger and receiver."""
        names = sorted({(ask.ledger, ask.who) for ask in asks})
        return [self.settle_one(name, [ask for ask in asks if (ask.ledger, ask.who) == name], now) for name in names]

    def settle_one(self, name: tuple[str, str], asks: list[Ask], now: int) -> LedgerChange:
        """Settle one balance, steps 1 to 4 above."""
        ledger, who = name
        definition = self.definitions[ledger]
        before = self.balance(ledger, who, now)
        deltas = sorted((ask for ask in asks if ask.amount is not None), key=lambda ask: ask.rule)
        begin = rest_of(definition) if len(deltas) < len(asks) else before
        clamped = None
        for ask in deltas:
            ask.given = self.under_cap(ask, now)
            clamped = ask.cap if ask.given != ask.amount else clamped
        wanted = begin + sum(ask.given for ask in deltas)
        after = min(max(wanted, floor_of(definition)), ceiling_of(definition))
        if after != wanted:
            clamped = "floor" if after > wanted else "ceiling"
            cut(deltas, after - wanted)
        self.history.setdefault(name, []).append(Change(now, after))
        rules = sorted({ask.rule for ask in asks})
        asked_by = {rule: sum(ask.amount or 0 for ask in asks if ask.rule == rule) for rule in rules}
        return LedgerChange(
            ledger=ledger,
            who=who,
            before=before,
            after=after,
            asked=sum(ask.amount or 0 for ask in asks),
            clamped=clamped,
            rules=tuple(rules),
            asked_by=asked_by if len(rules) > 1 else {},
        )

    def under_cap(self, ask: Ask, now: int) -> int:
        """What a cap leaves of a change; losses are not capped."""
        assert ask.amount is not None
        if ask.cap is None or ask.amount <= 0:
            return ask.amount
        cap = self.caps[ask.cap]
        mine = (cap.id, ask.ledger, ask.who)
        period = period_index(self.plan.timezone, now, cap.per)
        used = sum(
            amount
            for key, at, amount in self.granted
            if key == mine and period_index(self.plan.timezone, at, cap.per) == period
        )
        allowed = ask.counted = max(0, min(ask.amount, cap.amount - used))
        self.granted.append((mine, now, allowed))
        return allowed

    # --- taking back ------------------------------------------------------------------------------

    def remember(self, rule: ir.Rule, key: tuple[str, ...], once: tuple[str, ...], asks: list[Ask], now: int) -> None:
        """Keep a grant, so that it can be taken back."""
        self.grants.append(Grant(rule.id, key, once, now, asks))

    def take_back(self, rule: ir.Rule, key: tuple[str, ...], now: int) -> Grant | None:
        """Forget the latest grant under `key` and return it; its caps have room again."""
        held = [g for g in self.grants if (g.rule, g.key) == (rule.id, key) and now - g.at < rule.remember]
        if not held:
            return None
        grant = held[-1]
        self.grants = [g for g in self.grants if g is not grant]
        for ask in grant.asks:
            if ask.cap is not None:
                self.granted.append(((ask.cap, ask.ledger, ask.who), grant.at, -ask.counted))
        return grant


# --- bounds and fade ------------------------------------------------------------------------------


def floor_of(ledger: ir.Ledger) -> int:
    return -LARGEST if ledger.floor is None else ledger.floor


def ceiling_of(ledger: ir.Ledger) -> int:
    return LARGEST if ledger.ceiling is None else ledger.ceiling


def rest_of(ledger: ir.Ledger) -> int:
    """Where a balance begins and where fading ends."""
    return min(max(0, floor_of(ledger)), ceiling_of(ledger))


def fade(ledger: ir.Ledger, balance: int, left: int | None, now: int) -> tuple[int, int | None]:
    """Apply the fade of the whole periods that have passed since the balance left its floor.

    Returns the balance and, unless it is back, `left` moved on past the periods that were applied.
    """
    if ledger.fade is None or left is None:
        return balance, left
    while balance > rest_of(ledger) and left + ledger.fade.every <= now:
        left += ledger.fade.every
        balance = max(rest_of(ledger), balance - ledger.fade.amount)
    return balance, left if balance > rest_of(ledger) else None


def cut(deltas: list[Ask], surplus: int) -> None:
    """Take what floor (`surplus` > 0) or ceiling (< 0) cut off from the losses or grants, the last rule's first."""
    for ask in reversed(deltas):
        if surplus < 0 < ask.given:
            part = max(surplus, -ask.given)
        elif surplus > 0 > ask.given:
            part = min(surplus, -ask.given)
        else:
            continue
        ask.given += part
        surplus -= part
