"""What a diff says about two guards holds on every event: narrowed, a rule fires nowhere else; widened, none is lost.

Guards are drawn from a few leaves, some of which may be unknown, in any nesting; the events make each of them true,
false and, where that can be, unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.engine.engine import Engine
from groundrules.tools.diffing.compare import diff
from groundrules.tools.diffing.model import Change
from unit.tools.versions import rule

LEAVES = (
    "length(text) > 1",
    "length(text) >= 3",
    "age(actor.joined) < 1d",
    "age(actor.joined) >= 1d",
    "age(actor.joined) < 5d",
    'actor.name == "li"',
    'actor.name != "li"',
    "known(actor.joined)",
    'text contains "a"',
    'text contains any of ["a", "b"]',
    "text contains any of words",
    "not text contains any of words",
    "count(message by actor within 1m) >= 2",
    "count(message by actor within 5m) >= 2",
    "count(message by actor within 5m) >= 3",
)
LISTS = ("[a]", "[a, b]")


def _events() -> list[dict[str, Any]]:
    """Two rounds of messages by members with and without a name and a date of joining, at shorter and longer times."""
    found = []
    kinds = product(("", "a", "b", "abc"), ("2026-01-01T00:00:00Z", "2025-12-29T00:00:00Z", None), ("li", None))
    for number, (text, joined, name) in enumerate([*kinds] * 2):
        minute, second = divmod(number * 37, 60)
        actor = {"id": f"m{number % 5}", "joined": joined, "name": name}
        at = f"2026-01-01T{minute // 60:02}:{minute % 60:02}:{second:02}Z"
        found.append(
            {"id": str(number), "type": "message", "time": at, "community": {"id": "c"}, "actor": actor, "text": text}
        )
    return found


EVENTS = _events()

guards = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(lambda it: f"({it[0]}) {it[1]} ({it[2]})"),
    ),
    max_leaves=4,
)


@cache
def version(when: str, unless: str | None, words: str) -> Any:
    more = f"unless: >\n  {unless}\n" if unless else ""
    return rule(when, "[warn]", more, f"lists:\n  words: {{match: folded, items: {words}}}\n")


def firing(plan: Any) -> set[str]:
    engine = Engine(plan)
    return {event["id"] for event in EVENTS for decision in engine.feed(event) if decision.fired}


@given(guards, guards, st.none() | guards, st.sampled_from(LISTS), st.sampled_from(LISTS))
@settings(max_examples=60, deadline=None)
def test_a_direction_holds_on_every_event(was: str, now: str, unless: str | None, old: str, new: str) -> None:
    before, after = version(was, unless, old), version(now, unless, new)
    directions = told(diff(before, after).changes) or {"same"}
    then, since = firing(before.plan), firing(after.plan)
    if "fewer" in directions:
        assert since <= then
    elif "more" in directions:
        assert then <= since
    elif "same" in directions:
        assert then == since


def told(changes: Iterable[Change]) -> set[str]:
    """The directions that are told of rules, in their own changes and in those of the lists that they look into."""
    own = {change.direction for change in changes if change.section == "rule"}
    moved = (detail for change in changes for detail in change.details)
    return own | {detail.direction for detail in moved if any(section == "rule" for section, _ in detail.blocks)}


@given(guards, guards)
@settings(max_examples=40, deadline=None)
def test_adding_a_condition_is_seen_to_tighten(was: str, also: str) -> None:
    changes = diff(version(was, None, "[a]"), version(f"({was}) and ({also})", None, "[a]")).changes
    assert all(change.direction in ("fewer", "same") for change in changes)
