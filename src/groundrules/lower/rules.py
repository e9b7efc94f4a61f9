"""Rules and rewards: trigger, guard, effects, and the cells that limit them."""

from __future__ import annotations

from typing import Any, Literal

from groundrules.checker import bindings, constructs
from groundrules.checker.people import filled
from groundrules.lower.effects import effects
from groundrules.lower.expressions import condition, lowered, lowerer
from groundrules.lower.ground import Ground
from groundrules.plan import ir
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes


def rules(ground: Ground) -> list[ir.Rule]:
    """Lower the rules and rewards of all instances."""
    return [lowered_rule for rule in ground.checked.rules for lowered_rule in _rule(ground, rule)]


def _rule(ground: Ground, rule: constructs.Rule) -> list[ir.Rule]:
    source, context = rule.source, rule.context
    ground.counted, ground.matched = set(), False
    ground.owner = context.instance.qualified(str(source.id.value))
    about = condition(ground, context, source.when)
    required = None if source.requires is None else lowered(ground, context, source.requires)
    when = about if required is None else joined(about, required)
    counted = ground.counted
    once = _once(ground, rule)
    lowered_rule = ir.Rule(
        **common(ground, context.instance, source, rule.ends),
        kind="reward" if source.kind == "reward" else "rule",
        trigger=ir.OnEvent(types=context.types),
        when=when,
        unless=None if source.unless is None else lowered(ground, context, source.unless),
        effects=effects(ground, rule.effects),
        once=once,
        times=_times(ground, rule),
        approval=approval(rule.approval),
        undo=tuple(sorted((_undo(ground, undo) for undo in rule.undo), key=lambda undo: undo.type)),
        undo_key=_pairs(ground, context, rule.undo[0].keys, "counted") if rule.undo else (),
        first_of=context.instance.qualified(str(source.first_of.value)) if source.first_of else "",
        priority=int(source.priority.value) if source.priority else 0,
        remember=((once.within if once else None) or ir.REMEMBERED) if rule.undo else 0,
    )
    ground.counted = counted
    otherwise = (
        [] if required is None else _otherwise(ground, rule, lowered_rule, joined(about, ir.Not(operand=required)))
    )
    ground.counted = counted
    ground.keep_ids()
    return [lowered_rule, *otherwise, *refusal(ground, lowered_rule, rule.approval)]


def joined(first: ir.AnyExpr, other: ir.AnyExpr) -> ir.AnyExpr:
    """Return the conjunction of both conditions."""
    if isinstance(first, ir.Const) and first.value is True:
        return other
    parts = first.operands if isinstance(first, ir.And) else (first,)
    return ir.And(operands=(*parts, *(other.operands if isinstance(other, ir.And) else (other,))))


def _otherwise(ground: Ground, rule: constructs.Rule, whole: ir.Rule, when: ir.AnyExpr) -> list[ir.Rule]:
    """Return the rule for when a requirement does not hold."""
    if not rule.otherwise:
        return []
    return [
        ir.Rule(
            **common(ground, rule.context.instance, rule.source, rule.ends, "#otherwise"),
            trigger=whole.trigger,
            when=when,
            unless=whole.unless,
            effects=effects(ground, rule.otherwise),
            kind=whole.kind,
        )
    ]


def _once(ground: Ground, rule: constructs.Rule) -> ir.Once | None:
    if rule.once is None:
        return None
    within = rule.once.within
    if within is None and rule.once.per is None:
        within = ir.REMEMBERED
    return ir.Once(key=keys(ground, rule.context, rule.once.keys), within=within, per=rule.once.per)


def _times(ground: Ground, rule: constructs.Rule) -> ir.Times | None:
    if rule.times is None:
        return None
    steps = tuple((number, effects(ground, then)) for number, then in rule.times.steps)
    return ir.Times(key=keys(ground, rule.context, rule.times.keys), within=rule.times.within, steps=steps)


def _undo(ground: Ground, undo: constructs.Undo) -> ir.Undo:
    return ir.Undo(type=undo.type, key=_pairs(ground, undo.context, undo.keys, "reader"))


def _pairs(
    ground: Ground,
    context: bindings.Context,
    parsed: nodes.Parsed[nodes.PairsClause],
    side: Literal["counted", "reader"],
) -> tuple[ir.AnyExpr, ...]:
    """Lower one side of the keys that two events are compared by."""
    inner = lowerer(ground, context, parsed)
    return tuple(inner.key(getattr(key, side) or key.counted) for key in parsed.root.keys)


# --- shared with the other constructs ------------------------------------------------------------


def keys(ground: Ground, context: bindings.Context, parsed: nodes.Parsed[Any]) -> tuple[ir.AnyExpr, ...]:
    """Lower the keys of a clause, in written order."""
    inner = lowerer(ground, context, parsed)
    return tuple(map(inner.key, parsed.root.keys))


def common(
    ground: Ground, instance: bindings.Instance, source: authored.Common, ends: int | None, part: str = ""
) -> dict[str, Any]:
    """Return the rule arguments common to all constructs; `part` tells apart the rules that one block lowers to."""
    ground.owner = instance.qualified(str(source.id.value)) + part
    return {
        "id": ground.owner,
        "mode": bindings.milder(source.mode, instance.mode),
        "rollout": min(source.rollout, instance.rollout),
        "ends": ends,
        "starts": _starts(ground, instance, source),
        "tags": tuple(sorted({str(tag.value) for tag in source.tags})),
        "title": filled(source.title, instance),
        "text": filled(source.text, instance),
        "because": filled(source.because, instance),
        "source": "" if source.source is None else str(source.source.value),
        "src": ground.place(source.id.span),
        "was": None if source.was is None else instance.qualified(str(source.was.value)) + part,
    }


def _starts(ground: Ground, instance: bindings.Instance, source: authored.Common) -> int | None:
    """Return the instant from which a block applies: its own or its import's, whichever is later."""
    known = [start for start in (ground.checked.starts.get(id(source)), instance.starts) if start is not None]
    return max(known, default=None)


def texts(given: authored.Texts) -> dict[str, str]:
    """Return texts for people by language."""
    return {language: str(text.value) for language, text in sorted(given.items())}


def approval(asked: constructs.Approval | None) -> ir.Approval | None:
    """Lower an approval; its refusal is handled by a separate rule."""
    if asked is None:
        return None
    return ir.Approval(
        by=asked.by, approvals=asked.approvals, within=asked.within, batch=asked.batch, recheck=asked.recheck
    )


def step_guards(
    ground: Ground, context: bindings.Context, step: authored.PathStep | authored.LadderStep
) -> dict[str, Any]:
    """Return the guard of the rule for a path's or ladder's step."""
    unless = None if step.unless is None else lowered(ground, context, step.unless)
    return {"when": condition(ground, context, step.when), "unless": unless}


def refusal(ground: Ground, rule: ir.Rule, asked: constructs.Approval | None) -> list[ir.Rule]:
    """Return the rule for the refusal of an approval requested by `rule`, if anything is to be done then."""
    if asked is not None:
        ground.actions.add("request_approval")
    if asked is None or not asked.refused:
        return []
    ground.owner = f"{rule.id}#refused"
    return [
        ir.Rule(
            id=ground.owner,
            trigger=ir.OnRefusal(rule=rule.id),
            when=ir.Const(value=True),
            kind=rule.kind,
            effects=effects(ground, asked.refused),
            mode=rule.mode,
            rollout=rule.rollout,
            ends=rule.ends,
            starts=rule.starts,
            tags=rule.tags,
            title=rule.title,
            text=rule.text,
            src=rule.src,
            was=None if rule.was is None else f"{rule.was}#refused",
        )
    ]
