"""States: what holds for a whole partition or a thing, and one rule each for entering and leaving it."""

from __future__ import annotations

from msgspec.structs import replace

from groundrules.checker import bindings, constructs
from groundrules.lower.effects import effects
from groundrules.lower.expressions import lowered
from groundrules.lower.ground import Ground
from groundrules.lower.paths import untils
from groundrules.lower.rules import common
from groundrules.lower.subjects import subjects
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.rulebook import model as authored


def states(ground: Ground) -> tuple[list[ir.State], list[ir.Rule]]:
    """Lower the states of all instances. One that is off is never entered."""
    states: list[ir.State] = []
    rules: list[ir.Rule] = []
    for state in ground.checked.states:
        id = state.context.instance.qualified(str(state.source.id.value))
        ground.owner = id
        per = state.context.subject or ""
        off = bindings.milder(state.source.mode, state.context.instance.mode) == "off"
        lowered_state = ir.State(
            id=id,
            enter=ir.Const(value=False) if off else _any(ground, state.context, state.source.enter),
            leave=_any(ground, state.context, state.source.leave),
            enter_on=() if off else untils(ground, state.enter_on),
            leave_on=untils(ground, state.leave_on),
            per=per,
        )
        about = subjects(ground, state.context.instance.types, lowered_state) if per else ()
        states.append(replace(lowered_state, about=about))
        rules += [
            _rule(ground, state, part, ir.OnState(state=id, entering=entering), acting)
            for part, entering, acting in (("#enter", True, state.effects), ("#leave", False, state.afterwards))
            if acting
        ]
    return states, rules


def _any(ground: Ground, context: bindings.Context, turn: authored.Turn) -> ir.AnyExpr:
    """Lower a transition's conditions to one, in canonical order; without any it never happens by itself."""
    guards = sorted((lowered(ground, context, condition) for condition in turn.conditions), key=definition_hash)
    if len(guards) > 1:
        return ir.Or(operands=tuple(guards))
    return guards[0] if guards else ir.Const(value=False)


def _rule(
    ground: Ground, state: constructs.State, part: str, trigger: ir.OnState, acting: constructs.Effects
) -> ir.Rule:
    return ir.Rule(
        **common(ground, state.context.instance, state.source, state.ends, part),
        kind="state",
        trigger=trigger,
        when=ir.Const(value=True),
        effects=effects(ground, acting),
    )
