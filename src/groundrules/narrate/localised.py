"""Texts that come in several languages, and values of parameters, as a language shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from groundrules.narrate.speech import Speech, speech

_WEEK = re.compile(r"\d{4}-\d\d-\d\dw")
_INNER = str.maketrans("“”", "‘’")  # quotation marks within quotation marks


def pick(texts: Mapping[str, str], lang: str) -> str:
    """Choose the text for `lang`, else the one for all languages, else English, else any."""
    for key in (lang, lang.split("-")[0], "", "en"):
        if key in texts:
            return texts[key]
    return next(iter(texts.values()), "")


def _part_named(part: str, say: Speech) -> str:
    """The name of a part of a block; "" if it has none."""
    kind, _, number = part.rpartition("-")
    if number.isdigit():
        return say(f"parts.{kind or 'step'}", n=number)
    if part.startswith("row-"):
        return say("parts.named_row", name=part.removeprefix("row-"))
    return say(f"parts.{part}") if say.knows(f"parts.{part}") else ""


def rule_named(id: str, lang: str) -> str:
    """What people call a rule: its id; for what a block lowers to, its block and part, `discipline (step 3)`."""
    block, *parts = id.split("#")
    say = speech("common", lang)
    details = [detail for part in parts if (detail := _part_named(part, say))]
    return block + say.aside(say.join(details, "comma"))


def number_text(value: float, beside: str) -> str:
    """A number, written like what it is compared with: `100%` for `caps(text) > 70%`; else with four digits."""
    if isinstance(value, bool) or not isinstance(value, float):
        return str(value)
    return f"{value * 100:.4g}%" if re.search(r"\d%(?!\s*[\d(])", beside) else f"{value:.4g}"


def week_of(value: Any) -> str:
    """The first day of the week in the log's form of `this week` (`2026-03-02w`); "" for other values."""
    return value[:-1] if isinstance(value, str) and _WEEK.fullmatch(value) else ""


def value_text(value: Any, lang: str) -> str:
    """A parameter's value for people: localised text, a list, or the value itself."""
    if isinstance(value, Mapping):
        texts = {str(key): str(item) for key, item in value.items()}
        return f"“{pick(texts, lang).translate(_INNER)}”"
    if isinstance(value, list | tuple):
        return speech("common", lang)("list").join(map(str, value))
    return str(value)
