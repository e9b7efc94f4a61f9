"""What a checked guard holds: the windows in it, through the defines that it uses."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.check.model import Binding, Context, DefineBinding
from groundrules.check.session import Session
from groundrules.syntax import nodes

Found = tuple[Context, nodes.Window]


def windows_of(session: Session, context: Context, root: nodes.Node) -> Iterator[Found]:
    """Yield the windows below a typed node, each with the context that it is read in."""
    for node, inner in spread(session, context, root):
        if isinstance(node, nodes.Window):
            yield inner, node


def counts(session: Session, context: Context, root: nodes.Node) -> bool:
    """Tell whether a guard has windows that hold events."""
    return any(window.kind in ("count", "distinct") for _, window in windows_of(session, context, root))


def spread(session: Session, context: Context, root: nodes.Node) -> Iterator[tuple[nodes.Node, Context]]:
    """Yield every node below `root`, with those of the defines that it uses, but not what is inside windows."""
    waiting: list[tuple[nodes.Node, Context]] = [(root, context)]
    seen: set[int] = set()
    while waiting:
        node, inner = waiting.pop()
        yield node, inner
        binding = session.tables.bindings.get((inner.id, id(node)))
        if isinstance(binding, DefineBinding):
            if id(binding) not in seen:
                seen.add(id(binding))
                waiting.append((binding.define.body.root, session.within(inner, binding.instance)))
        elif not isinstance(node, nodes.Window):
            waiting.extend((child, inner) for child in node.children())


def bindings_of(session: Session, context: Context, root: nodes.Node) -> Iterator[tuple[nodes.Node, Binding]]:
    """Yield what the names below a typed node stand for."""
    for node, inner in spread(session, context, root):
        binding = session.tables.bindings.get((inner.id, id(node)))
        if binding is not None:
            yield node, binding
