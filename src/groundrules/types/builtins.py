"""Signatures of the builtin functions: used by the checker to type calls, and to generate documentation.

A function is total on values of its types. A `may_be_missing` result is missing for some of them (the domain of a URL
without one). A call with a missing argument is missing, whatever the function. `needs_zone`: evaluators pass it the
rulebook's time zone as an extra first argument. `lowered`: there is no such function at run time, because lowering
replaces it by something simpler.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.time_units import WEEKDAYS
from groundrules.types import kinds
from groundrules.types.kinds import (
    Boolean,
    Date,
    Domain,
    Duration,
    Enum,
    Identifier,
    Instant,
    ListOf,
    Number,
    Pattern,
    Prose,
    Type,
    Url,
)


@dataclass(frozen=True)
class Parameter:
    """A parameter takes values of any of these classes of types. `choices`: it is a literal, one of these words."""

    name: str
    accepts: tuple[type[Type], ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signature:
    """A builtin function. `result` None: the type that its arguments have, or a list's items (`item_of_first`).

    `repeated`: the last parameter may be given any number of times, at least once. `optional` ones follow the others.
    `exact_stays`: from a text that compares exactly, the result compares exactly too.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Type | None
    summary: str
    example: str
    repeated: bool = False
    item_of_first: bool = False
    exact_stays: bool = False
    may_be_missing: bool = False
    needs_zone: bool = False
    lowered: bool = False
    optional: tuple[Parameter, ...] = ()

    def __str__(self) -> str:
        names = ", ".join(
            [*(parameter.name for parameter in self.parameters), *(f"{parameter.name}?" for parameter in self.optional)]
        )
        return f"{self.name}({names}{', …' if self.repeated else ''})"

    def takes(self, number: int) -> bool:
        """Tell whether so many arguments can be given."""
        least = len(self.parameters)
        return number >= least and (self.repeated or number <= least + len(self.optional))

    def parameter(self, index: int) -> Parameter:
        """Return the parameter that an argument is for."""
        known = (*self.parameters, *self.optional)
        return known[min(index, len(known) - 1)]

    def result_of(self, arguments: list[Type]) -> Type:
        """Return the result's type for arguments that were accepted."""
        first = arguments[0] if arguments else kinds.Unknown()
        if self.exact_stays and isinstance(first, Identifier | Enum | Url):
            return Identifier()
        if self.result is not None:
            return self.result
        if self.item_of_first:
            return first.item if isinstance(first, ListOf) else kinds.Unknown()
        return _widest(arguments)


def _widest(arguments: list[Type]) -> Type:
    """Numbers of any kind are numbers, integers only if all are; anything else is like the first."""
    if arguments and all(isinstance(argument, Number) for argument in arguments):
        return Number(all(isinstance(argument, Number) and argument.integer for argument in arguments))
    return arguments[0] if arguments else kinds.Unknown()


_TEXT = Parameter("text", (Prose, Identifier, Enum, Url, Domain))
_URL = Parameter("url", (Url, Prose, Identifier, Domain))
_INSTANT = Parameter("instant", (Instant,))
_LIST = Parameter("list", (ListOf,))
_QUANTITY = Parameter("value", (Number, Duration))
_ORDERED = Parameter("value", (Number, Duration, Instant))
_TEXTS = ListOf(Prose())
_COUNT = Number(integer=True, minimum=0)


def _of_text(name: str, result: Type, summary: str, example: str, may_be_missing: bool = False) -> Signature:
    return Signature(name, (_TEXT,), result, summary, example, may_be_missing=may_be_missing)


_ALL = (
    # --- text
    Signature(
        "length",
        (Parameter("of", (Prose, Identifier, Enum, Url, Domain, ListOf)),),
        _COUNT,
        "How many characters a text has, or how many items a list has.",
        "length(text) > 2000",
    ),
    _of_text(
        "folded",
        Prose(),
        "The text as comparisons see it: without differences of case, width, digits, script variants and look-alikes.",
        "folded(text) matches /free +coins/",
    ),
    _of_text(
        "squeezed",
        Prose(),
        "The folded text without separators and repeats inside words.",
        'squeezed(actor.name) == "admin"',
    ),
    Signature(
        "lower",
        (_TEXT,),
        Prose(),
        "The text in lower case. Something that compares exactly, such as an id, then compares ignoring case.",
        'lower(channel.id) == "lounge"',
        exact_stays=True,
    ),
    _of_text("trimmed", Prose(), "The text without white space around it.", "length(trimmed(text)) == 0"),
    _of_text(
        "unquoted",
        Prose(),
        "The text without quotations, quoted lines (`> …`) and code; unchanged if nothing else is left.",
        "unquoted(text) contains any of insults",
    ),
    _of_text("lines", _TEXTS, "The lines of a text; an empty text has none.", "length(lines(text)) > 30"),
    _of_text(
        "words",
        _TEXTS,
        "The words of a text, as written; each character of a script without spaces counts as one.",
        "length(words(text)) < 3",
    ),
    _of_text(
        "caps",
        Number(minimum=0, maximum=1),
        "The share of capitals among letters with case, from 0 to 1; 0 if there are none.",
        "length(text) > 20 and caps(text) > 70%",
    ),
    _of_text(
        "emoji_count", _COUNT, "How many emoji a text has; a family or a flag counts once.", "emoji_count(text) > 10"
    ),
    _of_text("longest_run", _COUNT, "The length of the longest run of one character.", "longest_run(text) >= 15"),
    _of_text(
        "number",
        Number(),
        "A text as a number, missing if it is not one; digits of any script, `,` between groups of three.",
        "number(answer) == 42",
        may_be_missing=True,
    ),
    Signature(
        "domain",
        (_URL,),
        Domain(),
        "The host name of a URL, missing if it has none; the scheme may be absent.",
        "domain(link.url) in our_sites",
        may_be_missing=True,
    ),
    Signature(
        "join",
        (_LIST, Parameter("separator", (Prose, Identifier))),
        Prose(),
        "The items of a list as one text.",
        'join(urls(text), ", ")',
    ),
    # --- what a text holds
    _of_text("urls", ListOf(Url()), "The web addresses in a text, as written.", "length(urls(text)) > 3"),
    _of_text("emails", _TEXTS, "The e-mail addresses in a text.", "length(emails(text)) > 0"),
    _of_text(
        "phones",
        _TEXTS,
        "The telephone numbers in a text, as written: with `+`, Chinese mobiles, or grouped as people dial.",
        "length(phones(text)) > 0",
    ),
    _of_text(
        "cards",
        _TEXTS,
        "The numbers of payment cards in a text, as written: of a known network and with the right check digit.",
        "length(cards(text)) > 0",
    ),
    _of_text(
        "secrets",
        _TEXTS,
        "Keys and tokens of unmistakable shape: of AWS, GitHub, Slack and others, web tokens, private keys.",
        "length(secrets(text)) > 0",
    ),
    _of_text(
        "china_ids",
        _TEXTS,
        "The Chinese identity numbers in a text: 18 characters with a real date and the right check character.",
        "length(china_ids(text)) > 0",
    ),
    _of_text("numbers", ListOf(Number()), "The numbers in a text, in order.", "any(n in numbers(text) where n > 1000)"),
    _of_text(
        "duration_in",
        Duration(),
        "The first length of time in a text, `10m`, `1h30m`, `2 hours` or `半小时`, at most 100 years; missing if it "
        "has none.",
        "duration_in(text) ?? 10m",
        may_be_missing=True,
    ),
    _of_text(
        "mixed_scripts",
        _COUNT,
        "How many words mix Cyrillic letters with Latin or Greek ones, as disguised words do.",
        "mixed_scripts(text) >= 2",
    ),
    Signature(
        "looks_like",
        (_TEXT, Parameter("other", (Prose, Identifier, Enum, Url, Domain))),
        Boolean(),
        "Whether two names read the same at a glance, including look-alike letters and digits; for a domain also those "
        "above it, but a domain does not look like itself. Names of ten or more characters may differ in one.",
        'looks_like(actor.name, "Alice Owner")',
    ),
    Signature(
        "occurrences",
        (_TEXT, Parameter("of", (Prose, Identifier, Enum, Url, Domain))),
        _COUNT,
        "How many times another text occurs in a text, both folded; occurrences do not overlap.",
        'occurrences(text, "buy") > 3',
    ),
    Signature(
        "capture",
        (_TEXT, Parameter("pattern", (Pattern,))),
        Prose(),
        "What a group of a pattern matches, by number or name; by default the first, or the whole match of a pattern "
        "without groups; missing if it does not match.",
        "capture(text, /ticket #([0-9]+)/)",
        may_be_missing=True,
        optional=(Parameter("group", (Number, Prose)),),
    ),
    Signature(
        "in_network",
        (_TEXT, Parameter("network", (Prose, Identifier))),
        Boolean(),
        "Whether an IP address is in a network; missing if either is invalid.",
        'in_network(actor.address, "203.0.113.0/24")',
        may_be_missing=True,
    ),
    _of_text("luhn", Boolean(), "Whether the digits of a text end in the right check digit (Luhn).", "luhn(answer)"),
    _of_text("china_id", Boolean(), "Whether a text is a Chinese identity number.", "china_id(answer)"),
    # --- numbers, durations, instants
    Signature("min", (_ORDERED,), None, "The smallest argument.", "min(actor.level, 10)", repeated=True),
    Signature("max", (_ORDERED,), None, "The largest argument.", "max(actor.level, 1)", repeated=True),
    Signature("abs", (_QUANTITY,), None, "The value without its sign.", "abs(now - task.due) < 1h"),
    Signature(
        "round",
        (Parameter("number", (Number,)),),
        Number(integer=True),
        "The nearest integer; halves go up.",
        "round(points(actor) / 10)",
    ),
    Signature(
        "floor", (Parameter("number", (Number,)),), Number(integer=True), "The integer below.", "floor(2.7) == 2"
    ),
    Signature("ceil", (Parameter("number", (Number,)),), Number(integer=True), "The integer above.", "ceil(2.1) == 3"),
    Signature(
        "first",
        (_LIST,),
        None,
        "The first item of a list, missing if it is empty.",
        "first(numbers(text)) > 10",
        item_of_first=True,
        may_be_missing=True,
    ),
    Signature(
        "last",
        (_LIST,),
        None,
        "The last item of a list, missing if it is empty.",
        'last(words(text)) == "please"',
        item_of_first=True,
        may_be_missing=True,
    ),
    Signature(
        "item",
        (_LIST, Parameter("place", (Number,))),
        None,
        "The item of a list at a position, 1 the first, -1 the last; missing if there is none.",
        "item(words(text), 2)",
        item_of_first=True,
        may_be_missing=True,
    ),
    # --- time
    Signature(
        "age",
        (_INSTANT,),
        Duration(),
        "How long ago an instant was; negative for the future.",
        "age(actor.joined) < 3d",
        lowered=True,
    ),
    Signature("hour", (_INSTANT,), Number(True, 0, 23), "The hour, local time.", "hour(now) >= 22", needs_zone=True),
    Signature(
        "minute", (_INSTANT,), Number(True, 0, 59), "The minute, local time.", "minute(now) == 0", needs_zone=True
    ),
    Signature(
        "weekday",
        (_INSTANT,),
        Enum(WEEKDAYS),
        "The day of the week, local time, in English and lower case.",
        'weekday(now) in ["saturday", "sunday"]',
        needs_zone=True,
    ),
    Signature(
        "day", (_INSTANT,), Number(True, 1, 31), "The day of the month, local time.", "day(now) == 1", needs_zone=True
    ),
    Signature("month", (_INSTANT,), Number(True, 1, 12), "The month, local time.", "month(now) == 12", needs_zone=True),
    Signature(
        "year",
        (_INSTANT,),
        Number(integer=True),
        "The year, local time.",
        "year(actor.created) < 2020",
        needs_zone=True,
    ),
    Signature("date", (_INSTANT,), Date(), "The date, local time.", "date(actor.joined) == date(now)", needs_zone=True),
    Signature(
        "falls_on",
        (Parameter("date", (Date,)), _INSTANT),
        Boolean(),
        "Whether an instant's local day is the date or an anniversary of it, lunar dates included. 29 February is kept "
        "on the 28th in other years, day 30 of a shorter lunar month on its last day. A lunar date comes in its "
        'regular month; with `"both"` again in a leap month of that number. A date may be written out: `"--10-01"` '
        'each year, `"lunar:08-15"`.',
        "falls_on(member.birthday, now)",
        may_be_missing=True,
        needs_zone=True,
        optional=(Parameter("leap_month", (Prose,), ("regular", "both")),),
    ),
    Signature(
        "days_until",
        (Parameter("date", (Date,)), _INSTANT),
        Number(integer=True),
        "How many days it is from an instant's local day to a date, 0 on the day itself; for a date without a year, to "
        "its next occurrence. Missing for a date that is not in the Gregorian calendar.",
        'days_until("2027-06-07", now) <= 30',
        may_be_missing=True,
        needs_zone=True,
    ),
    Signature(
        "timestamp",
        (_INSTANT,),
        Identifier(),
        "An instant as RFC 3339 text in UTC, with milliseconds.",
        "timestamp(actor.joined ?? now)",
    ),
)

SIGNATURES: dict[str, Signature] = {signature.name: signature for signature in _ALL}
