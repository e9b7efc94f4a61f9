"""Small rulebooks and events, for tests of explanations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groundrules.frontend import load
from groundrules.plan import ir
from groundrules.tools.explaining.events import Explained, explain_event
from groundrules.tools.explaining.model import Condition, RuleExplained

HEAD = "rulebook: sample\nlanguages: [en]\ntimezone: UTC\nuse: [std/chat]\n"
ROOT = Path(__file__).parents[3]


def plan_of(folder: Path, text: str) -> ir.Plan:
    """The plan of a rulebook that begins with the usual header."""
    path = folder / "rulebook.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return load(path).plan


def message(id: str, at: str, text: str, by: str | dict[str, Any] = "li", **more: Any) -> dict[str, Any]:
    """A message at a time of the fifth of January 2026."""
    base = {"id": id, "type": "message", "time": f"2026-01-05T{at}Z", "community": {"id": "c"}}
    actor = {"id": by} if isinstance(by, str) else by
    return {**base, "channel": {"id": "general", "name": "general"}, "actor": actor, "text": text, **more}


def explained(plan: ir.Plan, events: list[dict[str, Any]], id: str) -> Explained:
    """The event of this id, explained."""
    lines = [json.dumps(event).encode() for event in events]
    found = explain_event(plan, lambda: lines, id)
    assert found is not None
    return found


def why(plan: ir.Plan, events: list[dict[str, Any]], rule: str) -> RuleExplained:
    """What is said of a rule on the last of some events."""
    told = explained(plan, events, events[-1]["id"]).rule(rule)
    assert len(told) == 1
    return told[0]


def ways(told: RuleExplained) -> list[list[tuple[str, str, str]]]:
    """The changes that were tried: (kind, what, relation) of each."""
    return [[(one.kind, one.what, one.relation) for one in way.changes] for way in told.would_fire if way.tried]


def leaves(told: Condition) -> list[Condition]:
    """All leaves of a tree."""
    return [told] if told.shape == "leaf" else [leaf for part in told.parts for leaf in leaves(part)]
