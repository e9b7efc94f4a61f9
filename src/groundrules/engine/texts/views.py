"""Texts and their views, kept while they are of use.

A view of a text depends on nothing but the text, so it is taken once for all rules, and again only when the text has
been forgotten: the same names, channels and repeated messages come by all the time. Bounded by number and by size.
"""

from __future__ import annotations

from typing import Any

from groundrules.engine.texts.needles import Literals
from groundrules.plan.ir import View
from groundrules.text.domains import normalise
from groundrules.text.fold import one_blank
from groundrules.text.views import Text, apply

MOST_TEXTS = 512
LONGEST_KEPT = 20_000


class Lists(dict[str, frozenset[str]]):
    """Place → the lists that may have an entry in a text at that place; all others certainly have none.

    A dictionary, because thirty conditions ask it about each message. It holds no `SeenText`: in a cycle, both would
    wait for the garbage collector.
    """

    __slots__ = ("_raw", "_texts")

    def __init__(self, raw: str, texts: Texts) -> None:
        super().__init__()
        self._raw = raw
        self._texts = texts

    def __missing__(self, place: str) -> frozenset[str]:
        lists = self[place] = self._texts.literals.lists_in(self._texts[self._raw], place)
        return lists


class SeenText(Text):
    """A text, its views, and which of the plan's literals occur in it.

    The hits of a view are the numbers of the literals that occur in it.
    """

    __slots__ = ("_literals", "exact_hits", "folded_hits", "lists", "squeezed_hits")

    exact_hits: frozenset[int]
    folded_hits: frozenset[int]
    squeezed_hits: frozenset[int]

    def __init__(self, raw: str, texts: Texts) -> None:
        self.raw = raw
        if raw.isascii():  # as the views do it, but inlined: it saves two calls per text
            self.spaced = spaced = raw.lower()
            self.folded = spaced if spaced.isprintable() and "  " not in spaced else one_blank(spaced)
        self._literals = texts.literals
        self.lists = Lists(raw, texts)

    def __getattr__(self, name: str) -> Any:
        if not name.endswith("_hits"):
            return super().__getattr__(name)
        hits = self._literals.scanned(self, name.removesuffix("_hits"))  # type: ignore[arg-type]
        setattr(self, name, hits)
        return hits


class Same:
    """Stands in for the text of a value that is not text: it is the same under every view."""

    __slots__ = ("folded", "raw", "spaced", "squeezed")

    def __init__(self, value: Any) -> None:
        self.raw = self.folded = self.spaced = self.squeezed = value


class Texts(dict[Any, Any]):
    """The `SeenText` of each raw text met recently."""

    def __init__(self, literals: Literals) -> None:
        super().__init__()
        self.literals = literals

    def __missing__(self, raw: Any) -> SeenText | Same:
        if not isinstance(raw, str):
            return Same(raw)
        text = SeenText(raw, self)
        if len(raw) <= LONGEST_KEPT:
            if len(self) >= MOST_TEXTS:
                self.clear()
            self[raw] = text
        return text


def domain(name: Any) -> Any:
    """Return a domain name as it is compared; anything else equals nothing."""
    return (normalise(name) or object()) if isinstance(name, str) else name


def viewed(value: Any, view: View) -> Any:
    """Return a value under a view, as equality compares it."""
    if not isinstance(value, str):
        return value
    return domain(value) if view == "domain" else apply(view, value)
