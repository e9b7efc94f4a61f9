"""A document as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundrules.tools.handbook.document import Block, Code, Document, Heading, Items, Paragraph, Table, one_line

_SPECIAL = re.compile(r"[\\`*<\[\]|]|(?<!\w)_|_(?!\w)")


def markdown(document: Document) -> str:
    """Return the document as a Markdown page."""
    lines = [f"# {_escaped(document.title)}"]
    for block in document.blocks:
        lines += ["", *_block(block)]
    return "\n".join([*lines, "", "---", "", document.footer]) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {_escaped(block.text)}"
        case Paragraph():
            yield _escaped(block.text)
        case Items():
            for item in block.items:
                separator = " — " if item.lead and item.text else ""
                lead = f"**{_escaped(item.lead)}**" if item.lead else ""
                yield f"- {lead}{separator}{_escaped(item.text)}"
                yield from (f"  - {_escaped(note)}" for note in item.notes)
        case Code():
            yield f"```{block.language}\n{block.text}\n```"
        case Table():
            yield _row(block.head)
            yield _row(tuple("---" for _ in block.head))
            yield from map(_row, ((tuple(map(_escaped, row))) for row in block.rows))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))
