"""What compiled code reads of a partition: `scope.Readings` over rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from groundrules.engine.cells import entries, labels, roster, sanctions, states
from groundrules.engine.cells.windows import space_of
from groundrules.engine.compiled_rules import WindowCode
from groundrules.engine.evaluation import lots
from groundrules.engine.program import Program
from groundrules.engine.settlement.books import Books
from groundrules.engine.state import keys
from groundrules.engine.state.held import HeldSpace
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.scope import Scope
from groundrules.engine.state.space import Space
from groundrules.plan.ir import Consequence, Relation
from groundrules.plan.relations import HOLDS


class WindowSpaces(dict[str, tuple[WindowCode, Space, Callable[[str], Any]]]):
    """The windows of a partition that were asked, with their rows and the function from a key to its value."""

    def __init__(self, program: Program, partition: Partition) -> None:
        super().__init__()
        self._program = program
        self._partition = partition

    def __missing__(self, id: str) -> tuple[WindowCode, Space, Callable[[str], Any]]:
        code = self._program.windows[id]
        entry = self[id] = code, *space_of(self._partition, code.space, code.cell)
        return entry


class Rings(dict[str, Callable[[str], bytes]]):
    """For each window that is a plain count, the function from a key to its ring; b"" where nothing was counted."""

    def __init__(self, windows: WindowSpaces) -> None:
        super().__init__()
        self._windows = windows

    def __missing__(self, id: str) -> Callable[[str], bytes]:
        ring = self[id] = self._windows[id][1].ring
        return ring


class Marks(dict[str, Callable[[str], Any]]):
    """For each count that keeps ids, the function from a key to its marks; None where nothing was counted."""

    def __init__(self, windows: WindowSpaces) -> None:
        super().__init__()
        self._windows = windows

    def __missing__(self, id: str) -> Callable[[str], Any]:
        marks = self[id] = self._windows[id][2]
        return marks


class Firings(dict[str, Callable[[str], bytes | None]]):
    """For each rule with `once_per`, the function from a key to the row of its last firing; None if there is none."""

    def __init__(self, program: Program, partition: Partition) -> None:
        super().__init__()
        self._program = program
        self._partition = partition

    def __missing__(self, id: str) -> Callable[[str], bytes | None]:
        code = self._program.rules[id]
        last = self[id] = self._partition.space(code.once_space, code.once_lifetime).get
        return last


class PartitionReadings:
    """Reads one partition at its clock."""

    __slots__ = (
        "_partition",
        "_program",
        "_retain",
        "_rosters",
        "_windows",
        "_words",
        "books",
        "firings",
        "marks",
        "rings",
    )

    def __init__(self, program: Program, partition: Partition) -> None:
        self._program = program
        self._partition = partition
        self._windows = WindowSpaces(program, partition)
        self.rings = Rings(self._windows)
        self.marks = Marks(self._windows)
        self.firings = Firings(program, partition)
        self.books = Books(program, partition)
        self._retain = program.plan.retain
        self._rosters: dict[str, HeldSpace] = {}
        self._words: dict[str, tuple[int, entries.Words]] = {}

    def window_test(self, window: str, key: str, within: int, operator: Relation, bound: int) -> bool | None:
        code, _, held = self._windows[window]
        outcome = code.cell.test(held(key), self._partition.now, within, operator, bound)
        return HOLDS[operator](self._unseen(), bound) if outcome is None else outcome

    def window_value(self, window: str, key: str, within: int, maximum: int | None) -> Any:
        code, _, held = self._windows[window]
        number = code.cell.number(held(key), self._partition.now, within)
        if number is None:
            number = self._unseen()
        return number if maximum is None or number is None else min(number, maximum)

    def matched(self, window: str, key: tuple[Any, ...], within: int) -> list[tuple[int, str]]:
        """Return the numbers and ids of the events that a window holds for `key`."""
        code, _, held = self._windows[window]
        return code.cell.ids(held(keys.encode(key)), self._partition.now, within)

    def words(self, list: str) -> entries.Words:
        """Return a list as it is now."""
        version = entries.space(self._partition, list).version
        known = self._words.get(list)
        if known is None or known[0] != version:
            listed = entries.words(self._partition, self._program.lists[list])
            known = self._words[list] = entries.space(self._partition, list).version, listed
        return known[1]

    def window_values(self, window: str, key: str, within: int, maximum: int) -> list[str]:
        code, _, held = self._windows[window]
        values: list[str] = code.cell.values(held(key), self._partition.now, within, maximum)
        return values

    def lot(self, e: Any, x: Scope, site: str, about: str = "") -> float:
        return lots.number(self._partition.id, e, x, site, about)

    def picked(self, e: Any, x: Scope, site: str, items: Sequence[Any], count: int) -> list[Any]:
        return lots.drawn(self._partition.id, e, x, site, items)[: max(count, 0)]

    def members(self, roles: Sequence[str]) -> list[str]:
        known = roster.here(self._roster("member"), self._partition.now, self._retain)
        return [who for who in known if not roles or not set(roles).isdisjoint(self.fact("member", who, "roles") or ())]

    def names(self, ids: Sequence[str]) -> list[str]:
        return [self.fact("member", who, "name") or who for who in ids]

    def ledger(self, ledger: str, who: str) -> int:
        book = self.books[ledger]
        row = book.space.get(who)
        return book.cell.rest if row is None else book.cell.balance(row, self._partition.now).value

    def ledger_rank(self, ledger: str, who: str) -> int | None:
        cell = self._program.ledgers[ledger]
        return cell.rank(cell.space(self._partition), who, self._partition.now)

    def ledger_top(self, ledger: str, count: int) -> list[str]:
        cell = self._program.ledgers[ledger]
        return cell.top(cell.space(self._partition), count, self._partition.now)

    def ledger_board(self, ledger: str, count: int, entity: str, called: str) -> list[str]:
        highest = self.ledger_top(ledger, count)
        return [f"{self.fact(entity, who, called) or who} {self.ledger(ledger, who)}" for who in highest]

    def standings(self, those: Sequence[str], figures: Sequence[float], entity: str, called: str) -> list[str]:
        return [f"{self.fact(entity, who, called) or who} {figure}" for who, figure in zip(those, figures, strict=True)]

    def silence(self, member: str) -> int | None:
        entry, unseen = self._entry("member", member), self._unseen()
        if entry is not None and entry.wrote is not None:
            return self._partition.now - entry.wrote
        if entry is None or entry.joined is None or unseen is None:
            return unseen
        return min(unseen, self._partition.now - entry.joined)

    def in_state(self, state: str, of: str | None) -> bool:
        return states.is_in(self._partition, state, of)

    def has_label(self, entity: str, id: str, label: str) -> bool:
        row = self._partition.space(labels.NAME).get(labels.key(entity, id, label))
        mark = labels.read(row, self._partition.now)
        return mark is not None and mark.on

    def in_force(self, who: str, does: Consequence) -> bool:
        return sanctions.until(self._program.sanctions, self._partition, who, does)[0]

    def in_force_until(self, who: str, does: Consequence) -> int | None:
        return sanctions.until(self._program.sanctions, self._partition, who, does)[1]

    def fact(self, entity: str, id: str, name: str) -> Any | None:
        entry = self._entry(entity, id)
        return None if entry is None else entry.facts.get(name)

    def _entry(self, entity: str, id: str) -> roster.Entry | None:
        space = self._roster(entity)
        entry: roster.Entry | None = space.held(id)
        return entry if entry is not None and self._partition.now - entry.heard <= self._retain else None

    def _roster(self, entity: str) -> HeldSpace:
        space = self._rosters.get(entity)
        if space is None:
            space = self._rosters[entity] = roster.space(self._partition, entity, self._retain)
        return space

    def _unseen(self) -> int:
        """How long the partition has been observed."""
        meta = self._partition.meta
        return 0 if meta is None else meta.clock - meta.first
