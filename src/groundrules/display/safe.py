"""The one place that makes foreign text safe for the medium it is shown in.

Members, rulebooks and platforms write texts; a terminal obeys control sequences, a page its markup, and all of them
reverse a line at a bidirectional mark. Whatever shows text goes through its medium's function: nothing acts, nothing
hides, and what was removed shows as `�`.
"""

from __future__ import annotations

import re
from html import escape

TAB = "    "
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
_MARKS = "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, or reversing the line
_ON_LINES = re.compile(f"[{_CONTROLS}{_MARKS}]")  # in a text that may have several lines
_IN_A_LINE = re.compile(f"[\n{_CONTROLS}{_MARKS}]")
_MARKDOWN = re.compile(
    r"[\\`*<\[\]|~@]|&(?=#?\w+;)|#(?=\d)|(?<!\w)_|_(?!\w)"
    r"|^(?:#(?=#*(?:\s|$))|>|[+-](?=\s|$)|[=-](?=[=-]+$)|\d+(?=[.)]\s))"  # what would begin a block
)


def terminal(text: str) -> str:
    """A text on one line, without anything that acts on the terminal."""
    return _IN_A_LINE.sub("�", text).replace("\t", TAB)


def plain(text: str) -> str:
    """A text of several lines, without anything that acts; valid in XML too, which can't escape such characters."""
    return _ON_LINES.sub("�", text.replace("\r\n", "\n"))


def html(text: str) -> str:
    """A text as HTML shows it, in an element or an attribute."""
    return escape(plain(text))


def markdown(text: str) -> str:
    """A text for one line of Markdown, escaped so that it forms no block, link, tag, entity or mention."""
    return _MARKDOWN.sub(_escaped, plain(" ".join(text.split())))


def _escaped(special: re.Match[str]) -> str:
    sign = special[0]
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


def markdown_code(text: str) -> str:
    """A text as code in Markdown, in one line, fenced by more backticks than it contains."""
    flat = plain(" ".join(text.split()))
    fence = "`" * (longest_run(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def longest_run(text: str) -> int:
    """The length of the longest run of backticks in a text."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def json(text: str) -> str:
    """Equivalent JSON that doesn't act on a terminal: the characters that would are escaped."""
    return _ON_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
