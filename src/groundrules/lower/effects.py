"""Effects: actions with their parameters, ledger deltas, labels, exemptions."""

from __future__ import annotations

from groundrules.checker import constructs
from groundrules.lower.comparisons import hours, kept_list
from groundrules.lower.constants import constant
from groundrules.lower.expressions import Lowerer, lowered
from groundrules.lower.ground import Ground
from groundrules.plan import codec, ir
from groundrules.syntax import nodes
from groundrules.time_units import format_clock
from groundrules.types import kinds

_NAME = "name"


def effects(ground: Ground, checked: constructs.Effects) -> tuple[ir.AnyEffect, ...]:
    """Lower the effects of one `then`, in canonical order: the author's means nothing."""
    return tuple(sorted((_effect(ground, effect) for effect in checked), key=codec.meaning))


def _effect(ground: Ground, effect: constructs.Effect) -> ir.AnyEffect:
    source = ground.place(effect.span)
    match effect:
        case constructs.Act():
            return _act(ground, effect, source)
        case constructs.Later():
            after = ir.Const(value=effect.after, kind="duration")
            return ir.Later(act=_act(ground, effect.act, source), after=after, extends=effect.extends, src=source)
        case constructs.Exempt():
            return ir.Exempt(rules=effect.rules, src=source)
        case constructs.Delta() | constructs.Reset():
            return _on_ledger(ground, effect, source)
        case _:
            return _mark(ground, effect, source)


def _on_ledger(ground: Ground, effect: constructs.Delta | constructs.Reset, source: int) -> ir.Delta | ir.Reset:
    who, ledger = _given(ground, effect.who), effect.ledger.id
    if isinstance(effect, constructs.Reset):
        return ir.Reset(ledger=ledger, who=who, src=source)
    amount = _given(ground, effect.amount)
    if effect.sign < 0:
        amount = ir.Const(value=-amount.value) if isinstance(amount, ir.Const) else ir.Negate(operand=amount)
    return ir.Delta(ledger=ledger, who=who, amount=amount, cap=effect.cap, takes=effect.sign < 0, src=source)


def _mark(ground: Ground, effect: constructs.Label | constructs.Enlist, source: int) -> ir.Label | ir.Enlist:
    if isinstance(effect, constructs.Enlist):
        entry = _given(ground, effect.entry)
        return ir.Enlist(list=kept_list(ground, effect.words), entry=entry, remove=effect.remove, src=source)
    on = _given(ground, effect.on)
    return ir.Label(
        label=effect.label, entity=effect.entity, on=on, lasts=effect.lasts, remove=effect.remove, src=source
    )


def _act(ground: Ground, effect: constructs.Act, source: int) -> ir.Act:
    ground.actions.add(effect.do)
    action = ground.checked.catalog.action(effect.do)
    types = {name: parameter.field.type for name, parameter in action.parameters.items()} if action else {}
    parameters: dict[str, ir.AnyExpr | ir.Template] = {}
    for name, given in effect.parameters.items():
        if isinstance(given, constructs.Texts):
            parameters[name] = template(ground, given)
        elif isinstance(given, constructs.Constant):
            parameters[name] = constant(given.value, types.get(name, kinds.Identifier()))
        else:
            parameters[name] = _given(ground, given)
    who = None if effect.who is None else _given(ground, effect.who)
    return ir.Act(do=effect.do, who=who, parameters=parameters, or_else=effects(ground, effect.or_else), src=source)


def _given(ground: Ground, given: constructs.Given) -> ir.AnyExpr:
    match given:
        case constructs.Constant():
            return ir.Const(value=given.value)
        case constructs.Value():
            return lowered(ground, given.context, given.parsed)
        case constructs.Default():
            return _default(ground, given)
        case constructs.Several():
            items = tuple(_given(ground, item) for item in given.items)
            plain = [item.value for item in items if isinstance(item, ir.Const)]
            return ir.Const(value=plain) if len(plain) == len(items) else ir.Sequence(items=items)
        case constructs.Texts():
            raise TypeError("a text with holes stands by itself")


def _default(ground: Ground, default: constructs.Default) -> ir.AnyExpr:
    """Read the id of the entity that is meant by default."""
    if default.root == "subject":
        return ir.Field(root="subject", path=(), kind="entity")
    alternatives = [_at_hand(ground, default.root, *place) for place in zip(default.paths, default.types, strict=True)]
    read = alternatives.pop()
    while alternatives:
        read = ir.Coalesce(value=alternatives.pop(), default=read)
    return read


def _at_hand(ground: Ground, root: str, path: tuple[str, ...], types: tuple[str, ...]) -> ir.AnyExpr:
    ground.read(types, path)
    if root == "start":
        ground.captured.add(path)
    *owner, _ = path
    return ir.Field(root=root, path=tuple(owner) or path, kind="entity" if owner else "text")


def template(ground: Ground, message: constructs.Texts) -> ir.Template:
    """Lower a message in all its languages."""
    texts = {}
    for language, parsed in sorted(message.texts.items()):
        lowerer = Lowerer(ground, message.context, parsed.fragment, {}, language=language)
        texts[language] = tuple(
            part if isinstance(part, str) else _hole(lowerer, part.expression) for part in parsed.root.parts
        )
    return ir.Template(texts=texts)


def _hole(lowerer: Lowerer, node: nodes.Node) -> ir.AnyExpr | str:
    """Lower a hole; a missing name of a member or channel is shown as the id, hours become text at once."""
    if isinstance(lowerer.type_of(node), kinds.ClockRange):
        return "-".join(map(format_clock, hours(lowerer, node)))
    value_expr = lowerer.expression(node)
    optional = lowerer.ground.typed(lowerer.context, node).optional
    if optional and isinstance(node, nodes.Attribute) and node.name == _NAME:
        return ir.Coalesce(value=value_expr, default=lowerer.expression(node.base), src=lowerer.source(node))
    return value_expr
