"""A plugin of the bot's own, to show that nothing about it changes."""

from random import randint

from nonebot import on_command
from nonebot.adapters.onebot.v11 import GroupMessageEvent

roll = on_command("roll", priority=1, block=True)


@roll.handle()
async def answer(event: GroupMessageEvent) -> None:
    await roll.finish(f"🎲 {randint(1, 6)}")
