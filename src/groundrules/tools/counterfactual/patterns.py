"""A text that a pattern matches, written from the pattern's own parts; None where that can't be done simply."""

from __future__ import annotations

import re
from typing import Any

from groundrules.text.patterns import Pattern

_LITERAL = "a"
_CLASSES = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_SPACE": "x"}
_CLASSES |= {"CATEGORY_NOT_DIGIT": "x", "CATEGORY_NOT_WORD": "-"}


def example(pattern: str, flags: str) -> str | None:
    """A short text in which the pattern is found."""
    try:
        parsed = re._parser.parse(pattern)
        text = _all(parsed)
    except (re.error, ValueError, IndexError, KeyError, AttributeError):
        return None
    return text if Pattern(pattern, flags).matches(text) else None


def _written(code: Any, value: Any) -> str:
    match str(code):
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "x" if chr(value) != "x" else "y"
        case "ANY":
            return _LITERAL
        case "IN":
            return _one_of(value)
        case _:
            return _group(str(code), value)


def _group(code: str, value: Any) -> str:
    match code:
        case "AT":
            return ""
        case "BRANCH":
            return min((_all(way) for way in value[1]), key=len)
        case "SUBPATTERN":
            return _all(value[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, _, body = value
            return _all(body) * int(least)
    raise ValueError(f"no example for {code}")


def _all(parts: Any) -> str:
    return "".join(_written(code, value) for code, value in parts)


def _one_of(items: list[Any]) -> str:
    """A character of a class; one outside it, if it is negated."""
    if str(items[0][0]) == "NEGATE":
        excluded = {chr(value) for code, value in items[1:] if str(code) == "LITERAL"}
        return next(character for character in "ax1 -中" if character not in excluded)
    code, value = items[0]
    match str(code):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
        case "CATEGORY":
            return _CLASSES[str(value)]
    raise ValueError(f"no example for {code}")
