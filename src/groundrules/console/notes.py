"""What happened around the engine, as sentences: settings, versions of the rulebook, actions by hand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec

from groundrules.calendar.instants import format_ms
from groundrules.console.texts import spoken
from groundrules.decisions import Action
from groundrules.diagnostics.translation import refused
from groundrules.narrate.deeds import deed, title_of
from groundrules.narrate.speech import Speech
from groundrules.stores.records import Note


def worded(note: Note, lang: str, zone: str, called: Mapping[str, str]) -> str:
    """Return a note as a sentence; its kind and what was kept of it, if it has none.

    called: the titles of settings.
    """
    say, raw = spoken(lang), note.detail.decode("utf-8", "replace")
    if say.knows(f"notes.{note.kind}"):
        with suppress(KeyError, TypeError, ValueError, msgspec.MsgspecError):
            detail: Mapping[str, Any] = msgspec.json.decode(note.detail or b"{}", type=dict[str, Any])
            return say(f"notes.{note.kind}", **_values(note.kind, detail, lang, zone, called))
    return f"{note.kind} {raw}"


def _values(kind: str, detail: Mapping[str, Any], lang: str, zone: str, called: Mapping[str, str]) -> dict[str, str]:
    """Return what fills the holes of a sentence."""
    say = spoken(lang)
    values = {name: str(value) for name, value in detail.items()}
    match kind:
        case "settings_changed":
            before, after = detail["before"], detail["after"]
            changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            values["changes"] = say.join(
                say(
                    "step",
                    name=called.get(name, name),
                    before=_value(before, name, say),
                    after=_value(after, name, say),
                )
                for name in changed
            )
        case "rulebook_refused":
            values["why"] = refused(values["reason"], lang)
        case "stamped_ahead":
            values["at"] = Speech("common", lang, zone).time(format_ms(detail["stamped"]))
        case "doubtful":
            values["action"] = title_of(detail["do"], lang)
        case "by_hand":
            action = Action(do=detail["do"], who=detail.get("who"), key="", rules=())
            values["action"] = deed(action, lang) + say.aside(values.get("reason", ""))
        case "lacking":
            values["actions"] = say.join(title_of(lack[0], lang) for lack in detail["actions"])
    return values


def _value(values: Mapping[str, Any], name: str, say: Speech) -> str:
    """Return a setting as it is written in the form."""
    if name not in values:
        return say("by_default")
    value = values[name]
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
