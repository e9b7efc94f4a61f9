"""python-telegram-bot against a Bot API server on the loopback."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("telegram.ext", reason="groundrules[telegram] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.scenario import Bot, staged, survive, tell, until
from bots.telegram_server import TelegramServer


def on_stage(folder: Path) -> AbstractAsyncContextManager[tuple[TelegramServer, Bot]]:
    return staged(TelegramServer(), "telegram", folder)


def test_the_story(tmp_path: Path) -> None:
    tell(on_stage(tmp_path))


def test_no_message_stops_or_blinds_the_bot(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await survive(stage, bot)

    asyncio.run(run())


def test_a_server_that_says_wait_is_asked_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            stage.failing["sendMessage"] = (429, {"description": "Too Many Requests", "parameters": {"retry_after": 1}})
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            await stage.join("li")
            await until(lambda: stage.said(), bot, "the greeting is tried")
            stage.failing.clear()
            await until(lambda: len(stage.said()) == 2, bot, "the greeting is tried again")
            await asyncio.sleep(1.5)
            assert len(stage.said()) == 2

    asyncio.run(run())
