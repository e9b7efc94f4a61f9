"""Specifications of the actions that a plan uses."""

from __future__ import annotations

from groundrules.lower.ground import Ground
from groundrules.plan import ir
from groundrules.types.actions import ActionType


def actions(ground: Ground) -> list[ir.ActionSpec]:
    """Return what the engine has to know of every action that some effect names."""
    action_types = (ground.checked.catalog.action(name) for name in ground.actions)
    return [_spec(action) for action in action_types if action is not None]


def _spec(action: ActionType) -> ir.ActionSpec:
    return ir.ActionSpec(
        name=action.name,
        title=dict(sorted(action.title.items())),
        target=action.target.kind if action.target else None,
        key=tuple(sorted(action.key)),
        merge=dict(sorted(action.merge.items())),
        supersedes=tuple(sorted(action.supersedes)),
        opposes=dict(sorted(action.opposes.items())),
        shorthand=action.shorthand,
        durations=action.durations,
        bounds=action.bounds,
        sentence=dict(sorted(action.sentence.items())),
        names=action.names,
        unsaid=action.unsaid,
        repeat=action.repeat,
    )
