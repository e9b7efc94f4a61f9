"""Writing scalars: plain where YAML allows it, else in the quotes that need fewer escapes.

Quotes that only others need are left to the author: YAML 1.1 takes `yes`, `09:00` and `2027-01-31` for something else
than text, a message with a hole reads better in quotes, and in brackets they say that a full-width comma is text.
"""

from __future__ import annotations

import re
import unicodedata

from groundrules.rulebook.scalars import resolve
from groundrules.rulebook.yaml import YScalar

_FIRST = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~]|-(?=[^\s,\[\]{}\-])")
_NEVER = re.compile(r": |:$| #|\s$|[\t\n\r\x85\u2028\u2029]|^(?:---|\.\.\.)")
_NOT_IN_FLOW = re.compile(r"[,\[\]{}?]")
_WIDE_COMMA = re.compile("[，、]")
_OTHERWISE_IN_1_1 = re.compile(
    r"(?:y|n|yes|no|on|off)|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?[0-9][0-9_.]*|"
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*",
    re.I,
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_VISIBLE_ESCAPE = re.compile(r"\\[^\\\"/nt]")
_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")


def is_plain(text: str, flow: bool) -> bool:
    """Tell whether a text can be written without quotes and is read as that text again."""
    return (
        _FIRST.match(text) is not None
        and not _NEVER.search(text)
        and not (flow and _NOT_IN_FLOW.search(text))
        and not any(unicodedata.category(char) in _UNPRINTABLE for char in text)
        and isinstance(resolve(text), str)
    )


def scalar(node: YScalar, flow: bool) -> str:
    """Return a scalar in one line. Not for block scalars, which have lines of their own."""
    if not isinstance(node.value, str):
        return node.text or ("null" if flow else "")
    raw = node.span.text
    if node.style == '"' and "\n" not in raw and _VISIBLE_ESCAPE.search(raw.replace("\\\\", "")):
        return raw  # invisible characters are better left escaped
    return written(node.text, flow, bool(node.style))


def written(text: str, flow: bool, was_quoted: bool) -> str:
    """Return a text as a scalar in one line."""
    if is_plain(text, flow) and not (was_quoted and _is_meant(text, flow)):
        return text
    return quoted(text)


def _is_meant(text: str, flow: bool) -> bool:
    """Tell whether the author's quotes say something to people, though YAML does not need them."""
    return "{" in text or bool(_OTHERWISE_IN_1_1.fullmatch(text)) or (flow and bool(_WIDE_COMMA.search(text)))


def quoted(text: str) -> str:
    """Return a text in quotes, single ones where that saves escapes."""
    if ("\\" in text or '"' in text) and all(unicodedata.category(char) not in _UNPRINTABLE for char in text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if unicodedata.category(char) not in _UNPRINTABLE and char != "\ufeff":
        return char
    return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"
