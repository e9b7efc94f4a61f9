"""Choosing among languages: the narrator's, and that of texts that come in several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SEPARATORS = {"en": ", ", "zh": "、"}
_INNER = str.maketrans("“”", "‘’")  # quotation marks within quotation marks


def language_of(lang: str) -> str:
    """The narrator's language nearest to `lang` (a tag such as zh-CN); English where there is none."""
    return "zh" if lang.lower().split("-")[0] == "zh" else "en"


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
        return SEPARATORS[language_of(lang)].join(str(item) for item in value)
    return str(value)


def aside(text: str, lang: str) -> str:
    """Put a text in brackets after what stands before it; nothing for no text."""
    return "" if not text else f"（{text}）" if language_of(lang) == "zh" else f" ({text})"
