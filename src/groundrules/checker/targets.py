"""Whom an effect hits, and what of the event an action takes where its author does not say.

A default is only taken where it cannot be mistaken: the actor of event types in which nobody acts on somebody else,
the message, channel or community at hand, or the member or channel that a schedule or ladder is about.
"""

from __future__ import annotations

from typing import Literal

from groundrules.checker import parameter_values, wording
from groundrules.checker.constructs import Constant, Default, Given, Several, Value, Whom
from groundrules.checker.literals import is_entity
from groundrules.checker.sites import Site
from groundrules.checker.suggestions import listing
from groundrules.checker.views import alike
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.rulebook.yaml import YNode, YScalar
from groundrules.types import kinds
from groundrules.types.actions import ActionType, Parameter
from groundrules.types.kinds import Typed

_KINDS = {"actor": "member"}


def target(
    site: Site, effect: authored.Effect, action: ActionType, value: tuple[Span, YNode] | None
) -> Whom | Literal[False] | None:
    """Return whom an action hits; None if it hits nobody, False once a mistake is reported."""
    if action.target is None:
        return None
    if value is not None:
        return whom(site, value[1], action.target.kind)
    if action.target.kind == "community" and not site.types:
        return None
    if action.target.default is not None:
        default = at_hand(site, action.target.default)
        if default is not None:
            return default
    return must_say(site, effect, action.target.kind, "who")


def at_hand(site: Site, what: str) -> Default | None:
    """Return the actor, message, channel, community or other kind of thing at hand, or None."""
    if site.context.subject == _KINDS.get(what, what):
        return Default("subject")
    by_path: dict[tuple[str, ...], list[str]] = {}
    for name in site.types:
        event = site.session.catalog.event(name)
        path = event.at_hand(what) if event else None
        if path is None or not _promised(site, name, path):
            return None
        by_path.setdefault(path, []).append(name)
    if not by_path:
        return None
    paths = sorted(by_path, key=lambda path: (-len(path), path))  # every event has an `id` of its own, so it comes last
    return Default(site.context.root, tuple(paths), tuple(tuple(by_path[path]) for path in paths))


def _promised(site: Site, name: str, path: tuple[str, ...]) -> bool:
    """Tell whether the entity whose id stands at `path` is there in every event of a type."""
    field = site.session.fields((name,)).get(path[0])
    return field is not None and (not field.optional or (site.context.root, path[0]) in site.sure)


def must_say(site: Site, effect: authored.Effect, kind: str, key: str) -> Literal[False]:
    """Report an effect that does not say whom it hits."""
    name = effect.name.value
    choices = _choices(site, kind)
    if kind in choices and site.guarded:
        help, why = f"write `known({kind})` into `when`, or say `{key}:`", f"`{kind}` may be missing"
    elif choices:
        help = f"say one of {listing([f'{key}: {choice}' for choice in choices], 4)}"
        acting = "target" in choices
        why = f"somebody acts on somebody in {listing(site.types, 3)}" if acting else f"no {kind} is at hand"
    else:
        help, why = f"say `{key}:`", f"no {kind} is at hand here"
    site.session.add(codes.WHO_IS_MEANT.at(effect.span, f"`{name}` must say who it applies to: {why}", help))
    return False


def _choices(site: Site, kind: str) -> list[str]:
    fields = site.session.fields(site.types)
    names = [
        name for name, field in fields.items() if isinstance(field.type, kinds.Object) and field.type.entity == kind
    ]
    for name, field in fields.items():
        if isinstance(field.type, kinds.Object) and field.type.entity not in ("member", None):
            inner = field.type.fields.items()
            names += [
                f"{name}.{part}"
                for part, field in inner
                if isinstance(field.type, kinds.Object) and field.type.entity == kind
            ]
    return names


def whom(site: Site, node: YNode, kind: str) -> Whom | Literal[False]:
    """Read whom an effect hits: an expression that is of the kind, or, for channels, a literal name."""
    if not isinstance(node, YScalar):
        site.session.add(type_codes.WRONG_VALUE.at(node.span, f"a {kind} is needed here", "name it by an expression"))
        return False
    if kind == "channel" and not parameter_values.names_something(site, node):
        return Constant(node.text)
    parsed = parameter_values.expression(site, node)
    if parsed is None:
        return False
    return whom_value(site, Value(site.context, parsed), kind)


def whom_value(site: Site, value: Value, kind: str) -> Value | Literal[False]:
    """Check that an expression gives a thing of a kind, and always gives one."""
    typed = site.reader(value.parsed).type_of(value.parsed.root)
    if isinstance(typed.type, kinds.Unknown):
        return False
    span = value.parsed.span(value.parsed.root)
    if isinstance(typed.type, kinds.ListOf):
        typed = Typed(typed.type.item, typed.optional)
    if not alike(typed.type, kinds.Object(kind, {}, kind)) or (is_entity(typed.type) and _is_field(typed.type, kind)):
        message = f"a {kind} is needed here, and `{span.text}` is {wording.described(typed.type)}"
        site.session.add(type_codes.WRONG_VALUE.at(span, message, None))
        return False
    if typed.optional:
        words = wording.may_be_missing(span.text, "an action's target")
        site.session.add(type_codes.MAY_BE_MISSING.at(span, *words))
        return False
    return value


def _is_field(type: kinds.Type, kind: str) -> bool:
    return isinstance(type, kinds.Object) and type.entity != kind


def unsaid(
    site: Site, effect: authored.Effect, action: ActionType, parameter: Parameter
) -> Given | Literal[False] | None:
    """Return what an action takes for a parameter that is not given; False if it must be given."""
    field = parameter.field
    if parameter.at_hand is not None:
        default = at_hand(site, parameter.at_hand)
        if default is not None:
            return Several((default,)) if isinstance(field.type, kinds.ListOf) else default
    if field.default is not None:
        return Constant(field.default)
    if field.optional:
        return None
    help = f"write `{action.name}: …`" if parameter.name == action.shorthand else f"give it: `{parameter.name}: …`"
    message = f"`{action.name}` needs `{parameter.name}`"
    site.session.add(name_codes.MISSING_ARGUMENT.at(effect.span, message, help))
    return False
