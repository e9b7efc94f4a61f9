"""A Discord bot that keeps a server's rules. DISCORD_TOKEN is what Discord's page for the bot gave."""

import os
from pathlib import Path

from discord.ext import commands

from groundrules.bots import Options
from groundrules.bots.discord import INTENTS, Groundrules

HERE = Path(__file__).parent


class Bot(commands.Bot):
    async def setup_hook(self) -> None:
        options = Options(HERE / "rulebook.yaml", f"sqlite:{HERE / 'groundrules.db'}")
        await self.add_cog(Groundrules(self, options))  # your own cogs and commands go on as before


bot = Bot(command_prefix="?", intents=INTENTS, enable_debug_events=True)

if __name__ == "__main__":
    bot.run(os.environ["DISCORD_TOKEN"])
