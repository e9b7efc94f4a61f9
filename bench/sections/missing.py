"""What is missing: rules on thousands of optional fields, of which an event has few.

*Fields*: N rules, each on its own field, and events that have one of them; once with fields that have no default, so
that all other rules stay undecided, once with `""` as default. *Detection*: as many rules as a public collection of
detection rules has, of like shapes, in one rulebook with one event type: each tests two to four of a few hundred fields
for whole words, beginnings, ends or parts, and events have the fields of one source. The comparison is a plain loop
over the same rules, which must find the same.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.figures import Results
from groundrules.engine.engine import Engine
from groundrules.plan import ir

PART = 200
HEAD: dict[str, Any] = {
    "id": {"type": "string"},
    "type": {"type": "string"},
    "time": {"type": "string", "format": "date-time"},
    "community": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
}
RULES, SOURCES, FIELDS_OF_SOURCE, SHARED_FIELDS = 3_751, 30, 12, 6
SYLLABLES = "bcdfghjklmnprstvwz"

Test = tuple[str, str, str]
"""A field, how it is tested, and a word."""


@dataclass(frozen=True)
class Detection:
    """All of `tests` hold, and not `unless`."""

    tests: tuple[Test, ...]
    unless: Test | None


def run(results: Results, sizes: Sequence[int]) -> None:
    for default, what in ((None, "no default"), ("", "a default")):
        found = {size: _fields(results, size, default, what) for size in sizes}
        ratio = found[max(sizes)] / found[min(sizes)]
        text = f"rules on {max(sizes):,} fields against {min(sizes)}, one present, {what}"
        results.reach(text, ratio, 1.2, least=False)
    _detection(results)


# --- fields -------------------------------------------------------------------------------------


def _fields(results: Results, size: int, default: str | None, what: str) -> float:
    schema = {"type": "string"} | ({} if default is None else {"default": default})
    fields = {f"field_{number}": schema for number in range(size)}
    tests = [(f"field_{number}", "is", "bad") for number in range(size)]
    engine = Engine(_plan(fields, [_condition(test, fields) for test in tests]))
    chance = random.Random(size)
    lines = [_line(number, {f"field_{chance.randrange(min(size, 10))}": "good"}) for number in range(20 * PART)]
    spent = _fed(engine, lines)
    results.add("missing", "an event", spent, "µs", fields=size, default=what)
    return spent


def _fed(engine: Engine, lines: Sequence[bytes]) -> float:
    """Return µs per event, the median of parts without the first."""
    engine.warm()
    parts = []
    for begin in range(0, len(lines), PART):
        start = time.process_time()
        for _ in engine.feed_many(lines[begin : begin + PART]):
            pass
        parts.append((time.process_time() - start) / PART)
    return median(parts[1:]) * 1e6


# --- detection ----------------------------------------------------------------------------------


def _detection(results: Results) -> None:
    chance = random.Random(11)
    sources = [_fields_of(source) for source in range(SOURCES)]
    rules = [_rule(chance, chance.choice(sources)) for _ in range(RULES)]
    fields = {name: {"type": "string"} for source in sources for name in source}
    engine = Engine(_plan(fields, [_guard(rule, fields) for rule in rules]))
    events = [_event(chance, chance.choice(sources), rules) for _ in range(20 * PART)]
    lines = [_line(number, event) for number, event in enumerate(events)]
    asked = [_asked(rule) for rule in rules]
    _compare(rules, asked, events)
    ours = _fed(engine, lines)
    start = time.process_time()
    for event in map(json.loads, lines[:PART]):
        for rule in asked:
            rule(event)
    naive = (time.process_time() - start) / PART * 1e6
    results.add("missing", "an event", ours, "µs", detection=RULES, default="no default")
    results.add("missing", "a plain loop", naive, "µs", detection=RULES, default="no default")
    results.reach(f"{RULES:,} detection rules in one rulebook against a plain loop", naive / ours, 50)


def _fields_of(source: int) -> list[str]:
    return [f"shared_{number}" for number in range(SHARED_FIELDS)] + [
        f"field_{source}_{number}" for number in range(FIELDS_OF_SOURCE)
    ]


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) + chance.choice("aeiou") for _ in range(chance.randint(3, 5)))


def _rule(chance: random.Random, source: Sequence[str]) -> Detection:
    names = chance.sample(source, chance.randint(2, 4))
    tests = tuple((name, chance.choice(("is", "begins", "ends", "contains")), _word(chance)) for name in names)
    return Detection(tests, (chance.choice(source), "contains", _word(chance)) if chance.random() < 0.4 else None)


def _event(chance: random.Random, source: Sequence[str], rules: Sequence[Detection]) -> dict[str, str]:
    """Return an event of a source; one in fifty matches some rule, with its own source's fields."""
    source_rules = [rule for rule in rules if {name for name, *_ in rule.tests} <= set(source)]
    event = {name: " ".join(_word(chance) for _ in range(chance.randint(1, 6))) for name in source}
    if chance.random() < 0.02:
        event |= {name: word for name, _, word in chance.choice(source_rules).tests}
    return event


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "is": lambda text, word: text == word,
    "begins": str.startswith,
    "ends": str.endswith,
    "contains": lambda text, word: word in text,
}


def _asked(rule: Detection) -> Callable[[Mapping[str, str]], bool]:
    """Return a rule as a plain function of an event."""
    tests, unless = rule.tests, rule.unless

    def holds(event: Mapping[str, str], test: Test) -> bool:
        value = event.get(test[0])
        return value is not None and _TESTS[test[1]](value.lower(), test[2])

    def asked(event: Mapping[str, str]) -> bool:
        return all(holds(event, test) for test in tests) and not (unless is not None and holds(event, unless))

    return asked


def _compare(
    rules: Sequence[Detection], asked: Sequence[Callable[..., bool]], events: Sequence[dict[str, str]]
) -> None:
    """Stop unless both find the same in the first events."""
    fields = {name: {"type": "string"} for rule in rules for name, *_ in (*rule.tests, rule.unless or rule.tests[0])}
    engine = Engine(_plan(fields, [_guard(rule, fields) for rule in rules]))
    for number, event in enumerate(events[:PART]):
        (decision,) = engine.feed(_line(number, event))
        wanted = [f"r{rule:05}" for rule, ask in enumerate(asked) if ask(event)]
        if [one.rule for one in decision.fired] != wanted:
            raise AssertionError(f"event {number}: {decision.fired}, wanted {wanted}")


# --- plans --------------------------------------------------------------------------------------


def _plan(fields: Mapping[str, Any], guards: Sequence[tuple[ir.AnyExpr, ir.AnyExpr | None]]) -> ir.Plan:
    schema = {"type": "object", "properties": {**HEAD, **fields}, "required": list(HEAD)}
    rules = tuple(
        ir.Rule(
            id=f"r{number:05}",
            trigger=ir.OnEvent(types=("log",)),
            when=when,
            unless=unless,
            effects=(ir.Act(do="warn", who=None),),
        )
        for number, (when, unless) in enumerate(guards)
    )
    return ir.Plan(rulebook="missing", rules=rules, events={"log": schema}, actions=(ir.ActionSpec(name="warn"),))


def _guard(rule: Detection, fields: Mapping[str, Any]) -> tuple[ir.AnyExpr, ir.AnyExpr | None]:
    tests = [_condition(test, fields)[0] for test in rule.tests]
    unless = None if rule.unless is None else _condition(rule.unless, fields)[0]
    return tests[0] if len(tests) == 1 else ir.And(operands=tuple(tests)), unless


def _condition(test: Test, fields: Mapping[str, Any]) -> tuple[ir.AnyExpr, None]:
    name, how, word = test
    read = ir.Field(root="event", path=(name,), kind="text", optional="default" not in fields[name])
    if how == "is":
        return ir.Compare(operator="==", left=read, right=ir.Const(value=word), view="folded"), None
    if how == "contains":
        return ir.Contains(subject=read, quantifier="any", needles=ir.Const(value=[word]), view="folded"), None
    end = "start" if how == "begins" else "end"
    return ir.Affix(subject=read, end=end, needle=ir.Const(value=word), view="folded"), None  # type: ignore[arg-type]


def _line(number: int, event: Mapping[str, Any]) -> bytes:
    at = f"2026-03-02T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    head = {"id": f"e{number}", "type": "log", "time": at, "community": {"id": "c"}}
    return json.dumps({**head, **event}).encode()
