"""A NoneBot2 plugin for QQ groups over OneBot 11: `nonebot.load_plugin("groundrules.bots.nonebot")`.

Its settings are NoneBot's, in `.env` or `nonebot.init`: `groundrules_book`, and the other fields of `Options` prefixed
with `groundrules_`. It gets every event before matchers run, so no plugin's `block` hides one from it, and it stops
none.
"""

from __future__ import annotations

from typing import Any

from nonebot import get_bots, get_driver, get_plugin_config
from nonebot.adapters.onebot.v11 import Bot, Event, MessageEvent
from nonebot.adapters.onebot.v11.exception import ActionFailed, ApiNotAvailable
from nonebot.message import event_preprocessor
from nonebot.plugin import PluginMetadata

from groundrules.adapters.common import Json
from groundrules.bots.hands import Answer
from groundrules.bots.nonebot_plugin import Config, hosted
from groundrules.bots.qq import OneBot11, began, heard

__plugin_meta__ = PluginMetadata(
    name="groundrules",
    description="群规即代码：按规则书处理消息、积分与申诉",
    usage="签到、积分、排行、群规、/为什么、申诉、投票、举报",
    type="application",
    config=Config,
    supported_adapters={"~onebot.v11"},
)


class OneBot(OneBot11):
    """Makes OneBot calls through whichever NoneBot bot is in the group."""

    async def call(self, call: tuple[str, Json], community: str) -> Answer:
        name, parameters = call
        bot = get_bots().get(self.accounts.get(community, ""))
        if not isinstance(bot, Bot):
            return Answer({}, 503)  # nothing was sent: there is no bot to send it
        try:
            data = await bot.call_api(name, **parameters)
        except ActionFailed as error:
            return Answer({"status": "failed", **error.info})
        except ApiNotAvailable:
            return Answer({}, 503)
        return Answer({"status": "ok", "retcode": 0, "data": data})


def _raw(event: Event) -> dict[str, Any]:
    """The event as OneBot sent it: NoneBot removes replies and mentions of the bot from the message."""
    raw = event.model_dump()
    if isinstance(event, MessageEvent):
        raw["message"] = [{"type": part.type, "data": dict(part.data)} for part in event.original_message]
    return raw


client = OneBot()
host = hosted(client, get_plugin_config(Config).options())
"""For other plugins: `from groundrules.bots.nonebot import host`."""


@get_driver().on_bot_connect
async def _connected(bot: Bot) -> None:
    await began(client, host, await bot.call_api("get_group_list"), bot.self_id)


@event_preprocessor
async def _hear(bot: Bot, event: Event) -> None:
    await heard(client, host, _raw(event))
