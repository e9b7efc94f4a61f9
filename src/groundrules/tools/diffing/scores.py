"""Scores: numbers that add up from hints, as rules of both plans read them.

What changed in a score is said once, under its name; a rule that reads it only says that its condition differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from groundrules.plan import ir
from groundrules.plan.codec import definition_hash
from groundrules.plan.walk import rebuilt, within
from groundrules.tools.diffing.model import Change, Detail
from groundrules.tools.diffing.pairs import Both, edit, paired


def changes(both: Both) -> Iterator[Change]:
    """Yield the changes of scores that have a name and that rules of both versions read."""
    old, new = _scores(both.old), _scores(both.new)
    for id in sorted(old.keys() & new.keys()):
        details = _hints(both, old[id], new[id])
        if details:
            yield Change(kind="changed", section="score", id=id, details=tuple(details))


def by_name(part: Any) -> Any:
    """Return any part of a plan with named scores without their hints: what is the same while only those change."""
    return rebuilt(part, lambda node: replace(node, hints=()) if isinstance(node, ir.Score) and node.id else node)


def _scores(plan: ir.Plan) -> dict[str, ir.Score]:
    return {score.id: score for score in within(plan.rules, ir.Score) if score.id}


def _hints(both: Both, old: ir.Score, new: ir.Score) -> list[Detail]:
    """Return the hints that came and went, and the points that moved."""
    details: list[Detail] = []
    for was, now in paired(old.hints, new.hints, lambda hint: definition_hash(hint.when)):
        before = "" if was is None else both.before.expression(was.points)
        after = "" if now is None else both.after.expression(now.points)
        texts, hint = (both.before, was) if now is None else (both.after, now)
        details += edit("points", before, after, "" if hint is None else texts.expression(hint.when))
    return details
