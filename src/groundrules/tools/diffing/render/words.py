"""What a diff says. Keys of rulebooks (`when`, `once_per`) are left as authors write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from groundrules.narrate.localised import pick, rule_named
from groundrules.narrate.speech import Speech
from groundrules.tools.diffing.model import Carried, Change, Detail, Diff

MOST = 12  # entries of a list that are shown

_STEP = re.compile(r"\b(step|row) (\S+)")
_OF_RULES = ("once", "times", "grants")  # what is remembered of a rule


class DiffSpeech(Speech):
    """The words for the parts of a diff."""

    def __init__(self, lang: str) -> None:
        super().__init__("diff", lang)

    def section(self, change: Change) -> str:
        return self(f"section.{change.section}")

    def verdict(self, change: Change) -> str:
        """Say how a block changed, and which way it moved."""
        words = [self(change.kind)] if change.kind != "changed" or change.direction == "same" else []
        if change.was:
            words = [words[0] + self.aside(self("was", was=change.was))]
        if change.direction != "same":
            words.append(self(change.direction))
        return self.join(words, "comma")

    def part(self, part: str) -> str:
        """A part of a block: a key as authors write it, or what there is no key for."""
        part = self(f"part.{part}") if self.knows(f"part.{part}") else part
        return _STEP.sub(self._numbered, part)

    def _numbered(self, match: re.Match[str]) -> str:
        if not match[2].isdigit():
            return self("named_row", name=match[2]) if match[1] == "row" else match[0]
        return self("row", number=match[2]) if match[1] == "row" else self("step", number=match[2])

    def _memory(self, name: str) -> str:
        """What is remembered, from `once shop#row-2`: its kind in words, rules as people call them."""
        kind, _, what = name.partition(" ")
        if not self.knows(f"memory.{kind}"):
            return name
        return self(f"memory.{kind}", what=rule_named(what, self.lang) if kind in _OF_RULES else what)

    def title(self, change: Change) -> str:
        return pick(change.title, self.lang)

    def some(self, items: Iterable[str]) -> list[str]:
        """Return the first of some entries, and how many more there are."""
        shown = list(items)
        more = [self("and_more", count=len(shown) - MOST)] if len(shown) > MOST else []
        return [*shown[:MOST], *more]

    def counts(self, diff: Diff) -> str:
        kinds = [change.kind for change in diff.changes]
        changed = kinds.count("changed") + kinds.count("renamed")
        return self("counts", added=kinds.count("added"), removed=kinds.count("removed"), changed=changed)

    def carried(self, carried: Carried) -> Iterator[tuple[str, list[str]]]:
        """Yield each fate of remembered state with what shares it; kept state only where some is lost."""
        fates = {name: [*map(self._memory, getattr(carried, name))] for name in ("lost", "begun")}
        fates |= {name: list(getattr(carried, name)) for name in ("cancelled", "resettled", "left")}
        groups = [(self(name), items) for name, items in fates.items() if items]
        if carried.renamed:
            renamed = [(self._memory(old), self._memory(new)) for old, new in carried.renamed.items()]
            groups.append((self("renamed_memory"), [f"{old} → {new}" for old, new in renamed]))
        if groups and carried.kept:
            groups.append((self("kept"), [*map(self._memory, carried.kept)]))
        yield from groups
        if carried.rows:
            yield self("rows"), [f"{self._memory(name)}: {count:,}" for name, count in carried.rows.items()]

    def what(self, detail: Detail) -> str:
        """Name what differs in a detail without values."""
        if detail.blocks:
            named = [self("block", section=self(f"section.{section}"), id=id) for section, id in detail.blocks]
            return self.join(self.some(named), "comma")
        if detail.role not in ("", "when"):
            return self(f"moves.{detail.role}.{detail.direction}")
        return self(detail.part) if detail.part in ("schema", "other") else self("differs")

    def head(self, detail: Detail) -> str:
        """The beginning of a detail: the part of the block it concerns."""
        if detail.blocks:
            return self(f"moves.{detail.role}.{detail.direction}")
        return "" if detail.part in ("schema", "other") else self.part(detail.part)
