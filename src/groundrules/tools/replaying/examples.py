"""A few hits of each rule to read: what was written, with its evidence, and why the rule fired.

They are taken evenly from all of a rule's hits that were explained, so that they show more than its first day. Their
texts are read from the input once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from groundrules.decisions import Clause
from groundrules.tools.replaying.compare import difference
from groundrules.tools.replaying.model import Example, Hit, Mark, Side
from groundrules.tools.replaying.share import at_path, plain
from groundrules.tools.replaying.sources import lines

Chosen = tuple[Side, Hit, tuple[str, ...]]
"""A hit, which way it differs, and what the other version did instead."""

_clauses = msgspec.json.Decoder(tuple[Clause, ...])
_ORDER = ("gained", "lost", "changed", "acts")


Read = Callable[[Collection[int]], Mapping[int, bytes]]
"""Looks lines of the input up by their numbers."""


def from_files(files: Sequence[str]) -> Read:
    """Return what looks lines of files up."""
    return lambda numbers: {number: line for number, line in enumerate(lines(files), 1) if number in numbers}


def examples(
    read: Read, after: Sequence[Hit], before: Sequence[Hit] | None, renamed: dict[str, str], most: int
) -> tuple[Example, ...]:
    """Return at most so many examples of each rule and each way in which it differs; without `before`, of each rule."""
    if most < 1:
        return ()
    groups: defaultdict[tuple[str, Side], list[Chosen]] = defaultdict(list)
    for side, hit, instead in _all(after, before, renamed):
        if hit.why:
            groups[renamed.get(hit.rule, hit.rule), side].append((side, hit, instead))
    chosen = [
        candidate
        for _, group in sorted(groups.items(), key=lambda item: (item[0][0], _ORDER.index(item[0][1])))
        for candidate in spread(group, most)
    ]
    events = {number: plain(line) for number, line in read({hit.line for _, hit, _ in chosen}).items()}
    return tuple(_example(candidate, events[candidate[1].line], renamed) for candidate in chosen)


def _all(after: Sequence[Hit], before: Sequence[Hit] | None, renamed: dict[str, str]) -> Iterable[Chosen]:
    if before is None:
        for hit in after:
            yield "acts", hit, ()
        return
    differing = difference(before, after, renamed)
    for hit in differing.gained:
        yield "gained", hit, ()
    for hit in differing.lost:
        yield "lost", hit, ()
    for old, new in differing.changed:
        yield "changed", new, old.does


def spread(items: Sequence[Chosen], most: int) -> list[Chosen]:
    """Return at most so many items, evenly from the first to the last."""
    if len(items) <= most:
        return list(items)
    if most == 1:
        return [items[0]]
    return [items[number * (len(items) - 1) // (most - 1)] for number in range(most)]


def _example(chosen: Chosen, event: dict[str, Any], renamed: dict[str, str]) -> Example:
    side, hit, instead = chosen
    event = event if hit.own else {}
    clauses = _clauses.decode(hit.why)
    text = event.get("text")
    actor = str(at_path(event, ("actor", "id")) or "")
    return Example(
        rule=renamed.get(hit.rule, hit.rule),
        side=side,
        line=hit.line,
        at=hit.at,
        event=str(event.get("id") or ""),
        type=str(event.get("type") or ""),
        member=hit.member,
        name=str(at_path(event, ("actor", "name")) or "") if actor == hit.member else "",
        channel=str(at_path(event, ("channel", "name")) or at_path(event, ("channel", "id")) or ""),
        text=text if isinstance(text, str) else "",
        marks=_marks(clauses),
        does=hit.does,
        instead=instead,
        clauses=clauses,
    )


def _marks(clauses: Iterable[Clause]) -> tuple[Mark, ...]:
    """Return the pieces of the event's text that decided, in order, none over another."""
    spans = sorted(
        {
            (evidence.start, evidence.end, evidence.pattern)
            for clause in clauses
            for evidence in clause.evidence
            if evidence.field == "text"
        }
    )
    marks: list[Mark] = []
    for start, end, pattern in spans:
        if not marks or start >= marks[-1].end:
            marks.append(Mark(start=start, end=end, pattern=pattern))
    return tuple(marks)
