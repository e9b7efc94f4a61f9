"""The fields that adapters fill in, by their tables; lints compare them with what rules read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from groundrules.adapters import Adapter
from groundrules.lint.linted import Supplies
from groundrules.ports import ADAPTERS, PortError, plugged


def supplies(names: Iterable[str]) -> Supplies:
    """Return the tables of these adapters. Raises PortError for a name that is no adapter's, or one that is broken."""
    return {name: _table(name, plugged(ADAPTERS, name)) for name in names}


def _table(name: str, adapter: Any) -> Mapping[str, frozenset[str]]:
    if not isinstance(adapter, Adapter):
        raise PortError(f"the adapter `{name}` is none: it needs `SUPPLIES`, `events` and `calls`")
    table: Any = adapter.SUPPLIES
    if not isinstance(table, Mapping) or not all(map(_is_row, table.items())):
        raise PortError(f"the adapter `{name}` is broken: `SUPPLIES` maps event types to sets of dotted paths")
    return {kind: frozenset(paths) for kind, paths in table.items()}


def _is_row(row: tuple[Any, Any]) -> bool:
    kind, paths = row
    return isinstance(kind, str) and isinstance(paths, set | frozenset) and all(isinstance(path, str) for path in paths)
