"""What happens: effects, approvals, effects by number, grants."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundrules.diagnostics.model import Report
from groundrules.rulebook.expressions import BrokenItemError, Expressions, as_integer, text
from groundrules.rulebook.messages import is_localised, warn_of_cut
from groundrules.rulebook.model import Approval, Effect, Grant, Located, Times
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence
from groundrules.syntax import parse


@dataclass
class Reading:
    """What the readers of one rulebook share."""

    report: Report
    languages: tuple[str, ...]
    expressions: Expressions


def read_effects(node: YNode | None, languages: tuple[str, ...], report: Report) -> tuple[Effect, ...]:
    """Return the effects of a `then` list; an action's `or_else` reads the same."""
    if not isinstance(node, YSequence):
        return ()
    return tuple(_effect(item, languages, report) for item in node.items)


def _effect(node: YNode, languages: tuple[str, ...], report: Report) -> Effect:
    if not isinstance(node, YMapping):
        return Effect(text(node), node.span)
    if isinstance(node.items[0][1], YScalar):
        warn_of_cut(node.items[0][1], report)
    first, *others = (_named(node, number, languages) for number in range(len(node.items)))
    return replace(first, others=tuple(others))


def _named(node: YMapping, number: int, languages: tuple[str, ...]) -> Effect:
    """Read an item as the effect that one of its keys names."""
    name, value = node.items[number]
    span = node.file.span(node.items[0][0].start, max(node.items[-1][1].end, name.end))
    further = {key.text: (key.span, argument) for key, argument in node.items if key is not name}
    if isinstance(value, YMapping) and not is_localised(value, languages):
        arguments = {key.text: (key.span, argument) for key, argument in value.items}
        return Effect(text(name), span, arguments=arguments | further)
    if isinstance(value, YScalar) and value.value is None:
        return Effect(text(name), span, arguments=further or None)
    return Effect(text(name), span, shorthand=value, arguments=further or None)


def read_approval(node: YNode | None, reading: Reading) -> Approval | None:
    if not isinstance(node, YMapping):
        return None
    try:
        within = reading.expressions.parse(parse.parse_duration, _need(node, "within"), "within")
    except BrokenItemError:
        return None
    approvals, by = node.get("approvals"), _need(node, "by")
    return Approval(
        by=tuple(map(text, by.items)) if isinstance(by, YSequence) else (text(by),),
        approvals=as_integer(approvals) if approvals else Located(1, by.span),
        within=within,
        if_not_approved=read_effects(node.get("if_not_approved"), reading.languages, reading.report),
        batch=_flag(node, "batch"),
        recheck=_flag(node, "recheck"),
        span=node.span,
    )


def _need(node: YMapping, key: str) -> YNode:
    child = node.get(key)
    if child is None:
        raise BrokenItemError(key)
    return child


def _flag(node: YMapping, key: str) -> bool:
    flag = node.get(key)
    return flag is not None and flag.plain() is True


def read_times(node: YNode | None, reading: Reading) -> Times | None:
    if not isinstance(node, YMapping):
        return None
    try:
        per = reading.expressions.keys(_need(node, "per"))
        within = reading.expressions.parse(parse.parse_duration, _need(node, "within"), "within")
    except BrokenItemError:
        return None
    steps = [
        (Located(int(key.text), key.span), read_effects(value, reading.languages, reading.report))
        for key, value in node.items
        if key.text.isdecimal()
    ]
    return Times(per, within, tuple(sorted(steps, key=lambda step: int(step[0].value))), node.span)


def read_grant(node: YNode | None, reading: Reading) -> Grant | None:
    if not isinstance(node, YMapping):
        return None
    try:
        amounts = tuple(
            (text(key), reading.expressions.expression(value, key.text))
            for key, value in node.items
            if key.text != "to"
        )
    except BrokenItemError:
        return None
    to = reading.expressions.optional(parse.parse_expression, node.get("to"), "to")
    return Grant(amounts, to, node.span)
