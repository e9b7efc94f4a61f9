"""States: what holds for a whole partition, and a rule each for entering and leaving it."""

from __future__ import annotations

from groundrules.check import model
from groundrules.lower.effects import effects
from groundrules.lower.expressions import lowered
from groundrules.lower.ground import Ground
from groundrules.lower.rules import common
from groundrules.plan import ir


def states(ground: Ground) -> tuple[list[ir.State], list[ir.Rule]]:
    """Lower the states of all instances. One that is off is never entered."""
    found: list[ir.State] = []
    rules: list[ir.Rule] = []
    for state in ground.checked.states:
        id = state.context.instance.qualified(str(state.source.id.value))
        enter: ir.AnyExpr = ir.Const(value=False)
        if state.source.mode != "off":
            enter = lowered(ground, state.context, state.source.enter)
        found.append(ir.State(id=id, enter=enter, leave=lowered(ground, state.context, state.source.leave)))
        rules += [
            _rule(ground, state, part, ir.OnState(state=id, entering=entering), acting)
            for part, entering, acting in (("#enter", True, state.effects), ("#leave", False, state.afterwards))
            if acting
        ]
    return found, rules


def _rule(ground: Ground, state: model.State, part: str, trigger: ir.OnState, acting: model.Effects) -> ir.Rule:
    return ir.Rule(
        **common(ground, state.context.instance, state.source, state.ends, part),
        kind="state",
        trigger=trigger,
        when=ir.Const(value=True),
        effects=effects(ground, acting),
    )
