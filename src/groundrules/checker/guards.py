"""What a checked guard tells: the windows in it, and what must be there if it was true.

A comparison with something missing is unknown, and a rule fires only on true. So whatever the comparisons that had to
be decided have read is there when the effects run, and needs no `??`: `when: actor.level > 5` promises `actor.level`.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.bindings import Context, DefineBinding, FieldBinding, RootBinding, ScoreBinding, SubjectBinding
from groundrules.checker.session import Session
from groundrules.syntax import nodes
from groundrules.types import kinds
from groundrules.types.builtins import SIGNATURES
from groundrules.types.catalog import ROSTER
from groundrules.window_kinds import KINDS

WindowHere = tuple[Context, nodes.Window]


def windows_of(session: Session, context: Context, root: nodes.Node) -> Iterator[WindowHere]:
    """Yield the windows below a typed node, each with the context that it is read in."""
    for node, inner in spread(session, context, root):
        if isinstance(node, nodes.Window):
            yield inner, node


def counts(session: Session, context: Context, root: nodes.Node) -> bool:
    """Tell whether a guard has windows that hold events."""
    return any(KINDS[window.kind].looks_back for _, window in windows_of(session, context, root))


def spread(session: Session, context: Context, root: nodes.Node) -> Iterator[tuple[nodes.Node, Context]]:
    """Yield every node below `root`, with those of the defines that it uses, but not what is inside windows."""
    waiting: list[tuple[nodes.Node, Context]] = [(root, context)]
    visited: set[int] = set()
    bindings = session.tables.bindings
    while waiting:
        node, inner = waiting.pop()
        yield node, inner
        binding = bindings.get((inner.id, id(node))) if isinstance(node, _NAMES) else None
        if isinstance(binding, DefineBinding):
            if id(binding) not in visited:
                visited.add(id(binding))
                waiting.append((binding.define.body.root, session.within(inner, binding.instance)))
        elif isinstance(binding, ScoreBinding):
            if id(binding) not in visited:
                visited.add(id(binding))
                context_of_hints = session.within(inner, binding.instance)
                hints = [hint.when for hint in binding.declaration.hints if hint.when is not None]
                waiting.extend([(when.root, context_of_hints) for when in hints])
        elif not isinstance(node, nodes.Window):
            waiting.extend([(child, inner) for child in node.children()])


# --- what is there ------------------------------------------------------------------------------

Path = tuple[str, ...]  # the root ("event", "start", the subject) and the fields below it
_ATOMS = (nodes.Compare, nodes.In, nodes.Has, nodes.Contains, nodes.Affix, nodes.Matches, nodes.Call)
_NAMES = (nodes.Name, nodes.Attribute, nodes.Item)


def promised(session: Session, context: Context, root: nodes.Node) -> frozenset[Path]:
    """Return the paths that are there whenever a typed guard is true."""
    paths = set() if session.circular else _decided(session, context, root, True)
    return frozenset(path[:length] for path in paths for length in range(2, len(path) + 1))


def lasting(session: Session, context: Context, root: nodes.Node) -> frozenset[Path]:
    """Return what a guard that was true of the starting event promises of `start` ever after.

    That is what the event itself says. Facts about members may have come from the roster, which forgets.
    """
    paths = promised(session, context, root)
    return frozenset(("start", *path[1:]) for path in paths if path[0] == "event" and _is_given(session, context, path))


def _is_given(session: Session, context: Context, path: Path) -> bool:
    """Tell whether only the event can say what stands at a path."""
    fields = session.fields(context.types)
    entity: str | None = None
    for name in path[1:]:
        field = fields.get(name)
        if field is None or (entity in ROSTER and name != "id" and not isinstance(field.type, kinds.Object)):
            return False
        if isinstance(field.type, kinds.Object):
            fields, entity = field.type.fields, field.type.entity
    return True


def _decided(session: Session, context: Context, node: nodes.Node, outcome: bool) -> set[Path]:
    """Return what was read if a condition came out as `outcome`."""
    if isinstance(node, nodes.Not):
        return _decided(session, context, node.operand, not outcome)
    if isinstance(node, nodes.And | nodes.Or):
        if isinstance(node, nodes.And) != outcome:
            return set()
        return set().union(*(_decided(session, context, operand, outcome) for operand in node.operands))
    binding = session.tables.bindings.get((context.id, id(node)))
    if isinstance(binding, DefineBinding):
        return _decided(session, session.within(context, binding.instance), binding.define.body.root, outcome)
    if isinstance(node, nodes.Known):
        return _read(session, context, node.operand) if outcome else set()
    return _read(session, context, node) if isinstance(node, (*_ATOMS, *_NAMES)) else set()


def _read(session: Session, context: Context, node: nodes.Node) -> set[Path]:
    """Return the paths without which a node has no value."""
    binding = session.tables.bindings.get((context.id, id(node)))
    if isinstance(binding, DefineBinding):
        return _read(session, session.within(context, binding.instance), binding.define.body.root)
    if isinstance(node, _NAMES):
        path = path_of(session, context, node)
        return {path} if path else set()
    if isinstance(node, nodes.Window):
        return set().union(*(_read(session, context, key.reader or key.counted) for key in node.keys))
    if isinstance(node, nodes.Call) and (path := path_of(session, context, node)) is not None:
        return {path}
    if isinstance(node, nodes.Coalesce | nodes.Known | nodes.Quantified | nodes.And | nodes.Or):
        return set()
    return set().union(*(_read(session, context, child) for child in node.children()))


def path_of(session: Session, context: Context, node: nodes.Node) -> Path | None:
    """Return the path that a typed node names, or None if it names none; what a builtin gives of one goes below it."""
    binding = session.tables.bindings.get((context.id, id(node)))
    if isinstance(binding, DefineBinding):
        return path_of(session, session.within(context, binding.instance), binding.define.body.root)
    if isinstance(binding, FieldBinding):
        return (binding.root, binding.name)
    if isinstance(binding, RootBinding):
        return (binding.root,)
    if isinstance(binding, SubjectBinding):
        return (binding.entity,)
    return _path_below(session, context, node) if binding is None else None


def _path_below(session: Session, context: Context, node: nodes.Node) -> Path | None:
    if isinstance(node, nodes.Attribute | nodes.Item):
        base, name = node.base, node.name if isinstance(node, nodes.Attribute) else node.key
    elif isinstance(node, nodes.Call) and node.function in SIGNATURES and len(node.arguments) == 1:
        base, name = node.arguments[0], f"{node.function}()"
    else:
        return None
    path = path_of(session, context, base)
    return (*path, name) if path else None
