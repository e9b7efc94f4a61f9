"""The second look at an event that the fast decoder refused, or that came as Python data.

The fast decoder is strict in ways that events are not: it refuses lone surrogates, a byte-order mark, and null for a
field with a default. Here the text is read with the standard library, cleaned (lone surrogates become U+FFFD, null
means absent), and handed back as plain data. What cannot be cleaned raises `InvalidEventError`.

Nesting is limited by a number, not by what the interpreter's stack happens to allow, so that the same event is
always answered alike.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from groundrules.calendar.instants import cut_rfc3339
from groundrules.decisions import Rejection
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import events as codes
from groundrules.diagnostics.json_errors import problem
from groundrules.errors import GroundrulesError
from groundrules.functions.numbers import HIGHEST, LOWEST

DEEPEST = 200

_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


class InvalidEventError(GroundrulesError):
    """An event that is not valid; `rejection` is what the log says about it."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.reason)
        self.rejection = rejection


_TOO_LARGE = 10**400


class OutOfRange:
    """A number that is too large: harmless in an undeclared field, invalid in any other."""

    def __init__(self, text: str) -> None:
        self.text = text


def refuse(code: Code, reason: str, path: str = "") -> InvalidEventError:
    """Return the exception for a rejection."""
    return InvalidEventError(Rejection(code=code.code, reason=reason, path=path))


def check_depth(raw: bytes | str) -> None:
    """Raise InvalidEventError if objects and lists are nested more than DEEPEST deep."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise refuse(codes.EVENT_TOO_DEEP, f"nested more than {DEEPEST} deep")


def read(raw: bytes | str) -> Any:
    """Return the JSON of `raw` as cleaned plain data; raise InvalidEventError if it is not JSON.

    The depth was checked before.
    """
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise refuse(codes.EVENT_NOT_UTF8, f"not UTF-8 at byte {error.start}") from None
    try:
        data = json.loads(
            text.removeprefix("\ufeff"), parse_constant=_no_constant, parse_float=_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise refuse(codes.EVENT_NOT_JSON, _reason(text, error)) from None
    return clean(data)


def as_written(line: bytes | str) -> dict[str, Any] | None:
    """Return the object that a line of JSON holds, cleaned; None if it holds none. For code that only shows events.

    A number that is too large is replaced by another one that is too large.
    """
    try:
        check_depth(line)
        document = read(line)
    except InvalidEventError:
        return None
    return _numbered(document) if isinstance(document, dict) else None


def _numbered(value: Any) -> Any:
    if isinstance(value, OutOfRange):
        return -_TOO_LARGE if value.text.startswith("-") else _TOO_LARGE
    if isinstance(value, dict):
        return {key: _numbered(item) for key, item in value.items()}
    return [_numbered(item) for item in value] if isinstance(value, list) else value


def _reason(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "an empty line is not an event"
    reason, at = problem(error)
    return f"not JSON: {reason} at character {at + 1}"


def _no_constant(name: str) -> Any:
    raise refuse(codes.EVENT_BAD_NUMBER, f"`{name}` is not a number in JSON")


def _float(text: str) -> float | OutOfRange:
    number = float(text)
    return number if math.isfinite(number) else OutOfRange(text)


def _integer(text: str) -> int | OutOfRange:
    if len(text) > 20:
        return OutOfRange(text)
    number = int(text)
    return number if LOWEST <= number <= HIGHEST else OutOfRange(text)


def clean(data: Any) -> Any:
    """Return a copy without lone surrogates and without the null members of objects."""
    if isinstance(data, str):
        return clean_text(data)
    if isinstance(data, dict):
        return {clean_text(key): clean(value) for key, value in data.items() if value is not None}
    return [clean(item) for item in data] if isinstance(data, list) else data


def clean_text(text: str) -> str:
    """Return `text` with surrogate pairs joined and lone surrogates replaced by U+FFFD."""
    return _SURROGATES.sub(_join, text) if not text.isascii() else text


def _join(match: re.Match[str]) -> str:
    return match[0].encode("utf-16", "surrogatepass").decode("utf-16") if len(match[0]) == 2 else "\ufffd"


def cut_instants(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return plain data with the instants that a schema declares written so that nothing rounds them."""
    if isinstance(value, str):
        return cut_rfc3339(value) if schema.get("format") == "date-time" else value
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {name: cut_instants(inner, properties.get(name, {})) for name, inner in value.items()}
    return [cut_instants(item, schema.get("items", {})) for item in value] if isinstance(value, list) else value


def encode(data: Mapping[str, Any]) -> bytes:
    """Return Python data as JSON; raise InvalidEventError for what JSON cannot hold, NaN and infinity among it."""
    try:
        return _encode(data)
    except RecursionError:
        raise refuse(codes.EVENT_TOO_DEEP, f"nested more than {DEEPEST} deep") from None
    except (TypeError, ValueError, OverflowError):
        raise refuse(codes.EVENT_NOT_JSON, "holds what JSON can't") from None


def _encode(data: Any) -> bytes:
    try:
        encoded = msgspec.json.encode(data)
    except UnicodeEncodeError:
        encoded = msgspec.json.encode(_joined(data))
    if b"null" in encoded:
        _check_numbers(data)
    return encoded


def _check_numbers(data: Any) -> None:
    if isinstance(data, float) and not math.isfinite(data):
        raise refuse(codes.EVENT_BAD_NUMBER, f"`{data}` is not a number in JSON")
    if isinstance(data, Mapping | list | tuple):
        for item in data.values() if isinstance(data, Mapping) else data:
            _check_numbers(item)


def _joined(data: Any) -> Any:
    if isinstance(data, str):
        return clean_text(data)
    if isinstance(data, Mapping):
        return {_joined(key): _joined(value) for key, value in data.items()}
    return [_joined(item) for item in data] if isinstance(data, list | tuple | set | frozenset) else data
