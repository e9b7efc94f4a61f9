"""What it does: finds amounts, and numbers in actions, that the author of a text chooses without any bound.

Why: `/pay 1000000` is as easy to write as `/pay 5`. An amount below 1 changes nothing, which is noted, as is a duration
out of an action's range; but only the rulebook can say how much is too much.

Example:

```yaml
when: text starts with "/bonus"
then:
  - grant: {points: 'floor(first(numbers(text)) ?? 1)'}             # write min(first(numbers(text)) ?? 1, 20)
  - take: {points: 'floor(first(numbers(text)) ?? 1)', from: actor}   # or: points(actor) >= first(numbers(text))
  - mute: duration_in(text) ?? 10m                                  # write min(duration_in(text) ?? 10m, 30d)
```

A `cap` bounds a grant, and a comparison in `when` bounds whatever it compares.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.constructs import Act, Delta, Rule, Value
from groundrules.diagnostics.codes.lints import UNBOUNDED_AMOUNT
from groundrules.diagnostics.model import Diagnostic
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.lower.expressions import lowered
from groundrules.plan import ir
from groundrules.plan.relations import MIRRORED
from groundrules.plan.walk import walk

_CHOSEN = ("numbers", "duration_in")  # builtins that read an amount from a text
_KEEPING = ("floor", "ceil", "round", "abs", "first", "last", "max")


def unbounded_amount(linted: Linted) -> Iterator[Diagnostic]:
    """Yield a finding for each number that a text gives to an effect and nothing bounds."""
    for rule in linted.own_rules:
        for value in _values(linted, rule):
            expr = lowered(linted.ground, value.context, value.parsed)
            if not _is_bounded(expr) and not _is_guarded(linted, rule):
                shown = " ".join(value.parsed.fragment.text.split())
                message = f"the text's author chooses `{shown}`, and nothing limits it"
                limit = "30d" if _is_chosen(expr, "duration_in") else "20"
                help = f"write `min(…, {limit})`, or compare it in `when`"
                yield UNBOUNDED_AMOUNT.at(value.parsed.fragment.span(0, len(value.parsed.fragment.text)), message, help)


def _values(linted: Linted, rule: Rule) -> Iterator[Value]:
    for effect in rule.effects:
        if isinstance(effect, Delta) and isinstance(effect.amount, Value) and effect.cap is None:
            yield effect.amount
        elif isinstance(effect, Act) and (action := linted.checked.catalog.action(effect.do)) is not None:
            computed = {name: given for name, given in effect.parameters.items() if name in action.bounds}
            yield from (given for given in computed.values() if isinstance(given, Value))


def _is_chosen(expr: ir.Expr, *by: str) -> bool:
    return any(isinstance(part, ir.Call) and part.function in (by or _CHOSEN) for part in walk(expr))


def _is_bounded(expr: ir.Expr) -> bool:
    match expr:
        case _ if not _is_chosen(expr):
            return True
        case ir.Call(function="min", arguments=arguments):
            return any(map(_is_bounded, arguments))
        case ir.Call(function=function, arguments=arguments) if function in _KEEPING:
            return all(map(_is_bounded, arguments))
        case ir.Coalesce(value=value, default=default):
            return _is_bounded(value) and _is_bounded(default)
        case ir.Arithmetic(left=left, right=right):
            return _is_bounded(left) and _is_bounded(right)
    return False


def _is_guarded(linted: Linted, rule: Rule) -> bool:
    """Whether a guard compares what the text says with something else, from above."""
    for role, wanted in (("when", ("<", "<=", "==")), ("unless", (">", ">="))):
        condition = linted.condition(rule, role)
        for leaf in [] if condition is None else leaves(condition):
            expression = leaf.expression
            if isinstance(expression, ir.In) and _is_chosen(expression.item):
                return True
            if isinstance(expression, ir.Compare) and _is_chosen(expression.left) != _is_chosen(expression.right):
                operator = expression.operator if _is_chosen(expression.left) else MIRRORED[expression.operator]
                if operator in wanted:
                    return True
    return False
