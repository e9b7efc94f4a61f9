"""The virtual clock of a test, and the events that its short forms stand for.

Times are absolute (`2026-03-02 09:00`), of the day (`09:00`: the next one not before the step before), of the week
(`monday 09:00`), relative to the step before (`+20s`, `+1d`), or a day later at a time of day (`+1d 09:00`). All are in
the rulebook's time zone. A step without a time comes a second after the one before. Facts of members may be relative to
the test's first step: `joined: 2d ago`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from groundrules.decisions import Decision
from groundrules.engine.intake.explain import as_moment
from groundrules.errors import GroundrulesError
from groundrules.plan import ir
from groundrules.time_units import UNITS, WEEKDAYS
from groundrules.tools.testing.cases import Case, Step

PARTITION = "test"
NUMBER = "{n}"
NEXT = "+1s"
HEADER = ("id", "type", "time", "community", "channel", "actor")
_DURATION = r"(?:\d{1,18}(?:ms|[smhdw]))+"
_RELATIVE = re.compile(rf"\+({_DURATION})(?:\s+(\d\d:\d\d(?::\d\d)?))?$")
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?$")
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$")
_WEEKLY = re.compile(rf"({'|'.join(WEEKDAYS)})\s+(\d\d:\d\d(?::\d\d)?)$")
_AGO = re.compile(rf"({_DURATION})\s+(ago|from now)$")


class TimeError(GroundrulesError, ValueError):
    """A time that can't be read, or that would run backwards."""


def milliseconds(text: str) -> int:
    """Return the length of a duration such as `1h30m` in milliseconds."""
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", text))


def is_length(text: str) -> bool:
    """Whether a text is a duration such as `1h30m`."""
    return re.fullmatch(_DURATION, text) is not None


def is_ago(text: str) -> bool:
    """Whether a text is a time relative to the first step, `2d ago` or `3h from now`."""
    return _AGO.match(text) is not None


def moved_by(moment: datetime, text: str) -> datetime:
    """Return the instant that lies as long before (`2d ago`) or after (`3h from now`). Raises TimeError."""
    shift = milliseconds(text) * (-1 if text.endswith("ago") else 1)
    try:
        return moment + timedelta(milliseconds=shift)
    except OverflowError:
        raise _beyond(text) from None


def _beyond(text: str) -> TimeError:
    return TimeError(f"`{text}` is outside the years 1 to 9999")


def day_of(text: str) -> date:
    """Read a day such as `2026-03-02`. Raises TimeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise TimeError(f"`{text}` is not a day; write `2026-03-02`") from None


class VirtualClock:
    """Turns the `at` of each step into an instant; it never runs backwards."""

    def __init__(self, zone: str, start: str) -> None:
        self._zone = ZoneInfo(zone)
        self.now = datetime.combine(day_of(start), time.min, self._zone)
        self._started = False

    def move(self, at: str) -> datetime:
        """Move to `at` and return the new time. Raises TimeError for a time that can't be read or runs back."""
        try:
            moved = self._resolve(at.strip())
            moved.astimezone(UTC)
        except OverflowError:
            raise _beyond(at) from None
        if moved < self.now:
            raise TimeError(f"`{at}` is before the previous step ({self.now:%Y-%m-%d %H:%M:%S})")
        self.now, self._started = moved, True
        return moved

    def _resolve(self, at: str) -> datetime:
        if relative := _RELATIVE.match(at):
            moved = (self.now.astimezone(UTC) + timedelta(milliseconds=milliseconds(relative[1]))).astimezone(
                self._zone
            )
            return self._on(moved.date(), relative[2]) if relative[2] else moved
        if dated := _DATED.match(at):
            return self._on(day_of(dated[1]), dated[2] or "00:00")
        if weekly := _WEEKLY.match(at):
            ahead = (WEEKDAYS.index(weekly[1]) - self.now.weekday()) % 7
            return self._not_before(self.now.date() + timedelta(days=ahead), weekly[2], days=7)
        if _CLOCK.match(at):
            return self._not_before(self.now.date(), at, days=1)
        try:
            moved = datetime.fromisoformat(at)
        except ValueError:
            moment = as_moment(at)
            hint = f"; as a Unix time that is `{moment}`" if moment else ""
            message = f"`{at}` is not a time; write `09:00`, `+20s`, `monday 09:00` or `2026-03-02 09:00`{hint}"
            raise TimeError(message) from None
        return moved if moved.tzinfo else moved.replace(tzinfo=self._zone)

    def _not_before(self, day: date, clock: str, days: int) -> datetime:
        moved = self._on(day, clock)
        return moved if moved >= self.now else self._on(day + timedelta(days=days), clock)

    def _on(self, day: date, clock: str) -> datetime:
        try:
            return datetime.combine(day, time.fromisoformat(clock), self._zone)
        except ValueError:
            raise TimeError(f"`{clock}` is not a time of day") from None


def rfc3339(moment: datetime) -> str:
    """Write an instant as an event's `time`: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Running(Protocol):
    """An engine or an interpreter."""

    def feed(self, event: dict[str, Any]) -> list[Decision]: ...
    def finish(self) -> list[Decision]: ...


def at_once(running: Running, event: dict[str, Any]) -> list[Decision]:
    """Feed an event whose time is true, however far ahead it lies: a virtual clock is never wrong."""
    return running.feed(event) or running.finish()


class EventMaker:
    """Makes whole events from the short forms in a case.

    `heard` tells it what was decided, so that a step can refer to things that only the engine can name: a request for
    approval by the rule that asked (`approval.given: silent-members`), an action by what it did
    (`action.result: {key: ban, ok: false}`).
    """

    def __init__(self, plan: ir.Plan, case: Case) -> None:
        self._schemas = plan.events
        self._case = case
        self._zone = plan.timezone
        self._clock = VirtualClock(plan.timezone, case.start)
        self._origin: datetime | None = None
        self._count = 0
        self._requests: dict[str, str] = {}
        self._actions: dict[str, str] = {}
        self._member_patterns = [
            (re.compile(re.escape(name).replace(re.escape(NUMBER), r"\d+")), facts)
            for name, facts in case.members.items()
            if NUMBER in name
        ]

    def events(self, step: Step) -> Iterator[dict[str, Any]]:
        """Yield the events of `step` and move the clock. Raises TimeError."""
        for number in range(1, step.repeat + 1):
            yield self._event(step, step.at if number == 1 else f"+{step.every}", number)

    def heard(self, decisions: Iterable[Decision]) -> None:
        """Take note of the names that the engine gave."""
        for action in (action for decision in decisions for action in decision.actions):
            self._actions[action.do] = action.key
            if action.do == "request_approval":
                self._requests[str(action.parameters["rule"])] = str(action.parameters["request"])

    def _event(self, step: Step, at: str, number: int) -> dict[str, Any]:
        now = self._clock.move(at)
        self._origin = self._origin or now
        self._count += 1
        event: dict[str, Any] = {"id": f"#{self._count}", "type": step.type or "tick", "time": rfc3339(now)}
        event["community"] = {"id": PARTITION}
        if step.type is None:
            return event
        fields, short = numbered(step.fields, number), numbered(step.short, number)
        event["channel"] = self._channel(fields.pop("in", self._case.channel))
        return event | self._written(step.type, short, fields)

    def roster(self) -> dict[str, Any] | None:
        """The event that seeds the roster with the case's members, where the case asks for it."""
        if not (self._case.roster and self._case.members and self._case.steps):
            return None
        now = VirtualClock(self._zone, self._case.start).move(self._case.steps[0].at)
        self._origin = now
        members = [self._member(name) for name in self._case.members]
        base = {"id": "#0", "type": "roster", "time": rfc3339(now), "community": {"id": PARTITION}}
        return base | {"members": members}

    def _written(self, type: str, short: Any, stated: dict[str, Any]) -> dict[str, Any]:
        properties = self._schemas.get(type, {}).get("properties", {})
        fields: dict[str, Any] = {}
        if "by" in stated:
            fields["actor"] = self._member(stated.pop("by"))
        stated = self._short(type, short) | stated
        return fields | {key: self._field(key, value, properties.get(key, {})) for key, value in stated.items()}

    def _short(self, type: str, short: Any) -> dict[str, Any]:
        """The fields given by the value beside the type's name: a mapping of them, or the type's main field."""
        if short is None or short is True:
            return {}
        if isinstance(short, dict):
            return dict(short)
        name = self._main_field(type)
        if name == "text" and isinstance(short, int | float) and not isinstance(short, bool):
            raise TimeError(f"the text of `{type}` is read as the number `{short}`; put it in quotes")
        return {name: short}

    def _main_field(self, type: str) -> str:
        """The main field of a type: the member it must name, its text, another required field, else an optional one."""
        schema = self._schemas.get(type, {})
        properties, family = schema.get("properties", {}), type.partition(".")[0]
        needed = [name for name in schema.get("required", ()) if name not in HEADER]
        likely = ["target"] if "target" in needed and "text" in properties else []
        likely += [name for name in ("text", "emoji") if name in properties]
        likely += [name for name in (family, "target") if name in needed] + needed
        return next(iter(likely), "target" if "target" in properties else "actor")

    def _field(self, name: str, value: Any, schema: dict[str, Any]) -> Any:
        known = {"request": self._requests, "key": self._actions, "action": self._actions}.get(name, {})
        return known[value] if isinstance(value, str) and value in known else self._expand(value, schema)

    def _expand(self, value: Any, schema: dict[str, Any]) -> Any:
        """Give a short value the shape that its schema wants: `li` → {id: li, …facts}, `2d ago` → an instant."""
        properties = schema.get("properties", {})
        match schema.get("type"), value:
            case "array", list():
                return [self._expand(item, schema.get("items", {})) for item in value]
            case "object", str():
                return self._reference(value, properties)
            case "object", dict():
                return {key: self._expand(item, properties.get(key, {})) for key, item in value.items()}
            case "integer", str() if schema.get("format") == "duration":
                return milliseconds(value)
            case _:
                return self.instant(value) if schema.get("format") == "date-time" else value

    def _reference(self, value: str, properties: dict[str, Any]) -> dict[str, Any]:
        if "url" in properties and "id" not in properties:
            return {"url": value}
        return self._member(value) if "roles" in properties else {"id": value}

    def _channel(self, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        known = self._case.channels.get(value, {}) if isinstance(value, str) else {}
        return {"id": value, "name": value} | known

    def _member(self, value: Any) -> dict[str, Any]:
        facts = value if isinstance(value, dict) else {"id": str(value)}
        return {key: self.instant(fact) for key, fact in (self._facts(str(facts.get("id"))) | facts).items()}

    def _facts(self, id: str) -> dict[str, Any]:
        patterns = (facts for pattern, facts in self._member_patterns if pattern.fullmatch(id))
        return self._case.members.get(id) or next(patterns, {})

    def instant(self, value: Any) -> Any:
        """Read `2d ago` and `3h from now` against the first step; leave anything else as it is."""
        matched = _AGO.match(value) if isinstance(value, str) else None
        if not matched:
            return value
        return rfc3339(moved_by((self._origin or self._clock.now).astimezone(UTC), value))


def numbered(value: Any, number: int) -> Any:
    """Return plain data with `{n}` replaced in all its texts."""
    if isinstance(value, str):
        return value.replace(NUMBER, str(number))
    if isinstance(value, dict):
        return {key: numbered(item, number) for key, item in value.items()}
    return [numbered(item, number) for item in value] if isinstance(value, list) else value
