"""Brakes: a cell that counts actions, and the rule that says who may release what it holds back."""

from __future__ import annotations

from groundrules.checker import constructs
from groundrules.lower.effects import effects
from groundrules.lower.ground import Ground
from groundrules.lower.rules import approval, refusal
from groundrules.plan import ir


def brakes(ground: Ground) -> tuple[list[ir.Brake], list[ir.Rule]]:
    """Lower the brakes of all instances; one in shadow would hold back others' actions, so it is left out."""
    enforced = [brake for brake in ground.checked.brakes if brake.context.instance.mode == "enforce"]
    lowered = [_brake(ground, brake) for brake in enforced]
    return [brake for brake, _ in lowered], [rule for _, rules in lowered for rule in rules]


def _brake(ground: Ground, brake: constructs.Brake) -> tuple[ir.Brake, list[ir.Rule]]:
    instance = brake.context.instance
    ground.owner = id = instance.qualified(f"at_most#{brake.do}")
    ground.actions.add(brake.do)
    alarm = tuple(effect for effect in effects(ground, brake.effects) if isinstance(effect, ir.Act))
    lowered = ir.Brake(
        id=id,
        do=brake.do,
        most=brake.most,
        within=brake.within,
        effects=alarm,
        starts=instance.starts,
        ends=instance.ends,
    )
    if brake.approval is None:
        return lowered, []
    rule = ir.Rule(
        id=id,
        trigger=ir.OnBrake(brake=id),
        when=ir.Const(value=True),
        approval=approval(brake.approval),
        src=ground.place(brake.source.do.span),
    )
    return lowered, [rule, *refusal(ground, rule, brake.approval)]
