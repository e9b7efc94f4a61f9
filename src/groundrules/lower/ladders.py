"""Ladders: steps over a ledger, and a rule for each step, upwards and on the way back."""

from __future__ import annotations

from groundrules.checker import constructs
from groundrules.checker.people import filled
from groundrules.lower.effects import effects
from groundrules.lower.ground import Ground
from groundrules.lower.rules import approval, common, refusal, step_guards
from groundrules.plan import ir


def ladders(ground: Ground) -> tuple[list[ir.Ladder], list[ir.Rule]]:
    """Lower the ladders of all instances, and what their steps do."""
    lowered = [_ladder(ladder) for ladder in ground.checked.ladders]
    return lowered, [rule for ladder in ground.checked.ladders for rule in _rules(ground, ladder)]


def _ladder(ladder: constructs.Ladder) -> ir.Ladder:
    source = ladder.source
    return ir.Ladder(
        id=ladder.context.instance.qualified(str(source.id.value)),
        ledger=ladder.ledger.id,
        steps=tuple(
            ir.Step(
                reaches=step.reaches,
                falls_below=step.falls_below,
                cool_down=step.cool_down,
                title=filled(step.source.title, ladder.context.instance),
            )
            for step in ladder.steps
        ),
        fire="all" if source.fire == "all" else "highest",
        beyond="repeat" if source.beyond == "repeat" else "nothing",
        appeal=ir.Appeal(within=ladder.appeal[0], to=ladder.appeal[1]) if ladder.appeal else None,
    )


def _rules(ground: Ground, ladder: constructs.Ladder) -> list[ir.Rule]:
    rules: list[ir.Rule] = []
    id = ladder.context.instance.qualified(str(ladder.source.id.value))
    for number, step in enumerate(ladder.steps):
        if step.effects:
            rule = _step(ground, ladder, step, f"#{number + 1}", ir.OnCrossing(ladder=id, step=number))
            rules += [rule, *refusal(ground, rule, step.approval)]
        if step.back:
            trigger = ir.OnCrossing(ladder=id, step=number, back=True)
            rules.append(_step(ground, ladder, step, f"#{number + 1}#back", trigger))
    return rules


def _step(
    ground: Ground, ladder: constructs.Ladder, step: constructs.LadderStep, part: str, trigger: ir.OnCrossing
) -> ir.Rule:
    shared = common(ground, ladder.context.instance, ladder.source, ladder.ends, part)
    title = filled(step.source.title, ladder.context.instance) or shared["title"]
    return ir.Rule(
        **{**shared, "title": title, "src": ground.place(step.source.span)},
        kind="ladder",
        trigger=trigger,
        **({"when": ir.Const(value=True)} if trigger.back else step_guards(ground, ladder.context, step.source)),
        effects=effects(ground, step.back if trigger.back else step.effects),
        approval=None if trigger.back else approval(step.approval),
    )
