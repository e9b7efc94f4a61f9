"""Writes `emoji.tsv`: `python -m dev.emoji_table`, for maintainers.

Which characters are emoji, by the Unicode data in the package `regex`: those that are shown as emoji by themselves, and
those that are text unless U+FE0F follows. Digits, `#` and `*`, which are emoji only as keys, and the letters of flags,
which are emoji only in pairs, are left out.
"""

from __future__ import annotations

import sys
from importlib import import_module

from dev.fold_table import FOLDER, header, ranges

FILE = FOLDER / "emoji.tsv"
_ALONE = range(0x80), range(0x1F1E6, 0x1F200)


def emoji_table() -> str:
    """Return the content of `emoji.tsv`."""
    shown, either = _having("Emoji_Presentation"), _having("Emoji")
    body = f"emoji\t{ranges(shown)}\ntext\t{ranges(sorted(set(either) - set(shown)))}\n"
    return header("emoji", body, "17.0.0") + body


def _having(name: str) -> list[int]:
    has = import_module("regex").compile(rf"\p{{{name}}}").match
    return [code for code in range(sys.maxunicode + 1) if has(chr(code)) and not any(code in some for some in _ALONE)]


def main() -> None:
    """Write the table next to the module that reads it."""
    FILE.write_text(emoji_table(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
