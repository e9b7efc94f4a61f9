"""matrix-nio against a Synapse on the loopback."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("nio", reason="groundrules[matrix] is not installed")
pytest.importorskip("aiohttp", reason="the members' side is spoken with aiohttp")

from bots.scenario import Bot, staged, survive, tell, told_once, until
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
            assert not any("room" in mentions for mentions in stage.mentions())

    asyncio.run(run())


def test_what_it_has_no_power_for_is_told_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with staged(Synapse(tmp_path, "11", level=0), "matrix", tmp_path) as (stage, bot):
            await told_once(stage, bot, "redact")

    asyncio.run(run())


BESIDE = """
    async def roll(room, event):
        if event.body == "/roll":
            await client.room_send(room.room_id, "m.room.message", {"msgtype": "m.text", "body": "🎲"})

    client.add_event_callback(roll, RoomMessageText)
"""


def test_a_slow_server_is_waited_for_and_a_client_keeps_its_callbacks(tmp_path: Path) -> None:
    async def run() -> None:
        slowly = "{per_second: 0.5, burst_count: 1}"
        async with staged(Synapse(tmp_path, "11", writing=slowly), "matrix", tmp_path) as (stage, bot):
            program = (bot.folder / "bot.py").read_text(encoding="utf-8")
            program = program.replace("    async with Groundrules", f"{BESIDE}    async with Groundrules", 1)
            program = program.replace("import AsyncClient", "import AsyncClient, RoomMessageText", 1)
            (bot.folder / "bot.py").write_text(program, encoding="utf-8")
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            for _ in range(3):
                await stage.join("li")
                await stage.leave("li")
            greeted = lambda: sum("Welcome" in said for said in stage.said())  # noqa: E731  (it is asked twice)
            await until(lambda: greeted() == 3, bot, "all three greetings, though the server says wait")
            await stage.write("wang", "/roll")
            await until(lambda: "🎲" in stage.said(), bot, "the client's own callback answers")
            assert greeted() == 3

    asyncio.run(run())
