"""The parameters of a rulebook as a JSON Schema, from which whoever runs it draws a settings page.

Values are written as in a rulebook: durations `2h`, hours `09:00-22:00`, shares as numbers. `format` says which of
these a text is; for durations `minimum` and `maximum` are written alike, which JSON Schema ignores. Ledgers are no
settings: which one a pack counts on is for its author to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from groundrules.rulebook.model import Located, Parameter

_DURATION = r"^([0-9]+(d|h|m|s|ms))+$"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_TYPES: dict[str, dict[str, Any]] = {
    "duration": {"type": "string", "format": "duration", "pattern": _DURATION},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "percent": {"type": ["number", "string"], "format": "percent"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "time", "pattern": f"^{_CLOCK}$"},
    "hours": {"type": "string", "format": "hours", "pattern": f"^{_CLOCK}-{_CLOCK}$"},
    "text": {"type": "string"},
    "role": {"type": "string", "format": "role"},
    "channel": {"type": "string", "format": "channel"},
    "list": {"type": ["array", "string"], "items": {"type": ["string", "number"]}},
}


def settings_schema(parameters: Iterable[Parameter], lang: str) -> dict[str, Any]:
    """Return the schema of the object of settings, with titles and descriptions in `lang` where there are any."""
    properties = {
        str(parameter.name.value): _property(parameter, lang)
        for parameter in parameters
        if str(parameter.type.value) in _TYPES
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _property(parameter: Parameter, lang: str) -> dict[str, Any]:
    if parameter.values:
        return _dated(parameter, lang)
    schema = {
        "title": _text(parameter.title, lang) or str(parameter.name.value),
        "description": _text(parameter.description, lang),
        **_TYPES[str(parameter.type.value)],
        "default": None if parameter.default is None else parameter.default.plain(),
        "minimum": None if parameter.minimum is None else parameter.minimum.plain(),
        "maximum": None if parameter.maximum is None else parameter.maximum.plain(),
    }
    return {key: value for key, value in schema.items() if value not in (None, "")}


def _dated(parameter: Parameter, lang: str) -> dict[str, Any]:
    """Return the schema of a parameter with values by date: they are shown, and nobody sets another."""
    dates = sorted(parameter.values, key=lambda dated: str(dated.since.value))
    first = [] if parameter.default is None else [str(parameter.default.plain())]
    shown = "; ".join([*first, *(f"{dated.since.value}: {dated.value.plain()}" for dated in dates)])
    schema = {
        "title": _text(parameter.title, lang) or str(parameter.name.value),
        "description": _text(parameter.description, lang),
        "type": "string",
        "readOnly": True,
        "default": shown,
    }
    return {key: value for key, value in schema.items() if value not in (None, "")}


def _text(texts: Mapping[str, Located], lang: str) -> str:
    """Return a text in a language, or in that of all, or in any."""
    chosen = texts.get(lang) or texts.get("") or next(iter(texts.values()), None)
    return "" if chosen is None else str(chosen.value)
