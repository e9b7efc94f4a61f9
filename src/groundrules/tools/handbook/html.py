"""A document as one HTML page that needs nothing else, and prints well."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.display.safe import html as safe_html
from groundrules.tools.handbook.document import Block, Code, Document, Heading, Item, Items, Paragraph, Table, one_line

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.6;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { line-height: 1.25; border-bottom: 2px solid; padding-bottom: .4rem; }
h2 { margin-top: 2.2rem; }
nav ul { list-style: none; padding: 0; columns: 2; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; }
th, td { border: 1px solid #8886; padding: .35rem .6rem; text-align: left; vertical-align: top; }
th { background: #8882; }
li ul { font-size: .94em; opacity: .85; }
footer { margin-top: 3rem; border-top: 1px solid #8886; font-size: .85em; opacity: .75; }
@media print {
  body { max-width: none; margin: 0; font-size: 10.5pt; }
  nav { display: none; }
  h2, h3, h4 { break-after: avoid; }
  li, tr { break-inside: avoid; }
}
""".strip()


def html(document: Document) -> str:
    """Return the document as a self-contained page: no scripts, no links to anywhere."""
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{_escaped(document.lang)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_escaped(document.title)}</title>",
            f"<style>\n{_STYLE}\n</style>",
            "</head>",
            "<body>",
            f"<h1>{_escaped(document.title)}</h1>",
            body(document),
            f"<footer><p>{_escaped(document.footer)}</p></footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def body(document: Document) -> str:
    """Return what the page says below its title, for a page of somebody else's."""
    chapters = [block for block in document.blocks if isinstance(block, Heading) and block.level == 2]
    numbers = iter(range(1, len(chapters) + 1))
    return "\n".join([*_contents(chapters), *(part for block in document.blocks for part in _block(block, numbers))])


def _contents(chapters: list[Heading]) -> Iterator[str]:
    if len(chapters) > 1:
        yield "<nav><ul>"
        for number, chapter in enumerate(chapters, 1):
            yield f'<li><a href="#c{number}">{_escaped(chapter.text)}</a></li>'
        yield "</ul></nav>"


def _block(block: Block, numbers: Iterator[int]) -> Iterator[str]:
    match block:
        case Heading():
            anchor = f' id="c{next(numbers)}"' if block.level == 2 else ""
            yield f"<h{block.level}{anchor}>{_escaped(block.text)}</h{block.level}>"
        case Paragraph():
            yield f"<p>{_escaped(block.text)}</p>"
        case Items():
            yield "<ul>"
            yield from map(_item, block.items)
            yield "</ul>"
        case Code():
            yield f"<pre><code>{safe_html(block.text)}</code></pre>"
        case Table():
            yield "<table>"
            yield f"<thead><tr>{''.join(f'<th>{_escaped(cell)}</th>' for cell in block.head)}</tr></thead>"
            yield "<tbody>"
            yield from (f"<tr>{''.join(f'<td>{_escaped(cell)}</td>' for cell in row)}</tr>" for row in block.rows)
            yield "</tbody></table>"


def _item(item: Item) -> str:
    lead = f"<strong>{_escaped(item.lead)}</strong>" if item.lead else ""
    separator = " — " if item.lead and item.text else ""
    notes = "".join(f"<li>{_escaped(note)}</li>" for note in item.notes)
    return f"<li>{lead}{separator}{_escaped(item.text)}{f'<ul>{notes}</ul>' if notes else ''}</li>"


def _escaped(text: str) -> str:
    return safe_html(one_line(text))
