"""Formatting a file: read, lay out, read again, compare.

The output is returned only if it says the same as before: the same data, expressions that parse to the same trees, the
same comments. So a mistake in the layout can refuse a file but not change it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from groundrules.diagnostics.model import Diagnostic, Report
from groundrules.diagnostics.source import SourceFile
from groundrules.errors import GroundrulesError
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence, read_yaml
from groundrules.syntax import nodes
from groundrules.syntax.errors import ParseError
from groundrules.tools.fmt.layout import laid_out
from groundrules.tools.fmt.shapes import ROOT, Shape
from groundrules.tools.fmt.trivia import UnsupportedYamlError, trivia


@dataclass(frozen=True)
class Formatted:
    """The canonical text of a file, and whether it differs from before."""

    text: str
    changed: bool


class FormatError(GroundrulesError):
    """A file that is left as it is; `diagnostics` say why if the file is at fault, else the message does."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


def format_text(text: str, path: str = "rulebook.yaml") -> Formatted:
    """Return the canonical layout of a rulebook's or tests file's text. Raises FormatError."""
    file = SourceFile(path, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    root = _read(file)
    if root is None:
        return Formatted(text, False)
    try:
        trivia_of_file = trivia(file, root)
    except UnsupportedYamlError:
        raise FormatError("it uses anchors, aliases, tags or `?` keys, which have no canonical layout") from None
    after = laid_out(file, root, trivia_of_file)
    _compare(root, trivia_of_file.comments, SourceFile(path, after))
    return Formatted(after, after != text)


def _read(file: SourceFile) -> YNode | None:
    report = Report()
    root = read_yaml(file, report)
    if report.has_errors:
        raise FormatError("it is not valid YAML", tuple(report.sorted))
    return root


def _compare(before: YNode, comments: list[str], file: SourceFile) -> None:
    try:
        after = _read(file)
        if (
            after is not None
            and _same(before, after, ROOT)
            and Counter(trivia(file, after).comments) == Counter(comments)
        ):
            return
    except (FormatError, UnsupportedYamlError):
        pass
    raise FormatError("its layout could not be changed without changing its meaning; please report this file")


def _same(before: YNode, after: YNode, shape: Shape) -> bool:
    if isinstance(before, YMapping) and isinstance(after, YMapping):
        values = {key.text: value for key, value in after.items}
        return values.keys() == {key.text for key, _ in before.items} and all(
            _same(value, values[key.text], shape.at(key.text)) for key, value in before.items
        )
    if isinstance(before, YSequence) and isinstance(after, YSequence):
        return len(before.items) == len(after.items) and all(
            _same(item, other, shape.item) for item, other in zip(before.items, after.items, strict=True)
        )
    if not isinstance(before, YScalar) or not isinstance(after, YScalar):
        return False
    if before.value == after.value and type(before.value) is type(after.value):
        return True
    return _same_expression(before, after, shape)


def _same_expression(before: YScalar, after: YScalar, shape: Shape) -> bool:
    if shape.parse is None or not (isinstance(before.value, str) and isinstance(after.value, str)):
        return False
    try:
        return nodes.same(shape.parse(before.fragment()).root, shape.parse(after.fragment()).root)
    except ParseError:
        return False
