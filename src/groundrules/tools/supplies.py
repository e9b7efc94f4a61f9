"""What adapters send and do, by their tables; lints compare it with what rules read and ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from groundrules.adapters import Adapter
from groundrules.adapters.performing import OF_THE_HOST
from groundrules.lint.linted import Platform, Supplies
from groundrules.ports import ADAPTERS, PortError, plugged


def supplies(names: Iterable[str]) -> Supplies:
    """Return the tables of these adapters. Raises PortError for a name that is no adapter's, or one that is broken."""
    return {name: _table(name, plugged(ADAPTERS, name)) for name in names}


def _table(name: str, adapter: Any) -> Platform:
    if not isinstance(adapter, Adapter):
        raise PortError(f"the adapter `{name}` is not an adapter: it needs `SUPPLIES`, `events` and `calls`")
    table: Any = adapter.SUPPLIES
    if not isinstance(table, Mapping) or not all(map(_is_row, table.items())):
        raise PortError(f"the adapter `{name}` is broken: `SUPPLIES` maps event types to sets of dotted paths")
    actions: Any = getattr(adapter, "CAN", None)
    if isinstance(actions, Mapping):
        actions = frozenset(actions)
    if actions is not None and not _is_names(actions):
        raise PortError(f"the adapter `{name}` is broken: `CAN` maps names of actions to the rights that they take")
    sends = {kind: frozenset(paths) for kind, paths in table.items()}
    return Platform(sends, None if actions is None else frozenset(actions) | OF_THE_HOST.keys())


def _is_row(row: tuple[Any, Any]) -> bool:
    kind, paths = row
    return isinstance(kind, str) and _is_names(paths)


def _is_names(value: Any) -> bool:
    return isinstance(value, set | frozenset) and all(isinstance(name, str) for name in value)
