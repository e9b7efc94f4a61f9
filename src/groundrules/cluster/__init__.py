"""Beyond one machine: what a stream engine needs to decide as this engine does.

Communities never read each other, so the unit of distribution is the community. `Step` is the contract; `spark` and
`kafka` run it. The public names are imported on first use: Spark starts processes that need none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundrules.cluster.step import Lasting, Step, Stepped

__all__ = ["Lasting", "Step", "Stepped"]

_HOMES = dict.fromkeys(__all__, "groundrules.cluster.step")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
