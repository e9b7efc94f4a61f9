"""From the tree and its comments to canonical text.

Two spaces per level, list items one level in. A flow collection stays one if it fits on a line; otherwise it is written
in lines, and what was written in lines stays so. Expressions are printed canonically; one that is too long for its
line, or that YAML would not take plain, goes under `key: >`. Texts in block style keep their lines.
"""

from __future__ import annotations

from groundrules.diagnostics.source import SourceFile
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence
from groundrules.syntax import nodes
from groundrules.syntax.errors import ParseError
from groundrules.syntax.print import show
from groundrules.tools.fmt.expressions import WIDTH, broken
from groundrules.tools.fmt.scalars import is_plain, scalar, written
from groundrules.tools.fmt.shapes import ROOT, Shape
from groundrules.tools.fmt.trivia import Trivia

LONGEST = 120  # characters of a line with a flow collection
_STEP = 2


def laid_out(file: SourceFile, root: YNode, trivia: Trivia) -> str:
    """Return the canonical text of a file."""
    writer = _Writer(file, trivia)
    lines = ["---"] if trivia.marked else []
    lines += writer.root(root)
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


class _Writer:
    def __init__(self, file: SourceFile, trivia: Trivia) -> None:
        self.file = file
        self.trivia = trivia

    # --- collections in lines -------------------------------------------------------------------

    def root(self, node: YNode) -> list[str]:
        """Return the lines of a whole file."""
        if isinstance(node, YScalar) or not node.items:
            return [self._flow(node, ROOT)]
        return self.collection(node, 0, ROOT)

    def collection(self, node: YNode, indent: int, shape: Shape) -> list[str]:
        """Return a mapping or list in lines, comments included; an empty one has none."""
        lines: list[str] = []
        if isinstance(node, YMapping):
            for key, value in sorted(node.items, key=lambda pair: shape.rank(pair[0].text)):
                self._entry(lines, key, indent, self._pair(key, value, indent, shape.at(key.text)))
        elif isinstance(node, YSequence):
            for item in node.items:
                self._entry(lines, item, indent, self._item(item, indent, shape.item))
        return lines

    def _entry(self, lines: list[str], anchor: YNode, indent: int, content: list[str]) -> None:
        above = _single_blanks(self.trivia.above.get(id(anchor), []))
        if not lines or not lines[-1]:
            while above and not above[0]:
                above.pop(0)
        lines += _indented(above, indent) + content
        below = _single_blanks(self.trivia.below.get(id(anchor), []))
        lines += _indented(below, indent)

    def _pair(self, key: YScalar, value: YNode, indent: int, shape: Shape) -> list[str]:
        head = f"{' ' * indent}{scalar(key, False)}:"
        return self._value(head, value, indent, shape, self.trivia.behind.get(id(key)))

    def _item(self, item: YNode, indent: int, shape: Shape) -> list[str]:
        head = f"{' ' * indent}-"
        comment = self.trivia.behind.get(id(item))
        if isinstance(item, YScalar) or self._in_line(item, len(head) + 1, shape):
            return self._value(head, item, indent, shape, comment)
        lines = self.collection(item, indent + _STEP, shape)
        first = next(index for index, line in enumerate(lines) if line and not line.lstrip().startswith("#"))
        above = [*([comment] if comment else []), *(line.strip() for line in lines[:first])]
        return [*_indented(above, indent), f"{head} {lines[first].lstrip()}", *lines[first + 1 :]]

    def _value(self, head: str, node: YNode, indent: int, shape: Shape, comment: str | None) -> list[str]:
        behind = f"  {comment}" if comment else ""
        if isinstance(node, YScalar):
            first, *rest = self._scalar(head, node, indent, shape)
            return [first + behind, *rest]
        text = self._in_line(node, len(head) + 1, shape)
        if text is not None:
            return [f"{head} {text}{behind}"]
        return [head + behind, *self.collection(node, indent + _STEP, shape)]

    def _in_line(self, node: YNode, column: int, shape: Shape) -> str | None:
        """Return a flow collection in one line if it is one, has no comments and fits; empty ones always do."""
        if isinstance(node, YScalar) or not node.flow or id(node) in self.trivia.opened:
            return None
        text = self._flow(node, shape)
        return text if column + len(text) <= LONGEST or not node.items else None

    # --- scalars --------------------------------------------------------------------------------

    def _scalar(self, head: str, node: YScalar, indent: int, shape: Shape) -> list[str]:
        parsed = _parsed(node, shape)
        if parsed is not None:
            return _expression(head, parsed.root, indent, bool(node.style))
        if node.style in ("|", ">"):
            return self._block(head, node, indent)
        text = scalar(node, False)
        return [f"{head} {text}" if text else head]

    def _block(self, head: str, node: YScalar, indent: int) -> list[str]:
        """Copy the lines of a block scalar to their new indentation, which a digit in the header may say."""
        header, *lines = node.span.text.split("\n")
        header = header.partition("#")[0].rstrip()
        depth = _blanks(_first(lines)) - _blanks(_first(node.text.split("\n")))
        digit = next((int(char) for char in header if char.isdigit()), _STEP)
        inner = " " * (indent + digit)
        return [f"{head} {header}", *(inner + line[depth:] if line.strip() else "" for line in lines)]

    # --- flow -----------------------------------------------------------------------------------

    def _flow(self, node: YNode, shape: Shape) -> str:
        if isinstance(node, YScalar):
            parsed = _parsed(node, shape)
            return scalar(node, True) if parsed is None else written(show(parsed.root), True, bool(node.style))
        if isinstance(node, YMapping):
            return "{" + ", ".join(self._flow_pairs(node, shape)) + "}"
        bare = all(_is_bare(item) for item in node.items)
        return "[" + ", ".join(self._flow_item(item, shape.item, bare) for item in node.items) + "]"

    def _flow_item(self, item: YNode, shape: Shape, bare: bool) -> str:
        if bare and isinstance(item, YMapping):
            return self._flow_pairs(item, shape)[0]
        return self._flow(item, shape)

    def _flow_pairs(self, node: YMapping, shape: Shape) -> list[str]:
        pairs = sorted(node.items, key=lambda pair: shape.rank(pair[0].text))
        return [f"{scalar(key, True)}: {self._flow(value, shape.at(key.text))}" for key, value in pairs]


def _first(lines: list[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _blanks(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_bare(item: YNode) -> bool:
    """Tell whether an item of `[…]` needs no braces: a scalar, or a single pair without braces in it."""
    if isinstance(item, YMapping):
        return len(item.items) == 1 and _is_simple(item.items[0][1])
    return isinstance(item, YScalar)


def _is_simple(value: YNode) -> bool:
    if isinstance(value, YSequence):
        return all(isinstance(item, YScalar) for item in value.items)
    return isinstance(value, YScalar)


def _parsed(node: YScalar, shape: Shape) -> nodes.Parsed[nodes.Node] | None:
    if shape.parse is None or not isinstance(node.value, str):
        return None
    try:
        return shape.parse(node.fragment())
    except ParseError:
        return None


def _expression(head: str, root: nodes.Node, indent: int, was_quoted: bool) -> list[str]:
    shown = show(root)
    line = written(shown, False, was_quoted)
    if line != shown and is_plain(shown, False):
        return [f"{head} {line}"]
    if line == shown and len(head) + 1 + len(line) <= WIDTH:
        return [f"{head} {line}"]
    inner = indent + _STEP
    return [f"{head} >", *(" " * inner + part for part in broken(root, inner))]


def _single_blanks(lines: list[str]) -> list[str]:
    """Return lines without repeated blank ones."""
    return [
        line for index, line in enumerate(lines) if line or (index + 1 < len(lines) and lines[index + 1]) or not index
    ]


def _indented(lines: list[str], indent: int) -> list[str]:
    return [f"{' ' * indent}{line}" if line else "" for line in lines]
