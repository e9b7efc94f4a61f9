"""Events in one line, as lists of them show them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from groundrules.calendar.instants import format_ms, parse_rfc3339
from groundrules.tools.explaining.model import EventSummary

Json = dict[str, Any]
MAIN_TEXTS = ("text", "emoji", "reason", "label", "role", "option", "name", "title", "request")
ABOUT = ("target", "message", "task", "poll", "report", "document", "activity", "members")


def summary(event: Json, at: int | None = None) -> EventSummary:
    """An event as a list shows it; `at` is the clock at which it was handled, its own time if not given."""
    actor = event.get("actor") or {}
    with suppress(KeyError, TypeError, ValueError):
        at = parse_rfc3339(event["time"]) if at is None else at
    time = "" if at is None else format_ms(at)
    who = actor.get("id") if isinstance(actor, dict) else None
    return EventSummary(id=str(event.get("id")), at=time, type=str(event.get("type")), who=who, text=about(event))


def about(event: Json) -> str:
    """What an event was about: its text, its emoji, the person or thing it concerns."""
    texts = [str(event[name]) for name in MAIN_TEXTS if isinstance(event.get(name), str) and event[name]]
    if event.get("type") != "message":
        texts += [identity(event[name]) for name in ABOUT if isinstance(event.get(name), dict)]
    return " ".join(" ".join(texts).split())


def identity(entity: Json) -> str:
    """The name of an entity, else its id."""
    return str(entity.get("name") or entity.get("title") or entity.get("id") or "")
