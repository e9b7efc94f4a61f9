"""Specifications of the actions that a plan uses."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.lower.ground import Ground
from groundrules.plan import ir
from groundrules.types.actions import ActionType
from groundrules.types.catalog import Catalog

SANCTIONS: tuple[ir.Consequence, ...] = ("silences", "removes")


def actions(ground: Ground) -> list[ir.ActionSpec]:
    """Return what the engine has to know about every action that an effect names or a condition asks about."""
    catalog = ground.checked.catalog
    action_types = (catalog.action(name) for name in ground.actions)
    return [_spec(action, catalog) for action in action_types if action is not None]


def lasting(catalog: Catalog, does: ir.Consequence) -> Iterator[str]:
    """Yield the names of the actions that, once done, keep a member from something."""
    for name in catalog.names("actions"):
        action = catalog.action(name)
        if action is not None and does in _sanctions(action, catalog):
            yield name


def _sanctions(action: ActionType, catalog: Catalog) -> tuple[ir.Consequence, ...]:
    """Return what an action keeps a member from, for a time or until it is ended; empty if it has no lasting effect."""
    kept_from = tuple(what for what in SANCTIONS if what in (action.does or ()))
    if not kept_from or action.target is None or action.target.kind != "member":
        return ()
    return kept_from if action.length is not None or _ended_by(action, catalog) else ()


def _ended_by(action: ActionType, catalog: Catalog) -> tuple[str, ...]:
    opposed = {*action.opposes, *((action.undone_by,) if action.undone_by else ())}
    for name in catalog.names("actions"):
        other = catalog.action(name)
        if other is not None and action.name in other.opposes:
            opposed.add(name)
    return tuple(sorted(opposed - {action.name}))


def _spec(action: ActionType, catalog: Catalog) -> ir.ActionSpec:
    sanctions = _sanctions(action, catalog)
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
        sanctions=sanctions,
        length=action.length if sanctions else None,
        ended_by=_ended_by(action, catalog) if sanctions else (),
    )
