"""What it does: finds rules that count equal texts without excluding messages without text.

Why: a picture, a sticker or a voice message has the text `""`, so three pictures in a row are three equal texts.
Somebody sharing holiday photos is muted for repeating themselves.

Example:

```yaml
- id: copy-paste
  on: message
  when: count(message by actor, text within 2m) >= 3   # write `text != "" and …`
  then: [delete: matched]
```

A rule that tests anything else about the text (its length, a list, a pattern) is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import WORDLESS_MESSAGES
from groundrules.diagnostics.model import Diagnostic
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition
from groundrules.lint.linted import Linted
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.window_kinds import KINDS

_TEXT = ("text",)


def wordless_messages(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each count of equal texts in whose rule nothing else is asked of the text."""
    for rule in linted.own_rules:
        when, unless = linted.condition(rule), linted.condition(rule, "unless")
        if when is None or (unless is not None and _reads_text(unless.expression)):
            continue
        counts = list(_counts(linted, when))
        if counts and not _asks_text(when):
            message = f"`{excerpt(counts[0].text)}` treats all messages without text as equal"
            yield WORDLESS_MESSAGES.at(counts[0].span, message, 'write `text != "" and …`')


def _counts(linted: Linted, condition: Condition) -> Iterator[Condition]:
    """The counts by text whose events may hold something else than words."""
    test = condition.expression
    if not isinstance(test, ir.WindowTest):
        for part in condition.parts:
            yield from _counts(linted, part)
        return
    window = linted.ground.windows[test.window]
    wordless = "attachments" in linted.plan.events.get(window.type, {}).get("properties", {})
    kind = KINDS[window.kind]
    counts = kind.keeps_entries and kind.takes is None
    if counts and wordless and _reads_text(window.key) and not _reads_text(window.where):
        yield condition


def _asks_text(condition: Condition) -> bool:
    """Whether a condition, or one beside it that must hold too, asks something of the text at hand."""
    test = condition.expression
    if isinstance(test, ir.And):
        return any(map(_asks_text, condition.parts))
    return not isinstance(test, ir.WindowTest | ir.Or) and _reads_text(test)


def _reads_text(value: object) -> bool:
    return any(field.root == "event" and field.path == _TEXT for field in within(value, ir.Field))
