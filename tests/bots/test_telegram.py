"""python-telegram-bot against a Bot API server on the loopback."""

from __future__ import annotations

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

pytest.importorskip("telegram.ext", reason="groundrules[telegram] is not installed")
pytest.importorskip("aiohttp", reason="the platform's side is spoken with aiohttp")

from bots.scenario import ADVERT, SETTLED, Bot, acted, ledger, staged, survive, tell, told_once, until
from bots.telegram_server import IDS, TelegramServer


def on_stage(folder: Path) -> AbstractAsyncContextManager[tuple[TelegramServer, Bot]]:
    return staged(TelegramServer(), "telegram", folder)


def test_the_story(tmp_path: Path) -> None:
    tell(on_stage(tmp_path))


def test_no_message_stops_or_blinds_the_bot(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await survive(stage, bot)
            sent = [parameters for method, parameters in stage.calls if method == "sendMessage"]
            assert not any("parse_mode" in parameters for parameters in sent)

    asyncio.run(run())


def test_what_it_has_no_right_to_is_told_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            stage.rights = ("can_restrict_members",)
            await told_once(stage, bot, "can_delete_messages")

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


NOW = -100_999


def test_a_group_that_becomes_a_supergroup_keeps_its_state(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            await stage.write("li", ADVERT)
            await until(lambda: stage.deleted() == 1, bot, "the first advert goes")
            stage.migrate(NOW)
            await stage.write("li", ADVERT)
            await until(lambda: stage.deleted() == 2, bot, "the second advert goes")
            await asyncio.sleep(SETTLED)
            await bot.kill()
            await until(stage.gone, bot, "the bot is gone")
            await bot.start()
            await until(stage.connected, bot, "the bot is there again")
            await stage.write("li", ADVERT)
            await until(lambda: stage.is_muted("li"), bot, "the third advert is the third")
            await until(lambda: stage.deleted() == 3, bot, "the third advert goes")
            await asyncio.sleep(0.3)
            await bot.stop()
            chats = [parameters["chat_id"] for method, parameters in stage.calls if method == "deleteMessages"]
            assert chats[-2:] == [NOW, NOW]
            assert await ledger(stage, bot) == {"strikes": {"li": 3}, "reputation": {"li": 0}}
            done, other = acted(stage, bot)
            assert (done["delete"], done["warn"], done["mute"]) == (3, 1, 1)
            assert not other

    asyncio.run(run())


CHECKED = """\
rulebook: group
languages: [zh, en]
use: [std/chat]
rules:
  - {id: check, on: member.joined, then: [mute: 1h, challenge]}
  - {id: verified, on: member.verified, then: [unmute]}
"""


def test_a_newcomer_who_may_not_write_answers_by_a_button(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            (bot.folder / "rulebook.yaml").write_text(CHECKED, encoding="utf-8")
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            await stage.join("li")
            await until(lambda: any("+" in said for said in stage.said()), bot, "the question")
            asked = next(parameters for method, parameters in stage.calls if "reply_markup" in parameters)
            left, right = re.findall(r"(\d+) \+ (\d+)", asked["text"])[0]
            buttons = [button["callback_data"] for button in asked["reply_markup"]["inline_keyboard"][0]]
            (right_one,) = (data for data in buttons if data.endswith(f":{int(left) + int(right)}"))
            wrong = next(data for data in buttons if data != right_one)
            await until(lambda: stage.is_muted("li"), bot, "the mute")
            stage.press("li", wrong)
            stage.press("wang", right_one)
            stage.press("li", "somebody else's button")
            stage.press("li", right_one)
            await until(lambda: not stage.is_muted("li"), bot, "the mute is lifted")
            shown = [parameters for method, parameters in stage.calls if method == "answerCallbackQuery"]
            assert ["Correct" in str(one.get("text")) for one in shown] == [False, False, True]

    asyncio.run(run())


BESIDE = """
async def roll(update, context):
    await update.effective_message.reply_text("🎲")
    raise RuntimeError("a handler that breaks")


async def everything(update, context):
    raise ApplicationHandlerStop
"""


def test_an_application_keeps_its_handlers_and_hides_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with on_stage(tmp_path) as (stage, bot):
            program = (bot.folder / "bot.py").read_text(encoding="utf-8")
            program = program.replace("import Application\n", "import *\n" + BESIDE, 1)
            added = "    application.add_handler(CommandHandler('roll', roll), -600)\n"
            added += "    application.add_handler(TypeHandler(object, everything), -500)\n"
            program = program.replace("    application.run_polling", added + "    application.run_polling", 1)
            (bot.folder / "bot.py").write_text(program, encoding="utf-8")
            await bot.start()
            await until(stage.connected, bot, "the bot is there")
            entities = [{"type": "bot_command", "offset": 0, "length": 5}]
            stage.send_message(IDS["wang"], text="/roll", entities=entities)
            await until(lambda: "🎲" in stage.said(), bot, "the application's own handler answers")
            await stage.write("wang", ADVERT)
            await until(lambda: stage.deleted() == 1, bot, "ours acts beside it")

    asyncio.run(run())
