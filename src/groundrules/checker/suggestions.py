"""Near names of dotted paths, and lists of names for help lines."""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.diagnostics.nearest import nearest


def nearest_path(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that was probably meant.

    A dotted candidate is also known by its last part: `joined` finds `actor.joined`.
    """
    known: dict[str, str] = {}
    for candidate in sorted(candidates, key=lambda path: (path.count("."), path)):
        known.setdefault(candidate, candidate)
        known.setdefault(candidate.rpartition(".")[2], candidate)
    found = nearest(name, known)
    return known[found] if found else None


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Return `a`, `b` and `c`, in order, cut after `limit` names."""
    known = sorted(names)
    shown = [f"`{name}`" for name in known[:limit]]
    if len(known) > limit:
        return f"{', '.join(shown)} and {len(known) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
