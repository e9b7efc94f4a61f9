"""Performing: what a bot supplies so that what was decided happens on its platform."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from groundrules.decisions import Action


@dataclass(frozen=True)
class Done:
    """The platform did it. `message`: the message that it wrote, as facts of an event (`{"id": …}`)."""

    message: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Failed:
    """The platform refused, and would again; `reason` is for moderators."""

    reason: str


@dataclass(frozen=True)
class Retry:
    """Not now: to be tried again `after` seconds, None when the hub thinks best."""

    after: float | None = None
    reason: str = ""


Outcome = Done | Failed | Retry


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
