"""Exceptions that many rules of a chapter share are listed once, at its beginning, and the rules refer to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from groundrules.display.columns import width
from groundrules.tools.handbook.document import Block, Exemption, Item, Items
from groundrules.tools.handbook.phrases import Phrases

FEWEST = 3
"""Exceptions that fewer rules share are written out at each."""

SHORT = 36
"""Exceptions of up to so many columns are written out, since a reference would not be shorter."""


class SharedExemptions:
    """Numbers exceptions through the whole handbook: the same ones have one number in all chapters."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._numbers: dict[str, int] = {}

    def chapter(self, blocks: Sequence[Block]) -> Iterator[Block]:
        """Yield the blocks of a chapter, the exceptions that its rules share first."""
        notes = [note for item in _items(blocks) for note in item.notes if isinstance(note, Exemption)]
        times = Counter(note.tests for note in notes)
        leads = {tests: self._lead(tests) for tests in times if times[tests] >= FEWEST and width(tests) > SHORT}
        if leads:
            listed = sorted(leads, key=self._numbers.__getitem__)
            yield Items(tuple(Item(leads[tests], tests) for tests in listed))
        references = {tests: self._phrases("unless_shared", exception=lead) for tests, lead in leads.items()}
        for block in blocks:
            items = block.items if isinstance(block, Items) else ()
            yield Items(tuple(_referring(item, references) for item in items)) if items else block

    def _lead(self, tests: str) -> str:
        return self._phrases("exception", n=self._numbers.setdefault(tests, len(self._numbers) + 1))


def _items(blocks: Sequence[Block]) -> Iterator[Item]:
    for block in blocks:
        if isinstance(block, Items):
            yield from block.items


def _referring(item: Item, references: Mapping[str, str]) -> Item:
    notes = (references.get(note.tests, note) if isinstance(note, Exemption) else note for note in item.notes)
    return replace(item, notes=tuple(notes))
