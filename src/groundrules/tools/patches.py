"""A change to a file as `patch` and `git apply` take it."""

from __future__ import annotations

import re
from difflib import unified_diff


def diff(name: str, before: str, after: str) -> str:
    """Return a change to a file; one that was empty is told to be new."""
    lines = unified_diff(_lines(before), _lines(after), f"a/{name}" if before else "/dev/null", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Return the lines as git counts them; Python knows other ends of lines, too."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
