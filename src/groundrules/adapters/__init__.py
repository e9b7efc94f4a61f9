"""One folder per platform: its raw events as events of std/chat, and decided actions as its calls.

An adapter is pure: `events(raw)` and `calls(action)` take and return plain data, and whoever runs the bot does the I/O.
What else the bot knows (the time, its own id, names of roles) comes in a `Context`. Tables say the rest:

| table | what it says |
|---|---|
| `SUPPLIES` | per event type, the fields that are filled in; `groundrules lint --adapter NAME` compares rules with it |
| `CAN` | per action, the rights that the bot needs on the platform; every one of them is translated |
| `LACKS` | for every other shipped action, what is lacking, in both languages |
| `REPEATS` | whether an action may be repeated: `harmless`, `keyed` (the platform does it once under its key), `once` |
| `ENDED_BY` | actions of a length that the platform does not end by itself, and the action that ends them |

What a platform doesn't report (when an account was made, a member's birthday) a bot may add to the events itself, or
supply once in a `roster` event. What platforms refuse is in `limits.py`.

An adapter is found by its name among the entry points `groundrules.adapters`; a module of any package can be one, and
needs `SUPPLIES`, `events` and `calls`; the hub reads the other tables if present.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from groundrules.adapters.context import Context, UnsupportedError
from groundrules.decisions import Action
from groundrules.outcomes import Outcome

__all__ = ["Adapter", "Context", "Platform", "UnsupportedError"]


@runtime_checkable
class Adapter(Protocol):
    """A platform. `SUPPLIES` holds, per event type that is sent, the dotted paths that are filled in (`actor.name`).

    What a `roster` event says about members is written `members.joined`: it is then known in every event.
    """

    @property
    def SUPPLIES(self) -> Mapping[str, frozenset[str]]: ...

    def events(self, raw: Mapping[str, Any], /) -> list[dict[str, Any]]:
        """Return the events that a raw one stands for; none if it concerns no community."""
        ...

    def calls(self, action: Action, community: Any, /, lang: str = ...) -> Sequence[tuple[Any, ...]]:
        """Return the platform's calls that carry out an action.

        Raises UnsupportedError for what the platform can't do.
        """
        ...


@runtime_checkable
class Platform(Adapter, Protocol):
    """An adapter with everything that a hub asks for: ours, and any that wants to be run as ours are."""

    @property
    def CAN(self) -> Mapping[str, frozenset[str]]: ...

    @property
    def LACKS(self) -> Mapping[str, Mapping[str, str]]: ...

    @property
    def REPEATS(self) -> Mapping[str, str]: ...

    @property
    def ENDED_BY(self) -> Mapping[str, str]: ...

    def events(self, raw: Mapping[str, Any], context: Context = ..., /) -> list[dict[str, Any]]: ...

    def calls(
        self, action: Action, community: Any, /, lang: str = ..., context: Context = ...
    ) -> Sequence[tuple[Any, ...]]: ...

    def outcome(
        self, do: str, answer: Mapping[str, Any], /, status: int = ..., headers: Mapping[str, str] | None = ...
    ) -> Outcome:
        """Say what the platform's answer to one call of the action `do` means; several are put `together`."""
        ...
