"""NoneBot2 over a real WebSocket of OneBot 11."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

pytest.importorskip("nonebot.adapters.onebot.v11", reason="groundrules[nonebot] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.onebot_client import OneBotClient
from bots.scenario import Bot, check, play


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[tuple[OneBotClient, Bot]]:
    stage = OneBotClient(free_port())
    bot = Bot("nonebot", folder, stage.environment())
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
