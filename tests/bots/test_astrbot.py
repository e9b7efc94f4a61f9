"""AstrBot with our plugin, over a real WebSocket of OneBot 11. It needs its own environment: `make servers`."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.onebot_client import OneBotClient
from bots.scenario import Bot, Started, check, free_port, play, staged, survive, until

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-astrbot"
pytestmark = pytest.mark.skipif(not (ENVIRONMENT / ".installed").exists(), reason="no AstrBot: make servers")
HOW = Started(
    str(Path(__file__).with_name("astrbot_bot.py")),
    ENVIRONMENT / "bin" / "python",
    "data/plugin_data/groundrules/groundrules.db",
    "rules/rulebook.yaml",
)
OTHER = """\
from astrbot.api.event import AstrMessageEvent, filter
from astrbot.api.star import Context, Star


class Other(Star):
    @filter.event_message_type(filter.EventMessageType.ALL, priority=10_000)
    async def everything(self, event: AstrMessageEvent):
        if "加微信" in event.message_str:
            yield event.plain_result("看到广告了")
            event.stop_event()
"""


def on_stage(folder: Path) -> AbstractAsyncContextManager[tuple[OneBotClient, Bot]]:
    return staged(OneBotClient(free_port(), "/ws/"), "astrbot", folder, HOW)


def test_the_story(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await play(stage, bot)
            await check(stage, bot)

    asyncio.run(run())


def test_another_plugin_goes_on_and_hides_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            other = bot.folder / "data" / "plugins" / "other"
            other.mkdir(parents=True)
            (other / "main.py").write_text(OTHER, encoding="utf-8")
            about = "name: other\ndesc: another plugin\nversion: '1'\nauthor: somebody\n"
            (other / "metadata.yaml").write_text(about, encoding="utf-8")
            await survive(stage, bot)
            await until(lambda: "看到广告了" in stage.said(), bot, "the other plugin answers")
            sent = [part for name, call in stage.calls if name.startswith("send_") for part in call["message"]]
            assert not any(part["data"].get("qq") in ("all", "0") for part in sent)
            await stage.write("wang", "/积分")
            await until(lambda: any("积分：0" in said for said in stage.said()), bot, "ours answers")

    asyncio.run(run())
