"""Why an event is not valid, in plain words: one code, one reason, and the place in the event.

The same schemas go through jsonschema, configured as strictly as the decoder: integers have no fraction and at most 64
bits, dates and times are checked. If there are several violations, the first by place is reported, so that the answer
does not depend on the order of keywords. This is slow and only runs for events that were refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from groundrules.calendar.instants import format_ms, parse_rfc3339
from groundrules.decisions import Rejection
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import events as codes
from groundrules.engine.intake.lenient import OutOfRange
from groundrules.engine.intake.structs import DATE
from groundrules.functions.numbers import HIGHEST, LOWEST

_DATE = re.compile(DATE)
_NAMES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_FORMATS = {
    "date-time": "must be a time with its offset, like `2026-03-01T09:00:00+08:00`",
    "date": "must be a date, like `2026-03-01`, or `--03-01` without the year",
}


def explain(schema: Mapping[str, Any], document: Any) -> Rejection | None:
    """Return why `document` (plain data, null members left out) is not valid, or None if it is."""
    errors = _validator_class()(dict(schema), format_checker=_format_checker()).iter_errors(document)
    return min(map(_of_error, errors), key=attrgetter("path", "code", "reason"), default=None)


def is_date_time(text: str) -> bool:
    """Tell whether `text` is a time that events may hold."""
    try:
        parse_rfc3339(text)
    except ValueError:
        return False
    return True


def as_moment(number: Any) -> str | None:
    """Return the instant that a number of seconds or milliseconds since 1970 probably means; None if it means none."""
    text = str(number)
    if isinstance(number, bool) or not re.fullmatch(r"[0-9]{9,13}", text):
        return None
    return format_ms(int(text) * (1000 if len(text) < 12 else 1))


def place(path: Iterable[str | int]) -> str:
    """Return a path as it is shown: `links[2].url`, `["odd-name"]`."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        elif step.isidentifier():
            shown += f".{step}" if shown else step
        else:
            shown += f'["{step}"]'
    return shown


def describe(value: Any) -> str:
    """Return what was found, cut short: `a text`, `5`, `true`."""
    match value:
        case None:
            return "null"
        case bool():
            return "`true`" if value else "`false`"
        case int() | float():
            return f"`{value}`"
        case str():
            return f"`{value}`" if len(value) <= 60 else f"`{value[:60]}…`"
        case OutOfRange():
            return f"`{value.text[:20]}…`"
        case _:
            return _NAMES["array" if isinstance(value, list) else "object"]


@cache
def _validator_class() -> Any:
    from jsonschema import Draft202012Validator, validators  # only loaded once something was refused

    def is_integer(_: Any, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and LOWEST <= value <= HIGHEST

    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer).redefine(
        "number", lambda _, value: isinstance(value, float) or is_integer(_, value)
    )
    return validators.extend(Draft202012Validator, type_checker=checker)  # type: ignore[no-untyped-call]


@cache
def _format_checker() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    checker.checks("date-time")(lambda value: not isinstance(value, str) or is_date_time(value))
    checker.checks("date")(lambda value: not isinstance(value, str) or bool(_DATE.match(value)))
    return checker


def _of_error(error: Any) -> Rejection:
    path = [*error.absolute_path]
    if error.validator == "required":
        path.append(min(name for name in error.validator_value if name not in error.instance))
        return _rejection(codes.EVENT_MISSING_FIELD, path, "is missing")
    code, reason = _words(error.validator, error.validator_value, error.instance)
    if error.schema.get("format") == "date-time" and error.validator in ("type", "format"):
        moment = as_moment(error.instance)
        meant = f"; as a Unix time that is `{moment}`" if moment else ""
        reason = f"{_FORMATS['date-time']}, found {describe(error.instance)}{meant}"
    return _rejection(code, path, reason)


def _rejection(code: Code, path: list[str | int], words: str) -> Rejection:
    where = place(path)
    return Rejection(code=code.code, reason=f"`{where}` {words}" if where else f"the event {words}", path=where)


def _words(keyword: str, wanted: Any, value: Any) -> tuple[Code, str]:
    shown = describe(value)
    match keyword:
        case "type" if wanted in ("integer", "number") and type(value) in (int, OutOfRange):
            return codes.EVENT_BAD_NUMBER, f"must fit in 64 bits, found {shown}"
        case "type":
            return codes.EVENT_WRONG_TYPE, f"must be {_NAMES[wanted]}, found {shown}"
        case "format":
            return codes.EVENT_BAD_FORMAT, f"{_FORMATS[wanted]}, found {shown}"
        case "enum":
            return codes.EVENT_BAD_VALUE, f"must be one of {', '.join(f'`{each}`' for each in wanted)}, found {shown}"
        case "const":
            return codes.EVENT_BAD_VALUE, f"must be `{wanted}`, found {shown}"
        case _:
            return codes.EVENT_BAD_VALUE, f"{_LIMITS[keyword].format(wanted)}, found {_size(keyword, value)}"


_LIMITS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "maxItems": "must have at most {} items",
}


def _size(keyword: str, value: Any) -> str:
    return str(len(value)) if keyword in ("minLength", "maxLength", "maxItems") else describe(value)
