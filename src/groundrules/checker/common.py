"""What rules, rewards, ladders, paths, states and schedules share: event types, keys, times, roles, approvals, ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from groundrules.checker import endings, wording
from groundrules.checker.bindings import Context, Instance, ParameterBinding
from groundrules.checker.constants import fold
from groundrules.checker.constructs import Approval, Once
from groundrules.checker.effects import effects
from groundrules.checker.expressions import Reader
from groundrules.checker.literals import Quoted, is_key
from groundrules.checker.people import for_people
from groundrules.checker.places import CONSTANT, KEY
from groundrules.checker.scope import Scope
from groundrules.checker.session import Session
from groundrules.checker.sites import Site
from groundrules.checker.windows import constant_duration
from groundrules.diagnostics.codes import cells as codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as type_codes
from groundrules.diagnostics.source import Span
from groundrules.rulebook import model as authored
from groundrules.rulebook.model import Located
from groundrules.syntax import nodes
from groundrules.types import kinds


def known_types(session: Session, instance: Instance, named: Iterable[Located]) -> tuple[str, ...]:
    """Return the event types that are known; report the others."""
    names = []
    for type in named:
        name = str(type.value)
        if name in instance.types:
            names.append(name)
            continue
        words = wording.unknown_event_type(name, instance.types, session.catalog.event(name) is not None)
        session.add(name_codes.UNKNOWN_EVENT_TYPE.at(type.span, *words))
    return tuple(sorted(set(names)))


def described(session: Session, instance: Instance, common: authored.Common) -> None:
    """Check the texts for people of a rule or another block."""
    for texts in (common.title, common.text):
        for_people(session, instance, texts)


def keys(session: Session, context: Context, parsed: nodes.Parsed[Any], parts: tuple[nodes.Node, ...]) -> None:
    """Check key paths: each has to tell something apart."""
    reader = Reader(session, context, parsed, KEY)
    for part in parts:
        typed = reader.type_of(part)
        text = reader.text(part)
        if isinstance(typed.type, kinds.Unknown):
            continue
        if not is_key(typed.type):
            words = wording.no_key(text, typed.type)
        elif fold(reader, part) is not None:
            words = wording.constant_key(text, typed.type, parsed.root)
        else:
            continue
        reader.error(codes.WINDOW_KEY, part, words)


def duration(session: Session, instance: Instance, parsed: authored.Expression, least: int = 1) -> int | None:
    """Return the ms of a duration that is known before any event; None once a mistake is reported."""
    reader = Reader(session, session.context(instance), parsed, CONSTANT)
    return constant_duration(reader, parsed.root, least)


def whole(session: Session, instance: Instance, parsed: authored.Expression, what: str) -> int | None:
    """Return a whole number that is known before any event; None once a mistake is reported."""
    reader = Reader(session, session.context(instance), parsed, CONSTANT)
    root = parsed.root
    if isinstance(root, nodes.Name) and reader.scope.lookup(root.name) is None:
        help = reader.scope.help(root.name) or "write a whole number, or the name of a parameter"
        reader.error(name_codes.UNKNOWN_NAME, root, (f"unknown name `{root.name}`", help))
        return None
    typed = reader.type_of(root)
    if isinstance(typed.type, kinds.Unknown):
        return None
    value = fold(reader, parsed.root)
    if isinstance(value, int) and isinstance(typed.type, kinds.Number):
        return value
    text = reader.text(parsed.root)
    if value is None:
        words = (f"`{text}` is not known before any event", "write a number or a parameter")
        reader.error(type_codes.NOT_CONSTANT, parsed.root, words)
    else:
        reader.error(codes.BAD_AMOUNT, parsed.root, (f"{what} is a whole number, and `{text}` is not one", None))
    return None


def hours(session: Session, instance: Instance, parsed: authored.Expression | None) -> tuple[int, int] | None:
    """Return (start, end) in ms since midnight."""
    if parsed is None:
        return None
    reader = Reader(session, session.context(instance), parsed, CONSTANT)
    typed = reader.type_of(parsed.root)
    value = fold(reader, parsed.root)
    if isinstance(typed.type, kinds.ClockRange) and value is not None:
        return tuple(value)
    if not isinstance(typed.type, kinds.Unknown):
        text = reader.text(parsed.root)
        words = (f"`{text}` is {wording.described(typed.type)}, and hours are needed", "write `09:00-22:00`")
        reader.error(type_codes.WRONG_VALUE, parsed.root, words)
    return None


def role(session: Session, instance: Instance, named: Located) -> str:
    """Return a role: what is written, or the value of the role parameter of that name."""
    text = str(named.value).strip()
    name = text[1:-1].strip() if text.startswith("{") and text.endswith("}") else text
    binding = Scope(session, session.context(instance)).lookup(name)
    if isinstance(binding, ParameterBinding):
        setting = binding.instance.settings.get(binding.name)
        if setting is not None and isinstance(setting.type, Quoted):
            return str(setting.value)
    if name != text:
        session.add(name_codes.UNKNOWN_NAME.at(named.span, f"no parameter of type role is called `{name}`", None))
    return text


def approval(session: Session, site: Site, asked: authored.Approval | None) -> Approval | None:
    """Check an approval; `site` is where its `if_not_approved` stands."""
    if asked is None:
        return None
    refused = effects(site, asked.if_not_approved)
    within = duration(session, site.instance, asked.within)
    by = tuple(sorted({role(session, site.instance, asked_role) for asked_role in asked.by}))
    if within is None:
        return None
    return Approval(by, int(asked.approvals.value), within, asked.batch, asked.recheck, refused)


def once(session: Session, context: Context, parsed: nodes.Parsed[nodes.OnceClause] | None) -> Once | None:
    """Check a `once_per`."""
    if parsed is None:
        return None
    clause = parsed.root
    keys(session, context, parsed, clause.keys)
    within = None
    if clause.within is not None:
        reader = Reader(session, session.context(context.instance), parsed, CONSTANT)
        within = constant_duration(reader, clause.within)
    return Once(parsed, within, clause.per)


def ends(session: Session, instance: Instance, common: authored.Common) -> int | None:
    """Return the instant (ms) from which a rule no longer applies: its own end or its import's, whichever is first."""
    known = [end for end in (endings.instant(session, common.ends), instance.ends) if end is not None]
    begun = endings.instant(session, common.starts)
    endings.within_time(session, common.starts, common.ends)
    if begun is not None:
        session.checked.starts[id(common)] = begun
    return min(known, default=None)


def ascending(session: Session, code: Any, values: Iterable[tuple[int, Span]], repeated: str, falling: str) -> None:
    """Report values that do not ascend."""
    before: int | None = None
    for value, span in values:
        if before is not None and value <= before:
            session.add(code.at(span, repeated if value == before else falling, None))
        before = value if before is None else max(before, value)
