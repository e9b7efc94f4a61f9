"""What the host knows and neither a raw event nor an action says. All of it is optional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundrules.errors import GroundrulesError


class UnsupportedError(GroundrulesError):
    """A platform can't do what an action asks for, or the context lacks what that needs; the message says what."""


@dataclass(frozen=True)
class Context:
    """What the host knows besides the event or action at hand; times are milliseconds since 1970.

    | field | what it is |
    |---|---|
    | `now` | when the event came in, for platforms whose events have no time; when the calls are made |
    | `decided` | when the action was decided: a mute that is repeated later ends when it would have |
    | `own` | the bot's own id |
    | `community` | where the event at hand happened, if it doesn't say |
    | `channel` | where the event that was decided on happened: a reply or warning goes there |
    | `announcements`, `staff` | the channels for `announce`, and for `notify` by role; without them, `channel` |
    | `channels`, `roles` | ids by name |
    | `members` | names by id, of those a text may mention: `@` and an id in it becomes a mention |
    | `usernames` | members' ids by their names without `@`, for platforms whose messages mention only names |
    | `authors` | who wrote a message, by its id |
    | `polls` | polls by id: `options` as texts, and `community` where the platform's votes don't name it |
    | `state` | the platform's current state of a channel or community, by its id; each adapter says what it reads |
    | `requests` | what names a request to join on the platform, by the applicant's id |
    | `voice` | the voice channels that members were in, by the member's id |
    | `direct` | the channels or rooms for private messages, by the member's id |
    | `text` | what is said where an action that speaks has no text: the decision's own explanation |
    """

    now: float = 0
    decided: float | None = None
    own: str | None = None
    community: str | None = None
    channel: str | None = None
    announcements: str | None = None
    staff: str | None = None
    channels: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    usernames: Mapping[str, str] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)
    polls: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    state: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    requests: Mapping[str, Any] = field(default_factory=dict)
    voice: Mapping[str, str] = field(default_factory=dict)
    direct: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def left(self, duration: float) -> float:
        """What is left, in milliseconds, of a period that began when the action was decided; at least one."""
        gone = self.now - self.decided if self.now and self.decided is not None else 0
        return max(duration - max(gone, 0), 1)

    def until(self, duration: float) -> float:
        """When a period that began at the decision ends, in milliseconds since 1970.

        Raises UnsupportedError without a clock.
        """
        begun = self.decided if self.decided is not None else self.now
        if not begun:
            raise UnsupportedError("the context must say when the action was decided")
        return begun + duration


NOTHING = Context()
