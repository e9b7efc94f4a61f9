"""Discord's gateway and REST API on the loopback, as discord.com/developers/docs has them, with one server."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

EPOCH = 1_420_070_400_000
OWN, GUILD, CHANNEL, ADMIN = (str((EPOCH // 8 << 22) + number) for number in (10001, 700, 701, 702))
IDS = {name: str((EPOCH // 8 << 22) + number) for name, number in (("owner", 1), ("li", 2), ("wang", 3))}
RIGHTS = sum(1 << bit for bit in (1, 2, 10, 11, 13, 16, 28, 40))
"""Kicking, banning, reading, writing, managing messages, history and roles, timeouts."""
VERSION = 10


def user(id: str) -> dict[str, Any]:
    name = {number: name for name, number in IDS.items()}.get(id, "bot")
    return {"id": id, "username": name, "global_name": name, "discriminator": "0", "avatar": None, "bot": id == OWN}


def now() -> str:
    return datetime.now(UTC).isoformat()


class DiscordServer:
    """A server of Discord's, with one channel for texts."""

    community = GUILD

    def __init__(self) -> None:
        self.port = 0
        self.calls: list[tuple[str, str, Any, Mapping[str, str]]] = []
        self.failing: dict[str, tuple[int, dict[str, Any]]] = {}
        self.muted: set[str] = set()
        self.rights = RIGHTS
        self.members = [IDS["owner"], IDS["wang"], OWN]
        self._socket: web.WebSocketResponse | None = None
        self._ready = asyncio.Event()
        self._sequence = 0
        self._count = 0

    async def start(self) -> None:
        application = web.Application()
        application.router.add_get("/gateway/", self._gateway)
        application.router.add_route("*", "/api/{path:.*}", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        await self._runner.cleanup()

    def environment(self) -> Mapping[str, str]:
        here = f"127.0.0.1:{self.port}"
        addresses = {"DISCORD_SERVER": f"http://{here}/api", "DISCORD_GATEWAY": f"ws://{here}/gateway/"}
        return {"DISCORD_TOKEN": "secret", **addresses}

    def id(self, name: str) -> str:
        return IDS[name]

    def snowflake(self) -> str:
        self._count += 1
        return str((int(time.time() * 1000) - EPOCH << 22) + self._count)

    # --- the gateway ----------------------------------------------------------------------------

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._received(socket, json.loads(frame.data))
        self._ready.clear()
        return socket

    async def _received(self, socket: web.WebSocketResponse, frame: Mapping[str, Any]) -> None:
        match frame["op"]:
            case 1:
                await socket.send_json({"op": 11})
            case 2:
                application = {"id": OWN, "flags": 0}
                guilds = [{"id": GUILD, "unavailable": True}]
                ready = {
                    "v": VERSION,
                    "user": user(OWN),
                    "guilds": guilds,
                    "session_id": "s",
                    "application": application,
                }
                await self.dispatch("READY", {**ready, "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway/"})
                await self.dispatch("GUILD_CREATE", self._guild())
            case 8:
                chunk = {"guild_id": GUILD, "members": list(map(self._member, self.members))}
                about = {"chunk_index": 0, "chunk_count": 1, "nonce": frame["d"].get("nonce")}
                await self.dispatch("GUILD_MEMBERS_CHUNK", {**chunk, **about})
                self._ready.set()

    async def dispatch(self, type: str, data: Any) -> None:
        assert self._socket is not None, "the bot is not there"
        self._sequence += 1
        await self._socket.send_json({"op": 0, "t": type, "s": self._sequence, "d": data})

    def _member(self, id: str) -> dict[str, Any]:
        roles = [ADMIN] if id in (OWN, IDS["owner"]) else []
        return {"user": user(id), "roles": roles, "joined_at": now(), "deaf": False, "mute": False, "flags": 0}

    def _guild(self) -> dict[str, Any]:
        everyone = {"id": GUILD, "name": "@everyone", "permissions": str(1 << 10 | 1 << 11), "position": 0}
        admin = {"id": ADMIN, "name": "admin", "permissions": str(self.rights), "position": 1}
        shape = {"color": 0, "hoist": False, "managed": False, "mentionable": False, "flags": 0, "tags": {}}
        colors = {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
        channel = {"id": CHANNEL, "type": 0, "name": "general", "position": 0, "permission_overwrites": []}
        lists = ("emojis", "stickers", "features", "voice_states", "presences", "threads", "stage_instances")
        lists += ("guild_scheduled_events", "soundboard_sounds")
        numbers = ("verification_level", "default_message_notifications", "explicit_content_filter", "mfa_level")
        numbers += ("premium_tier", "nsfw_level", "system_channel_flags", "afk_timeout")
        return {
            "id": GUILD,
            "name": "组",
            "owner_id": IDS["owner"],
            "roles": [{**one, **shape, **colors} for one in (everyone, admin)],
            "channels": [channel],
            "system_channel_id": CHANNEL,
            "members": [self._member(OWN)],
            "member_count": len(self.members),
            "large": False,
            "joined_at": now(),
            "preferred_locale": "zh-CN",
            **{name: [] for name in lists},
            **dict.fromkeys(numbers, 0),
        }

    # --- the REST API ---------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.Response:
        path = f"/{request.match_info['path']}"
        written = await request.text()
        body = json.loads(written) if written else None
        self.calls.append((request.method, path, body, dict(request.headers)))
        for pattern, (status, answer) in self.failing.items():
            if re.search(pattern, f"{request.method} {path}"):
                return _json(answer, status)
        answer = self._answer(request.method, path, body)
        return web.Response(status=204) if answer is None else _json(answer)

    def _answer(self, method: str, path: str, body: Any) -> Any:
        if path == "/users/@me":
            return user(OWN)
        if path == "/oauth2/applications/@me":
            about = {"id": OWN, "name": "bot", "description": "", "icon": None, "verify_key": "", "flags": 0}
            return {**about, "bot_public": False, "bot_require_code_grant": False, "owner": user(IDS["owner"])}
        if path == "/users/@me/channels":
            return {"id": f"9{body['recipient_id']}"[:19], "type": 1}
        if method == "POST" and path.endswith("/messages"):
            channel = path.split("/")[2]
            return self._message(OWN, body["content"], channel)
        if method == "PATCH" and "/members/" in path and "communication_disabled_until" in body:
            who = path.rpartition("/")[2]
            (self.muted.add if body["communication_disabled_until"] else self.muted.discard)(who)
            return self._member(who)
        return None

    def _message(self, who: str, words: str, channel: str = CHANNEL) -> dict[str, Any]:
        lists = ("mentions", "mention_roles", "attachments", "embeds", "components")
        message = {"id": self.snowflake(), "channel_id": channel, "author": user(who), "content": words, "type": 0}
        message |= {"timestamp": now(), "edited_timestamp": None, "tts": False, "mention_everyone": False}
        return {**message, "pinned": False, "flags": 0, **{name: [] for name in lists}}

    # --- members --------------------------------------------------------------------------------

    def connected(self) -> bool:
        return self._ready.is_set()

    def gone(self) -> bool:
        return not self.connected()

    async def join(self, name: str) -> None:
        self.members.append(IDS[name])
        await self.dispatch("GUILD_MEMBER_ADD", {**self._member(IDS[name]), "guild_id": GUILD})

    async def write(self, name: str, words: str) -> None:
        await self.send_message(IDS[name], words)

    async def send_message(self, who: str, words: str, **fields: Any) -> None:
        member = {key: value for key, value in self._member(who).items() if key != "user"}
        message = self._message(who, words)
        await self.dispatch("MESSAGE_CREATE", {**message, "guild_id": GUILD, "member": member, **fields})

    async def whisper(self, name: str, words: str) -> None:
        await self.dispatch("MESSAGE_CREATE", self._message(IDS[name], words, f"9{IDS[name]}"[:19]))

    def said(self) -> list[str]:
        written = [body for method, path, body, _ in self.calls if method == "POST" and path.endswith("/messages")]
        return [str(body["content"]).replace("\\", "") for body in written]

    def deleted(self) -> int:
        single = sum(method == "DELETE" and "/messages/" in path for method, path, _, _ in self.calls)
        many = [body["messages"] for _, path, body, _ in self.calls if path.endswith("/bulk-delete")]
        return single + sum(map(len, many))

    def is_muted(self, name: str) -> bool:
        return IDS[name] in self.muted


def _json(answer: Any, status: int = 200) -> web.Response:
    """As Discord sends it: discord.py reads nothing that names a charset."""
    return web.Response(body=json.dumps(answer).encode(), status=status, headers={"Content-Type": "application/json"})
