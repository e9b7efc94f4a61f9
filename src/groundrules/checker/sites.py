"""Where effects stand, and what may be said there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from groundrules.checker.bindings import Context, Instance
from groundrules.checker.expressions import Reader
from groundrules.checker.guards import Path, promised
from groundrules.checker.places import COUNTED_PARAMETER, PARAMETER, Place
from groundrules.checker.session import Session
from groundrules.syntax import nodes


@dataclass(frozen=True, eq=False)
class Site:
    """`name` is how messages speak of it. `exempts`: effects may take away what other rules do to the same event.

    `counted`: the guard holds events, so that `matched` means something. `guard` is what was true when they act,
    `kept` what is there because it was true once, and stays. `numbered`: the firings are counted by `times`.
    `gathered`: what acts there acts once for `those`, of whom `ranked` says by which number they are ordered. `items`:
    those of a path's `until_all`, if it is of such a path.
    """

    session: Session
    context: Context
    name: str
    exempts: bool = False
    counted: bool = False
    guard: nodes.Parsed[Any] | None = None
    kept: frozenset[Path] = frozenset()
    numbered: bool = False
    gathered: bool = False
    items: tuple[str, ...] = ()
    ranked: bool = False

    @property
    def instance(self) -> Instance:
        return self.context.instance

    @property
    def place(self) -> Place:
        return COUNTED_PARAMETER if self.counted else PARAMETER

    @cached_property
    def sure(self) -> frozenset[Path]:
        """The paths that the guard, being true, has read."""
        return self.kept if self.guard is None else promised(self.session, self.context, self.guard.root) | self.kept

    def reader(self, parsed: nodes.Parsed[Any], place: Place | None = None) -> Reader:
        """Return a reader of an expression that stands here."""
        place = replace(
            place or self.place,
            match=self.guard is not None,
            nth=self.numbered,
            those=self.gathered,
            items=self.items,
            standings=self.ranked,
        )
        return Reader(self.session, self.context, parsed, place, sure=lambda: self.sure)

    @property
    def guarded(self) -> bool:
        """Whether a guard can see to what effects need: behind a refusal or a step it was asked too long ago."""
        return self.exempts or self.context.subject is not None

    @property
    def types(self) -> tuple[str, ...]:
        return self.context.types


def known_to_hold(site: Site, when: nodes.Parsed[Any] | None) -> Site:
    """Return a site where a condition holds besides, whatever it is that acts there."""
    if when is None:
        return site
    return replace(site, kept=site.kept | promised(site.session, site.context, when.root))
