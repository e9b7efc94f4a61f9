"""Emoji as people see them, by the Unicode data: a sequence of joined code points is one.

What is text by default (`▶ ‼ © ❤`) is an emoji with U+FE0F after it, a skin tone, or something joined to it; what is an
emoji by default is text with U+FE0E. `★ ☆ ♪ ✓ ❶` are never emoji. `dev/emoji_table.py` makes the table, so that every
Python counts alike.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from groundrules.text.scripts import character_class

_TONE = "[\U0001f3fb-\U0001f3ff]"
_TAIL = f"\ufe0f?{_TONE}?[\U000e0020-\U000e007f]*"


@cache
def _emoji() -> re.Pattern[str]:
    rows = Path(__file__).with_name("emoji.tsv").read_text(encoding="utf-8").splitlines()[1:]
    classes = {kind: character_class(ranges) for kind, ranges in (row.split("\t") for row in rows)}
    shown, text = f"[{classes['emoji']}]", f"[{classes['text']}]"
    joined = f"\u200d[{classes['emoji']}{classes['text']}]"
    return re.compile(
        f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3"
        f"|(?:{shown}(?!\ufe0e)|{text}(?=\ufe0f|{_TONE}|{joined})){_TAIL}(?:{joined}{_TAIL})*"
    )


def count(text: str) -> int:
    """Return how many emoji people see in a text."""
    return 0 if text.isascii() else sum(1 for _ in _emoji().finditer(text))
