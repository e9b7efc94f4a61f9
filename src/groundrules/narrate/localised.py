"""Texts that come in several languages, and values of parameters, as a language shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundrules.narrate.speech import speech

_INNER = str.maketrans("“”", "‘’")  # quotation marks within quotation marks


def pick(texts: Mapping[str, str], lang: str) -> str:
    """Choose the text for `lang`, else the one for all languages, else English, else any."""
    for key in (lang, lang.split("-")[0], "", "en"):
        if key in texts:
            return texts[key]
    return next(iter(texts.values()), "")


def value_text(value: Any, lang: str) -> str:
    """A parameter's value for people: localised text, a list, or the value itself."""
    if isinstance(value, Mapping):
        texts = {str(key): str(item) for key, item in value.items()}
        return f"“{pick(texts, lang).translate(_INNER)}”"
    if isinstance(value, list | tuple):
        return speech("common", lang)("list").join(map(str, value))
    return str(value)
