"""discord.py against a gateway and a REST API on the loopback."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("discord", reason="groundrules[discord] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.discord_server import DiscordServer
from bots.scenario import ADVERT, Bot, Started, staged, survive, tell, told_once, until


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


def test_what_it_has_no_right_to_is_told_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            stage.rights = 1 << 10 | 1 << 11  # to read and to write
            await told_once(stage, bot, "MANAGE_MESSAGES")

    asyncio.run(run())


BESIDE = """
@bot.command()
async def roll(context):
    await context.send("🎲")
    raise RuntimeError("a command that breaks")


@bot.event
async def on_message(message):
    await bot.process_commands(message)
    raise RuntimeError("a listener that breaks")


"""


def test_a_bot_keeps_its_commands_and_a_server_that_says_wait_is_asked_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            program = (bot.folder / "bot.py").read_text(encoding="utf-8")
            program = program.replace("if __name__", BESIDE + "if __name__", 1)
            (bot.folder / "bot.py").write_text(program, encoding="utf-8")
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            await stage.write("wang", "?roll")
            await until(lambda: "🎲" in stage.said(), bot, "the bot's own command answers")
            limited = {"message": "You are being rate limited.", "retry_after": 1.0, "global": False}
            stage.failing["POST .*/messages$"] = (429, limited)
            before = len(stage.said())
            await stage.join("li")
            await until(lambda: len(stage.said()) > before, bot, "the greeting is tried")
            stage.failing.clear()
            await until(lambda: len(stage.said()) == before + 2, bot, "the greeting is tried again")
            await stage.write("wang", ADVERT)
            await until(lambda: stage.deleted() == 1, bot, "ours acts beside what breaks")
            assert len(stage.said()) == before + 2

    asyncio.run(run())
