"""python-telegram-bot against a Bot API server on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

pytest.importorskip("telegram.ext", reason="groundrules[telegram] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.scenario import Bot, check, play
from bots.telegram_server import TelegramServer


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[tuple[TelegramServer, Bot]]:
    stage = TelegramServer()
    await stage.start()
    bot = Bot("telegram", folder, stage.environment())
    try:
        yield stage, bot
    finally:
        await bot.stop()
        await stage.close()


def test_the_story(tmp_path: Path) -> None:
    async def run() -> None:
        async with staged(tmp_path) as (stage, bot):
            await play(stage, bot)
            await check(stage, bot)

    asyncio.run(run())
