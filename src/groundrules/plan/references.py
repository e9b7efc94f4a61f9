"""Whether everything that a plan's parts name exists: what the checker ensures, for plans it never checked."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from groundrules.plan import ir
from groundrules.plan.walk import within

_SECTIONS = {
    "window": "windows",
    "ledger": "ledgers",
    "list": "lists",
    "state": "states",
    "process": "processes",
    "ladder": "ladders",
    "schedule": "schedules",
    "cap": "caps",
    "brake": "brakes",
    "rule": "rules",
}
"""Field of a node → the section of the plan whose ids it holds."""


def dangling(plan: ir.Plan) -> Iterator[str]:
    """Yield what is named but does not exist, as `ledger points`, and the numbers of missing sources."""
    known = {name: {item.id for item in getattr(plan, section)} for name, section in _SECTIONS.items()}
    for node in within(plan, msgspec.Struct):
        for name in _SECTIONS.keys() & set(node.__struct_fields__):
            named = getattr(node, name)
            if isinstance(named, str) and named not in known[name]:
                yield f"{name} {named}"
        if getattr(node, "src", -1) >= len(plan.sources):
            yield f"source {node.src}"  # type: ignore[attr-defined]
