"""matrix-nio against a Synapse on the loopback."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("nio", reason="groundrules[matrix] is not installed")
pytest.importorskip("aiohttp", reason="the members' side is spoken with aiohttp")

from bots.scenario import Bot, staged, survive, tell
from bots.synapse import ENVIRONMENT, Synapse

pytestmark = pytest.mark.skipif(not (ENVIRONMENT / ".installed").exists(), reason="no Synapse: make servers")


def on_stage(folder: Path, room_version: str) -> AbstractAsyncContextManager[tuple[Synapse, Bot]]:
    return staged(Synapse(folder, room_version), "matrix", folder)


@pytest.mark.parametrize("room_version", ["11", "12"])
def test_the_story(tmp_path: Path, room_version: str) -> None:
    tell(on_stage(tmp_path, room_version))


def test_no_message_stops_or_blinds_the_bot(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path, "12") as (stage, bot):
            await survive(stage, bot)

    asyncio.run(run())
