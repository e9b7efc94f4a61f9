"""Functions of texts: measures, forms and parts. All take time linear in the text."""

from __future__ import annotations

import re
import string
from typing import Any

from groundrules.functions.numbers import parse_number
from groundrules.text import emoji
from groundrules.text.fold import fold
from groundrules.text.patterns import groups
from groundrules.text.scripts import BLANK, SEPARATORS, UNSPACED
from groundrules.text.squeeze import squeeze
from groundrules.text.urls import domain_of_link

ASCII_BLANK = "".join(filter(str.isascii, BLANK))
"""`strip` scans everything it should remove at each call: four thousand characters, of which few are ASCII."""

_runs = re.compile(r"(.)\1+", re.DOTALL)
_ASCII_LETTERS = (string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_words = re.compile(f"[{UNSPACED}]|[^{SEPARATORS}{UNSPACED}]+")
_quoted = re.compile(
    r"^[ \t]*>[^\n]*|“[^“”\n]*”|„[^„“\n]*“|「[^「」\n]*」|『[^『』\n]*』|«[^«»\n]*»|‘[^‘’\n]*’(?!\w)"
    r'|(?<![0-9A-Za-z])"[^"\n]*"(?![0-9A-Za-z])|(?<![0-9A-Za-z])\'[^\'\n]*\'(?![0-9A-Za-z])|```(?s:.*?)```|`[^`\n]*`',
    re.MULTILINE,
)
_number = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


def length(of: str | list[Any]) -> int:
    """Characters of a text, or items of a list."""
    return len(of)


def folded(text: str) -> str:
    return fold(text)


def squeezed(text: str) -> str:
    return squeeze(text)


def lower(text: str) -> str:
    return text.lower()


def trimmed(text: str) -> str:
    """The text without white space and invisible characters around it."""
    return text.strip(ASCII_BLANK if text.isascii() else BLANK)


def unquoted(text: str) -> str:
    """The text without its quotations, an ellipsis for each; the whole text if nothing else is in it."""
    if text.isascii() and not any(mark in text for mark in "\"'>`"):
        return text
    own = _quoted.sub("…", text)
    return own if any(map(str.isalnum, own)) else text


def lines(text: str) -> list[str]:
    return text.splitlines()


def words(text: str) -> list[str]:
    """Runs of letters and digits; in scripts without spaces each character by itself."""
    return _words.findall(text)


def caps(text: str) -> float:
    """The share of capitals among the letters that have case; 0.0 if there are none."""
    if text.isascii():
        data = text.encode()
        capitals, small = (len(data) - len(data.translate(None, letters)) for letters in _ASCII_LETTERS)
    else:
        capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return capitals / (capitals + small) if capitals or small else 0.0


def emoji_count(text: str) -> int:
    """Emoji as people see them: a sequence of joined code points counts once."""
    return emoji.count(text)


def longest_run(text: str) -> int:
    runs = [len(run[0]) for run in _runs.finditer(text)]
    return max(runs) if runs else min(len(text), 1)


def number(text: str) -> int | float | None:
    """The number that the whole text is."""
    plain = fold(text).strip()
    return parse_number(plain) if _number.fullmatch(plain) else None


def domain(url: str) -> str | None:
    """The domain that a URL leads to, with or without a scheme."""
    return domain_of_link(url)


def occurrences(text: str, of: str) -> int:
    """How many times a text occurs in another, both folded; an empty one never does."""
    looked_for = fold(of)
    return fold(text).count(looked_for) if looked_for else 0


def capture(text: str, pattern: str, group: int | str | None = None) -> str | None:
    """What a pattern's group (by default the first) matches, or the whole pattern's match if it has no group."""
    return groups(pattern).match(text, group)


def join(items: list[Any], separator: str) -> str:
    return separator.join(_shown(item) for item in items)


def _shown(item: Any) -> str:
    return ("true" if item else "false") if isinstance(item, bool) else str(item)
