"""How an event comes in: bytes, text or a dict, made plain, checked against its type's schema, or rejected.

Before the check an event is cleaned: lone surrogates become U+FFFD, and a field that is null is absent. The schema then
applies to the letter: nothing is converted, `1.0` is not an integer, `true` is not a number. Times must be RFC 3339
with an offset, dates `YYYY-MM-DD` or `--MM-DD`, integers fit in 64 bits, and nothing may be nested more than two
hundred deep. Fields that the schema does not name are ignored. An event of a type that the plan does not know is
rejected too. After the check, absent fields take their schema's default, a link given only as a URL gets the domain
that the URL leads to, and an event that has a text but gives no list of links gets those of the text.

A rejected event changes nothing and is answered with a code of the table of diagnostics and the place in the event.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from groundrules.calendar.anniversaries import parse_date
from groundrules.calendar.instants import parse_rfc3339
from groundrules.decisions import Note, Rejection
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import events as codes
from groundrules.diagnostics.json_errors import problem
from groundrules.errors import GroundrulesError
from groundrules.plan import ir
from groundrules.text.addresses import links
from groundrules.text.urls import domain_of_link

DEEPEST = 200
SURROGATES = re.compile("[\ud800-\udfff]")

Json = dict[str, Any]


class InvalidEventError(GroundrulesError):
    """An event that cannot be handled."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.reason)
        self.rejection = rejection


class TooLarge:
    """Stands for a number that is too large for any type; harmless in an undeclared field."""


def refuse(code: Code, reason: str, path: str = "") -> InvalidEventError:
    return InvalidEventError(Rejection(code=code.code, reason=reason, path=path))


def read(raw: bytes | str | Json, plan: ir.Plan) -> tuple[Json, list[Note]]:
    """The event in `raw`, defaults filled in, and the notes about it; raises InvalidEventError if there is none."""
    event = clean(parse(raw if isinstance(raw, bytes | str) else json.dumps(raw)))
    if not isinstance(event, dict):
        raise refuse(codes.EVENT_NOT_JSON, "an event must be an object")
    if "type" not in event:
        raise refuse(codes.EVENT_MISSING_FIELD, "`type` is missing", "type")
    if not isinstance(event["type"], str):
        raise refuse(codes.EVENT_WRONG_TYPE, "`type` must be a text", "type")
    if event["type"] not in plan.events:
        raise refuse(codes.EVENT_UNKNOWN_TYPE, "the type is not known", "type")
    schema = plan.events[event["type"]]
    errors = Validator(schema, format_checker=FORMATS).iter_errors(event)
    rejected = [rejection for error in errors for rejection in rejections(error)]
    if rejected:
        raise InvalidEventError(min(rejected, key=lambda rejection: (rejection.path, rejection.code, rejection.reason)))
    too_long: dict[str, int] = {}
    completed: Json = complete(cut(event, schema, plan.longest_text, [], too_long), schema)
    return completed, notes_of(too_long, plan.longest_text)


def cut(value: Any, schema: Json, longest: int, path: list[str | int], too_long: dict[str, int]) -> Any:
    """The value with prose and URLs cut to what a rulebook reads; `too_long` receives their lengths, by place."""
    if isinstance(value, str) and schema.get("format") in ("prose", "uri") and len(value) > longest:
        too_long[place(path)] = len(value)
        return value[:longest]
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {
            name: cut(item, properties.get(name, {}), longest, [*path, name], too_long) for name, item in value.items()
        }
    if isinstance(value, list):
        return [cut(item, schema.get("items", {}), longest, [*path, at], too_long) for at, item in enumerate(value)]
    return value


def notes_of(too_long: dict[str, int], longest: int) -> list[Note]:
    """One note, about the longest text that was cut; none if no text was."""
    if not too_long:
        return []
    first = min(too_long, key=lambda place: (-too_long[place], place))
    return [
        Note(
            kind="text_cut", subject=first, detail={"length": too_long[first], "kept": longest, "texts": len(too_long)}
        )
    ]


# --- JSON -----------------------------------------------------------------------------------------


def parse(raw: bytes | str) -> Any:
    """Plain data; a byte-order mark is skipped, and of a repeated key the last one counts."""
    if is_too_deep(raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw):
        raise refuse(codes.EVENT_TOO_DEEP, f"nested more than {DEEPEST} deep")
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        return json.loads(
            text.removeprefix("\ufeff"), parse_constant=no_constant, parse_int=integer, parse_float=floating
        )
    except UnicodeDecodeError as error:
        raise refuse(codes.EVENT_NOT_UTF8, f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise refuse(codes.EVENT_NOT_JSON, f"not JSON: {problem(error)[0]}") from None


def is_too_deep(text: str) -> bool:
    """Whether brackets outside of strings are nested too deeply, well-formed or not."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"?', "", text, flags=re.DOTALL)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            return True
    return False


def no_constant(name: str) -> Any:
    raise refuse(codes.EVENT_BAD_NUMBER, f"`{name}` is not a number in JSON")


def integer(text: str) -> int | TooLarge:
    return int(text) if len(text) <= 20 and -(2**63) <= int(text) < 2**63 else TooLarge()


def floating(text: str) -> float | TooLarge:
    return float(text) if math.isfinite(float(text)) else TooLarge()


def clean(data: Any) -> Any:
    """Data without lone surrogates and without the null members of objects."""
    if isinstance(data, str):
        return SURROGATES.sub("\ufffd", data.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))
    if isinstance(data, dict):
        return {clean(key): clean(value) for key, value in data.items() if value is not None}
    return [clean(item) for item in data] if isinstance(data, list) else data


# --- schema ---------------------------------------------------------------------------------------


def is_integer(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(_: Any, value: Any) -> bool:
    return isinstance(value, float) or is_integer(_, value)


Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer).redefine("number", is_number),
)
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value: Any) -> bool:
    return not isinstance(value, str) or parse_rfc3339(value) is not None


@FORMATS.checks("date")
def is_date(value: Any) -> bool:
    """`YYYY-MM-DD` of the years 1 to 9999, `--MM-DD`, 29 February included, or either as a lunar date."""
    return not isinstance(value, str) or parse_date(value) is not None


def rejections(error: ValidationError) -> Iterator[Rejection]:
    """The rejections for one violation: one for each missing field, or a single one."""
    path = [*error.absolute_path]
    required: Any = error.validator_value if error.validator == "required" else ()
    instance: Any = error.instance
    for missing in [name for name in required if name not in instance]:
        yield Rejection(code=code_of(error).code, reason="is missing", path=place([*path, missing]))
    if error.validator != "required":
        yield Rejection(code=code_of(error).code, reason=error.message, path=place(path))


def code_of(error: ValidationError) -> Code:
    match error.validator:
        case "required":
            return codes.EVENT_MISSING_FIELD
        case "type" if isinstance(error.instance, TooLarge):
            return codes.EVENT_BAD_NUMBER
        case "type":
            return codes.EVENT_WRONG_TYPE
        case "format":
            return codes.EVENT_BAD_FORMAT
    return codes.EVENT_BAD_VALUE


def place(path: list[str | int]) -> str:
    """A path as it is shown: `links[2].url`, `["odd-name"]`."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        elif step.isidentifier():
            shown += f".{step}" if shown else step
        else:
            shown += f'["{step}"]'
    return shown


def complete(value: Any, schema: Json) -> Any:
    """The value with the schema's defaults in place of absent fields, all the way down."""
    if isinstance(value, list):
        return [complete(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties", {})
    defaults = {name: inner["default"] for name, inner in properties.items() if inner.get("default") is not None}
    completed = {**defaults, **{name: complete(item, properties.get(name, {})) for name, item in value.items()}}
    return {**completed, **derived(value, schema)}


def derived(value: Json, schema: Json) -> Json:
    """The domain of a link that gives only its URL, the links of a text that come without."""
    if is_link(schema) and "domain" not in value and "url" in value:
        name = domain_of_link(value["url"])
        return {} if name is None else {"domain": name}
    listed = schema.get("properties", {}).get("links", {})
    if is_link(listed.get("items", {})) and "links" not in value and "text" in value:
        return {"links": [{"url": url, "domain": domain} for url, domain in links(value["text"])]}
    return {}


def is_link(schema: Json) -> bool:
    """Whether objects have a `url` and a `domain` in these formats."""
    properties = schema.get("properties", {})
    return [properties.get(name, {}).get("format") for name in ("url", "domain")] == ["uri", "domain"]
