"""A rulebook's parameter values in chat, from the schema that every settings page is drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from groundrules.narrate.localised import value_text
from groundrules.narrate.speech import speech

DEFAULT = ("default", "默认")
"""Instead of a value: the rulebook's default."""


def listed(schema: Mapping[str, Any], values: Mapping[str, Any], lang: str) -> str:
    """List what can be set, and the current values."""
    say = speech("bots", lang)
    lines = []
    for name, shape in schema.get("properties", {}).items():
        value = value_text(_shown(values.get(name, shape.get("default"))), lang)
        form = "setting_changed" if name in values else "setting"
        lines.append(say(form, name=name, title=shape.get("title") or name, value=value))
    return "\n".join([*lines, say("how_to_set")]) if lines else say("no_setting")


def _shown(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool) or value is None else value


def asked(words: str, schema: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Return the requested parameter and value, None for the default; None if there is no such parameter."""
    first, _, rest = words.partition(" ")
    for name, shape in schema.get("properties", {}).items():
        if first in (name, shape.get("title")):
            return name, _value(rest.strip(), shape)
    return None


def _value(written: str, shape: Mapping[str, Any]) -> Any:
    """A typed value: a text where texts are expected, else JSON, else the words as a list."""
    if written in DEFAULT:
        return None
    if shape.get("type") == "string":
        return written
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written.split() if shape.get("type") == "array" else written
