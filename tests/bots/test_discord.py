"""discord.py against a gateway and a REST API on the loopback."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("discord", reason="groundrules[discord] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.discord_server import DiscordServer
from bots.scenario import Bot, Started, staged, survive, tell


def on_stage(folder: Path) -> AbstractAsyncContextManager[tuple[DiscordServer, Bot]]:
    return staged(DiscordServer(), "discord", folder, Started(str(Path(__file__).with_name("discord_bot.py"))))


def test_the_story(tmp_path: Path) -> None:
    tell(on_stage(tmp_path))


def test_no_message_stops_or_blinds_the_bot(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await survive(stage, bot)
            sent = [body for method, path, body, _ in stage.calls if method == "POST" and path.endswith("/messages")]
            assert all(body["allowed_mentions"]["parse"] == [] for body in sent)

    asyncio.run(run())
