"""Lists that changed at run time, as a change to the rulebook's files: entries go where its author would write them.

A YAML file is edited at the places of the entries, so that layout and comments stay; an entry that is removed takes the
comment on its line along. For a list with a file of words, additions go to the end of that file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from groundrules.checker.model import Checked
from groundrules.diagnostics.source import SourceFile, Span
from groundrules.engine.cells.entries import ListChanges
from groundrules.errors import GroundrulesError
from groundrules.rulebook.model import ListDeclaration, Located
from groundrules.tools.fmt.scalars import written
from groundrules.tools.patches import diff

_WEIGHT = re.compile(r"\s*:\s*-?\d+")
_COMMA = re.compile(r"\s*,")
_COMMENT = re.compile(r"(?<!\S)#[^\n]*")
_EMPTY = re.compile(r"(?:items\s*:\s*|:\s*)(\[\s*\]|\{\s*\})")


class UneditableError(GroundrulesError):
    """A list can't be written into a file: nobody declares it, it is shipped, or it is written in an unusual way."""


class Edited(NamedTuple):
    """A file as it is and as it should be; `path` as shown to the user."""

    path: str
    before: str
    after: str

    def shown(self, here: Path) -> str:
        """Return the change as `patch` and `git apply` take it `here`, or in the root of the file system."""
        place = Path(self.path)
        if place.is_absolute():
            place = place.relative_to(here if place.is_relative_to(here) else place.anchor)
        return diff(place.as_posix(), self.before, self.after)


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def edited(checked: Checked, changes: Mapping[str, ListChanges]) -> list[Edited]:
    """Return the files of a rulebook with lists as they have become, by path.

    Raises UneditableError.
    """
    declared = {
        instance.qualified(str(each.name.value)): each for instance in checked.instances for each in instance.book.lists
    }
    edits: dict[SourceFile, list[_Edit]] = defaultdict(list)
    for name, change in sorted(changes.items()):
        if name not in declared:
            raise UneditableError(f"the rulebook has no list `{name}`")
        for file, edit in _edits(declared[name], change):
            edits[file].append(edit)
    return sorted(Edited(file.path, file.text, _applied(file.text, those)) for file, those in edits.items())


def _applied(text: str, edits: list[_Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _edits(declared: ListDeclaration, change: ListChanges) -> Iterator[tuple[SourceFile, _Edit]]:
    """Yield what a list's change does to its files; what the author has added or removed since is passed over."""
    present = {str(item.value) for item in declared.items}
    added = [entry for entry in change.added if entry not in present]
    removed = present.intersection(change.removed)
    home = declared.span.file
    own = [item for item in declared.items if item.span.file is home]
    words = [item for item in declared.items if item.span.file is not home]
    for item in words:
        if item.value in removed:
            yield item.span.file, _line(item.span)
    if words and added:
        file = words[0].span.file
        gap = "" if not file.text or file.text.endswith("\n") else "\n"
        yield file, _Edit(len(file.text), len(file.text), gap + "".join(f"{entry}\n" for entry in added))
        added = []
    if added or any(item.value in removed for item in own):
        for edit in _in_yaml(declared, own, removed, added):
            yield home, edit


def _line(span: Span) -> _Edit:
    """Return the edit that takes away the whole line of an entry."""
    text = span.file.text
    end = text.find("\n", span.end)
    return _Edit(text.rfind("\n", 0, span.start) + 1, len(text) if end < 0 else end + 1, "")


def _in_yaml(declared: ListDeclaration, own: list[Located], removed: set[str], added: list[str]) -> Iterator[_Edit]:
    text, weighed = declared.span.file.text, bool(declared.weights)
    if not own:
        yield _into_empty(declared, added)
        return
    kept = [item for item in own if item.value not in removed]
    block = _is_block(declared, own[0].span)
    if not kept and (block or (weighed and not added)):
        raise UneditableError(f"nothing would be left of the list `{declared.name.value}`; write it by hand")
    entries = [written(entry, not block, was_quoted=True) + (": 1" if weighed else "") for entry in added]
    if block:
        yield from (_line(item.span) for item in own if item.value in removed)
        if entries:
            first = own[0].span
            indent = text[text.rfind("\n", 0, first.start) + 1 : first.start]
            at = _line(kept[-1].span).end
            gap = "" if text[:at].endswith("\n") else "\n"
            yield _Edit(at, at, gap + "".join(f"{indent}{entry}\n" for entry in entries))
    else:
        yield from _in_line(text, own, removed, entries, weighed)


def _in_line(text: str, own: list[Located], removed: set[str], entries: list[str], weighed: bool) -> Iterator[_Edit]:
    """Yield the edits of entries between brackets: each goes with its comma, the last ones with that before."""
    ends = [_end(text, item.span, weighed) for item in own]
    kept = [number for number, item in enumerate(own) if item.value not in removed]
    if not kept:
        comma = None if entries else _COMMA.match(text, ends[-1])
        yield _Edit(own[0].span.start, comma.end() if comma else ends[-1], ", ".join(entries))
        return
    last = kept[-1]
    for number in range(last):
        if number not in kept:
            yield _Edit(own[number].span.start, own[number + 1].span.start, "")
    more = "".join(f", {entry}" for entry in entries)
    if more or ends[last] != ends[-1]:
        yield _Edit(ends[last], ends[-1], more)


def _end(text: str, span: Span, weighed: bool) -> int:
    weight = _WEIGHT.match(text, span.end) if weighed else None
    return weight.end() if weight else span.end


def _is_block(declared: ListDeclaration, first: Span) -> bool:
    """Tell whether each entry has a line of its own, and no brackets stand around them."""
    before = _COMMENT.sub("", first.file.text[declared.span.start : first.start]).rstrip()
    return before.endswith(("-", ":"))


def _into_empty(declared: ListDeclaration, added: list[str]) -> _Edit:
    span = declared.span
    empty = _EMPTY.search(span.file.text, span.start, span.end)
    if empty is None:
        raise UneditableError(f"the list `{declared.name.value}` can't be edited in place; write it by hand")
    return _Edit(*empty.span(1), "[" + ", ".join(written(entry, True, was_quoted=True) for entry in added) + "]")
