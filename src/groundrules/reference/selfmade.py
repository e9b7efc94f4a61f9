"""What the bot itself did.

An event whose actor is the bot (`actor.self`) is nobody's act: no window counts it, no rule answers it, it ends no path
and turns no state, unless the `where`, `when` or `until` there mentions `actor.self`, which shows that its author
thought of it.
"""

from __future__ import annotations

from typing import Any

from groundrules.plan import ir
from groundrules.plan.walk import parts
from groundrules.reference.scope import Json, walk


def is_own_act(event: Json | None) -> bool:
    return walk(event, ("actor", "self")) is True


def mentions_self(expr: Any) -> bool:
    """Whether an expression reads `actor.self` anywhere."""
    match expr:
        case None:
            return False
        case ir.Field(root="event", path=("actor", "self")) | ir.Fact(root="event", path=("actor",), fact="self"):
            return True
    return any(mentions_self(part) for part in parts(expr))
