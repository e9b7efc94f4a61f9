"""A Cog for discord.py: `await bot.add_cog(Groundrules(bot, Options(book=…)))` in `setup_hook`.

The bot needs `enable_debug_events=True`, so that discord.py passes on what the gateway sends, and the intents of
`INTENTS`. Listeners stop nothing, so a bot keeps its commands and other cogs.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec
from discord import Client as DiscordClient
from discord import HTTPException, Intents, Permissions
from discord.ext import commands
from discord.http import Route

from groundrules.adapters import Platform, discord
from groundrules.adapters.common import Json, mapping, sequence, text
from groundrules.adapters.performing import Request
from groundrules.bots.hands import Answer
from groundrules.bots.host import Host
from groundrules.bots.options import Options
from groundrules.decisions import Action

INTENTS = Intents.default() | Intents(members=True, message_content=True, auto_moderation_execution=True)
"""What our listener needs; members and message content must be switched on at Discord's page for the bot."""
READY = 30.0
"""Seconds to wait until discord.py knows a server, to see what may be done there."""

log = logging.getLogger("groundrules.bots")
_NUMBER = re.compile(r"(?<=/)\d+(?=/|$)")
_HELD_BACK = ("members", "presences", "voice_states", "emojis", "stickers", "soundboard_sounds")


class Gateway:
    """Makes REST API requests through discord.py, which waits for Discord's rate limits; keeps what it knows."""

    platform: Platform = discord
    language = "en"

    def __init__(self, bot: DiscordClient) -> None:
        self._bot = bot
        self.state: dict[str, dict[str, Any]] = {}
        """Servers and channels, as the gateway gives them."""

    @property
    def own(self) -> str | None:
        return str(self._bot.user.id) if self._bot.user is not None else None

    async def call(self, call: Request, community: str) -> Answer:
        why = unquote(call.headers.get("X-Audit-Log-Reason", ""))
        sent: dict[str, Any] = {"reason": why or None} | ({} if call.body is None else {"json": call.body})
        try:
            body = await self._bot.http.request(_route(call), **sent)
        except HTTPException as error:
            problem = {"code": error.code, "message": error.text}
            return Answer(problem, error.status, dict(getattr(error.response, "headers", {})))
        return Answer(mapping(body))

    async def rosters(self, community: str) -> Sequence[Json]:
        return []  # the gateway says who is there

    async def rights(self, community: str) -> Collection[str] | None:
        try:
            await asyncio.wait_for(self._bot.wait_until_ready(), READY)
        except TimeoutError:
            return None
        guild = self._bot.get_guild(int(community)) if community.isdecimal() else None
        own = guild.me if guild is not None else None
        if own is None:
            return None
        held = Permissions.all() if own.guild_permissions.administrator else own.guild_permissions
        return {_NAMES.get(name, name.upper()) for name, has in held if has}

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        return {"state": self.state}

    def note(self, type: str, data: Mapping[str, Any]) -> None:
        """Keep what a dispatch says about servers, roles and channels."""
        id, guild = text(data.get("id")), text(data.get("guild_id"))
        match type:
            case "GUILD_CREATE" | "GUILD_UPDATE":
                known = {key: value for key, value in data.items() if key not in _HELD_BACK}
                self.state[id] = self.state.get(id, {}) | known
                for channel in map(mapping, (*sequence(data.get("channels")), *sequence(data.get("threads")))):
                    self.state[text(channel.get("id"))] = {**channel, "guild_id": id}
            case "GUILD_DELETE" | "CHANNEL_DELETE" | "THREAD_DELETE":
                self.state.pop(id, None)
            case "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE":
                self.state[id] = dict(data)
            case "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" | "GUILD_ROLE_DELETE" if guild in self.state:
                self.state[guild]["roles"] = list(_roles(self.state[guild], data))

    def main_channel(self, guild: str) -> str | None:
        """The channel for a server's own messages, else its first text channel."""
        server = self.state.get(guild, {})
        named = text(server.get("system_channel_id"))
        written = (
            text(channel.get("id"))
            for channel in map(mapping, sequence(server.get("channels")))
            if channel.get("type") == 0
        )
        return named or next(written, None)


_NAMES = {"read_messages": "VIEW_CHANNEL"}


def _route(call: Request) -> Route:
    """The request as discord.py counts it against Discord's rate limits: by its path without ids, and its channel."""
    numbers: dict[str, Any] = {}

    def hole(number: re.Match[str]) -> str:
        kind = call.path[: number.start()].rstrip("/").rpartition("/")[2]
        name = {"channels": "channel_id", "guilds": "guild_id"}.get(kind, f"id{len(numbers)}")
        numbers[name] = int(number[0])
        return f"{{{name}}}"

    return Route(call.method, _NUMBER.sub(hole, call.path), **numbers)


def _roles(server: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Any]:
    changed = mapping(data.get("role"))
    gone = text(data.get("role_id")) or text(changed.get("id"))
    yield from (role for role in sequence(server.get("roles")) if text(mapping(role).get("id")) != gone)
    if changed:
        yield changed


class Groundrules(commands.Cog):
    """Adds a host to a bot; `host` is for its own commands. Raises ValueError if it would hear nothing."""

    def __init__(self, bot: commands.Bot, options: Options) -> None:
        if not getattr(bot, "_enable_debug_events", True):
            raise ValueError(
                "make the bot with enable_debug_events=True, or it does not hand on what the gateway sends"
            )
        self.client = Gateway(bot)
        self.host = Host(self.client, options)

    async def cog_load(self) -> None:
        await self.host.__aenter__()

    async def cog_unload(self) -> None:
        await self.host.close()

    @commands.Cog.listener()
    async def on_socket_raw_receive(self, received: str) -> None:
        try:
            raw = mapping(msgspec.json.decode(received))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            log.exception("what the gateway sent can't be read")
            return
        type, data = text(raw.get("t")), mapping(raw.get("d"))
        if not type:
            return
        self.client.note(type, data)
        guild = text(data.get("guild_id")) or (text(data.get("id")) if type.startswith("GUILD") else "")
        if guild and type == "GUILD_CREATE":
            room = self.host.room(guild)
            room.channel = room.channel or self.client.main_channel(guild)
        if guild:
            await self.host.hear(raw, guild)
        elif type == "MESSAGE_CREATE":
            await self._whispered(data)

    async def _whispered(self, data: Mapping[str, Any]) -> None:
        author = mapping(data.get("author"))
        if author.get("bot") is not True and text(author.get("id")):
            name = text(author.get("global_name")) or text(author.get("username"))
            await self.host.whisper(text(author["id"]), text(data.get("content")), text(data.get("id")), name)
