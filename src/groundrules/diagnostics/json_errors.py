"""What is wrong with a text that is no JSON, in the same words and at the same place on every Python.

Python 3.13 began to name a comma before a closing bracket; older ones say what they expected behind it.
"""

from __future__ import annotations

from json import JSONDecodeError


def problem(error: JSONDecodeError) -> tuple[str, int]:
    """Return what is wrong, and its offset in the text."""
    before = error.doc[: error.pos].rstrip()
    if error.msg.startswith("Illegal trailing comma"):
        return _TRAILING, error.pos
    if error.doc[error.pos : error.pos + 1] in ("}", "]") and before.endswith(","):
        return _TRAILING, len(before) - 1
    return error.msg[:1].lower() + error.msg[1:], error.pos


_TRAILING = "a comma before a closing bracket"
