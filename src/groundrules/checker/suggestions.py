"""Near names of dotted paths, and lists of names for help lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from groundrules.diagnostics.nearest import did_you_mean, nearest
from groundrules.diagnostics.synonyms import synonym, synonyms


def nearest_path(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that was probably meant.

    A dotted candidate is also known by its last part: `joined` finds `actor.joined`.
    """
    known: dict[str, str] = {}
    for candidate in sorted(candidates, key=lambda path: (path.count("."), path)):
        known.setdefault(candidate, candidate)
        known.setdefault(candidate.rpartition(".")[2], candidate)
    closest = nearest(name, known)
    return known[closest] if closest else None


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Return `a`, `b` and `c`, in order, cut after `limit` names."""
    known = sorted(names)
    shown = [f"`{name}`" for name in known[:limit]]
    if len(known) > limit:
        return f"{', '.join(shown)} and {len(known) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def meant(name: str, names: Iterable[str], titles: Iterable[tuple[str, str]] = ()) -> str | None:
    """Return a help line with the effect that was probably meant: by its name, a title or what people call it.

    `titles` are pairs of a title and the name it stands for.
    """
    known = set(names)
    called = {word: effect for word, effect in synonyms("actions").items() if effect in known}
    called |= dict(titles)
    word = name.strip().casefold().replace("-", "_").replace(" ", "_")
    if (name_meant := called.get(word) or called.get(name.strip())) is None:
        return did_you_mean(name, known) or did_you_mean_of(name, called)
    return f"did you mean `{name_meant}`?"


def did_you_mean_of(name: str, called: Mapping[str, str]) -> str | None:
    """Return a help line that proposes what the nearest of other names stands for, or None."""
    closest = nearest(name, called)
    return f"did you mean `{called[closest]}`?" if closest else None


def meant_function(name: str, arguments: Sequence[str], known: Iterable[str]) -> str:
    """Return the help line for an unknown function: a near name, or a condition written as a call."""
    subject, _, last = name.rpartition(".")
    operator = "contains" if last == "contains" else synonym("operators", last)
    parts = ([subject] if subject else []) + list(arguments)
    if operator and len(parts) == 2:
        return f"write `{parts[0]} {operator} {parts[1]}`"
    suggestion = nearest_path(name, known)
    return f"did you mean `{suggestion}`?" if suggestion else "`docs/reference.md` lists the functions"
