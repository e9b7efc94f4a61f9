"""Paths: a process, the rule that opens it, and a rule for each step and for its end."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from groundrules.checker import constructs
from groundrules.checker.people import filled
from groundrules.lower.effects import effects
from groundrules.lower.expressions import condition, lowered
from groundrules.lower.ground import Ground
from groundrules.lower.rules import approval, common, keys, refusal, step_guards
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash

_ALWAYS_CAPTURED = (("actor", "id"), ("id",), ("time",), ("type",))


def paths(ground: Ground) -> tuple[list[ir.Process], list[ir.Rule]]:
    """Lower the paths of all instances, what opens them, and what their steps do."""
    processes: list[ir.Process] = []
    rules: list[ir.Rule] = []
    for path in ground.checked.paths:
        process, own = _path(ground, path)
        processes.append(process)
        rules += own
    return processes, rules


def _path(ground: Ground, path: constructs.Path) -> tuple[ir.Process, list[ir.Rule]]:
    ground.captured = set()
    ground.owner = ground.process = id = path.context.instance.qualified(str(path.source.id.value))
    rules = [_opening(ground, path, id)]
    for number, step in enumerate(path.steps):
        rule = _on_step(ground, path, f"#{number + 1}", ir.OnStep(process=id, step=number), step.effects, step)
        rules += [rule, *refusal(ground, rule, step.approval)]
    if path.afterwards:
        rules.append(_on_step(ground, path, "#end", ir.OnStep(process=id, step=-1), path.afterwards, None))
    ground.owner = id
    process = ir.Process(
        id=id,
        key=keys(ground, path.context, path.source.one_per),
        steps=tuple(_due(ground, step) for step in path.steps),
        until=untils(ground, path.until),
        until_all=tuple(_item(ground, path, item) for item in path.until_all),
        restart=untils(ground, path.restart),
        hours=path.hours,
        limit=ground.checked.open_paths,
    )
    captured = {*ground.captured, *_ALWAYS_CAPTURED, *(_dates(process) if process.restart else ())}
    return replace(process, capture=tuple(sorted(captured))), rules


def _dates(process: ir.Process) -> set[tuple[str, ...]]:
    """Return the fields that planning reads: those that a later event leaves unchanged are still needed then."""
    dates: set[tuple[str, ...]] = set()
    waiting: list[Any] = [step.at for step in process.steps]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ir.Field) and node.root == "event":
            dates.add(node.path)
        elif isinstance(node, ir.Fact) and node.root == "event":
            dates.add((*node.path, node.fact))
        if isinstance(node, ir.Expr):
            waiting += [getattr(node, name) for name in node.__struct_fields__]
        elif isinstance(node, tuple):
            waiting += node
    return dates


def _opening(ground: Ground, path: constructs.Path, id: str) -> ir.Rule:
    source, context = path.source, path.context
    return ir.Rule(
        **common(ground, context.instance, source, path.ends),
        kind="path",
        trigger=ir.OnEvent(types=context.types),
        when=condition(ground, context, source.when),
        unless=None if source.unless is None else lowered(ground, context, source.unless),
        effects=(ir.Open(process=id, src=ground.place(source.id.span)),),
    )


def _on_step(
    ground: Ground,
    path: constructs.Path,
    part: str,
    trigger: ir.OnStep,
    acting: constructs.Effects,
    step: constructs.PathStep | None,
) -> ir.Rule:
    shared = common(ground, path.context.instance, path.source, path.ends, part)
    place = shared["src"] if step is None else ground.place(step.source.span)
    return ir.Rule(
        **{**shared, "src": place},
        kind="path",
        trigger=trigger,
        **({"when": ir.Const(value=True)} if step is None else step_guards(ground, path.later, step.source)),
        effects=effects(ground, acting),
        approval=None if step is None else approval(step.approval),
    )


def _due(ground: Ground, step: constructs.PathStep) -> ir.Due:
    at = None
    if step.due is not None:
        at = lowered(ground, step.due.context, step.due.parsed)
    return ir.Due(after=step.after, at=at, repeat=step.repeat, every=step.every)


def _item(ground: Ground, path: constructs.Path, item: constructs.PathItem) -> ir.Item:
    (event,) = untils(ground, (item.until,))
    title = filled(item.source.title, path.context.instance)
    return ir.Item(id=str(item.source.id.value), event=event, title=title)


def untils(ground: Ground, authored: tuple[constructs.Until, ...]) -> tuple[ir.Until, ...]:
    """Lower the events that end something, in canonical order."""
    lowered = [
        ir.Until(
            types=until.context.types,
            when=condition(ground, until.context, until.source.when),
            src=ground.place(until.source.span),
        )
        for until in authored
    ]
    return tuple(sorted(lowered, key=definition_hash))
