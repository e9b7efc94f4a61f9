"""Performing: an action becomes calls, the library makes them, and the answers say what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from groundrules.adapters import Context, Platform, UnsupportedError
from groundrules.adapters.common import Json, text
from groundrules.adapters.performing import Request
from groundrules.decisions import Action
from groundrules.outcomes import Done, Failed, Outcome, together


class Answer(NamedTuple):
    """What a platform answered to one call."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})


class Client(Protocol):
    """What a library's file gives to the host. Any failure on the way to the platform may be raised."""

    @property
    def platform(self) -> Platform:
        """The adapter."""
        ...

    @property
    def language(self) -> str:
        """The platform's language where nothing else is said."""
        ...

    @property
    def own(self) -> str | None:
        """The bot's own id; None while unknown."""
        ...

    async def call(self, call: Any, community: str) -> Answer:
        """Make one of the adapter's calls."""
        ...

    async def rosters(self, community: str) -> Sequence[Json]:
        """Return the events that say who is there; none if the platform reports that itself."""
        ...

    async def rights(self, community: str) -> Collection[str] | None:
        """Return the bot's rights there, in the terms of the adapter's `CAN`; None if unknown."""
        ...

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        """Return what the library knows about a community besides events, as fields of a `Context`.

        `action` is about to be performed; None: an event is about to be read, which must not wait.
        """
        ...


class Hands:
    """Carries out one action, call by call."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._done: dict[str, int] = {}

    async def perform(self, action: Action, community: str, lang: str, context: Context) -> Outcome:
        """Perform it. Calls made by an earlier try are not repeated."""
        try:
            calls = self._client.platform.calls(action, community, lang, context)
        except UnsupportedError as error:
            return Failed(str(error))
        start, outcomes, answer = self._done.pop(action.key, 0), list[Outcome](), Answer({})
        for index, call in enumerate(calls):
            if index < start:
                continue
            answer = await self._client.call(_filled(call, answer), community)
            outcome = self._client.platform.outcome(action.do, answer.body, answer.status, answer.headers)
            outcomes.append(outcome)
            if not isinstance(outcome, Done):
                if not _needs_answer(calls):
                    self._done[action.key] = index
                break
        return together(outcomes)


def _needs_answer(calls: Sequence[Any]) -> bool:
    return any(isinstance(call, Request) and "{id}" in call.path for call in calls)


def _filled(call: Any, before: Answer) -> Any:
    """The call, completed from the answer to the previous one."""
    if not isinstance(call, Request) or "{id}" not in call.path:
        return call
    id = text(before.body.get("id")) or text(before.body.get("room_id"))
    return call._replace(path=call.path.replace("{id}", id))
