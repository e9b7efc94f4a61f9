"""A document as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundrules.display import safe
from groundrules.tools.handbook.document import Block, Code, Document, Heading, Items, Paragraph, Table, one_line


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
            fence = "`" * max(3, safe.longest_run(block.text) + 1)
            yield f"{fence}{block.language}\n{safe.plain(block.text)}\n{fence}"
        case Table():
            yield _row(map(_escaped, block.head))
            yield _row("---" for _ in block.head)
            yield from (_row(map(_escaped, row)) for row in block.rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(text: str) -> str:
    return safe.markdown(one_line(text))
