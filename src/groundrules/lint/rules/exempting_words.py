"""What it does: finds rules that punish words in a text but let everybody through whose text also contains certain
other words.

Why: members control their texts. Anybody who finds out adds such a word to their advert and gets through.

Example:

```yaml
rules:
  - id: no-adverts
    on: message
    when: text contains any of adverts and not text contains any of exceptions    # "加微信 … 转载请注明"
    then: [delete]
```

Exempt by what a member can't write: roles, channels, domains of links. Or define more narrowly what is not allowed: a
longer word, `contains word`, `unquoted(text)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.diagnostics.codes.lints import EXEMPTING_WORDS
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import Condition
from groundrules.lint.linted import Linted, punishes
from groundrules.plan import ir
from groundrules.plan.walk import within
from groundrules.syntax import nodes

_SEARCHES = (ir.Contains, ir.ContainsList, ir.Matches)
Paths = frozenset[tuple[str, ...]]


def exempting_words(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each exemption by words of the text that is judged."""
    for rule in linted.own_rules:
        when, unless = linted.condition(rule), linted.condition(rule, "unless")
        if when is None or not punishes(linted, rule):
            continue
        judged = _searched(when)
        for exemption in (*_negated(when), *([unless] if unless else [])):
            yield from _findings(exemption, judged)


def _findings(exemption: Condition, judged: Paths) -> Iterator[Diagnostic]:
    for leaf in _alternatives(exemption):
        if _is_search(leaf) and _read(leaf) & judged:
            message = f"anybody who adds what `{leaf.text}` looks for gets through"
            help = "exempt roles, channels or domains, which members can't write into a text; or narrow the words down"
            yield EXEMPTING_WORDS.at(leaf.span, message, help)


def _searched(condition: Condition) -> Paths:
    """The fields in which a condition looks for words, not negated."""
    if isinstance(condition.node, nodes.Not):
        return frozenset()
    if isinstance(condition.node, nodes.And | nodes.Or):
        return frozenset().union(*map(_searched, condition.parts))
    return _read(condition) if _is_search(condition) else frozenset()


def _negated(condition: Condition) -> Iterator[Condition]:
    """The operands of `not` that stand beside other conditions of an `and`."""
    for part in condition.parts if isinstance(condition.node, nodes.And | nodes.Or) else ():
        if isinstance(part.node, nodes.Not) and isinstance(condition.node, nodes.And):
            yield part.parts[0]
        else:
            yield from _negated(part)


def _alternatives(condition: Condition) -> Iterator[Condition]:
    """The conditions any of which is enough."""
    if isinstance(condition.node, nodes.Or):
        for part in condition.parts:
            yield from _alternatives(part)
    else:
        yield condition


def _is_search(leaf: Condition) -> bool:
    return isinstance(leaf.expression, _SEARCHES)


def _read(leaf: Condition) -> Paths:
    """The fields of the event in which a leaf looks."""
    subject = leaf.expression.subject  # type: ignore[union-attr]
    return frozenset(field.path for field in within(subject, ir.Field) if field.root == "event")
