"""A NoneBot2 plugin for QQ groups over OneBot 11: `nonebot.load_plugin("groundrules.bots.nonebot")`.

Its settings are NoneBot's, in `.env` or `nonebot.init`: `groundrules_book`, and the other fields of `Options` behind
`groundrules_`. It hears every event before matchers run, so no plugin's `block` hides one from it, and it stops none.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nonebot import get_bots, get_driver, get_plugin_config
from nonebot.adapters.onebot.v11 import Bot, Event, MessageEvent, PrivateMessageEvent
from nonebot.adapters.onebot.v11.exception import ActionFailed, ApiNotAvailable
from nonebot.message import event_preprocessor
from nonebot.plugin import PluginMetadata

from groundrules.adapters import Platform, onebot
from groundrules.adapters.common import Json, mapping, sequence, text
from groundrules.bots.hands import Answer
from groundrules.bots.nonebot_plugin import Config, hosted
from groundrules.decisions import Action

__plugin_meta__ = PluginMetadata(
    name="groundrules",
    description="群规即代码：按规则书处理消息、积分与申诉",
    usage="签到、积分、排行、群规、/为什么、申诉、投票、举报",
    type="application",
    config=Config,
    supported_adapters={"~onebot.v11"},
)


class OneBot:
    """Makes OneBot's calls through whichever of NoneBot's bots is in the group."""

    platform: Platform = onebot
    language = "zh"
    own = None  # raw events say whose they are

    def __init__(self) -> None:
        self._in: dict[str, str] = {}

    def seen(self, community: str, bot: Bot) -> None:
        """Take note of a bot in a group."""
        self._in[community] = bot.self_id

    def _bot(self, community: str) -> Bot:
        found = get_bots().get(self._in.get(community, ""))
        if not isinstance(found, Bot):
            raise ApiNotAvailable
        return found

    async def call(self, call: tuple[str, Json], community: str) -> Answer:
        name, parameters = call
        try:
            data = await self._bot(community).call_api(name, **parameters)
        except ActionFailed as error:
            return Answer({"status": "failed", **error.info})
        except ApiNotAvailable:
            return Answer({}, 503)  # nothing was sent: nobody is there to send it
        return Answer({"status": "ok", "retcode": 0, "data": data})

    async def rosters(self, community: str) -> Sequence[Json]:
        bot = self._bot(community)
        members = await bot.call_api("get_group_member_list", group_id=_number(community))
        return [onebot.roster(community, map(mapping, sequence(members)), time.time(), bot.self_id)]

    async def rights(self, community: str) -> Collection[str] | None:
        bot = self._bot(community)
        whom = {"group_id": _number(community), "user_id": int(bot.self_id)}
        role = mapping(await bot.call_api("get_group_member_info", **whom)).get("role")
        return {"owner": {"owner", "admin"}, "admin": {"admin"}}.get(text(role), set())

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        return {}


def _number(id: str) -> int | str:
    return int(id) if id.isdecimal() else id


def _raw(event: Event) -> dict[str, Any]:
    """The event as OneBot sent it: NoneBot takes replies and mentions of the bot out of the message."""
    raw = event.model_dump()
    if isinstance(event, MessageEvent):
        raw["message"] = [{"type": part.type, "data": dict(part.data)} for part in event.original_message]
    return raw


client = OneBot()
host = hosted(client, get_plugin_config(Config).options())
"""What other plugins may use: `from groundrules.bots.nonebot import host`."""


@get_driver().on_bot_connect
async def _connected(bot: Bot) -> None:
    for group in map(mapping, await bot.call_api("get_group_list")):
        if id := text(group.get("group_id")):
            client.seen(id, bot)
            await host.begin(id, anew=True)


@event_preprocessor
async def _hear(bot: Bot, event: Event) -> None:
    raw = _raw(event)
    if isinstance(event, PrivateMessageEvent):
        await host.whisper(
            text(event.user_id), event.get_plaintext(), text(event.message_id), text(event.sender.nickname)
        )
    elif community := text(raw.get("group_id")):
        client.seen(community, bot)
        if raw.get("post_type") == "request" and (who := text(raw.get("user_id"))):
            host.room(community).requests[who] = {"flag": raw.get("flag"), "sub_type": raw.get("sub_type")}
        await host.hear(raw)
