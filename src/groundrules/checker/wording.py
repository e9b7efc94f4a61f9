"""The wording of what several modules find wrong with types: each function returns the message and the help line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from groundrules.checker.literals import Quoted, is_entity
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.synonyms import synonym
from groundrules.syntax import nodes
from groundrules.time_units import UNITS
from groundrules.types import kinds

Words = tuple[str, str | None]

_CLOCK_RANGE = re.compile(
    r"""["']((?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:[01][0-9]:[0-5][0-9]|2[0-3]:[0-5][0-9]|24:00))["']"""
)
_PERIODS = {"24h": "day", "1d": "day", "7d": "week", "1w": "week", "30d": "month"}

_DESCRIBED: tuple[tuple[type[kinds.Type], str], ...] = (
    (kinds.Prose, "text"),
    (Quoted, "text"),
    (kinds.WordList, "a declared list"),
    (kinds.Number, "a number"),
    (kinds.ClockTime, "a time of day"),
    (kinds.ClockRange, "a range of times of day"),
    (kinds.Boolean, "a condition"),
)


def described(type: kinds.Type) -> str:
    """Return `text`, `a duration`, `a list of text`: a type as it appears in a sentence."""
    if isinstance(type, kinds.Enum):
        return str(type)
    if isinstance(type, kinds.Object) and type.entity is None and type.name != "event":
        return f"one of `{type.name}`"
    known = next((words for kind, words in _DESCRIBED if isinstance(type, kind)), None)
    name = str(type)
    return known or f"{'an' if name[:1] in 'aeio' else 'a'} {name}"


def needed(type: kinds.Type) -> str:
    """Return a type as what a parameter wants."""
    if isinstance(type, kinds.Number) and type.integer:
        return "a whole number"
    return "true or false" if isinstance(type, kinds.Boolean) else described(type)


def no_name(text: str) -> Words:
    """Say that a field is read of an expression."""
    return f"fields are read of names, and `{text}` is an expression", None


def no_key(text: str, type: kinds.Type) -> Words:
    """Say that a value cannot be told from others."""
    return f"`{text}` is {described(type)} and has no distinct values", "name one of its fields"


def constant_key(text: str, type: kinds.Type, clause: nodes.Node | None = None) -> Words:
    """Say that a key (of a window, if there is no clause) never differs."""
    message = f"`{text}` is the same for everybody, so it is no key"
    if not isinstance(type, kinds.Duration):
        return message, "name what differs, such as `actor`"
    if isinstance(clause, nodes.OnceClause):
        period = _PERIODS.get(text)
        return message, f"write `actor within {text}`" + (f" or `actor per {period}`" if period else "")
    return message, f"write `within {text}`" if clause is None else "name what differs, such as `actor`"


def missing_unit(duration: str, number: str) -> Words:
    return (
        f"`{duration}` is a duration and `{number}` is a number without a unit",
        f"write `{number}s`, `{number}m`, `{number}h` or `{number}d`"
        if number.isdigit()
        else "durations are written `10m`, `2h`, `7d`",
    )


def needless_unit(duration: str, number: str) -> Words:
    digits = duration.rstrip("mshdw")
    message = f"`{duration}` is a duration and `{number}` is a number without a unit"
    return message, f"write `{digits}`" if digits.isdigit() else None


def never_alike(left: str, left_type: kinds.Type, right: str, right_type: kinds.Type) -> Words:
    message = f"`{left}` is {described(left_type)} and `{right}` is {described(right_type)}, so they are never equal"
    for name, type in ((left, left_type), (right, right_type)):
        if is_entity(type):
            return message, f"did you mean `{name}.id`?"
    if isinstance(left_type, kinds.ListOf):
        return message, f"did you mean `{left} has {right}`?"
    if isinstance(right_type, kinds.ListOf | kinds.WordList):
        return message, f"did you mean `{left} in {right}`?"
    return message, None


def lists_equal(left: str, right: str, operator: str) -> Words:
    return f"`{operator}` does not compare lists", f"did you mean `{left} has all of {right}`?"


def no_order(name: str, type: kinds.Type, operator: str) -> Words:
    if isinstance(type, kinds.ListOf):
        return (
            f"`{operator}` does not compare lists, and `{name}` is {described(type)}",
            f"did you mean `length({name})`?",
        )
    return (
        f"`{operator}` has no meaning for `{name}`, which is {described(type)}",
        "only numbers and times have an order",
    )


def no_common_order(left: str, left_type: kinds.Type, right: str, right_type: kinds.Type, operator: str) -> Words:
    sides = f"`{left}` is {described(left_type)} and `{right}` is {described(right_type)}"
    return f"{sides}: `{operator}` cannot compare them", _by_age(left, left_type, right, right_type, operator)


def _by_age(left: str, left_type: kinds.Type, right: str, right_type: kinds.Type, operator: str) -> str | None:
    """Return the help line where an instant is compared with how long ago it was."""
    if isinstance(left_type, kinds.Instant) and isinstance(right_type, kinds.Duration) and left != "now":
        return f"did you mean `age({left}) {operator} {right}`?"
    if isinstance(right_type, kinds.Instant) and isinstance(left_type, kinds.Duration) and right != "now":
        return f"did you mean `{left} {operator} age({right})`?"
    return None


def clock_order(instant: str, clock: str, condition: str | None) -> Words:
    """`condition` says the same with a range."""
    message = f"`{instant}` is an instant and `{clock}` is a time of day"
    return message, f"write a range: `{condition}`" if condition else None


def not_one_of(value: str, name: str, values: Iterable[str]) -> Words:
    values = tuple(values)
    return f"`{name}` is never `{value}`", did_you_mean(value, values) or f"it is one of {listing(values)}"


def not_a_condition(text: str, type: kinds.Type) -> Words:
    if isinstance(type, kinds.ListOf):
        return f"`{text}` is {described(type)}, not a condition", f"did you mean `{text} has …`?"
    if isinstance(type, kinds.WordList):
        return f"`{text}` is a list, not a condition", f"did you mean `text contains any of {text}`?"
    return f"`{text}` is {described(type)}, not a condition", "compare it with something"


def may_be_missing(text: str, where: str) -> Words:
    help = f"give a default with `{text} ?? …`, or write `known({text})` into `when`"
    return f"`{text}` may be missing, and {where} needs a value", help


def wrong_operand(operator: str, left: str, left_type: kinds.Type, right: str, right_type: kinds.Type) -> Words:
    return f"`{operator}` does not take {described(left_type)} (`{left}`) and {described(right_type)} (`{right}`)", None


def not_negatable(text: str, type: kinds.Type) -> Words:
    return f"`-` takes a number or a duration, and `{text}` is {described(type)}", None


def not_a_text(operator: str, text: str, type: kinds.Type) -> Words:
    message = f"`{operator}` searches text, and `{text}` is {described(type)}"
    if isinstance(type, kinds.ListOf):
        if isinstance(type.item, kinds.Object):
            return message, f"did you mean `any(x in {text} where …)`?"
        return message, f"did you mean `{text} has …`?"
    return message, f"did you mean `{text}.name`?" if is_entity(type) else None


def list_wants_any_of(operator: str, text: str) -> Words:
    return f"`{text}` is a list", f"write `{operator} any of {text}` or `{operator} all of {text}`"


def any_of_wants_list(text: str, type: kinds.Type) -> Words:
    return f"`any of` and `all of` take a list, and `{text}` is {described(type)}", None


def not_a_list(operator: str, text: str, type: kinds.Type) -> Words:
    message = f"`{operator}` needs a list, and `{text}` is {described(type)}"
    if operator == "in" and (clock := _CLOCK_RANGE.fullmatch(text)):
        return message, f"write `{clock[1]}` without quotes"
    if isinstance(type, kinds.Prose | kinds.Identifier) and operator == "in":
        return message, f"did you mean `{text} contains …`?"
    if isinstance(type, kinds.Prose) and operator == "has":
        return message, f"did you mean `{text} contains …`?"
    return message, None


def mixed_list(first: str, first_type: kinds.Type, other: str, other_type: kinds.Type) -> Words:
    items = f"`{first}` is {described(first_type)} and `{other}` is {described(other_type)}"
    return f"the items of a list have one type: {items}", None


def needs_domain(text: str, list_name: str, type: kinds.Type) -> Words:
    return (
        f"`{list_name}` is a list of domains, and `{text}` is {described(type)}, not a domain",
        f"did you mean `any(link in links where link.domain in {list_name})`?",
    )


_WITHOUT_END = ("forever", "permanent", "permanently", "indefinitely", "infinite", "always", "永久", "永远", "无限")


def is_without_end(name: str) -> bool:
    """Tell whether a word means a time that never ends."""
    return name.casefold() in _WITHOUT_END


def unknown_name(name: str, help: str | None) -> Words:
    """`help` proposes a name that is known."""
    if is_without_end(name):
        help = "a duration ends: write a long one, such as `365d`; something permanent is an action such as `ban`"
    return f"unknown name `{name}`", help or f'quote a literal word: `"{name}"`'


def not_printable(text: str, type: kinds.Type) -> Words:
    help = f"name one of its fields, such as `{text}.id`" if isinstance(type, kinds.Object) else None
    return f"`{text}` is {described(type)} and has no text to show", help


def not_a_value(name: str, what: str) -> Words:
    helps = {
        "ledger": f"read it with its owner: `{name}(actor)`",
        "list": f"a list goes after `in`, `has any of` or `contains any of {name}`",
        "import": f"name something of it: `{name}.…`",
        "cap": "a cap belongs under `cap:` of a reward",
    }
    article = "an" if what[:1] in "aeio" else "a"
    return f"`{name}` is {article} {what}, not a value", helps.get(what)


def wrong_value(text: str, actual: kinds.Type, parameter: str, wanted: kinds.Type) -> Words:
    message = f"`{parameter}` is {needed(wanted)}, and `{text}` is {described(actual)}"
    if isinstance(wanted, kinds.Duration) and isinstance(actual, kinds.Number):
        return message, missing_unit(parameter, text)[1]
    return message, None


def differs(name: str, first: kinds.Type, second: kinds.Type, types: Iterable[str]) -> Words:
    return (
        f"`{name}` is {described(first)} in one and {described(second)} in another of {listing(types)}",
        "split the rule, one for each event type",
    )


def never_missing(text: str) -> Words:
    return f"`{text}` is never missing, so the default is never used", "remove the part after `??`"


def unknown_event_type(name: str, known: Iterable[str], shipped: bool) -> Words:
    message = f"unknown event type `{name}`"
    if shipped:
        return message, f"make it known: `use: [std/chat]`, or `events: [{name}]`"
    known = tuple(known)
    if not known:
        return message, "make event types known: `use: [std/chat]`"
    if (ours := synonym("event_types", name)) in known:
        return message, f"did you mean `{ours}`?"
    return message, did_you_mean(name, known) or f"known are {listing(known)}"


def shown(value: float, type: kinds.Type) -> str:
    """Return a number or duration as an author would write it."""
    if not isinstance(type, kinds.Duration):
        return f"{value:g}"
    for unit in ("d", "h", "m", "s"):
        if value % UNITS[unit] == 0 and value:
            return f"{int(value // UNITS[unit])}{unit}"
    return f"{int(value)}ms"
