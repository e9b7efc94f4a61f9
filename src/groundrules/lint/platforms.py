"""What a rulebook expects of the platforms in use: the events that it waits for, the actions that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groundrules.checker.bindings import Instance
from groundrules.checker.constructs import Act, Path
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.source import Span
from groundrules.lint.conditions import leaves
from groundrules.lint.linted import Linted
from groundrules.rulebook import model as authored
from groundrules.types.catalog import shipped_catalog

HOSTED = frozenset(  # event types that answer to what was decided, and come from whoever runs the engine
    {
        *("action.result", "alert.acknowledged", "appeal.granted", "appeal.opened", "appeal.refused"),
        *("approval.given", "approval.refused", "roster", "rulebook.changed", "tick", "label.set", "label.removed"),
        "measure.undone",
    }
)


@dataclass(frozen=True)
class Wish:
    """Something expected, by whom, and where it is written; of several `names` one is enough."""

    names: tuple[str, ...]
    owner: str
    instance: Instance
    span: Span


def unsent(linted: Linted) -> Iterator[Wish]:
    """Yield the waits for event types none of which an adapter in use sends."""
    sent = {type for platform in linted.supplies.values() for type in platform.sends}
    known = shipped_catalog()
    for wish in _waits(linted):
        if not any(type in sent or type in HOSTED or known.event(type) is None for type in wish.names):
            yield wish


def _waits(linted: Linted) -> Iterator[Wish]:
    checked = linted.checked
    for rule in checked.rules:
        if rule.source.mode != "off":
            yield from _named(rule.context.instance, rule.source, rule.source.on)
            yield from _named(rule.context.instance, rule.source, [named for named, _ in rule.source.undo_on])
    for path in checked.paths:
        if path.source.mode != "off":
            yield from _of_path(path)
    for state in checked.states:
        if state.source.mode != "off":
            for turn in (state.source.enter, state.source.leave):
                if not turn.conditions:
                    named = [type for until in turn.events for type in until.on]
                    yield from _named(state.context.instance, state.source, named)
    for guard in linted.guards:
        for leaf in leaves(guard.condition):
            for window in linted.windows_in(leaf.expression):
                yield Wish((window.type,), str(guard.owner.id.value), linted.root, leaf.span)


def _of_path(path: Path) -> Iterator[Wish]:
    """What opens a path, any of what ends it, and each of what must all happen."""
    source = path.source
    untils = [named for until in source.until for named in until.on]
    for named in (source.on, untils, *(item.until.on for item in source.until_all)):
        yield from _named(path.context.instance, source, named)


def _named(instance: Instance, owner: authored.Common, named: Iterable[authored.Located]) -> Iterator[Wish]:
    types = list(named)
    if types:
        yield Wish(tuple(str(type.value) for type in types), str(owner.id.value), instance, types[0].span)


def undone(linted: Linted) -> Iterator[Wish]:
    """Yield the actions on members, messages, channels or the community that no adapter in use carries out."""
    tables = [platform.does for platform in linted.supplies.values()]
    done = frozenset().union(*(table for table in tables if table is not None))
    known = shipped_catalog()
    for owner, instance, effect in linted.owned_effects():
        action = known.action(effect.do) if isinstance(effect, Act) else None
        if isinstance(effect, Act) and None not in tables and action and action.target and effect.do not in done:
            yield Wish((effect.do,), owner, instance, effect.span)


def unsupported(linted: Linted, wishes: Iterable[Wish], code: Code, what: str, help: str) -> Iterator[Diagnostic]:
    """Yield a finding for each thing that the rulebook itself wants, at its first place, and one for each import."""
    own: dict[tuple[str, ...], list[Wish]] = {}
    imported: dict[int, list[Wish]] = {}
    for wish in wishes:
        use = _use(wish.instance)
        if use is None:
            own.setdefault(wish.names, []).append(wish)
        else:
            imported.setdefault(id(use), []).append(wish)
    names = ", ".join(sorted(linted.supplies))
    for wanted, group in own.items():
        message = f"{names} {what} {' or '.join(f'`{name}`' for name in wanted)}: {_owners(group)}"
        yield code.at(min((wish.span for wish in group), key=_place), message, help)
    for use in linted.book.uses:
        group = imported.get(id(use), [])
        wanted = tuple(sorted({name for wish in group for name in wish.names}))
        if group:
            message = f"{names} {what} {listing(wanted)}, which `{use.path.value}` needs: {_owners(group)}"
            yield code.at(use.path.span, message, help)


def _use(instance: Instance) -> authored.Use | None:
    """The import of the rulebook itself that leads to an instance."""
    while instance.parent is not None and instance.parent.parent is not None:
        instance = instance.parent
    return instance.use


def _place(span: Span) -> tuple[str, int]:
    return span.file.path, span.start


def _owners(wishes: list[Wish]) -> str:
    return listing({wish.instance.qualified(wish.owner) for wish in wishes}, 6)
