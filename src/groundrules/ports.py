"""What others may plug in: stores and adapters, registered as entry points. Ours are registered in the same way.

A package offers a store by `[project.entry-points."groundrules.stores"]` in its `pyproject.toml`, an adapter by
`[project.entry-points."groundrules.adapters"]`. It is imported when somebody asks for it by name.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from groundrules.diagnostics.nearest import did_you_mean
from groundrules.errors import GroundrulesError

STORES = "groundrules.stores"
ADAPTERS = "groundrules.adapters"
_KINDS = {STORES: "store", ADAPTERS: "adapter"}


class PortError(GroundrulesError, LookupError):
    """Nothing of this name is registered, or what is registered can't be used; the message says why."""


def registered(group: str) -> dict[str, list[EntryPoint]]:
    """Return what is registered in a group, by name; two packages may have taken the same name."""
    points: dict[str, list[EntryPoint]] = {}
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        points.setdefault(point.name, []).append(point)
    return points


def plugged(group: str, name: str) -> Any:
    """Import what is registered by this name. Raises PortError if that is nothing, or fails."""
    kind, points = _KINDS[group], registered(group)
    if name not in points:
        known = ", ".join(points) or "none, so install groundrules again"
        raise PortError(f"there is no {kind} `{name}`; {did_you_mean(name, points) or f'registered: {known}'}")
    if len(points[name]) > 1:
        values = " and ".join(f"`{point.value}`" for point in points[name])
        raise PortError(f"the {kind} `{name}` is registered twice, as {values}; uninstall one of the packages")
    [point] = points[name]
    try:
        return point.load()
    except Exception as error:  # whatever a package of somebody else does when it is imported
        raise PortError(f"the {kind} `{name}` can't be imported: {failure(error)}") from error


def failure(error: Exception) -> str:
    """Say in one line what went wrong in somebody else's code."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
