"""The short form in which cases write events.

`{text: hello, by: li}` is a message; everything else that an event needs is filled in:

- `id`: e1, e2, … by position; `type`: message; `community`: c; `channel`: general, unless `channel: null`;
- `at`: an instant, a time of day of the current day of the case (`"09:00"`), or a distance to the event before
  (`+20s`, also `-1h`); one second after the event before if not given. Cases begin at 2026-03-02T01:00:00Z, a Monday,
  which is 09:00 in Shanghai;
- `by`: the actor, a name or an object; `join: li`, `tick: true` and `react: 👍` (with `to:` and `on:`) stand for
  their types;
- `2d ago` and `in 3h` under `joined`, `created`, `due` are instants;
- `raw`: the line as it is, nothing filled in.

All other keys are fields of the event.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
PART = re.compile(r"(\d+)(ms|s|m|h|d|w)")
LENGTH = re.compile(r"(?:\d+(?:ms|[smhdw]))+")
FIELDS_OF_TIME = ("joined", "created", "due", "birthday_at")
OWN = ("at", "by", "join", "leave", "tick", "react", "to", "on", "raw", "want", "say")


def length(text: str) -> timedelta:
    """`1h30m` as a length of time."""
    assert LENGTH.fullmatch(text), f"not a length of time: {text}"
    return timedelta(seconds=sum(int(number) * UNITS[unit] for number, unit in PART.findall(text)))


def milliseconds(text: str) -> int:
    """`10m` as milliseconds."""
    return int(length(text) / timedelta(milliseconds=1))


class Writer:
    """Writes the events of one case out, one after the other."""

    def __init__(self, zone_hours: float = 8) -> None:
        self.zone = timezone(timedelta(hours=zone_hours))
        self.now = START - timedelta(seconds=1)
        self.number = 0

    def line(self, short: dict[str, Any]) -> bytes:
        """One event as a line of JSON, or the raw line."""
        self.number += 1
        if "raw" in short:
            raw = short["raw"]
            return raw.encode() if isinstance(raw, str) else json.dumps(raw).encode()
        self.now = self.time(str(short.get("at", "+1s")))
        event = {"id": f"e{self.number}", "type": "message", "time": stamp(self.now), "community": {"id": "c"}}
        event |= self.kind(short)
        if "channel" not in short and event["type"] == "message":
            event["channel"] = {"id": "general", "name": "general"}
        fields = {name: self.value(value, name) for name, value in short.items() if name not in OWN}
        return json.dumps({**event, **fields}, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def kind(self, short: dict[str, Any]) -> dict[str, Any]:
        """The type that a short key stands for, with its fields."""
        event: dict[str, Any] = {}
        if short.get("tick"):
            return {"type": "tick"}
        actor = short.get("by", short.get("join", short.get("leave", "li")))
        if "join" in short:
            event["type"] = "member.joined"
        if "leave" in short:
            event["type"] = "member.left"
        if "react" in short:
            event["type"] = "reaction.added"
            event["emoji"] = short["react"]
            event["message"] = {"id": short.get("on", "m"), "author": self.person(short.get("to", "wang"))}
        if actor is not None:
            event["actor"] = self.value(self.person(actor), "actor")
        return event

    def person(self, who: Any) -> Any:
        return {"id": who} if isinstance(who, str) else who

    def time(self, text: str) -> datetime:
        """An instant, a time of day, or a distance to the event before."""
        if text[0] in "+-":
            return self.now + (length(text[1:]) if text[0] == "+" else -length(text[1:]))
        if re.fullmatch(r"\d\d:\d\d(:\d\d)?", text):
            parts = [int(part) for part in text.split(":")]
            local = self.now.astimezone(self.zone)
            return local.replace(hour=parts[0], minute=parts[1], second=sum(parts[2:]), microsecond=0).astimezone(UTC)
        return datetime.fromisoformat(text).astimezone(UTC)

    def value(self, value: Any, name: str) -> Any:
        """A field, with relative instants written out and people as objects."""
        if isinstance(value, dict):
            return {key: self.value(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, name) for item in value]
        if name in FIELDS_OF_TIME and isinstance(value, str):
            return self.relative(value)
        if name in ("target", "author", "assignee", "channel") and isinstance(value, str):
            return {"id": value, "name": value} if name == "channel" else {"id": value}
        return value

    def relative(self, text: str) -> str:
        if text.endswith(" ago"):
            return stamp(self.now - length(text.removesuffix(" ago")))
        return stamp(self.now + length(text.removeprefix("in "))) if text.startswith("in ") else text


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
