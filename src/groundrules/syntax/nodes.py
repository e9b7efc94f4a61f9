"""The tree of the small language: frozen nodes, each with the offsets of its text inside its fragment.

The parser builds these and nothing else; names are not resolved and types not known here. Units are
already normalised: durations and clock times are whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from typing import Literal as OneOf

from groundrules import window_kinds
from groundrules.diagnostics.source import Fragment, Span

Offsets = tuple[int, int]
Quantifier = OneOf["one", "any", "all"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    at: Offsets

    def children(self) -> list[Node]:
        """Return the direct sub-nodes in source order."""
        nodes: list[Node] = []
        for name in _child_fields(self.__class__):  # type: ignore[arg-type]  # a class can be hashed
            value = getattr(self, name)
            if value.__class__ is tuple:
                nodes += [item for item in value if isinstance(item, Node)]
            elif value is not None:
                nodes.append(value)
        return nodes


# --- literals -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number(Node):
    value: int | float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Percent(Node):
    """`30%`; `value` is the share, 0.3."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duration(Node):
    """`90s`, `1h30m`; milliseconds."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClockTime(Node):
    """`09:00`; milliseconds since local midnight."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClockRange(Node):
    """`23:00-07:00`; start included, end excluded, may run over midnight. Milliseconds since midnight."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regex(Node):
    """`/pattern/i`: `pattern` with `\\/` already unescaped, `flags` a subset of "ims"."""

    pattern: str
    flags: str


# --- reads --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Name(Node):
    """A bare name: a field of the event, a define, list, parameter, ledger, state or bound variable."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attribute(Node):
    """`base.name`; `name_at` is where the last name stands."""

    base: Node
    name: str
    name_at: Offsets


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item(Node):
    """`base["odd-name"]`: a field whose name is not an identifier."""

    base: Node
    key: str
    name_at: Offsets


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call(Node):
    """`function(arguments)`; `function` may be dotted (a ledger of an import: `flood.points(actor)`)."""

    function: str
    function_at: Offsets
    arguments: tuple[Node, ...]


# --- values -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arithmetic(Node):
    operator: OneOf["+", "-", "*", "/", "%"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coalesce(Node):
    """`value ?? default`."""

    value: Node
    default: Node


# --- conditions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class And(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Or(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Not(Node):
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compare(Node):
    operator: OneOf["==", "!=", "<", "<=", ">", ">="]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class In(Node):
    """`item in collection`, `item not in collection` (`negated`); also an instant in a clock range."""

    item: Node
    collection: Node
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Has(Node):
    """`xs has x`, `xs has any of ys`, `xs has all of ys`."""

    collection: Node
    quantifier: Quantifier
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contains(Node):
    """`text contains x`, `… contains any of xs`, `… contains all of xs`, `… contains word x` (`word`)."""

    subject: Node
    quantifier: Quantifier
    word: bool
    needle: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Affix(Node):
    """`text starts with x`, `text ends with x`, and `… with any of xs`."""

    subject: Node
    end: OneOf["start", "end"]
    needle: Node
    quantifier: OneOf["one", "any"] = "one"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches(Node):
    subject: Node
    regex: Regex


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantified(Node):
    """`any(x in xs where condition)`, `all(…)`, and `count(…)`: for how many it holds."""

    quantifier: OneOf["any", "all", "count"]
    variable: str
    variable_at: Offsets
    collection: Node
    condition: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known(Node):
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyPart(Node):
    """One key of a window: `actor`, or `actor = member` where the reader's key differs from the event's."""

    counted: Node
    reader: Node | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taken(Node):
    """What takes back something counted: `vote.withdrawn`, `vote.cast where …`."""

    event_type: str
    event_type_at: Offsets
    where: Node | None


Period = OneOf["day", "week", "month"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalendarPeriod(Node):
    """`today`, `this week`, `this month`."""

    period: Period


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LastEvents(Node):
    """`last 20`: of the events under a key."""

    number: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window(Node):
    """`count(message where … less … by actor, text within 2m max 100)`; `value`: the path of `sum` and `distinct`.

    `within` is a length of time, a number of events, or the current calendar period.
    `listed`: not how many, but which, `values(actor.id of message … max 100)`.
    """

    kind: window_kinds.Name
    value: Node | None
    event_type: str
    event_type_at: Offsets
    where: Node | None
    less: tuple[Taken, ...]
    keys: tuple[KeyPart, ...]
    within: Node | None
    maximum: Node | None
    listed: bool = False


# --- short clauses ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnceClause(Node):
    """`actor, message within 90d`, `actor per day`, `actor`."""

    keys: tuple[Node, ...]
    within: Node | None
    per: Period | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateClause(Node):
    """`50 per day`: the amount is a number or a parameter."""

    amount: Node
    per: Period


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FadeClause(Node):
    """`1 every 30d`."""

    amount: Node
    every: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeysClause(Node):
    """`actor, channel`: comma-separated key paths (`one_per`, `per`)."""

    keys: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairsClause(Node):
    """`actor, id = message.id`: what two events have in common (`undo_on`); `reader` is read in the later one."""

    keys: tuple[KeyPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtClause(Node):
    """`monday 09:00`, `1st 10:00`, `last day 18:00`, `09:00`, `every 30m`.

    weekday: 0 (Monday) to 6, or None. day: 1 to 31, -1 for the last day of the month, or None.
    month: 1 to 12 for a yearly date (`10-01 09:00`). time: a ClockTime or a parameter's Name. every: an
    interval instead of a date. weekdays: `weekdays` and `weekends`.
    """

    weekday: int | None
    day: int | None
    month: int | None
    time: Node | None
    every: Node | None
    weekdays: tuple[int, ...] = ()


# --- tables -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnValue(Node):
    """The subject of a cell's tests: a placeholder for the value of its column."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell(Node):
    """`< 3d`, `>= 1 and < 5`, `not contains "x"`, `"help"`; no `tests`: anything, `-`.

    A test is a comparison of the column's value, or its Not. A value alone tests for equality.
    """

    tests: tuple[Node, ...]


# --- templates ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hole(Node):
    """`{expression}` inside a message template."""

    expression: Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Template(Node):
    """Text with holes; strings are literal text with `{{` and `}}` already unescaped."""

    parts: tuple[str | Hole, ...]


N = TypeVar("N", bound=Node)


@dataclass(frozen=True, eq=False)
class Parsed(Generic[N]):
    """A tree together with the fragment that its offsets count in."""

    root: N
    fragment: Fragment

    def span(self, node: Node) -> Span:
        return self.fragment.span(*node.at)


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and everything below it, parents first."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += current.children()[::-1]


@cache
def _child_fields(kind: type[Any]) -> tuple[str, ...]:
    """Return the slots of a class that can hold nodes, in source order."""
    known = get_type_hints(kind)
    return tuple(slot.name for slot in fields(kind) if _holds_nodes(known[slot.name]))


def _holds_nodes(type_: Any) -> bool:
    return (isinstance(type_, type) and issubclass(type_, Node)) or any(map(_holds_nodes, get_args(type_)))


def same(left: object, right: object) -> bool:
    """Whether two trees (or parts of them) are equal but for their offsets."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if not isinstance(left, Node):
        return type(left) is type(right) and left == right
    slots = [slot.name for slot in fields(left) if slot.name != "at" and not slot.name.endswith("_at")]
    return type(left) is type(right) and all(same(getattr(left, name), getattr(right, name)) for name in slots)
