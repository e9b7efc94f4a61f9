"""What an expression can see.

An expression reads the event at hand, the event that started a path, the member or channel of a `for_each`, the items
of the lists it walks through, the partition's clock, and what the partition remembers. It sees nothing else: no wall
clock, no chance, no other partition. Anything that is not there is missing, and missing is None.

Reads are plain walks through plain dicts. An object stands for the thing that it describes: where an entity is asked
for, its `id` is taken. A fact about an entity is read from the event, or else from the roster (what earlier events said
about it), or else from the rulebook's assumption, or else from the schema's default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groundrules.calendar.instants import parse_rfc3339
from groundrules.plan import ir

if TYPE_CHECKING:
    from groundrules.reference.partition import Partition

Json = dict[str, Any]
Watch = Callable[[str, Any, "Scope"], None]  # whose guard, the guard, what it can see


@dataclass(frozen=True)
class Scope:
    """The surroundings of one evaluation; `variables` are those of `any` and `all`, outermost first.

    `matched`, `match` and `nth` are what effects know about the firing that they belong to; `those` are all members or
    channels that a schedule concerns, `figures` the numbers by which they are ranked. `passed_over`: the schedule is
    about others, who rank higher. `done` are the items of a path that have happened. `began` is when the occasion arose
    if it is looked at again later; lots are drawn for that instant.
    """

    partition: Partition
    now: int
    event: Json | None = None
    start: Json | None = None
    subject: str | None = None
    variables: tuple[Any, ...] = ()
    matched: tuple[str, ...] = ()
    match: str = ""
    nth: int = 0
    began: int | None = None
    those: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    figures: tuple[Any, ...] = ()
    passed_over: bool = False

    @property
    def plan(self) -> ir.Plan:
        return self.partition.plan

    def binding(self, item: Any) -> Scope:
        """The scope inside an `any` or `all`, for one item of its list."""
        return replace(self, variables=(*self.variables, item))

    def watched(self, owner: str, guard: Any) -> Scope:
        """The same scope, after telling whoever watches that a guard is about to be asked in it."""
        if self.partition.watch is not None:
            self.partition.watch(owner, guard, self)
        return self

    def root(self, name: str) -> Any:
        """The value that a read begins from, or None."""
        if name.startswith("$"):
            return self.variables[int(name[1:])]
        return {"event": self.event, "start": self.start, "subject": self.subject}[name]


def walk(value: Any, path: tuple[str, ...]) -> Any:
    """Follow `path` through objects and lists; anything absent on the way makes the whole missing."""
    for name in path:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name in (ir.FIRST, ir.LAST):
            value = value[int(name)] if value else None
        elif name != "id":
            return None
    return value


def identity(value: Any) -> Any:
    """The id that an object stands for; anything else stands for itself."""
    return value.get("id") if isinstance(value, dict) else value


def convert(value: Any, kind: str) -> Any:
    """A JSON value as a value of the language: instants as milliseconds, objects as their id."""
    if value is None:
        return None
    if kind == "instant":
        return parse_rfc3339(value)
    if kind == "list":
        return [identity(item) for item in value]
    return identity(value) if kind == "entity" else value
