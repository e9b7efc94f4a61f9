"""The name that was probably meant.

Comparing takes time with the square of a name's length and once per known name. Nobody misspells a name of a thousand
letters, and names that can't be near because of their length are not compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_LONGEST = 100
_ALIKE = 0.6


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that looks most like `name`, or None if none looks like it."""
    if len(name) > _LONGEST:
        return None
    matcher, length = SequenceMatcher(None, "", name), len(name)
    best, closest = _ALIKE, None
    for other in sorted(name for name in names if 2 * min(len(name), length) >= _ALIKE * (len(name) + length)):
        matcher.set_seq1(other)
        if matcher.quick_ratio() >= best and (likeness := matcher.ratio()) >= best:
            best, closest = likeness, other
    return closest


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """Return a help line that proposes the nearest of `names`, or None."""
    closest = nearest(name, names)
    return f"did you mean `{closest}`?" if closest else None
