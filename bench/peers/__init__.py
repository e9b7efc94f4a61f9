"""Other engines, each given the same rules in its own language.

A peer's module has `NAME`, `REGEXES` (whether it has regular expressions) and `ready(workload)`, which returns a
function from a text and a channel to the ids of the rules that fire. If its package is not installed it raises
ImportError, and the table says so.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

MODULES = ("opa", "cedar", "cel", "yara", "zen")


def all_peers() -> list[ModuleType]:
    """Return the modules of all peers; none of them imports its package yet."""
    return [import_module(f"bench.peers.{name}") for name in MODULES]
