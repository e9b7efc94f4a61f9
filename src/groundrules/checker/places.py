"""Where an expression stands, and what may stand there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`name` is how messages speak of it.

    windows: it may count events. memory: it may read ledgers, labels, states and silence. matched: it may name the
    events that the guard's windows hold. match: it may name what bore the guard out. nth: it may name the number of the
    firing within `times`. those: it may name all of those whom a schedule found. standings: it may name them with the
    numbers that order them. items: of a path's `until_all`, of which it may ask which remain. draws: it may draw lots.
    """

    name: str
    windows: bool = False
    memory: bool = False
    matched: bool = False
    match: bool = False
    nth: bool = False
    those: bool = False
    items: tuple[str, ...] = ()
    standings: bool = False
    draws: bool = False


GUARD = Place("a guard", windows=True, memory=True, draws=True)
PARAMETER = Place("an action's parameter", windows=True, memory=True, draws=True)
COUNTED_PARAMETER = Place("an action's parameter", windows=True, memory=True, matched=True, draws=True)
RANKING = Place("what orders members", windows=True, memory=True)
AMOUNT = Place("an amount", windows=True, memory=True, draws=True)
MESSAGE = Place("a message", windows=True, memory=True, draws=True)
STATE = Place("a state", windows=True, memory=True)
WHERE = Place("the `where` of a window")
WINDOW_KEY = Place("the key of a window")
KEY = Place("a key")
UNTIL = Place("the `until` of a path", windows=True, memory=True)
DUE = Place("the `due` of a step")
CONSTANT = Place("a setting")
