"""An event comes in: whose it is, when it happened, whom it names, and its line as it will be recorded.

Only what the hub itself needs is read here; whether the event is valid is for the engine of its community to say. One
that a platform stamped ahead of the wall clock counts as of now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Rejection
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import events as codes
from groundrules.engine.intake.decode import milliseconds
from groundrules.stores.records import Touch

LARGEST = 1 << 20
"""Bytes of an event; no platform's message reaches it."""
TOLERATED = 1000
"""So many ms ahead of the wall clock nobody is told of, for clocks are never quite alike."""

COMMUNITY = ("community", "id")


class _Named(msgspec.Struct):
    id: str | None = None


class _Header(msgspec.Struct):
    time: datetime | None = None
    community: _Named | None = None
    actor: _Named | None = None
    target: _Named | None = None
    channel: _Named | None = None


class Arrival(NamedTuple):
    """An event with its community, its line of JSON, its time in ms (0: it has none that can be read).

    `stamped` is the time that the platform gave, where that lay ahead of the clock and was taken back.
    """

    community: str
    line: bytes
    at: int
    touches: tuple[Touch, ...]
    stamped: int | None = None


_header = msgspec.json.Decoder(_Header).decode
_encode = msgspec.json.encode


class Stray(NamedTuple):
    """An event that belongs to no community, and why; `line` is what an engine may say more about."""

    rejection: Rejection
    line: bytes | None = None


class _StrayError(Exception):
    def __init__(self, code: Code, reason: str, path: str = "", line: bytes | None = None) -> None:
        super().__init__(reason)
        self.stray = Stray(Rejection(code=code.code, reason=reason, path=path), line)


def arrival(event: bytes | str | Mapping[str, Any], now: int, path: Sequence[str] = COMMUNITY) -> Arrival | Stray:
    """Read where an event belongs; `path` leads to what communities are kept apart by, `now` is the wall clock.

    A stray is what is no JSON object, is too large, or names no community. Nothing is raised.
    """
    try:
        return _arrival(_line(event), now, path)
    except _StrayError as error:
        return error.stray


def _arrival(line: bytes, now: int, path: Sequence[str]) -> Arrival:
    try:
        header = _header(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        header = _read_by_hand(line)
    community = header.community.id if header.community and path == COMMUNITY else _at(line, path)
    if community is None:
        raise _StrayError(codes.EVENT_NO_PARTITION, f"it has no `{'.'.join(path)}`", ".".join(path), line)
    at = milliseconds(header.time) if header.time is not None and header.time.tzinfo is not None else 0
    if at <= now:
        return Arrival(community, line, at, _touches(header))
    return Arrival(community, _restamped(line, now), now, _touches(header), at if at > now + TOLERATED else None)


def _line(event: bytes | str | Mapping[str, Any]) -> bytes:
    """Return an event as one line of JSON."""
    try:
        line = event.encode() if isinstance(event, str) else event if type(event) is bytes else _encode(event)
    except (TypeError, ValueError, RecursionError, UnicodeError, msgspec.MsgspecError) as error:
        raise _StrayError(codes.EVENT_NOT_JSON, f"it can't be written as JSON: {error}") from None
    if len(line) > LARGEST:
        raise _StrayError(codes.EVENT_NOT_JSON, f"it has {len(line):,} bytes, and an event has at most {LARGEST:,}")
    return _on_one_line(line) if b"\n" in line or b"\r" in line else line


def _on_one_line(line: bytes) -> bytes:
    """Take the line breaks between the values out; JSON has none inside a value."""
    return b" ".join(line.split(b"\n")).replace(b"\r", b" ").strip()


def _read_by_hand(line: bytes) -> _Header:
    """Read the header of an event that is odd somewhere: whatever is not as it should be is absent."""
    document = _document(line)
    header = _Header()
    for name in ("community", "actor", "target", "channel"):
        value = document.get(name)
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            setattr(header, name, _Named(value["id"]))
    try:
        header.time = msgspec.convert(document.get("time"), datetime)
    except msgspec.ValidationError:
        header.time = None
    return header


def _document(line: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _StrayError(codes.EVENT_NOT_JSON, f"it is no JSON: {error}", line=line) from None
    if not isinstance(document, dict):
        raise _StrayError(codes.EVENT_NOT_JSON, "an event must be an object", line=line)
    return document


def _at(line: bytes, path: Sequence[str]) -> str | None:
    value: Any = _document(line)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _touches(header: _Header) -> tuple[Touch, ...]:
    found = [Touch("member", who.id) for who in (header.actor, header.target) if who is not None and who.id is not None]
    if header.channel is not None and header.channel.id is not None:
        found.append(Touch("channel", header.channel.id))
    return tuple(found)


def _restamped(line: bytes, now: int) -> bytes:
    return _encode(_document(line) | {"time": format_ms(now)})


def located(path: Sequence[str], community: str) -> dict[str, Any]:
    """Return the part of an event that says which community it is of."""
    found: Any = community
    for name in reversed(path):
        found = {name: found}
    return dict(found)


Clock = Callable[[], int]
"""What time it is: ms since 1970."""
