"""Settlement: everything that one trigger asks of one balance, applied at once.

A reset takes the balance back to rest; a grant under a cap is cut to what the cap leaves in this calendar period, in
the order of the rules' ids; all changes are added up; floor and ceiling cut the result. A grant really gave what is
left of it: what the ceiling cuts off is taken from the grants, and what the floor cuts off from the losses, beginning
with the last rule id. Then the ladders over that ledger are looked at.

A step's changes to its own balance cross no step upwards, so that a step may take the balance back; between ledgers,
ladders form no cycle, so that crossings end.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from groundrules.calendar.periods import period_index
from groundrules.decisions import LedgerChange
from groundrules.engine.cells.firings import Given, Grant, grants, grants_row
from groundrules.engine.cells.ladders import Crossing, LadderCell, Level
from groundrules.engine.compiled_rules import RuleCode
from groundrules.engine.evaluation.effects import Ask
from groundrules.engine.program import Program
from groundrules.engine.settlement.books import Book, Books
from groundrules.engine.settlement.guards import release
from groundrules.engine.state import keys
from groundrules.engine.state.partition import Partition

LADDER = "ladder"


class Crossed(NamedTuple):
    """A step of a ladder that the balance of `who` crossed, having gained `gained`."""

    ladder: LadderCell
    who: str
    crossing: Crossing
    gained: int


def settle(books: Books, asks: Sequence[Ask], behind: str | None = None) -> tuple[list[LedgerChange], list[Crossed]]:
    """Settle each balance asked for, by ledger and receiver; return the changes and what they crossed.

    `behind` is the ledger whose crossing asks.
    """
    changes: list[LedgerChange] = []
    crossed: list[Crossed] = []
    by_balance: dict[tuple[str, str], list[Ask]] = {}
    for ask in asks:
        by_balance.setdefault((ask.ledger, ask.who), []).append(ask)
    for ledger, who in sorted(by_balance):
        book = books[ledger]
        change = _settle_one(books, book, who, by_balance[ledger, who])
        changes.append(change)
        if book.ladders:
            crossed += _cross(books, book, change, up=behind != ledger)
    return changes, crossed


def _settle_one(books: Books, book: Book, who: str, asks: list[Ask]) -> LedgerChange:
    now, cell, space = books.partition.now, book.cell, book.space
    before = cell.balance(space.get(who), now)
    deltas = [ask for ask in asks if ask.amount is not None]
    if len(deltas) > 1:
        deltas.sort(key=attrgetter("rule"))
    clamped = None
    wanted = before.value if len(deltas) == len(asks) else cell.rest
    for ask in deltas:
        ask.given = _under_cap(books, ask, now)
        wanted += ask.given
        clamped = ask.cap if ask.given != ask.amount else clamped
    after, held_by = cell.clamp(wanted)
    if after != wanted:
        _cut(deltas, after - wanted)
    cell.write(space, who, before, after, now)
    rules = (asks[0].rule,) if len(asks) == 1 else tuple(sorted({ask.rule for ask in asks}))
    return LedgerChange(
        ledger=cell.id,
        who=who,
        before=before.value,
        after=after,
        asked=sum([ask.amount or 0 for ask in asks]),
        clamped=held_by or clamped,
        rules=rules,
        asked_by=_divided(rules, asks) if len(rules) > 1 else {},
    )


def _divided(rules: tuple[str, ...], asks: list[Ask]) -> dict[str, int]:
    """Return what each rule asked for."""
    divided = dict.fromkeys(rules, 0)
    for ask in asks:
        divided[ask.rule] += ask.amount or 0
    return divided


def _under_cap(books: Books, ask: Ask, now: int) -> int:
    """Return what a cap leaves of a grant, and note it there per ledger and receiver; losses are not capped."""
    amount = ask.amount or 0
    if ask.cap is None or amount <= 0:
        return amount
    cap, space = books.cap(ask.cap)
    period = period_index(books.program.zone, now, cap.per)
    key = keys.encode((ask.ledger, ask.who))
    ask.counted, row = cap.use(space.get(key), period, amount)
    space.put(key, row, now)
    return ask.counted


def _cut(deltas: list[Ask], surplus: int) -> None:
    """Take what floor (`surplus` > 0) or ceiling (< 0) cut off from losses or grants, the last rule's first."""
    for ask in reversed(deltas):
        if surplus < 0 < ask.given:
            part = max(surplus, -ask.given)
        elif surplus > 0 > ask.given:
            part = min(surplus, -ask.given)
        else:
            continue
        ask.given += part
        surplus -= part


# --- ladders ------------------------------------------------------------------------------------


def _cross(books: Books, book: Book, change: LedgerChange, up: bool) -> list[Crossed]:
    crossings: list[Crossed] = []
    for ladder in book.ladders:
        if ladder.concerns(change.before, change.after):
            crossings += cross_ladder(
                books.program, books.partition, ladder, change.who, change.before, change.after, up
            )
    return crossings


def cross_ladder(
    program: Program,
    partition: Partition,
    ladder: LadderCell,
    who: str,
    before: int,
    after: int,
    up: bool = True,
    moved: bool = True,
) -> list[Crossed]:
    """Return what a change of balance crosses on one ladder, and remember the levels; fade alone has not `moved` it."""
    now = partition.now
    if not ladder.remembers:
        crossings = ladder.cross(Level(), before, after, now, up)
        return [Crossed(ladder, who, crossing, after - before) for crossing in crossings]
    space = ladder.space(partition)
    level = ladder.read(space.get(who), now)
    level.moved = now if moved else level.moved
    crossings = ladder.cross(level, before, after, now, up)
    ladder.store(space, who, level, now)
    watch(program, partition, ladder, who)
    return [Crossed(ladder, who, crossing, after - before) for crossing in crossings]


def watch(program: Program, partition: Partition, ladder: LadderCell, who: str) -> None:
    """Set the timer at which fade alone gives up the next level that `who` holds."""
    mark = ladder.lowest(ladder.read(ladder.space(partition).get(who), partition.now))
    cell = program.ledgers[ladder.ladder.ledger]
    row = cell.space(partition).get(who)
    due = None if mark is None else cell.falls(row, mark, partition.now)
    partition.timers.arm(LADDER, ladder.id, who, due)


# --- grants that may be reversed ----------------------------------------------------------------


def remember_grant(
    partition: Partition, code: RuleCode, key: Sequence[object], asks: Sequence[Ask], once: Sequence[object]
) -> None:
    """Keep what a firing really gave, and under which key of `once_per`."""
    now, memory = partition.now, code.rule.remember
    space = partition.space(code.grants_space, memory)
    encoded = keys.encode(key)
    given = [Given(ask.ledger, ask.who, ask.given, ask.cap, ask.counted) for ask in asks if ask.given or ask.counted]
    grant = Grant(now, given, [keys.component(value) for value in once])
    space.put(encoded, grants_row([*grants(space.get(encoded), now, memory), grant]), now)


def take_back(program: Program, partition: Partition, code: RuleCode, key: Sequence[object]) -> list[Ask]:
    """Forget the latest grant under `key` and ask for the opposite of what it really gave.

    Its cap has that room again, if it is still the same period, and its rule may fire again under its `once_per`.
    """
    now, memory = partition.now, code.rule.remember
    space = partition.space(code.grants_space, memory)
    encoded = keys.encode(key)
    held = grants(space.get(encoded), now, memory)
    if not held:
        return []
    grant = held.pop()
    if held:
        space.put(encoded, grants_row(held), now)
    else:
        space.drop(encoded)
    for given in grant.given:
        _free(program, partition, given, grant.at)
    if code.rule.once is not None:
        release(partition, code, keys.joined(grant.once), grant.at, program.zone)
    return [Ask(code.id, ask.ledger, ask.who, -ask.amount) for ask in grant.given if ask.amount]


def _free(program: Program, partition: Partition, given: Given, at: int) -> None:
    cap = None if given.cap is None else program.caps.get(given.cap)
    if cap is None or not given.counted:
        return
    space, key = partition.space(cap.name, cap.lifetime), keys.encode((given.ledger, given.who))
    row = cap.free(space.get(key), period_index(program.zone, at, cap.per), given.counted)
    if row is not None:
        space.put(key, row, partition.now)
