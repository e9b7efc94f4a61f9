"""Performing: what a bot supplies so that what was decided happens on its platform."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from groundrules.decisions import Action
from groundrules.outcomes import Done, Failed, Outcome, Retry

__all__ = ["Done", "Failed", "Outcome", "Performer", "Retry"]


class Performer(Protocol):
    """A platform's hands. It is asked for one action of a community at a time, in order; for communities side by side.

    can: the names of the actions that the platform, or the bot's rights there, allow; None if everything is tried.
    repeats: those whose repetition harms nobody, or that the platform itself recognises by their key when they come
    again; None leaves it to the schemas of the actions.
    """

    @property
    def can(self) -> Collection[str] | None: ...

    @property
    def repeats(self) -> Collection[str] | None: ...

    async def perform(self, action: Action, community: str) -> Outcome:
        """Do it. What is raised counts as not knowing what became of it."""
        ...
