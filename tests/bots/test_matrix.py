"""matrix-nio against a Synapse on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("nio", reason="groundrules[matrix] is not installed")
pytest.importorskip("aiohttp", reason="the members' side is spoken with aiohttp")
if find_spec("synapse") is None:
    pytest.skip("no Matrix server: pip install --group synapse", allow_module_level=True)

from bots.scenario import Bot, check, play, survive
from bots.synapse import Synapse


@asynccontextmanager
async def staged(folder: Path, room_version: str) -> AsyncIterator[tuple[Synapse, Bot]]:
    stage = Synapse(folder, room_version)
    await stage.start()
    bot = Bot("matrix", folder, stage.environment())
    try:
        yield stage, bot
    finally:
        await bot.stop()
        await stage.close()


@pytest.mark.parametrize("room_version", ["11", "12"])
def test_the_story(tmp_path: Path, room_version: str) -> None:
    async def run() -> None:
        async with staged(tmp_path, room_version) as (stage, bot):
            await play(stage, bot)
            await check(stage, bot)

    asyncio.run(run())


def test_no_message_stops_or_blinds_the_bot(tmp_path: Path) -> None:
    async def run() -> None:
        async with staged(tmp_path, "12") as (stage, bot):
            await survive(stage, bot)

    asyncio.run(run())
