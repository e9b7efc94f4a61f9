"""groundrules: rules as code for communities.

    import groundrules

    book = groundrules.load("my-rules")
    engine = groundrules.Engine(book)
    for decision in engine.feed({"id": "1", "type": "message", …}):
        print(decision.explain("en"))

Everything public is named in `__all__`; it is imported at its first use, so that `import groundrules` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundrules._version import __version__

if TYPE_CHECKING:
    from groundrules.adapters.context import UnsupportedError
    from groundrules.decisions import Action, Decision
    from groundrules.diagnostics.model import Diagnostic, Severity
    from groundrules.engine.engine import Engine
    from groundrules.engine.plan_file import Compiled, load_plan
    from groundrules.engine.upkeep.snapshot import SnapshotError
    from groundrules.errors import GroundrulesError
    from groundrules.frontend import Book, RulebookError, check, load
    from groundrules.plan.codec import PlanError
    from groundrules.ports import PortError
    from groundrules.runtime.errors import HubError
    from groundrules.runtime.hub import Hub
    from groundrules.stores import DamagedError, OwnedError, StoreError, UnavailableError

__all__ = [
    "Action",
    "Book",
    "Compiled",
    "DamagedError",
    "Decision",
    "Diagnostic",
    "Engine",
    "GroundrulesError",
    "Hub",
    "HubError",
    "OwnedError",
    "PlanError",
    "PortError",
    "RulebookError",
    "Severity",
    "SnapshotError",
    "StoreError",
    "UnavailableError",
    "UnsupportedError",
    "__version__",
    "check",
    "load",
    "load_plan",
]

_HOMES = {
    "Action": "groundrules.decisions",
    "Book": "groundrules.frontend",
    "Compiled": "groundrules.engine.plan_file",
    "DamagedError": "groundrules.stores",
    "Decision": "groundrules.decisions",
    "Diagnostic": "groundrules.diagnostics.model",
    "Engine": "groundrules.engine.engine",
    "GroundrulesError": "groundrules.errors",
    "Hub": "groundrules.runtime.hub",
    "HubError": "groundrules.runtime.errors",
    "OwnedError": "groundrules.stores",
    "PlanError": "groundrules.plan.codec",
    "PortError": "groundrules.ports",
    "RulebookError": "groundrules.frontend",
    "Severity": "groundrules.diagnostics.model",
    "SnapshotError": "groundrules.engine.upkeep.snapshot",
    "StoreError": "groundrules.stores",
    "UnavailableError": "groundrules.stores",
    "UnsupportedError": "groundrules.adapters.context",
    "check": "groundrules.frontend",
    "load": "groundrules.frontend",
    "load_plan": "groundrules.engine.plan_file",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'groundrules' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
