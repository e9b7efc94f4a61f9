"""What it does: finds numbers in titles, texts and messages that don't occur in the rule: "muted for 10 minutes" where
the rule mutes for an hour, "3 次" where it is five.

Why: somebody changed the rule but not the sentence, so it misinforms members.

Example:

```yaml
- id: flood
  text: {en: No more than 5 messages in 10 seconds}
  on: message
  when: count(message by actor within 30s) > 5         # 30 seconds
  then: [delete]
```

Durations are compared with the rule's durations, and counts with its numbers, including the ladders of the ledgers it
changes. A rule without any number of that kind is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from groundrules.checker.constructs import Act, Delta, Rule, Texts
from groundrules.diagnostics.codes.lints import STALE_NUMBER
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import Span
from groundrules.lint.linted import Linted, effects_of
from groundrules.plan import ir
from groundrules.time_units import DAY, HOUR, MINUTE, SECOND, WEEK, format_duration

_UNITS = {
    SECOND: ("秒钟", "秒", "seconds", "second", "secs", "sec"),
    MINUTE: ("分钟", "minutes", "minute", "mins", "min"),
    HOUR: ("小时", "个小时", "hours", "hour", "hrs", "hr"),
    DAY: ("天", "日内", "days", "day"),
    WEEK: ("周", "个星期", "weeks", "week"),
}
_LENGTHS = {word: unit for unit, words in _UNITS.items() for word in words}
_COUNTED = (
    *("次", "条", "个链接", "张", "分", "积分", "times", "messages", "message", "links", "mentions", "points", "point"),
    *("strikes", "warnings", "reports", "people", "members", "characters"),
)
_TIME_FIELDS = frozenset({"within", "lasts", "every", "after", "cool_down"})


def _alternatives(words: Any) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_STATED = re.compile(
    rf"(?<![\d.:{{-])(\d+)[ -]?(?:(?P<length>{_alternatives(_LENGTHS)})|(?P<count>{_alternatives(_COUNTED)}))(?![a-z])",
    re.I,
)


@dataclass
class Numbers:
    """Lengths of time (ms) and other numbers that a rule has."""

    lengths: set[int] = field(default_factory=set)
    counts: set[int] = field(default_factory=set)

    def collect(self, value: Any, name: str = "") -> None:
        """Add all numbers inside any part of a plan."""
        if isinstance(value, bool):
            return
        if isinstance(value, int | float):
            (self.lengths if name in _TIME_FIELDS else self.counts).add(int(value))
        elif isinstance(value, ir.Const):
            self._constant(value)
        elif isinstance(value, msgspec.Struct):
            for slot in value.__struct_fields__:
                if slot not in ("src", "rollout", "remember", "pane", "keep"):
                    self.collect(getattr(value, slot), slot)
        elif isinstance(value, tuple | list):
            for item in value:
                self.collect(item, name)
        elif isinstance(value, dict):
            for key, item in value.items():
                self.collect(item, "within" if key == "duration" else key)

    def _constant(self, constant: ir.Const) -> None:
        for item in constant.value if isinstance(constant.value, list) else [constant.value]:
            if isinstance(item, int | float) and not isinstance(item, bool):
                (self.lengths if constant.kind == "duration" else self.counts).add(int(item))


def stale_number(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each number that a text states and its rule does not have."""
    for rule in linted.own_rules:
        stated = [(span, match) for span in _texts(rule) for match in _STATED.finditer(span.text)]
        if stated:
            numbers = _numbers(linted, rule)
            for span, match in stated:
                yield from _compared(str(rule.source.id.value), numbers, span, match)


def _numbers(linted: Linted, rule: Rule) -> Numbers:
    numbers = Numbers()
    lowered = linted.lowered_rule(rule)
    numbers.collect([lowered.when, lowered.unless, lowered.effects, lowered.once, lowered.times, lowered.approval])
    deltas = [effect for effect in effects_of(rule) if isinstance(effect, Delta)]
    moved, caps = {delta.ledger.id for delta in deltas}, {delta.cap for delta in deltas}
    numbers.counts |= {cap.amount for cap in linted.checked.caps if cap.id in caps}
    if moved and (numbers.lengths or numbers.counts):
        ladders = [ladder for ladder in linted.plan.ladders if ladder.ledger in moved]
        names = {ladder.id for ladder in ladders}
        numbers.collect([ladders, [crossing.effects for crossing in linted.crossings if _of(crossing.trigger, names)]])
    return numbers


def _of(trigger: Any, ladders: set[str]) -> bool:
    return trigger.ladder in ladders


def _texts(rule: Rule) -> Iterator[Span]:
    for texts in (rule.source.title, rule.source.text):
        yield from (text.span for text in texts.values())
    for effect in effects_of(rule):
        if isinstance(effect, Act):
            for given in effect.parameters.values():
                if isinstance(given, Texts):
                    yield from (parsed.fragment.whole for parsed in given.texts.values())


def _compared(rule: str, numbers: Numbers, span: Span, match: re.Match[str]) -> Iterator[Diagnostic]:
    stated = int(match[1])
    if match["length"]:
        length = stated * _LENGTHS[match["length"].lower()]
        wrong = bool(numbers.lengths) and length not in numbers.lengths
        has = ", ".join(f"`{format_duration(length)}`" for length in sorted(numbers.lengths) if length)
    else:
        wrong = bool(numbers.counts) and not numbers.counts & {stated - 1, stated, stated + 1}
        has = ", ".join(f"`{count}`" for count in sorted(numbers.counts))
    if wrong and has:
        place = span.file.span(span.start + match.start(), span.start + match.end())
        yield STALE_NUMBER.at(place, f"the text says `{match[0]}`, and `{rule}` has {has}", "change one of the two")
