"""Reads: names, dotted names and calls.

A **place** is a root and a path. A fact is read through its entity's place; the catalogue says what is a fact of an
entity, because only members (and the subject of a schedule or ladder) are remembered in the roster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from groundrules.checker.bindings import (
    Binding,
    DefineBinding,
    FieldBinding,
    FiringBinding,
    LedgerBinding,
    MatchedBinding,
    NowBinding,
    ParameterBinding,
    RootBinding,
    ScoreBinding,
    StateBinding,
    SubjectBinding,
    VariableBinding,
)
from groundrules.checker.calls import SEARCHES
from groundrules.checker.ledger_effects import COMMUNITY
from groundrules.lower.actions import lasting
from groundrules.lower.comparisons import listed
from groundrules.lower.constants import constant, kind_of
from groundrules.plan import codec, ir
from groundrules.rulebook import model as authored
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.catalog import ROSTER

if TYPE_CHECKING:
    from groundrules.lower.expressions import Lowerer

Reading = nodes.Name | nodes.Attribute | nodes.Item
_EVENTS = ("event", "start")
_THROUGH = 2  # steps from a subject through an entity that it names: `message.author.name`
_CALLED = ("name", "title")  # what things are called by
_ITEMS = {"first": ir.FIRST, "last": ir.LAST}


@dataclass(frozen=True)
class Place:
    """A root and a path below it.

    `types` are the event types it belongs to; `listed` is the path of the list that the root iterates over.
    """

    root: str
    path: tuple[str, ...]
    types: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    listed_root: str = ""

    def below(self, name: str) -> Place:
        return Place(self.root, (*self.path, name), self.types, self.listed, self.listed_root)

    @property
    def whole(self) -> tuple[str, ...]:
        """The path from the event down."""
        return (*self.listed, *self.path)

    @property
    def starts(self) -> bool:
        """Whether the place is in the event that started a path."""
        return "start" in (self.root, self.listed_root)


def place_of(lowerer: Lowerer, node: nodes.Node) -> Place | None:
    """Return the place that a node reads, or None if it reads none."""
    binding = lowerer.ground.binding(lowerer.context, node)
    if isinstance(binding, DefineBinding):
        return place_of(lowerer.inside(binding), binding.define.body.root)
    if binding is None and isinstance(node, nodes.Attribute | nodes.Item):
        base = place_of(lowerer, node.base)
        return base.below(node.name if isinstance(node, nodes.Attribute) else node.key) if base else None
    if isinstance(node, nodes.Call) and node.function in _ITEMS:
        items = place_of(lowerer, node.arguments[0])
        return items.below(_ITEMS[node.function]) if items else None
    return _first_place(lowerer, binding)


def _first_place(lowerer: Lowerer, binding: Binding | None) -> Place | None:
    match binding:
        case FieldBinding(root=root, name=name):
            return Place(root, (name,), lowerer.context.types)
        case RootBinding(root=root, types=types):
            return Place(root, (), types)
        case SubjectBinding():
            return Place("subject", ())
        case VariableBinding(quantified=quantified):
            return lowerer.variables[id(quantified)]
    return None


def _read(lowerer: Lowerer, node: Reading) -> ir.AnyExpr:
    binding = lowerer.ground.binding(lowerer.context, node)
    known = _BOUND.get(type(binding))
    if known is not None:
        return known(lowerer, node, binding)
    place = place_of(lowerer, node)
    assert place is not None, "a checked name reads a place"
    return _at(lowerer, node, place)


def _at(lowerer: Lowerer, node: Reading, place: Place) -> ir.AnyExpr:
    typed = lowerer.ground.typed(lowerer.context, node)
    base = node.base if isinstance(node, nodes.Attribute | nodes.Item) else None
    owner = lowerer.type_of(base) if base is not None else None
    if isinstance(owner, kinds.Object) and _is_fact(owner, place):
        return _fact(lowerer, node, place, owner)
    kind = kind_of(typed.type)
    if not place.path and place.root in _EVENTS:
        place, kind = place.below("id"), "text"  # the event as the thing that it is
    read = (*place.path, "id") if kind == "entity" else place.path
    note(lowerer, place, read)
    return ir.Field(root=place.root, path=place.path, kind=kind, optional=typed.optional, src=lowerer.source(node))


def _is_fact(owner: kinds.Object, place: Place) -> bool:
    if owner.entity is None or place.path[-1] == "id":
        return False
    of_subject = place.root == "subject" and len(place.path) <= _THROUGH
    whole = isinstance(owner.fields[place.path[-1]].type, kinds.Object)
    return (of_subject and (not whole or len(place.path) == 1)) or (owner.entity in ROSTER and not whole)


def _fact(lowerer: Lowerer, node: Reading, place: Place, owner: kinds.Object) -> ir.Fact:
    entity, name = str(owner.entity), place.path[-1]
    field = owner.fields[name]
    lowerer.ground.facts.setdefault(entity, set()).add(name)
    note(lowerer, place, place.path)
    note(lowerer, place, (*place.path[:-1], "id"))
    subject = str(lowerer.context.subject) if place.root == "subject" and len(place.path) == _THROUGH else ""
    if subject:
        lowerer.ground.facts.setdefault(subject, set()).add(place.path[0])
    assumed = lowerer.ground.checked.assumed.get((entity, name))
    return ir.Fact(
        root=place.root,
        path=place.path[:-1],
        entity=entity,
        fact=name,
        kind=kind_of(field.type),
        assume=lowerer.of(assumed) if assumed else None,
        default=field.default,
        owner=subject,
        src=lowerer.source(node),
    )


def note(lowerer: Lowerer, place: Place, path: tuple[str, ...]) -> None:
    """Note what a rule reads of which events; for a list, of any item."""
    if place.starts:
        items = next((depth for depth, name in enumerate(path) if name in _ITEMS.values()), len(path))
        lowerer.ground.captured.add(place.listed or path[:items])
    lowerer.ground.read(place.types, [*place.listed, *(name for name in path if name not in _ITEMS.values())])


def _matched(lowerer: Lowerer, node: Reading, binding: MatchedBinding) -> ir.AnyExpr:
    lowerer.ground.matched = True
    return ir.Matched(src=lowerer.source(node))


_FIRINGS: dict[str, type[ir.Match | ir.Nth | ir.Those]] = {"match": ir.Match, "nth": ir.Nth, "those": ir.Those}


def _firing(lowerer: Lowerer, node: Reading, binding: FiringBinding) -> ir.AnyExpr:
    if binding.word == "remaining":
        process, language = lowerer.ground.process, lowerer.language
        return ir.Remaining(process=process, language=language, src=lowerer.source(node))
    if binding.word == "standings":
        entity = lowerer.ground.gathered
        return ir.Standings(entity=entity, called=_called(lowerer, entity), src=lowerer.source(node))
    return _FIRINGS[binding.word](src=lowerer.source(node))


def _state(lowerer: Lowerer, node: Reading, binding: StateBinding) -> ir.AnyExpr:
    return ir.InState(state=binding.id, src=lowerer.source(node))


def _define(lowerer: Lowerer, node: Reading, binding: DefineBinding) -> ir.AnyExpr:
    return lowerer.inside(binding).expression(binding.define.body.root)


def _score(lowerer: Lowerer, node: Reading, binding: ScoreBinding) -> ir.AnyExpr:
    hints = [_hint(lowerer, binding, hint) for hint in binding.declaration.hints]
    ordered = tuple(sorted(hints, key=codec.definition_hash))
    return ir.Score(hints=ordered, id=binding.id, src=lowerer.source(node))


def _hint(lowerer: Lowerer, binding: ScoreBinding, hint: authored.HintDeclaration) -> ir.Hint:
    points = lowerer.of_hint(binding, hint.add).expression(hint.add.root)
    if hint.when is None:
        inner = lowerer.of_hint(binding, hint.add)
        return ir.Hint(when=ir.Const(value=True), points=points, src=inner.source(hint.add.root))
    inner = lowerer.of_hint(binding, hint.when)
    return ir.Hint(when=inner.expression(hint.when.root), points=points, src=inner.source(hint.when.root))


def _parameter(lowerer: Lowerer, node: Reading, binding: ParameterBinding) -> ir.AnyExpr:
    setting = binding.instance.settings[binding.name]
    value = constant(setting.value, setting.type)
    dated = binding.name in binding.instance.dated  # then the name says what it is
    return replace(value, src=lowerer.source(node)) if dated else value


def _ledger(lowerer: Lowerer, node: Reading, binding: LedgerBinding) -> ir.AnyExpr:
    return ir.LedgerValue(ledger=binding.id, key=ir.Const(value=COMMUNITY), src=lowerer.source(node))


_BOUND: dict[Any, Callable[[Lowerer, Any, Any], ir.AnyExpr]] = {
    NowBinding: lambda lowerer, node, binding: ir.Now(src=lowerer.source(node)),
    MatchedBinding: _matched,
    FiringBinding: _firing,
    StateBinding: _state,
    DefineBinding: _define,
    ScoreBinding: _score,
    ParameterBinding: _parameter,
    LedgerBinding: _ledger,
}


# --- calls --------------------------------------------------------------------------------------


def _call(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    binding = lowerer.ground.binding(lowerer.context, node)
    if isinstance(binding, LedgerBinding):
        key = lowerer.expression(node.arguments[0]) if node.arguments else ir.Const(value=COMMUNITY)
        return ir.LedgerValue(ledger=binding.id, key=key, src=lowerer.source(node))
    if isinstance(binding, StateBinding):
        thing = lowerer.expression(node.arguments[0])
        return ir.InState(state=binding.id, of=thing, src=lowerer.source(node))
    if node.function in SEARCHES:
        subject, name = lowerer.expression(node.arguments[0]), listed(lowerer, node.arguments[1])
        search = ir.FoundIn if node.function == "found" else ir.WeightIn
        return search(subject=subject, list=name, src=lowerer.source(node))
    if node.function in _MEMORY:
        return _MEMORY[node.function](lowerer, node)
    arguments = tuple(map(lowerer.expression, node.arguments))
    if node.function == "age":
        return ir.Arithmetic(operator="-", left=ir.Now(), right=arguments[0], src=lowerer.source(node))
    return ir.Call(function=node.function, arguments=arguments, src=lowerer.source(node))


def _silence(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    return ir.Silence(member=lowerer.expression(node.arguments[0]), src=lowerer.source(node))


def _labelled(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    bearer, label = node.arguments
    type = lowerer.type_of(bearer)
    entity = str(type.entity) if isinstance(type, kinds.Object) else ""
    name = lowerer.expression(label)
    assert isinstance(name, ir.Const), "the checker wants a constant"
    return ir.HasLabel(entity=entity, id=lowerer.expression(bearer), label=name.value, src=lowerer.source(node))


def _in_force(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    does, until = SANCTION_READS[node.function]
    lowerer.ground.actions.update(lasting(lowerer.ground.checked.catalog, does))
    read = ir.InForceUntil if until else ir.InForce
    return read(member=lowerer.expression(node.arguments[0]), does=does, src=lowerer.source(node))


def _rank(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    key = lowerer.expression(node.arguments[1])
    return ir.LedgerRank(ledger=_named(lowerer, node).id, key=key, src=lowerer.source(node))


def _top(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    count = lowerer.expression(node.arguments[1])
    assert isinstance(count, ir.Const), "the checker wants a constant"
    return ir.LedgerTop(ledger=_named(lowerer, node).id, count=count.value, src=lowerer.source(node))


def _board(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    count = lowerer.expression(node.arguments[1])
    assert isinstance(count, ir.Const), "the checker wants a constant"
    ledger = _named(lowerer, node)
    entity = str(ledger.declaration.per.value)
    source = lowerer.source(node)
    called = _called(lowerer, entity)
    return ir.LedgerBoard(ledger=ledger.id, count=count.value, entity=entity, called=called, src=source)


def _called(lowerer: Lowerer, entity: str) -> str:
    """Return the fact that names things of a kind, "" if there is none; the roster keeps it."""
    fields = (lowerer.ground.checked.catalog.entity(entity) or kinds.Object("")).fields
    called = next((name for name in _CALLED if name in fields), "")
    if called:
        lowerer.ground.facts.setdefault(entity, set()).add(called)
    return called


def _named(lowerer: Lowerer, node: nodes.Call) -> LedgerBinding:
    binding = lowerer.ground.binding(lowerer.context, node.arguments[0])
    assert isinstance(binding, LedgerBinding), "the checker wants a ledger"
    return binding


def _pick(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    items, count = map(lowerer.expression, node.arguments)
    return ir.Pick(items=items, count=count, site=lowerer.ground.owner, src=lowerer.source(node))


def _chance(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    share = lowerer.expression(node.arguments[0])
    return ir.Chance(share=share, site=lowerer.ground.owner, src=lowerer.source(node))


def _members(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    if not node.arguments:
        return ir.Members(src=lowerer.source(node))
    named = lowerer.expression(node.arguments[0])
    assert isinstance(named, ir.Const), "the checker wants a constant"
    roles = named.value if isinstance(named.value, list) else [named.value]
    lowerer.ground.facts.setdefault("member", set()).add("roles")
    return ir.Members(roles=tuple(sorted(set(roles))), src=lowerer.source(node))


def _names(lowerer: Lowerer, node: nodes.Call) -> ir.AnyExpr:
    lowerer.ground.facts.setdefault("member", set()).add("name")
    return ir.Names(ids=lowerer.expression(node.arguments[0]), src=lowerer.source(node))


SANCTION_READS: dict[str, tuple[ir.Consequence, bool]] = {
    "muted": ("silences", False),
    "banned": ("removes", False),
    "muted_until": ("silences", True),
    "banned_until": ("removes", True),
}

_MEMORY: dict[str, Callable[[Lowerer, nodes.Call], ir.AnyExpr]] = {
    "pick": _pick,
    "chance": _chance,
    "members": _members,
    "names": _names,
    "silence": _silence,
    "labelled": _labelled,
    **dict.fromkeys(SANCTION_READS, _in_force),
    "rank": _rank,
    "top": _top,
    "board": _board,
}

RULES: dict[type[nodes.Node], Callable[[Lowerer, Any], ir.AnyExpr]] = {
    nodes.Name: _read,
    nodes.Attribute: _read,
    nodes.Item: _read,
    nodes.Call: _call,
}
