"""Whether the decisions of a step are what its author expected.

An expected action is a name (`delete`), a name with its shorthand (`mute: 10m`), or either with further keys: `who` and
parameters. Only what is stated is compared. Every expected action must meet one decided action, and none may be left
over; `expect: []` with nothing beside it also means that no rule fired, except to begin a path. `{has: […], none: […]}`
looks for some actions and ignores the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundrules.decisions import Action, Decision
from groundrules.plan import ir
from groundrules.time_units import format_duration
from groundrules.tools.testing.cases import Expectation, Wanted
from groundrules.tools.testing.timeline import milliseconds

NOTHING = "nothing"
Specs = Mapping[str, ir.ActionSpec]


@dataclass(frozen=True)
class Mismatch:
    """One thing that came out differently: what was expected and what was there, in short texts.

    `what` is a kind of thing or a ledger, `of` whose it is.
    """

    what: str
    expected: str
    actual: str
    of: str = ""

    @property
    def heading(self) -> str:
        return f"{self.what} of {self.of}" if self.of else self.what


@dataclass(frozen=True)
class Outcome:
    """The outcome of a step and the engine's state after it, as `judge` reads them.

    `beginnings` are the rules that only begin a path.
    """

    decisions: Sequence[Decision]
    ledgers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    states: Sequence[str] = ()
    pending: Sequence[Action] = ()
    beginnings: frozenset[str] = frozenset()

    @property
    def actions(self) -> list[Action]:
        return [action for decision in self.decisions for action in decision.actions]

    @property
    def outlasted(self) -> set[str]:
        """The rules all of whose doing was left out, because something longer is in force."""
        return {
            rule
            for decision in self.decisions
            if not decision.ledgers and not decision.labels
            for note in decision.notes
            if note.kind in ("outlasted_until", "outlasted_for_good")
            for rule in str(note.detail["rules"]).split(", ")
        }

    @property
    def fired(self) -> list[str]:
        return [fired.rule for decision in self.decisions for fired in decision.fired]


def judge(expected: Expectation, outcome: Outcome, specs: Specs) -> list[Mismatch]:
    """Return everything that differs; an empty list means the step passed."""
    mismatches: list[Mismatch] = []
    if expected.actions is not None:
        mismatches += _actions("actions", expected.actions, outcome.actions, specs)
        moved = [rule for rule in outcome.fired if rule not in {*outcome.beginnings, *outcome.outlasted}]
        if expected.quiet and moved and not outcome.actions:
            mismatches.append(Mismatch("rules", NOTHING, _names(moved)))
    if expected.pending is not None:
        mismatches += _actions("pending approvals", expected.pending, outcome.pending, specs)
    mismatches += _named("states", expected.states, outcome.states)
    mismatches += _named("rules", expected.fired, outcome.fired)
    mismatches += _ledgers(expected, outcome) + _labels(expected, outcome) + _asides(expected, outcome)
    return mismatches


def _named(what: str, expected: Wanted | None, actual: Sequence[str]) -> list[Mismatch]:
    """Compare names: all of them, or those that are looked for."""
    if expected is None:
        return []
    if isinstance(expected, Mapping):
        missing, unwanted = set(expected.get("has", ())) - set(actual), set(expected.get("none", ())) & set(actual)
        return [Mismatch(what, show_expected(expected), _names(actual))] if missing or unwanted else []
    return [] if sorted(expected) == sorted(actual) else [Mismatch(what, _names(expected), _names(actual))]


def _names(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)) or NOTHING


def _ledgers(expected: Expectation, outcome: Outcome) -> list[Mismatch]:
    rows = [(name, who, value) for name, row in (expected.ledgers or {}).items() for who, value in row.items()]
    return [
        Mismatch(name, str(value), str(outcome.ledgers.get((name, who), 0)), who)
        for name, who, value in rows
        if outcome.ledgers.get((name, who), 0) != value
    ]


def _labels(expected: Expectation, outcome: Outcome) -> list[Mismatch]:
    return [
        Mismatch("labels", _names(labels), _names(outcome.labels.get(who, ())), who)
        for who, labels in (expected.labels or {}).items()
        if sorted(labels) != sorted(outcome.labels.get(who, ()))
    ]


def _asides(expected: Expectation, outcome: Outcome) -> list[Mismatch]:
    mismatches = []
    unknown = {row.rule for decision in outcome.decisions for row in decision.unknown}
    missing = [rule for rule in expected.unknown or () if rule not in unknown]
    if missing:
        mismatches.append(Mismatch("undecided rules", _names(expected.unknown or ()), _names(sorted(unknown))))
    codes = [decision.rejected.code for decision in outcome.decisions if decision.rejected]
    if expected.rejected is not None and expected.rejected not in codes:
        mismatches.append(Mismatch("rejection", expected.rejected, _names(codes)))
    if expected.rejected is None and codes:
        reasons = [decision.rejected.reason for decision in outcome.decisions if decision.rejected]
        mismatches.append(Mismatch("rejection", NOTHING, "; ".join(reasons)))
    return mismatches


def _actions(what: str, expected: Wanted, actual: Sequence[Action], specs: Specs) -> list[Mismatch]:
    """Compare actions: all of them, or those that are looked for."""
    if isinstance(expected, Mapping):
        missing, _ = _unpaired(expected.get("has", ()), actual, specs)
        unwanted = [action for action in actual if any(meets(item, action, specs) for item in expected.get("none", ()))]
    else:
        missing, unwanted = _unpaired(expected, actual, specs)
    return [Mismatch(what, show_expected(expected), show_actual(actual, specs))] if missing or unwanted else []


def _unpaired(expected: Sequence[Any], actual: Sequence[Action], specs: Specs) -> tuple[list[Any], list[Action]]:
    """Pair expected with actual actions, the most specific expectations first; return what is left of both."""
    left = list(actual)
    missing = []
    for item in sorted(expected, key=lambda item: -len(item) if isinstance(item, dict) else 0):
        met = next((action for action in left if meets(item, action, specs)), None)
        if met is None:
            missing.append(item)
        else:
            left.remove(met)
    return missing, left


def meets(item: Any, action: Action, specs: Specs) -> bool:
    """Whether one decided action is what `item` asks for."""
    if isinstance(item, str):
        return action.do == item
    if action.do not in item:
        return False
    spec = specs.get(action.do)
    for key, value in item.items():
        if key == "who":
            if action.who != value:
                return False
        elif key == action.do:
            if not _shorthand_meets(value, action, spec):
                return False
        elif not _same(value, action.parameters.get(key)):
            return False
    return True


def _shorthand_meets(value: Any, action: Action, spec: ir.ActionSpec | None) -> bool:
    """`mute: 10m` means the shorthand parameter; a mapping gives parameters by name, or a text by language.

    `warn: true` is how `warn` is written beside further keys, if it has no value.
    """
    name = spec.shorthand if spec else None
    actual = action.parameters.get(name) if name else None
    if value is None or (value is True and actual is None):
        return True
    if isinstance(value, dict) and not isinstance(actual, dict):
        return all(
            _same(item, action.who if key == "who" else action.parameters.get(key)) for key, item in value.items()
        )
    return _same(value, actual) if name else action.who == value


def _same(expected: Any, actual: Any) -> bool:
    """Equality as authors mean it: `10m` is 600000, a text meets any of its languages, lists of ids in any order."""
    if isinstance(actual, dict) and isinstance(expected, str):
        return expected in actual.values()
    if isinstance(actual, dict) and isinstance(expected, dict):
        return all(_same(value, actual.get(key)) for key, value in expected.items())
    if isinstance(actual, list | tuple):
        return sorted(map(str, expected if isinstance(expected, list) else [expected])) == sorted(map(str, actual))
    if isinstance(actual, int) and not isinstance(actual, bool) and isinstance(expected, str):
        return milliseconds(expected) == actual and expected[:1].isdigit()
    return bool(expected == actual)


def show_expected(items: Wanted) -> str:
    """Expected actions or names as their author would write them."""
    if isinstance(items, Mapping):
        return "\n".join(f"{key}: {_flow(list(value))}" for key, value in items.items())
    return "\n".join(_flow(item) for item in items) or NOTHING


def _flow(item: Any) -> str:
    if isinstance(item, dict) and set(item) == {""}:
        return _flow(item[""])  # a text in one language
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, dict):
        return ", ".join(key if value is None else f"{key}: {_flow(value)}" for key, value in item.items())
    if isinstance(item, list):
        return "[" + ", ".join(_flow(value) for value in item) + "]"
    return str(item)


def show_actual(actions: Sequence[Action], specs: Specs) -> str:
    """Decided actions in the form in which they would be expected."""
    return "\n".join(_flow(as_expected(action, specs)) for action in actions) or NOTHING


def as_expected(action: Action, specs: Specs) -> dict[str, Any]:
    """The expectation that this action would meet exactly."""
    spec = specs.get(action.do)
    shorthand = spec.shorthand if spec else None
    item: dict[str, Any] = {action.do: None}
    for name, value in action.parameters.items():
        shown = format_duration(value) if spec and name in spec.durations and isinstance(value, int) else value
        item[action.do if name == shorthand else name] = shown
    if action.who is not None:
        item["who"] = action.who
    return item if len(item) > 1 or item[action.do] is not None else {action.do: None}
