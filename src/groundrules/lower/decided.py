"""Why dated values are as they are: attached to each rule they change, so that its decisions can give the reasons.

A rule lowered differently for different times reads a dated value; its text shows which: the parameter's name occurs in
a condition, an effect, or the text of a define used there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from groundrules.checker.endings import moment
from groundrules.checker.model import Checked
from groundrules.checker.people import filled
from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.walk import within


def decided(checked: Checked, plan: ir.Plan, plans: Sequence[ir.Plan], dates: Sequence[int]) -> ir.Plan:
    """Return the plan of all times with the reasons for dated values; `plans` are those of the times between
    `dates`."""
    values = list(_values(checked))
    changing = _changing(plans, dates) if any(value.because or value.source for _, value in values) else {}
    rules = [replace(rule, decided=_of_rule(plan, rule, values, changing.get(rule.id, set()))) for rule in plan.rules]
    return replace(plan, rules=tuple(rules))


def _values(checked: Checked) -> Iterator[tuple[str, ir.Decided]]:
    """Yield all dated values, each with its parameter's name in its rulebook's texts."""
    zone = str(checked.book.timezone.value)
    for instance in checked.instances:
        for name, dated in sorted(instance.dated.items()):
            for value in dated:
                since = moment(value.since, zone)
                if since is not None:
                    because = filled(value.because, instance)
                    source = "" if value.source is None else str(value.source.value)
                    yield name, ir.Decided(instance.qualified(name), since, because, source)


def _changing(plans: Sequence[ir.Plan], dates: Sequence[int]) -> dict[str, set[int]]:
    """Return the instants at which rules change, by their ids."""
    changing: dict[str, set[int]] = {}
    hashes = [{rule.id: definition_hash(rule) for rule in plan.rules} for plan in plans]
    for date, before, after in zip(dates, hashes, hashes[1:], strict=False):
        for id, hash in after.items():
            if before.get(id) != hash:
                changing.setdefault(id, set()).add(date)
    return changing


def _of_rule(
    plan: ir.Plan, rule: ir.Rule, values: Sequence[tuple[str, ir.Decided]], changes: set[int]
) -> tuple[ir.Decided, ...]:
    if not changes:
        return ()
    parts = (rule.when, rule.unless, rule.effects, rule.times)
    places = {part.src for part in within(parts, ir.Expr)} | {part.src for part in within(parts, ir.Effect)}
    words = {word for place in places if place >= 0 for word in re.findall(r"\w+", plan.sources[place].text)}
    moving = {value.parameter for name, value in values if value.since in changes and name in words}
    reasons = [value for _, value in values if value.parameter in moving]
    return tuple(sorted(reasons, key=lambda value: (value.parameter, value.since)))
