"""What a rulebook's tests may name: facts of members and channels, actions, times.

A fact that no schema has would be sent with every event and read by no rule; an action that does not exist would never
be taken. Actions of the shipped schemas and of the rulebook's own are known even before a rule names them, so that a
test may be written before its rule.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any

from groundrules import confined
from groundrules.engine.intake.explain import as_moment, is_date_time
from groundrules.plan import ir
from groundrules.tools.testing.timeline import is_ago
from groundrules.types.catalog import shipped_catalog

FACTS_OF = {"members": "actor", "channels": "channel"}
MOMENTS = "write `2d ago`, `3h from now` (both from the first step), or a moment, `2026-01-03T09:00:00+08:00`"
_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "array": (list, "a list, such as `[a, b]`"),
    "boolean": (bool, "`true` or `false`"),
    "integer": (int, "a whole number"),
}


class Vocabulary:
    """Looks up what tests may name. `folder` is the rulebook's, with its own actions in `schemas/actions/`."""

    def __init__(self, plan: ir.Plan, folder: Path) -> None:
        self._plan = plan
        self._folder = folder

    def facts(self, key: str) -> dict[str, Any]:
        """Return fact → schema of what `members` or `channels` describe; empty if the rulebook has no events."""
        schema: dict[str, Any] = next(iter(self._plan.events.values()), {})
        facts: dict[str, Any] = schema.get("properties", {}).get(FACTS_OF[key], {}).get("properties", {})
        return facts

    @cached_property
    def actions(self) -> Collection[str]:
        """The names of all actions that a rule may do."""
        own = {file.stem for file in confined.files(self._folder / "schemas" / "actions", "*.json")}
        return {spec.name for spec in self._plan.actions} | own | {*shipped_catalog().names("actions")}


def wrong_fact(value: Any, schema: dict[str, Any]) -> tuple[str, str | None] | None:
    """Return what is wrong with the value of a fact, and how to mend it; None if nothing is, or it is left unknown."""
    if value is None:
        return None
    if schema.get("format") == "date-time":
        right = isinstance(value, str) and (is_ago(value) or is_date_time(value))
        return None if right else ("must be a time", _meant(value) or MOMENTS)
    type_, wording = _KINDS.get(str(schema.get("type")), (object, ""))
    right = isinstance(value, type_) and not (type_ is int and isinstance(value, bool))
    return None if right else (f"must be {wording}", None)


def _meant(value: Any) -> str | None:
    moment = as_moment(value)
    return f"as a Unix time that is `{moment}`; write it like this" if moment else None
