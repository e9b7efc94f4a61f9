"""Atoms: simple facts about an event that an index can look up.

An atom is a test of a **subject**, an expression that reads nothing but the event, the clock and the roster:

| test | holds where |
|---|---|
| `stands` | the literal `value` occurs in the text under base view `under` |
| `stands from` | an entry of list `value` occurs in it, found by the scan for base view `under` |
| `found from` | an entry of list `value` may occur in it, a text of place `under` |
| `is` | it equals `value` under view `under` |
| `is from` | it is an entry of list `value` |
| `holds` | one of its items equals `value` under view `under` |
| `holds from` | one of its items is an entry of list `value` |
| `<` `<=` `>` `>=` | it compares so with the number `value` |
| `missing` `present` `filled` | it has no value, has one, is a list that is not empty |
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from groundrules.plan import codec, ir
from groundrules.plan.walk import parts

Test = Literal[
    "stands", "stands from", "found from", "is", "is from", "holds", "holds from",
    "<", "<=", ">", ">=", "missing", "present", "filled",
]  # fmt: skip

READABLE = (ir.Const, ir.Field, ir.Fact, ir.Now, ir.Arithmetic, ir.Negate, ir.Coalesce, ir.Call, ir.Sequence)


class Atom(NamedTuple):
    """A test of the subject of this name; atoms of equal meaning are equal."""

    test: Test
    subject: str
    under: str = ""
    value: Any = None


Atoms = tuple[Atom, ...]
"""Atoms one of which must hold; if there are none, nothing can."""


def name_of(subject: ir.Expr) -> str:
    """Return the name that distinguishes a subject."""
    if isinstance(subject, ir.Field):
        return f"{subject.kind} {'.'.join(subject.path)}"
    return codec.definition_hash(subject)


def is_readable(expr: ir.Expr) -> bool:
    """Whether an expression can be a subject: it reads the event, the clock and the roster only."""
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, READABLE) or (isinstance(part, ir.Field | ir.Fact) and part.root != "event"):
            return False
        waiting.extend(parts(part))
    return True
