"""A NoneBot2 plugin for OneBot 12: `nonebot.load_plugin("groundrules.bots.nonebot12")`.

Its settings are those of the OneBot 11 plugin, except for its own store (`groundrules12_store`): a bot may load both.
The OneBot 12 standard has messages and their deletion, but no mutes: see the page on QQ.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nonebot import get_bots, get_driver, get_plugin_config
from nonebot.adapters.onebot.v12 import Bot, Event, MessageEvent, PrivateMessageEvent
from nonebot.adapters.onebot.v12.exception import ActionFailed, ActionFailedWithRetcode, ApiNotAvailable
from nonebot.message import event_preprocessor
from nonebot.plugin import PluginMetadata

from groundrules.adapters import Platform, onebot12
from groundrules.adapters.common import Json, mapping, sequence, text
from groundrules.bots.hands import Answer
from groundrules.bots.nonebot_plugin import Config as Shared
from groundrules.bots.nonebot_plugin import hosted
from groundrules.decisions import Action


class Config(Shared):
    """The plugin's settings; `Options` says what they mean."""

    groundrules12_store: str = "sqlite:groundrules12.db"


__plugin_meta__ = PluginMetadata(
    name="groundrules (OneBot 12)",
    description="群规即代码：按规则书处理消息、积分与申诉",
    usage="签到、积分、排行、群规、/为什么、申诉、投票、举报",
    type="application",
    config=Config,
    supported_adapters={"~onebot.v12"},
)


class OneBot12:
    """Makes OneBot calls through whichever NoneBot bot is in the group or guild."""

    platform: Platform = onebot12
    language = "zh"
    own = None  # raw events say whose they are

    def __init__(self) -> None:
        self._in: dict[str, str] = {}
        self._guilds: set[str] = set()

    def note(self, community: str, bot: Bot, is_guild: bool) -> None:
        """Note that a bot is in a group or guild."""
        self._in[community] = bot.self_id
        (self._guilds.add if is_guild else self._guilds.discard)(community)

    def _bot(self, community: str) -> Bot:
        bot = get_bots().get(self._in.get(community, ""))
        if not isinstance(bot, Bot):
            raise ApiNotAvailable
        return bot

    async def call(self, call: tuple[str, Json], community: str) -> Answer:
        name, parameters = call
        try:
            data = await self._bot(community).call_api(name, **parameters)
        except ActionFailedWithRetcode as error:
            return Answer({"status": "failed", "retcode": error.retcode, "message": error.message})
        except ActionFailed as error:
            return Answer({"status": "failed", "message": repr(error)})
        except ApiNotAvailable:
            return Answer({}, 503)  # nothing was sent: there is no bot to send it
        return Answer({"status": "ok", "retcode": 0, "data": data})

    async def rosters(self, community: str) -> Sequence[Json]:
        bot, kind = self._bot(community), "guild" if community in self._guilds else "group"
        members = await bot.call_api(f"get_{kind}_member_list", **{f"{kind}_id": community})
        return [onebot12.roster(community, map(mapping, sequence(members)), time.time(), bot.self_id)]

    async def rights(self, community: str) -> Collection[str] | None:
        return None  # the standard doesn't say who is an admin

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        return {"state": {community: {"kind": "guild" if community in self._guilds else "group"}}}


def _raw(event: Event) -> dict[str, Any]:
    """The event as OneBot sent it: NoneBot parses the time, and removes replies and mentions of the bot."""
    raw = event.model_dump() | {"time": event.time.timestamp()}
    if isinstance(event, MessageEvent):
        raw["message"] = [{"type": part.type, "data": dict(part.data)} for part in event.original_message]
    return raw


config = get_plugin_config(Config)
client = OneBot12()
host = hosted(client, replace(config.options(), store=config.groundrules12_store))
"""For other plugins: `from groundrules.bots.nonebot12 import host`."""


@get_driver().on_bot_connect
async def _connected(bot: Bot) -> None:
    for kind in ("group", "guild"):
        try:
            listed = await bot.call_api(f"get_{kind}_list")
        except ActionFailed:  # an implementation need not have both
            continue
        for place in map(mapping, sequence(listed)):
            if id := text(place.get(f"{kind}_id")):
                client.note(id, bot, kind == "guild")
                await host.begin(id, anew=True)


@event_preprocessor
async def _hear(bot: Bot, event: Event) -> None:
    raw = _raw(event)
    if isinstance(event, PrivateMessageEvent):
        await host.whisper(event.user_id, event.get_plaintext(), event.message_id)
    elif community := text(raw.get("guild_id")) or text(raw.get("group_id")):
        client.note(community, bot, "guild_id" in raw)
        await host.hear(raw, community)
