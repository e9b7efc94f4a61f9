"""Callbacks for matrix-nio: `async with Groundrules(client, Options(book=…)): await client.sync_forever(30_000)`.

A client keeps its own callbacks. Every joined room with a name is a community; a room of two is a private conversation
with the bot, and invitations to such rooms are accepted from members it knows. The bot ignores what happened before it
first joined a room, but not what happened while it was away.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Any
from urllib.parse import quote

from nio import AsyncClient, BadEvent, Event, InviteMemberEvent, MatrixRoom, UnknownBadEvent

from groundrules.adapters import Platform, matrix
from groundrules.adapters.common import Json, mapping, number, sequence, text
from groundrules.adapters.limits import MATRIX
from groundrules.adapters.performing import Request
from groundrules.bots.hands import Answer
from groundrules.bots.host import Host
from groundrules.bots.options import Options
from groundrules.decisions import Action

_ROOMS = "/_matrix/client/v3/rooms"
_DEFAULTS = {"invite": 0, "kick": 50, "ban": 50, "redact": 50}
_HIGHEST = 100
_STATES = ("m.room.power_levels", "m.room.pinned_events")


class ClientServer:
    """Makes client-server API calls through a nio client."""

    platform: Platform = matrix
    language = "en"

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self.direct: dict[str, str] = {}
        """Rooms for private messages, by member."""

    @property
    def own(self) -> str | None:
        return self._client.user_id or None

    async def call(self, call: Request, community: str) -> Answer:
        headers = {"Authorization": f"Bearer {self._client.access_token}", "Content-Type": "application/json"}
        sent = None if call.body is None else json.dumps(call.body)
        response = await self._client.send(call.method, call.path, sent, headers)
        async with response:
            try:
                body: Any = await response.json(content_type=None)
            except ValueError:
                body = None
            answer = mapping(body) if isinstance(body, Mapping) else {"": body}
            return Answer(answer, response.status, dict(response.headers))

    async def _state(self, community: str) -> list[Mapping[str, Any]]:
        answer = await self.call(Request("GET", f"{_ROOMS}/{quote(community, safe='')}/state"), community)
        return [mapping(event) for event in sequence(answer.body.get(""))]

    async def rosters(self, community: str) -> Sequence[Json]:
        states = {text(event.get("type")): event for event in await self._state(community)}
        levels = mapping(states.get("m.room.power_levels"))
        content = mapping(levels.get("content"))
        above = dict.fromkeys(_creators(mapping(states.get("m.room.create"))), _HIGHEST)
        id = f"{text(levels.get('event_id'))}/{'/'.join(sorted(above))}"
        power_levels = {
            **levels,
            "event_id": id,
            "content": {**content, "users": {**mapping(content.get("users")), **above}},
        }
        return [event for event in matrix.events({"room_id": community, **power_levels}) if event["type"] == "roster"]

    async def rights(self, community: str) -> Collection[str] | None:
        states = {text(event.get("type")): event for event in await self._state(community)}
        content = mapping(mapping(states.get("m.room.power_levels")).get("content"))
        if not content:
            return None
        own = number(mapping(content.get("users")).get(self.own or ""), number(content.get("users_default")))
        names = frozenset().union(*matrix.CAN.values())
        if self.own in _creators(mapping(states.get("m.room.create"))):
            return names
        return {name for name in names if own >= _needed(name, content)}

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        if action is None:
            return {}
        states = {
            text(event.get("type")): mapping(event.get("content")) for event in await self._standing(community, action)
        }
        if action.do == "send":
            await self._open(text(action.parameters.get("to")))
        return {"state": {community: states}, "direct": self.direct}

    async def _standing(self, community: str, action: Action) -> list[Mapping[str, Any]]:
        """The state that an action changes; its call replaces it as a whole."""
        needed = matrix.CAN.get(action.do, frozenset())
        wanted = [type for type in _STATES if type in needed]
        return [event for event in await self._state(community) if event.get("type") in wanted] if wanted else []

    async def _open(self, member: str) -> None:
        """Create the private room with a member, if there is none."""
        if member.startswith("@") and member not in self.direct:
            body = {"is_direct": True, "invite": [member], "preset": "trusted_private_chat"}
            answer = await self.call(Request("POST", "/_matrix/client/v3/createRoom", body), "")
            if id := text(answer.body.get("room_id")):
                self.direct[member] = id


def _creators(creation: Mapping[str, Any]) -> list[str]:
    """Those above all power levels: the room's creators, since version 12, and those they named."""
    content = mapping(creation.get("content"))
    if number(content.get("room_version")) < MATRIX["creator_power_from"].value:
        return []
    return [text(creation.get("sender")), *map(text, sequence(content.get("additional_creators")))]


def _needed(name: str, content: Mapping[str, Any]) -> float:
    """The power level that a right needs: from its own key, or from an event type's."""
    if name in _DEFAULTS:
        return number(content.get(name), _DEFAULTS[name])
    is_state = name.startswith("m.room.") and name != "m.room.message"
    otherwise = number(content.get("state_default"), 50) if is_state else number(content.get("events_default"))
    return number(mapping(content.get("events")).get(name), otherwise)


class Groundrules:
    """Adds a host to a client. `host` is for the client's own callbacks."""

    def __init__(self, client: AsyncClient, options: Options) -> None:
        self._nio = client
        self.client = ClientServer(client)
        self.host = Host(self.client, options)
        self._first: set[str] = set()

    async def __aenter__(self) -> Groundrules:
        await self.host.__aenter__()
        self._nio.add_event_callback(self._hear, (Event, BadEvent, UnknownBadEvent))
        self._nio.add_event_callback(self._invited, InviteMemberEvent)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.host.close()

    async def _hear(self, room: MatrixRoom, event: Event | BadEvent | UnknownBadEvent) -> None:
        raw = mapping(event.source)
        if room.member_count <= 2 and not room.is_named:
            await self._whispered(room, raw)
            return
        if room.room_id not in self._first:
            self._first.add(room.room_id)
            await self.host.begin(room.room_id)
        here = self.host.room(room.room_id)
        here.names.update({id: user.name for id, user in room.users.items() if user.name and id not in here.names})
        if self._is_news(room.room_id, raw):
            await self.host.hear(raw, room.room_id)

    def _is_news(self, room: str, raw: Mapping[str, Any]) -> bool:
        """Whether an event is from after the bot joined."""
        since = self.host.room(room).since
        return number(raw.get("origin_server_ts")) >= since

    async def _whispered(self, room: MatrixRoom, raw: Mapping[str, Any]) -> None:
        sender, content = text(raw.get("sender")), mapping(raw.get("content"))
        if sender == self.client.own or raw.get("type") != "m.room.message":
            return
        self.client.direct[sender] = room.room_id
        if number(raw.get("origin_server_ts")) >= self.host.started:
            await self.host.whisper(sender, text(content.get("body")), text(raw.get("event_id")))

    async def _invited(self, room: MatrixRoom, event: InviteMemberEvent) -> None:
        """Join a room of two opened by a member of a community."""
        is_direct = mapping(event.content).get("is_direct") is True
        known = any(event.sender in room.names for room in self.host.rooms.values())
        if event.membership == "invite" and event.state_key == self.client.own and is_direct and known:
            self.client.direct[event.sender] = room.room_id
            await self._nio.join(room.room_id)
