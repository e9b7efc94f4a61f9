"""Texts and their views, kept while they are of use.

A view of a text depends on nothing but the text, so it is taken once for all rules, and again only when the text has
been forgotten: the same names, channels and repeated messages come by all the time. Bounded by number and by size.
"""

from __future__ import annotations

from typing import Any

from groundrules.engine.texts.needles import Literals
from groundrules.plan.ir import View
from groundrules.text.domains import normalise
from groundrules.text.views import Text, apply

MOST_TEXTS = 512
LONGEST_KEPT = 20_000


class SeenText(Text):
    """A text, its views, and what of the plan stands in it.

    The hits of a view are the numbers of literals that stand in it. `lists` are the lists that may have an entry in
    the text: all others surely have none.
    """

    __slots__ = ("_literals", "exact_hits", "folded_hits", "lists", "squeezed_hits")

    exact_hits: frozenset[int]
    folded_hits: frozenset[int]
    squeezed_hits: frozenset[int]
    lists: frozenset[str]

    def __init__(self, raw: str, literals: Literals) -> None:
        self.raw = raw
        self._literals = literals

    def __getattr__(self, name: str) -> Any:
        if name == "lists":
            found: Any = self._literals.lists_in(self)
        elif name.endswith("_hits"):
            found = self._literals.scanned(self, name.removesuffix("_hits"))  # type: ignore[arg-type]
        else:
            return super().__getattr__(name)
        setattr(self, name, found)
        return found


class Same:
    """Stands in for the text of a value that is none: it is the same under every view."""

    __slots__ = ("folded", "raw", "squeezed")

    def __init__(self, value: Any) -> None:
        self.raw = self.folded = self.squeezed = value


class Texts(dict[Any, Any]):
    """The `SeenText` of each raw text met lately."""

    def __init__(self, literals: Literals) -> None:
        super().__init__()
        self._literals = literals

    def __missing__(self, raw: Any) -> SeenText | Same:
        if not isinstance(raw, str):
            return Same(raw)
        text = SeenText(raw, self._literals)
        if len(raw) <= LONGEST_KEPT:
            if len(self) >= MOST_TEXTS:
                self.clear()
            self[raw] = text
        return text


def domain(name: Any) -> Any:
    """Return a domain name as it is compared; what is none equals nothing."""
    return (normalise(name) or object()) if isinstance(name, str) else name


def viewed(value: Any, view: View) -> Any:
    """Return a value under a view, as equality compares it."""
    if not isinstance(value, str):
        return value
    return domain(value) if view == "domain" else apply(view, value)
