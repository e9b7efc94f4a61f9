"""An event arrives: its community, its time, who it names, and the line that will be recorded.

Only what the hub itself needs is read here; its community's engine says whether the event is valid. An event stamped
ahead of the wall clock is treated as happening now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from groundrules.calendar.instants import format_ms
from groundrules.decisions import Rejection
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import events as codes
from groundrules.engine.intake.decode import Decoder, milliseconds
from groundrules.errors import GroundrulesError
from groundrules.stores.records import Touch

LARGEST = 1 << 20
"""In bytes; no platform's message is as large."""
TOLERATED = 1000
"""How many ms ahead of the wall clock an event may be without a warning: clocks never quite agree."""

COMMUNITY = ("community", "id")
T = TypeVar("T", bound=msgspec.Struct)


class _Named(msgspec.Struct, gc=False):
    id: str | None = None


class _Place(msgspec.Struct, gc=False):
    time: datetime | None = None
    community: _Named | None = None


class _Concerned(msgspec.Struct, gc=False):
    actor: _Named | None = None
    target: _Named | None = None
    channel: _Named | None = None


class Arrival(msgspec.Struct, gc=False):
    """An event with its community, its line of JSON, its time in ms (0: none that can be read).

    `stamped` is the platform's own time, if it was ahead of the clock and was corrected. `decoded` is what `decoder`
    made of the line, so that an engine with the same decoder need not read it again.
    """

    community: str
    line: bytes
    at: int
    stamped: int | None = None
    decoder: Decoder | None = None
    decoded: Any = None

    @property
    def touches(self) -> tuple[Touch, ...]:
        """Who and where the event names."""
        try:
            named = _concerned(self.line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            named = _by_hand(_document(self.line), _Concerned())
        return _touches(named)


_place = msgspec.json.Decoder(_Place).decode
_concerned = msgspec.json.Decoder(_Concerned).decode
_encode = msgspec.json.encode


class Stray(NamedTuple):
    """An event that belongs to no community, and why; an engine may be able to say more about `line`."""

    rejection: Rejection
    line: bytes | None = None


class _StrayError(GroundrulesError):
    def __init__(self, code: Code, reason: str, path: str = "", line: bytes | None = None) -> None:
        super().__init__(reason)
        self.stray = Stray(Rejection(code=code.code, reason=reason, path=path), line)


def arrival(
    event: bytes | str | Mapping[str, Any],
    now: int,
    path: Sequence[str] = COMMUNITY,
    decoder: Decoder | None = None,
) -> Arrival | Stray:
    """Read which community an event belongs to. now: the wall clock; path: leads to what identifies a community.

    decoder: that of the engine which will probably handle it. A stray is not a JSON object, is too large, or names no
    community. Never raises.
    """
    try:
        line = event if type(event) is bytes and len(event) <= LARGEST else _line(event)
        decoded = None if decoder is None else decoder.glance(line)
        if decoded is not None:
            community, at = decoded.community.id, milliseconds(decoded.time)
            if at <= now and type(community) is str:
                return Arrival(community, line, at, None, decoder, decoded)
        return _arrival(line, now, path)
    except _StrayError as error:
        return error.stray
    except AttributeError:  # of a type without a community, or with another path to it than most
        return arrival(event, now)


def _arrival(line: bytes, now: int, path: Sequence[str]) -> Arrival:
    try:
        place = _place(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        place = _by_hand(_document(line), _Place())
    named = place.community
    community = _at(line, path) if path != COMMUNITY else None if named is None else named.id
    if community is None:
        raise _StrayError(codes.EVENT_NO_PARTITION, f"it has no `{'.'.join(path)}`", ".".join(path), line)
    moment = place.time
    at = 0 if moment is None or moment.tzinfo is None else milliseconds(moment)
    if at <= now:
        return Arrival(community, line, at)
    return Arrival(community, _restamped(line, now), now, at if at > now + TOLERATED else None)


def _line(event: bytes | str | Mapping[str, Any]) -> bytes:
    """Return an event as one line of JSON."""
    try:
        line = event.encode() if isinstance(event, str) else event if type(event) is bytes else _encode(event)
    except (TypeError, ValueError, RecursionError, UnicodeError, msgspec.MsgspecError) as error:
        raise _StrayError(codes.EVENT_NOT_JSON, f"it can't be written as JSON: {error}") from None
    if len(line) > LARGEST:
        raise _StrayError(codes.EVENT_NOT_JSON, f"it has {len(line):,} bytes, and an event has at most {LARGEST:,}")
    return line


def recorded(lines: Sequence[bytes]) -> bytes:
    """Return events as recorded, one per line; line breaks between values are dropped, JSON strings have none."""
    body = b"\n".join(lines)
    if body.count(b"\n") < len(lines) and b"\r" not in body:
        return body
    return b"\n".join([b" ".join(line.split(b"\n")).replace(b"\r", b" ").strip() for line in lines])


def _by_hand(document: dict[str, Any], named: T) -> T:
    """Fill in what can be read of an event that is odd somewhere; the rest stays absent."""
    for name in named.__struct_fields__:
        value = document.get(name)
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            setattr(named, name, _Named(value["id"]))
        elif name == "time":
            with suppress(msgspec.ValidationError):
                setattr(named, name, msgspec.convert(value, datetime | None))
    return named


def _document(line: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _StrayError(codes.EVENT_NOT_JSON, f"it is not JSON: {error}", line=line) from None
    if not isinstance(document, dict):
        raise _StrayError(codes.EVENT_NOT_JSON, "an event must be an object", line=line)
    return document


def _at(line: bytes, path: Sequence[str]) -> str | None:
    value: Any = _document(line)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _touches(header: _Concerned) -> tuple[Touch, ...]:
    touches = [
        Touch("member", who.id) for who in (header.actor, header.target) if who is not None and who.id is not None
    ]
    if header.channel is not None and header.channel.id is not None:
        touches.append(Touch("channel", header.channel.id))
    return tuple(touches)


def _restamped(line: bytes, now: int) -> bytes:
    return _encode(_document(line) | {"time": format_ms(now)})


def located(path: Sequence[str], community: str) -> dict[str, Any]:
    """Return the part of an event that says which community it belongs to."""
    nested: Any = community
    for name in reversed(path):
        nested = {name: nested}
    return dict(nested)


def tick_line(path: Sequence[str], community: str, now: int) -> bytes:
    """Return the event, as a line of JSON, that lets time pass in a community until `now`."""
    return _encode({"id": f"tick@{now}", "type": "tick", "time": format_ms(now), **located(path, community)})


Clock = Callable[[], int]
"""What time it is: ms since 1970."""
