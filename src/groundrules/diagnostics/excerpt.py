"""Texts in one line, for messages and lists."""

from __future__ import annotations


def excerpt(text: str, most: int = 60) -> str:
    """Return a text in one line, of `most` characters at most; what is longer ends in `…`."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
