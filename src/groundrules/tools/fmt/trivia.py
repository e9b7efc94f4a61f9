"""Comments and blank lines, and what they belong to.

The tree of YAML knows nothing of them, so they are found in the text between its scalars. An **entry** is a pair of a
mapping or an item of a list that gets a line of its own. A comment after something on its line belongs to that entry; a
run of comments and blank lines belongs to the entry below it, unless it is indented more than that entry: then it
closes the list or mapping above. A flow collection that has comments inside is `opened`: written in lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from groundrules.diagnostics.source import SourceFile
from groundrules.errors import GroundrulesError
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence

_COMMENT = re.compile(r"#[^\n]*")
_STRUCTURE = re.compile(r"[\s\-:,\[\]{}]*")
_DASHES = re.compile(r"[\s-]*-\s*(?:#.*)?$")
_MARKER = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M)


class UnsupportedYamlError(GroundrulesError):
    """Something between the values that has no canonical layout: an anchor, a tag, a directive."""


@dataclass(eq=False)
class Entry:
    """`anchor` is the key of a pair, or the item itself; `flow` the innermost opened flow collection around it."""

    anchor: YNode
    start: int
    column: int
    depth: int
    parent: Entry | None
    flow: YNode | None


@dataclass
class Trivia:
    """Lines above, behind and below entries, by the id of their anchor; "" is a blank line."""

    above: dict[int, list[str]] = field(default_factory=dict)
    behind: dict[int, str] = field(default_factory=dict)
    below: dict[int, list[str]] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)
    marked: bool = False  # the file begins with `---`


@dataclass(frozen=True)
class _Comment:
    start: int
    text: str


def trivia(file: SourceFile, root: YNode) -> Trivia:
    """Return the comments and blank lines of a file. Raises UnsupportedYamlError."""
    return _Reader(file, root).read()


def scalars(node: YNode) -> Iterator[YScalar]:
    """Yield all scalars below a node, in the order of the text."""
    if isinstance(node, YScalar):
        yield node
    elif isinstance(node, YSequence):
        for item in node.items:
            yield from scalars(item)
    else:
        for key, value in node.items:
            yield key
            yield from scalars(value)


class _Reader:
    def __init__(self, file: SourceFile, root: YNode) -> None:
        self.file = file
        self.root = root
        self.kept = Trivia()
        self.scalars = list(scalars(root))
        self.comments = list(self._comments())

    def read(self) -> Trivia:
        starts = [comment.start for comment in self.comments]
        self.entries: list[Entry] = []
        self._enter(self.root, None, None, starts)
        self.entries.sort(key=lambda entry: (entry.start, entry.depth))
        self.starts = [entry.start for entry in self.entries]
        self.kept.comments = [comment.text for comment in self.comments]
        lines = self._own_lines()
        for comment in self.comments:
            if self.file.position(comment.start)[0] not in lines:
                self._behind(comment)
        for run in _runs(lines):
            self._run(run)
        return self.kept

    # --- finding --------------------------------------------------------------------------------

    def _comments(self) -> Iterator[_Comment]:
        end = 0
        for scalar in self.scalars:
            if scalar.start < end:
                raise UnsupportedYamlError  # an alias: the value stands elsewhere
            yield from self._between(end, scalar.start)
            if scalar.style in ("|", ">"):
                yield from self._header(scalar)
            end = scalar.end
        yield from self._between(end, len(self.file.text))

    def _header(self, scalar: YScalar) -> Iterator[_Comment]:
        line_end = self.file.text.find("\n", scalar.start)
        comment = _COMMENT.search(self.file.text, scalar.start, line_end if line_end >= 0 else scalar.end)
        if comment:
            yield _Comment(comment.start(), comment[0].rstrip())

    def _between(self, start: int, end: int) -> Iterator[_Comment]:
        text = self.file.text[start:end]
        for match in _COMMENT.finditer(text):
            yield _Comment(start + match.start(), match[0].rstrip())
        rest = _COMMENT.sub("", text)
        marker = _MARKER.search(rest)
        if marker:
            self.kept.marked = self.kept.marked or (marker[0].startswith("-") and not rest[: marker.start()].strip())
            rest = _MARKER.sub("", rest)
        if not _STRUCTURE.fullmatch(rest):
            raise UnsupportedYamlError

    # --- entries --------------------------------------------------------------------------------

    def _enter(self, node: YNode, parent: Entry | None, flow: YNode | None, comments: list[int]) -> None:
        if isinstance(node, YScalar):
            return
        if node.flow:
            if bisect_left(comments, node.start) == bisect_left(comments, node.end):
                return
            self.kept.opened.add(id(node))
            flow = node
        depth = 0 if parent is None else parent.depth + 1
        pairs = node.items if isinstance(node, YMapping) else [(item, item) for item in node.items]
        for anchor, value in pairs:
            origin = node.start if isinstance(node, YSequence) and not node.flow else anchor.start
            column = self.file.position(origin)[1]
            entry = Entry(anchor, anchor.start, column, depth, parent, flow)
            self.entries.append(entry)
            self._enter(value, entry, flow, comments)

    # --- attaching ------------------------------------------------------------------------------

    def _own_lines(self) -> dict[int, str]:
        """Return the blank and comment lines outside of scalars by number, blank ones as ""."""
        last = self.file.position(len(self.file.text))[0]
        occupied: set[int] = set()
        for scalar in self.scalars:
            first, final = self.file.position(scalar.start)[0], self.file.position(scalar.end)[0]
            occupied.update(range(first, final + 1))
        lines = {number: self.file.line(number).strip() for number in range(1, last + 1) if number not in occupied}
        return {number: line for number, line in lines.items() if not line or line.startswith("#")}

    def _behind(self, comment: _Comment) -> None:
        entry = self._before(comment.start)
        while entry is not None and entry.flow is not None and entry.flow.end <= comment.start:
            entry = entry.parent
        line_start = self.file.line_start(self.file.position(comment.start)[0])
        if entry is None or not self.file.text[line_start : comment.start].strip(" \t-"):
            following = self._after(comment.start)
            if following is None:
                raise UnsupportedYamlError
            self.kept.above.setdefault(id(following.anchor), []).append(comment.text)
        elif id(entry.anchor) in self.kept.behind:
            self.kept.below.setdefault(id(entry.anchor), []).append(comment.text)
        else:
            self.kept.behind[id(entry.anchor)] = comment.text

    def _before(self, offset: int) -> Entry | None:
        index = bisect_right(self.starts, offset)
        return self.entries[index - 1] if index else None

    def _after(self, offset: int) -> Entry | None:
        index = bisect_left(self.starts, offset)
        return self.entries[index] if index < len(self.entries) else None

    def _run(self, run: list[tuple[int, str]]) -> None:
        start = self.file.line_start(run[0][0])
        previous, following = self._before(start), self._after(start)
        if following is not None and previous is not None and previous.flow is not None:
            inside = start < previous.flow.end
            closing = run if inside and following.start >= previous.flow.end else []
        else:
            closing = self._closing(run, following) if previous is not None else []
        lines = [line for _, line in run]
        if closing and previous is not None:
            owner = self._owner(previous, closing)
            self.kept.below.setdefault(id(owner.anchor), []).extend(lines[: len(closing)])
        if following is not None:
            self.kept.above.setdefault(id(following.anchor), []).extend(lines[len(closing) :])

    def _closing(self, run: list[tuple[int, str]], following: Entry | None) -> list[tuple[int, str]]:
        """Return the part of a run that is indented more than what follows, unless it stands behind its dash."""
        if following is None:
            while run and not run[-1][1]:
                run = run[:-1]
            return run
        if _DASHES.match(self.file.line(max(run[0][0] - 1, 1))):
            return []
        deeper = [index for index, (number, line) in enumerate(run) if line and self._column(number) > following.column]
        return run[: deeper[-1] + 1] if deeper else []

    def _owner(self, entry: Entry, closing: list[tuple[int, str]]) -> Entry:
        """Return the entry behind which closing comments are written: the deepest that is not indented more."""
        columns = [self._column(number) for number, line in closing if line]
        while entry.parent is not None and columns and entry.column > min(columns):
            entry = entry.parent
        return entry

    def _column(self, line: int) -> int:
        text = self.file.line(line)
        return len(text) - len(text.lstrip()) + 1


def _runs(lines: dict[int, str]) -> Iterator[list[tuple[int, str]]]:
    """Yield neighbouring lines together."""
    run: list[tuple[int, str]] = []
    for number, line in sorted(lines.items()):
        if run and run[-1][0] + 1 != number:
            yield run
            run = []
        run.append((number, line))
    if run:
        yield run
