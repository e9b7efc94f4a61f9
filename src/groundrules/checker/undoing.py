"""`undo_on`: which events take a grant back, and by which keys the grant is found."""

from __future__ import annotations

from functools import partial

from groundrules.checker import common
from groundrules.checker.bindings import Context, Instance
from groundrules.checker.constructs import Undo
from groundrules.checker.expressions import Reader
from groundrules.checker.literals import UNKNOWN
from groundrules.checker.places import KEY
from groundrules.checker.session import Session
from groundrules.checker.suggestions import listing
from groundrules.checker.views import alike
from groundrules.checker.wording import described
from groundrules.diagnostics.codes import cells as codes
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types import kinds

_OWN = frozenset({("id",), ("event", "id"), ("time",), ("event", "time")})


_MOVING = ("grant", "take", "strike")


def _named(effect: authored.Effect, names: tuple[str, ...]) -> bool:
    return any(str(word.name.value) in names for word in (effect, *effect.others))


def undone(session: Session, instance: Instance, context: Context, rule: authored.Rule) -> list[Undo]:
    """Return what takes back the grants of a rule or reward."""
    if not rule.undo_on:
        return []
    effects = [*rule.then, *(effect for _, then in (rule.times.steps if rule.times else ()) for effect in then)]
    if not (rule.grant or any(_named(effect, _MOVING) for effect in effects)):
        message = f"`{rule.id.value}` changes no balance that could be restored"
        session.add(codes.BAD_UNDO.at(rule.undo_on[0][0].span, message, "remove `undo_on`"))
    undos = []
    first = rule.undo_on[0][1].root.keys
    for named, parsed in rule.undo_on:
        types = common.known_types(session, instance, (named,))
        if not types:
            continue
        there = session.context(instance, types)
        _undo_keys(session, context, there, parsed, named)
        if [_shape(key.counted) for key in parsed.root.keys] != [_shape(key.counted) for key in first]:
            message = "all events that undo a grant are matched by the same keys"
            session.add(codes.BAD_UNDO.at(parsed.fragment.whole, message, "name the same keys in the same order"))
        undos.append(Undo(types[0], there, parsed))
    return undos


def _shape(node: nodes.Node) -> tuple[object, ...]:
    """Return a key path as something to compare."""
    if isinstance(node, nodes.Attribute):
        return (*_shape(node.base), node.name)
    return (getattr(node, "name", node),)


def _undo_keys(
    session: Session, here: Context, there: Context, parsed: nodes.Parsed[nodes.PairsClause], named: authored.Located
) -> None:
    reader = Reader(session, there, parsed, KEY)
    for key in parsed.root.keys:
        problem = _never_alike(session, here, there, key)
        if problem:
            reader.error(codes.BAD_UNDO, key, problem)
            continue
        common.keys(session, here, parsed, (key.counted,))
        mine = session.tables.types.get((here.id, id(key.counted)), UNKNOWN)
        if not isinstance(mine.type, kinds.Unknown):
            _alike_there(session, here, reader, key, mine.type, str(named.value))


def _alike_there(
    session: Session, here: Context, reader: Reader, key: nodes.KeyPart, mine: kinds.Type, type: str
) -> None:
    """Check a key where it is read in the undoing event."""
    node = key.reader or key.counted
    other = reader.type_of(node) if key.reader else session.quietly(partial(reader.type_of, node))
    text = reader.text(node)
    if isinstance(other.type, kinds.Unknown):
        if not key.reader:
            fields = listing(set(session.fields(here.types)) & set(session.fields(reader.context.types)))
            reader.error(codes.BAD_UNDO, key, (f"{type} has no `{text}`", f"both events have {fields}"))
    elif not alike(mine, other.type):
        written = reader.text(key.counted)
        message = f"`{written}` is {described(mine)} here and `{text}` is {described(other.type)} in {type}"
        reader.error(codes.BAD_UNDO, key, (message, None))


def _never_alike(session: Session, here: Context, there: Context, key: nodes.KeyPart) -> tuple[str, str | None] | None:
    """Say what is wrong with a key that no two events have alike, or that is the event itself."""
    sides = ((here, _shape(key.counted)), (there, _shape(key.reader or key.counted)))
    things = [_things(session, context.types) for context, _ in sides]
    name = str(sides[0][1][0])
    if sides[0][1] == (name,) and name in things[0] and not session.fields(here.types).get(name):
        return f"`{name}` is this event itself", f"write `id = {name}.id`"
    own = [shape in _OWN for _, shape in sides]
    if not any(own) or (not all(own) and all(things[number] for number in (0, 1) if own[number])):
        return None
    help = next((f"write `id = {name}.id`" for name in things[0] if name in session.fields(there.types)), None)
    return "each event has its own `id` and `time`, so these are never equal", help


def _things(session: Session, types: tuple[str, ...]) -> set[str]:
    """What the events themselves are, where all of them are the same."""
    things = {event.entity for event in map(session.catalog.event, types) if event is not None}
    return {name for name in things if name is not None} if len(things) == 1 else set()
