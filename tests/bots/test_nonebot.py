"""NoneBot2 over a real WebSocket of OneBot 11."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("nonebot.adapters.onebot.v11", reason="groundrules[nonebot] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.onebot_client import IDS, OWN, OneBotClient
from bots.scenario import Bot, free_port, staged, tell, told_once, until


def on_stage(folder: Path) -> AbstractAsyncContextManager[tuple[OneBotClient, Bot]]:
    return staged(OneBotClient(free_port()), "nonebot", folder)


def test_the_story(tmp_path: Path) -> None:
    tell(on_stage(tmp_path))


BLOCKING = """
from nonebot import on_message
from nonebot.adapters.onebot.v11 import GroupMessageEvent

everything = on_message(priority=-1000, block=True)


@everything.handle()
async def answer(event: GroupMessageEvent) -> None:
    if "加微信" in event.get_plaintext():
        await everything.finish("看到广告了")
    raise RuntimeError("a plugin that breaks")
"""


def test_another_plugin_goes_on_and_hides_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            (bot.folder / "plugins" / "blocking.py").write_text(BLOCKING, encoding="utf-8")
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            await stage.write("wang", "加微信")
            await until(lambda: stage.deleted() == 1, bot, "ours acts on what the other plugin blocks")
            await until(lambda: "看到广告了" in stage.said(), bot, "the other plugin answers")
            await stage.write("wang", "/积分")
            await until(
                lambda: any("积分：0" in said for said in stage.said()), bot, "ours answers where the other breaks"
            )

    asyncio.run(run())


def test_our_own_plugin_example_answers_beside(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            await stage.write("wang", "/roll")
            await until(lambda: any("🎲" in said for said in stage.said()), bot, "the plugin of the example")

    asyncio.run(run())


HOSTILE = [
    [{"type": "text", "data": {"text": "[https://a.example](https://a.example)"}}],
    [{"type": "at", "data": {"qq": "all"}}, {"type": "json", "data": {"data": "{" * 5000}}],
    [{"type": "text", "data": {"text": "/" + "\ud800\x00" * 50}}, {"type": "reply", "data": {"id": "-1"}}],
    [{"type": "text", "data": {"text": "/vote " + "9" * 1900}}],
    [{"type": "text", "data": {}}, {"type": "forward", "data": {"id": ""}}],
    [{"type": "text", "data": {"text": "申诉 {actor.name} [CQ:at,qq=all] @全体成员 " + "长" * 4000}}],
]


def test_no_message_stops_or_blinds_the_bot(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            for segments in HOSTILE:
                await stage.send_message(IDS["wang"], segments)
            await stage.write("wang", "加微信")
            await until(lambda: stage.deleted() == 1, bot, "the advert behind them goes")
            sent = [part for name, call in stage.calls if name.startswith("send_") for part in call["message"]]
            assert not any(part["data"].get("qq") in ("all", "0") for part in sent)

    asyncio.run(run())


def test_a_refusal_for_want_of_a_right_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            stage.failing["delete_msg"] = {"retcode": 1404, "wording": "权限不足"}
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            await stage.write("wang", "加微信")
            await until(lambda: any("权限不足" in said for said in stage.said()), bot, "moderators hear of the refusal")

    asyncio.run(run())


def test_what_it_has_no_right_to_is_told_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            stage.members[OWN] = "member"
            await told_once(stage, bot, "admin")

    asyncio.run(run())
