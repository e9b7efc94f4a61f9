"""How near a rule came to firing.

In an `and`, each part counts; among alternatives, the one that came nearest. A comparison with a window counts as far
as the window is filled: two of three messages are two thirds. A negation counts for nothing while it holds; otherwise a
rule with `not staff` would come near to firing at every message. A rule that could not be decided is near.
"""

from __future__ import annotations

from groundrules.tools.explaining.model import NOT_EVALUATED, Condition, RuleExplained, WindowReading

UNDECIDED = 0.9  # one that a single fact may decide
ALL_BUT = ("once", "behind", "exempted", "unless", "shadow", "rollout")


def nearness(rule: RuleExplained) -> float:
    """From 0 to 1; 1 for a rule whose condition held, 0 for one that was not asked."""
    if rule.verdict in NOT_EVALUATED:
        return 0.0
    if rule.verdict in ALL_BUT or rule.when is None:
        return 1.0
    reached, parts = _score(rule.when)
    share = reached / parts if parts else 1.0
    return max(share, UNDECIDED) if rule.verdict == "unknown" else share


def nearest_first(rule: RuleExplained) -> tuple[float, int, str]:
    """Return the sort key of a rule that did not fire."""
    held, of = parts_that_hold(rule.when)
    return -nearness(rule), of - held, rule.rule


def _score(condition: Condition) -> tuple[float, int]:
    """How much of a condition holds, and how many parts it has."""
    match condition.shape:
        case "not" if condition.outcome is True:
            return 0.0, 0
        case "and" | "all" if condition.parts:
            scores = [_score(part) for part in condition.parts]
            return sum(reached for reached, _ in scores), sum(of for _, of in scores)
        case "or" | "any" | "item" if condition.parts:
            return max(
                (_score(part) for part in condition.parts), key=lambda score: score[0] / score[1] if score[1] else 0
            )
    if condition.outcome is True:
        return 1.0, 1
    return max((_filled(window) for window in condition.windows), default=0.0), 1


def _filled(window: WindowReading) -> float:
    """How full a window is, relative to its threshold: 0.67 for two of three. A value below 2 scores 0."""
    relation, _, bound_text = window.wanted.partition(" ")
    if relation not in (">", ">=", "==") or not isinstance(window.value, int | float) or window.value < 2:
        return 0.0
    try:
        bound = float(bound_text) + (relation == ">")
    except ValueError:
        return 0.0
    return min(window.value / bound, 0.99) if bound > 0 else 0.0


def parts_that_hold(condition: Condition | None) -> tuple[int, int]:
    """How many parts of a guard are true, and how many there are; of alternatives, the nearest counts."""
    if condition is None:
        return 0, 0
    if condition.shape in ("and", "all") and condition.parts:
        counted = [parts_that_hold(part) for part in condition.parts]
        return sum(held for held, _ in counted), sum(of for _, of in counted)
    if condition.shape in ("or", "any", "item") and condition.parts:
        counted = [parts_that_hold(part) for part in condition.parts]
        return max(counted, key=lambda count: (count[0] / count[1] if count[1] else 0, -count[1]))
    return int(condition.outcome is True), 1
