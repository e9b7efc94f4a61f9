"""Lots, drawn as `reference.lots` specifies: a function of the occasion and the rule, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from groundrules.engine.state import keys
from groundrules.engine.state.scope import Scope


def number(partition: str, e: Any, x: Scope, site: str, about: str = "") -> float:
    """Return the number drawn, from 0 to 1."""
    if e is not None:
        occasion = [e.id, "", ""]
    else:
        occasion = ["", "" if x.start is None else x.start.id, str(x.now if x.began is None else x.began)]
    parts = [partition, *occasion, x.subject or "", site, about]
    return int.from_bytes(blake2b("\x1f".join(parts).encode(errors="replace")).digest()[:8], "big") / 2**64


def drawn(partition: str, e: Any, x: Scope, site: str, items: Sequence[Any]) -> list[Any]:
    """Return the distinct items, ordered by their lots."""
    different = {keys.whole(item): item for item in items}
    return [different[name] for name in sorted(different, key=lambda name: (number(partition, e, x, site, name), name))]
