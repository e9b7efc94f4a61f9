"""Any two plans can be compared: what means the same has no changes, anything else has at least one."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.display.lines import page
from groundrules.engine.plan_file import Compiled
from groundrules.plan import codec, ir
from groundrules.plan.order import alike
from groundrules.tools.diffing.compare import diff
from groundrules.tools.diffing.render import human, markdown
from groundrules.tools.versions import Version
from strategies.plans import Drawn, plans


def version(plan: ir.Plan) -> Version:
    digest = codec.digest(plan)
    return Version("rules", Compiled(plan, digest), digest)


@given(
    plans(), plans(), st.sampled_from(("rules", "windows", "ledgers", "ladders", "processes", "states", "schedules"))
)
@settings(max_examples=25, deadline=None)
def test_every_difference_is_told(one: Drawn, other: Drawn, part: str) -> None:
    """Two plans, and two that differ in one part only."""
    mixed = msgspec.structs.replace(one.plan, **{part: getattr(other.plan, part)})
    for old, new in ((one.plan, other.plan), (one.plan, mixed)):
        found = diff(version(old), version(new))
        assert found.same == (not found.changes)
        assert found.same == alike(*(msgspec.structs.replace(plan, sources=()) for plan in (old, new)))
        assert page(human.lines(found, "zh"))
        assert markdown.render(found, "en")
        assert json.dumps(msgspec.to_builtins(found))


@given(plans())
@settings(max_examples=15, deadline=None)
def test_other_places_and_another_order_are_no_difference(drawn: Drawn) -> None:
    plan = drawn.plan
    rules = tuple(msgspec.structs.replace(rule, effects=rule.effects[::-1], src=7) for rule in plan.rules)
    moved = replace(version(msgspec.structs.replace(plan, rules=rules)), shown="elsewhere")
    assert diff(version(plan), moved).same
