"""Where effects stand, and what may be said there."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.check.model import Context, Instance
from groundrules.check.places import COUNTED_PARAMETER, PARAMETER, Place
from groundrules.check.session import Session


@dataclass(frozen=True, eq=False)
class Site:
    """`name` is how messages speak of it. `exempts`: effects may take away what other rules do to the same event.

    `counted`: the guard holds events, so that `matched` means something.
    """

    session: Session
    context: Context
    name: str
    exempts: bool = False
    counted: bool = False

    @property
    def instance(self) -> Instance:
        return self.context.instance

    @property
    def place(self) -> Place:
        return COUNTED_PARAMETER if self.counted else PARAMETER

    @property
    def types(self) -> tuple[str, ...]:
        return self.context.types
