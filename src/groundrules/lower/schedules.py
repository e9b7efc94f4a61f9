"""Schedules: when, for whom, and the rule that then acts. Hours are part of the guard."""

from __future__ import annotations

from groundrules.checker import constructs
from groundrules.lower.effects import effects
from groundrules.lower.expressions import condition, lowered
from groundrules.lower.ground import Ground
from groundrules.lower.rules import approval, common, refusal
from groundrules.plan import ir
from groundrules.plan.walk import within


def schedules(ground: Ground) -> tuple[list[ir.Schedule], list[ir.Rule]]:
    """Lower the schedules of all instances, and what they do."""
    rules = [_rules(ground, schedule) for schedule in ground.checked.schedules]
    lowered = [_schedule(ground, *each) for each in zip(ground.checked.schedules, rules, strict=True)]
    return lowered, [rule for each in rules for rule in each]


def _id(schedule: constructs.Schedule) -> str:
    return schedule.context.instance.qualified(str(schedule.source.id.value))


def _schedule(ground: Ground, schedule: constructs.Schedule, rules: list[ir.Rule]) -> ir.Schedule:
    for_each = schedule.source.for_each
    entity = None if for_each is None else for_each.value
    return ir.Schedule(
        id=_id(schedule), at=ir.When(**schedule.at), for_each=entity, with_self=any(map(_speaks_of_self, rules))
    )


def _speaks_of_self(rule: ir.Rule) -> bool:
    """Tell whether a rule asks if the subject is the bot itself."""
    return any(fact.root == "subject" and fact.fact == "self" for fact in within(rule, ir.Fact))


def _rules(ground: Ground, schedule: constructs.Schedule) -> list[ir.Rule]:
    shared = common(ground, schedule.context.instance, schedule.source, schedule.ends)
    when = condition(ground, schedule.context, schedule.source.when)
    if schedule.hours is not None:
        start, end = schedule.hours
        hours = ir.InClock(instant=ir.Now(), start=start, end=end)
        when = hours if schedule.source.when is None else ir.And(operands=(hours, when))
    rule = ir.Rule(
        **shared,
        kind="schedule",
        trigger=ir.OnSchedule(schedule=_id(schedule)),
        when=when,
        effects=effects(ground, schedule.effects),
        approval=approval(schedule.approval),
        ranking=_ranking(ground, schedule),
    )
    return [rule, *refusal(ground, rule, schedule.approval), *_together(ground, schedule)]


def _ranking(ground: Ground, schedule: constructs.Schedule) -> ir.Ranking | None:
    ranking = schedule.ranking
    if ranking is None:
        return None
    return ir.Ranking(
        by=lowered(ground, ranking.by.context, ranking.by.parsed), least=ranking.least, limit=ranking.limit
    )


def _together(ground: Ground, schedule: constructs.Schedule) -> list[ir.Rule]:
    """Return the rule on all that a schedule found together; its rollout share was already applied to each of them."""
    if not schedule.together:
        return []
    shared = common(ground, schedule.context.instance, schedule.source, schedule.ends, "#together")
    ground.gathered = "" if schedule.source.for_each is None else str(schedule.source.for_each.value)
    return [
        ir.Rule(
            **{**shared, "rollout": 1.0},
            kind="schedule",
            trigger=ir.OnSchedule(schedule=_id(schedule), together=True),
            when=ir.Const(value=True),
            effects=effects(ground, schedule.together),
        )
    ]
