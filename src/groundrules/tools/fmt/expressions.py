"""Expressions in lines: one where they fit, else one for each operand of `or` and `and`."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.syntax import nodes
from groundrules.syntax.print import show

WIDTH = 100


def broken(node: nodes.Node, indent: int) -> list[str]:
    """Return the canonical text of a node in lines, to be written under `key: >` with `indent` blanks before each."""
    text = show(node)
    if indent + len(text) <= WIDTH or not isinstance(node, nodes.And | nodes.Or):
        return [text]
    return list(_operands(node, indent))


def _operands(node: nodes.And | nodes.Or, indent: int) -> Iterator[str]:
    word = "and " if isinstance(node, nodes.And) else "or "
    for number, operand in enumerate(node.operands):
        before = word if number else ""
        if not isinstance(operand, nodes.And | nodes.Or):
            yield before + show(operand)
            continue
        text = f"{before}({show(operand)})"
        if indent + len(text) <= WIDTH:
            yield text
        else:
            yield f"{before}("
            yield from ("  " + line for line in broken(operand, indent + 2))
            yield ")"
