"""The ledgers of one partition, each with what a change of its balances needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from groundrules.engine.cells.ladders import LadderCell
from groundrules.engine.cells.ledgers import CapCell, LedgerCell
from groundrules.engine.program import Program
from groundrules.engine.state.partition import Partition
from groundrules.engine.state.space import Space


class Book(NamedTuple):
    """A ledger in one partition: its rows, and the ladders over it."""

    cell: LedgerCell
    space: Space
    ladders: Sequence[LadderCell]


class Books(dict[str, Book]):
    """The ledgers of a partition that were asked for; `caps` are those that were used, with their rows."""

    def __init__(self, program: Program, partition: Partition) -> None:
        super().__init__()
        self.program = program
        self.partition = partition
        self.caps: dict[str, tuple[CapCell, Space]] = {}

    def __missing__(self, id: str) -> Book:
        cell = self.program.ledgers[id]
        book = self[id] = Book(cell, cell.space(self.partition), self.program.ladders_of.get(id, ()))
        return book

    def cap(self, id: str) -> tuple[CapCell, Space]:
        """Return a cap with its rows."""
        if id not in self.caps:
            cap = self.program.caps[id]
            self.caps[id] = cap, self.partition.space(cap.name, cap.lifetime)
        return self.caps[id]
