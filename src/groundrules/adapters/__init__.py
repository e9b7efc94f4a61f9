"""One platform a file: its raw events as events of std/chat, and decided actions as its calls.

An adapter is pure: `events(raw)` and `calls(action)` take and return plain data, and whoever runs the bot does the I/O.
`SUPPLIES` says, per event type, which fields it fills in, so that `groundrules lint --adapter NAME` finds rules that
read a fact which never comes, and rules on events that are never sent. `ACTIONS`, which may be left out, says which
actions `calls` carries out, and the same command finds those that are asked for in vain. What a platform does not tell
(when an account was made, a member's birthday) a bot may add to the events itself, or say once in a `roster` event.

An adapter is known by its name among the entry points `groundrules.adapters`; a module of any package can be one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from groundrules.decisions import Action


@runtime_checkable
class Adapter(Protocol):
    """A platform. `SUPPLIES` holds, per event type that is sent, the dotted paths that are filled in (`actor.name`).

    What a `roster` event says of members is written `members.joined`: it is then known of them in every event.
    """

    @property
    def SUPPLIES(self) -> Mapping[str, frozenset[str]]: ...

    def events(self, raw: Mapping[str, Any], /) -> list[dict[str, Any]]:
        """Return the events that a raw one stands for; none for what concerns no community."""
        ...

    def calls(self, action: Action, community: Any, /, lang: str = ...) -> Sequence[tuple[Any, ...]]:
        """Return the platform's calls that carry out an action; none for what the platform can't do."""
        ...
