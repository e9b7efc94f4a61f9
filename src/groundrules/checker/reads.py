"""Reads: names, dotted names, odd names and calls.

Facts about entities read from the roster too, so a fact that `assume` or its schema gives a default is never missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundrules.checker import calls, points, wording
from groundrules.checker.bindings import (
    Binding,
    BrokenBinding,
    CapBinding,
    Declared,
    DefineBinding,
    FieldBinding,
    FiringBinding,
    ImportBinding,
    LedgerBinding,
    ListBinding,
    MatchedBinding,
    NowBinding,
    ParameterBinding,
    RootBinding,
    ScoreBinding,
    StateBinding,
    SubjectBinding,
    VariableBinding,
)
from groundrules.checker.guards import path_of
from groundrules.checker.literals import UNKNOWN
from groundrules.checker.places import MESSAGE, PARAMETER, STATE, Place
from groundrules.checker.shapes import Differs
from groundrules.checker.suggestions import listing
from groundrules.diagnostics.codes import cells as cell_codes
from groundrules.diagnostics.codes import names as name_codes
from groundrules.diagnostics.codes import types as codes
from groundrules.diagnostics.nearest import did_you_mean
from groundrules.diagnostics.synonyms import synonym
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.kinds import Typed

if TYPE_CHECKING:
    from groundrules.checker.expressions import Reader


def _name(reader: Reader, node: nodes.Name) -> Typed:
    binding = reader.scope.lookup(node.name, reader.variables)
    words: wording.Words
    if binding is None and reader.place is STATE and _is_of_events(reader, node.name):
        words = (f"`{node.name}` is read from an event, and a state sees none", "count events: `count(… within 10m)`")
        return reader.error(cell_codes.STATE_READS, node, words)
    if binding is None:
        known = did_you_mean(node.name, _known_firings(reader.place))
        words = wording.unknown_name(node.name, known or reader.scope.help(node.name, reader.variables))
        return reader.error(name_codes.UNKNOWN_NAME, node, words)
    return bound(reader, node, binding)


def _is_of_events(reader: Reader, name: str) -> bool:
    session = reader.session
    return name == "event" or any(name in session.fields((kind,)) for kind in reader.context.instance.types)


def bound(reader: Reader, node: nodes.Node, binding: Binding) -> Typed:
    """Return the type of what a node stands for, and keep both in the side tables."""
    reader.session.tables.bindings[reader.context.id, id(node)] = binding
    return BOUND[type(binding)](reader, node, binding)


def _parameter(reader: Reader, node: nodes.Node, binding: ParameterBinding) -> Typed:
    setting = binding.instance.settings.get(binding.name)
    return Typed(setting.type) if setting else UNKNOWN


def _ledger(reader: Reader, node: nodes.Node, binding: LedgerBinding) -> Typed:
    if binding.declaration.per.value == "community":
        return _remembered(reader, node, Typed(kinds.Number(integer=True)))
    return _no_value(reader, node, binding)


def _event(reader: Reader, node: nodes.Node, binding: RootBinding) -> Typed:
    session = reader.session
    return Typed(kinds.Object("event", session.fields(binding.types), session.entity_of(binding.types)))


def _state(reader: Reader, node: nodes.Node, binding: StateBinding) -> Typed:
    per = binding.declaration.per
    if per is None:
        return _remembered(reader, node, Typed(kinds.Boolean()))
    text = reader.text(node)
    words = (f"`{text}` is a separate state for each {per.value}", f"write `{text}({per.value})`")
    return reader.error(codes.BAD_CALL, node, words)


def _subject(reader: Reader, node: nodes.Node, binding: SubjectBinding) -> Typed:
    return Typed(reader.session.catalog.entity(binding.entity) or kinds.Unknown())


def _no_value(reader: Reader, node: nodes.Node, binding: Binding) -> Typed:
    what = binding.what if isinstance(binding, Declared) else "import"
    return reader.error(codes.NOT_A_VALUE, node, wording.not_a_value(reader.text(node), what))


def _matched(reader: Reader, node: nodes.Node, binding: MatchedBinding) -> Typed:
    if reader.place.matched:
        return Typed(kinds.ListOf(kinds.Identifier()))
    if reader.place.name == PARAMETER.name:
        words = ("the guard counts no events, so nothing is `matched`", "write `count(…)` in `when`, or name the event")
        return reader.error(cell_codes.BAD_MATCHED, node, words)
    words = (
        f"`matched` has no meaning in {reader.place.name}",
        "it belongs in the actions of a rule that counts events",
    )
    return reader.error(name_codes.NOT_HERE, node, words)


_FIRINGS = {
    "match": "the effects of a rule with `when`",
    "nth": "the effects of a rule with `times`",
    "those": "the `together` of a schedule with `for_each`, not in its `then`",
    "remaining": "the steps of a path with `until_all`",
    "standings": "the `together` of a schedule with `most` or `least`, a whole number",
}


def _known_firings(place: Place) -> list[str]:
    """Return the words for what is known of a firing that mean something at a place."""
    known = {
        "match": place.match,
        "nth": place.nth,
        "those": place.those,
        "remaining": place.items,
        "standings": place.standings,
    }
    return [word for word, holds in known.items() if holds]


def _firing(reader: Reader, node: nodes.Node, binding: FiringBinding) -> Typed:
    if binding.word == "match" and reader.place.match:
        return Typed(kinds.Prose())
    if binding.word == "nth" and reader.place.nth:
        return Typed(kinds.Number(integer=True, minimum=1))
    if binding.word == "those" and reader.place.those:
        return Typed(kinds.ListOf(kinds.Identifier()))
    if binding.word == "remaining" and reader.place.items:
        named = reader.place.name == MESSAGE.name  # by what members call them, else by their ids
        return Typed(kinds.ListOf(kinds.Prose() if named else kinds.Enum(reader.place.items)))
    if binding.word == "standings" and reader.place.standings:
        return Typed(kinds.ListOf(kinds.Prose()))
    help = f"it belongs in {_FIRINGS[binding.word]}"
    if binding.word == "standings" and reader.place.those:
        help = "they are ordered by no whole number that could be shown; write `{names(those)}`"
    words = (f"`{binding.word}` has no meaning in {reader.place.name}", help)
    return reader.error(name_codes.NOT_HERE, node, words)


def _remembered(reader: Reader, node: nodes.Node, typed: Typed) -> Typed:
    """Return `typed` if the place may read what is remembered."""
    if reader.place.memory:
        return typed
    words = (f"{reader.place.name} reads only the event, and `{reader.text(node)}` is remembered", None)
    return reader.error(name_codes.NOT_HERE, node, words)


def _field(reader: Reader, node: nodes.Node, field: kinds.Field, through: bool = False) -> Typed:
    """Return the type of a field; `through` says that the object around it may be missing."""
    if isinstance(field.type, Differs):
        words = wording.differs(reader.text(node), field.type.first, field.type.second, reader.context.types)
        return reader.error(codes.TYPES_DIFFER, node, words)
    return Typed(field.type, through or (field.optional and field.default is None))


def _attribute(reader: Reader, node: nodes.Attribute) -> Typed:
    imported = imports(reader, node) if _may_import(reader, node) else None
    if imported is not None:
        return bound(reader, node, imported)
    alias = imports(reader, node.base) if _may_import(reader, node) else None
    if isinstance(alias, ImportBinding):
        return _not_imported(reader, node, alias)
    return _part(reader, node, node.base, node.name)


def _item(reader: Reader, node: nodes.Item) -> Typed:
    return _part(reader, node, node.base, node.key)


def _may_import(reader: Reader, node: nodes.Attribute) -> bool:
    """Tell whether the first of dotted names is that of an import."""
    base = node.base
    while isinstance(base, nodes.Attribute):
        base = base.base
    return isinstance(base, nodes.Name) and base.name in reader.context.instance.imports


def imports(reader: Reader, node: nodes.Node) -> Binding | None:
    """Return what an import's name, or a name inside an import, stands for; None if `node` is something else."""
    if isinstance(node, nodes.Name):
        binding = reader.scope.lookup(node.name, reader.variables)
        return binding if isinstance(binding, ImportBinding) else None
    if not isinstance(node, nodes.Attribute):
        return None
    around = imports(reader, node.base)
    if not isinstance(around, ImportBinding):
        return None
    inner = around.instance
    if node.name in inner.imports:
        return ImportBinding(inner.imports[node.name])
    return inner.declared.get(node.name)


def _not_imported(reader: Reader, node: nodes.Attribute, alias: ImportBinding) -> Typed:
    known = alias.instance.declared
    book = alias.instance.book.name.value
    help = did_you_mean(node.name, known) or (f"it declares {listing(known)}" if known else "it declares no names")
    words = (f"the rulebook `{book}` declares no `{node.name}`", help)
    return reader.error(name_codes.UNKNOWN_NAME, reader.offsets(node.name_at), words)


def _part(reader: Reader, node: nodes.Attribute | nodes.Item, base: nodes.Node, name: str) -> Typed:
    whole = reader.type_of(base)
    if isinstance(whole.type, kinds.Unknown):
        return UNKNOWN
    if not isinstance(whole.type, kinds.Object):
        return _no_parts(reader, node, base, whole.type)
    if not _is_path(reader, base):
        words = wording.no_name(reader.text(base))
        return reader.error(name_codes.UNKNOWN_FIELD, reader.offsets(node.name_at), words)
    field = whole.type.fields.get(name)
    if field is None:
        return _no_field(reader, node, base, whole.type, name)
    if whole.type.entity and (whole.type.entity, name) in reader.session.checked.assumed:
        return _sure(reader, node, Typed(field.type, whole.optional))
    return _sure(reader, node, _field(reader, node, field, whole.optional))


def _sure(reader: Reader, node: nodes.Node, typed: Typed) -> Typed:
    """Return a read as not optional if the guard has seen to it."""
    if typed.optional and path_of(reader.session, reader.context, node) in reader.sure():
        return Typed(typed.type)
    return typed


def _is_path(reader: Reader, node: nodes.Node) -> bool:
    """Tell whether a typed node names a place: a name, fields or an item of one, defines looked into."""
    while isinstance(node, nodes.Attribute | nodes.Item | nodes.Name | nodes.Call):
        binding = reader.session.tables.bindings.get((reader.context.id, id(node)))
        if isinstance(binding, DefineBinding):
            reader, node = reader.inside(binding, node), binding.define.body.root
        elif isinstance(node, nodes.Name):
            return True
        elif isinstance(node, nodes.Call):
            if node.function not in ("first", "last"):
                return False
            node = node.arguments[0]
        else:
            node = node.base
    return False


def _no_field(
    reader: Reader, node: nodes.Attribute | nodes.Item, base: nodes.Node, whole: kinds.Object, name: str
) -> Typed:
    suggestion = did_you_mean(name, whole.fields)
    if (ours := synonym("names", name)) in whole.fields:
        suggestion = f"did you mean `{ours}`?"
    if suggestion:
        suggestion = suggestion.replace("mean `", f"mean `{reader.text(base)}.")
    elif isinstance(base, nodes.Name) and base.name in ("event", "start"):
        suggestion = reader.scope.help(name)
    holder = wording.described(whole) if whole.entity or whole.name == "event" else f"`{reader.text(base)}`"
    words = (f"{holder} has no field `{name}`", suggestion or f"it has {listing(whole.fields)}")
    return reader.error(name_codes.UNKNOWN_FIELD, reader.offsets(node.name_at), words)


def _no_parts(reader: Reader, node: nodes.Attribute | nodes.Item, base: nodes.Node, type: kinds.Type) -> Typed:
    text = reader.text(base)
    help = f"look at its items: `any(x in {text} where x.…)`" if isinstance(type, kinds.ListOf) else None
    if isinstance(type, kinds.ListOf) and isinstance(type.item, kinds.Enum | kinds.Prose):
        help = f'did you mean `{text} has "{node.key if isinstance(node, nodes.Item) else node.name}"`?'
    name = reader.offsets(node.name_at)
    return reader.error(
        name_codes.UNKNOWN_FIELD, name, (f"`{text}` is {wording.described(type)} and has no fields", help)
    )


BOUND: dict[type[Binding], Callable[[Reader, nodes.Node, Any], Typed]] = {
    FieldBinding: lambda reader, node, binding: _sure(reader, node, _field(reader, node, binding.field)),
    VariableBinding: lambda reader, node, binding: Typed(binding.type),
    NowBinding: lambda reader, node, binding: Typed(kinds.Instant()),
    RootBinding: _event,
    SubjectBinding: _subject,
    DefineBinding: lambda reader, node, binding: reader.define(binding, node),
    ParameterBinding: _parameter,
    ScoreBinding: lambda reader, node, binding: points.score(reader, node, binding),
    ListBinding: lambda reader, node, binding: Typed(
        kinds.WordList(binding.declaration.match, binding.declaration.changes)
    ),
    LedgerBinding: _ledger,
    StateBinding: _state,
    MatchedBinding: _matched,
    FiringBinding: _firing,
    BrokenBinding: lambda reader, node, binding: UNKNOWN,
    CapBinding: _no_value,
    ImportBinding: _no_value,
}

RULES: dict[type[nodes.Node], Callable[[Reader, Any], Typed]] = {
    nodes.Name: _name,
    nodes.Attribute: _attribute,
    nodes.Item: _item,
    nodes.Call: lambda reader, node: _sure(reader, node, calls.call(reader, node)),
}
