"""What it does: finds operands of `and` and `or` that change nothing, because another operand is the same or already
implies them: the same test twice, a threshold after a stricter one, a word that another word contains.

Why: it is a mistake (the second half was meant to be something else), or it obscures what the rule really asks.

Example:

```yaml
when: text contains "free" or text contains "Free"       # text compares without case
when: length(text) > 100 and length(text) > 20
```

`groundrules lint --fix` removes an operand that is the same as another.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from groundrules.diagnostics.codes.lints import REDUNDANT_CONDITION
from groundrules.diagnostics.model import Diagnostic, Fix, Label
from groundrules.diagnostics.source import Span
from groundrules.display.columns import excerpt
from groundrules.lint.conditions import Condition, walk
from groundrules.lint.linted import Linted
from groundrules.syntax import nodes

MOST = 40  # operands that are compared in pairs


def redundant_condition(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each operand that another one makes needless."""
    for guard in linted.guards:
        for condition in walk(guard.condition):
            if isinstance(condition.node, nodes.And | nodes.Or):
                yield from _operands(linted, condition)


def _operands(linted: Linted, condition: Condition) -> Iterator[Diagnostic]:
    reported: set[int] = set()
    operands, either = condition.parts[:MOST], isinstance(condition.node, nodes.Or)
    free = [part for part in operands if all(linted.satisfiable((part, wanted)) for wanted in (True, False))]
    for condition_a, other in combinations(free, 2):
        if id(condition_a) in reported or id(other) in reported:
            continue
        forwards, backwards = linted.implies(condition_a, other), linted.implies(other, condition_a)
        if forwards and backwards:
            reported.add(id(other))
            yield _same(condition, condition_a, other)
        elif forwards or backwards:
            stronger, weaker = (condition_a, other) if forwards else (other, condition_a)
            needless, kept = (stronger, weaker) if either else (weaker, stronger)
            reported.add(id(needless))
            yield _implied(needless, kept, either)


def _same(condition: Condition, condition_a: Condition, other: Condition) -> Diagnostic:
    message = f"`{excerpt(other.text)}` says the same as `{excerpt(condition_a.text)}`"
    fixes = [Fix(_with_operator(condition, other), "", "remove it", safe=True)] if _own_text(condition, other) else []
    help = "remove it, or change it to what was meant"
    return REDUNDANT_CONDITION.at(other.span, message, help, (Label(condition_a.span, "the same"),), fixes)


def _implied(needless: Condition, kept: Condition, either: bool) -> Diagnostic:
    if either:
        message = f"`{excerpt(needless.text)}` adds nothing: `{excerpt(kept.text)}` holds whenever it does"
    else:
        message = f"`{excerpt(needless.text)}` adds nothing: it holds whenever `{excerpt(kept.text)}` does"
    return REDUNDANT_CONDITION.at(needless.span, message, None, (Label(kept.span, "this decides"),))


def _own_text(condition: Condition, operand: Condition) -> bool:
    """Tell whether an operand is written where its condition is, and not in a define."""
    return operand.fragment is condition.fragment


def _with_operator(condition: Condition, operand: Condition) -> Span:
    """Return an operand together with the operator before it; it is never the first one."""
    text, (start, end) = condition.fragment.text, operand.node.at
    word = "or" if isinstance(condition.node, nodes.Or) else "and"
    while text[:start].rstrip().endswith("(") and text[end:].lstrip().startswith(")"):
        start, end = text[:start].rstrip().rfind("("), end + text[end:].find(")") + 1
    start = text[:start].rstrip().rfind(word)
    while start > 0 and text[start - 1].isspace():
        start -= 1
    return condition.fragment.span(start, end)
