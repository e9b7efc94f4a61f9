"""NoneBot2 over a real WebSocket of OneBot 12, whose standard has no mutes: as much of the story as can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("nonebot.adapters.onebot.v12", reason="groundrules[nonebot] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.onebot12_client import OneBot12Client
from bots.scenario import (
    ADVERT,
    LEDGER,
    SETTLED,
    Bot,
    Started,
    acted,
    free_port,
    ledger,
    rejected,
    staged,
    survive,
    until,
)


def on_stage(folder: Path) -> AbstractAsyncContextManager[tuple[OneBot12Client, Bot]]:
    return staged(OneBot12Client(free_port()), "nonebot", folder, Started("bot12.py"))


def test_the_story_without_its_mute(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await play(stage, bot)
            done, other = acted(stage, bot)
            assert done == {"announce": 1, "delete": 3, "warn": 1, "notify": 1}, bot.tail()
            assert other == {"mute": 1}, "what can't be done is kept as failed"
            assert not rejected(bot)
            assert await ledger(stage, bot) == {**LEDGER, "strikes": {"li": 3}}

    asyncio.run(run())


async def play(stage: OneBot12Client, bot: Bot) -> None:
    def heard(words: str) -> Callable[[], bool]:
        return lambda: any(words in said for said in stage.said())

    await bot.start()
    await until(heard("OneBot 12 标准没有"), bot, "moderators hear what can't be done")
    await stage.join("li")
    await until(heard("欢迎"), bot, "the greeting")
    await stage.write("li", ADVERT)
    await until(lambda: stage.deleted() == 1, bot, "the first advert goes")
    await stage.write("li", ADVERT)
    await until(heard("再发广告将被禁言"), bot, "the warning")
    await until(lambda: stage.deleted() == 2, bot, "the second advert goes")
    await asyncio.sleep(SETTLED)
    await bot.kill()
    await until(stage.gone, bot, "the bot is gone")
    await bot.start()
    await until(stage.connected, bot, "the bot is there again")
    await stage.write("li", ADVERT)
    await until(lambda: stage.deleted() == 3, bot, "the third advert goes")
    await stage.whisper("li", "积分")
    await until(heard("积分：0"), bot, "the points are told to them alone")
    await stage.write("li", "签到")
    await until(heard("0 → 1"), bot, "the point for signing in")
    await stage.write("wang", "请问几点开会？")
    await until(heard("有提问还没人回答"), bot, "the question is told")
    await asyncio.sleep(0.3)
    await bot.stop()


def test_no_message_stops_or_blinds_the_bot(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await survive(stage, bot)
            sent = [part for name, call in stage.calls if name == "send_message" for part in call["message"]]
            assert not any(part["type"] == "mention_all" for part in sent)

    asyncio.run(run())
