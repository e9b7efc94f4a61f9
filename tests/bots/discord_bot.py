"""Runs an example's `bot.py` against a server on the loopback: discord.py has its addresses in two attributes."""

import os
import runpy

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

Route.BASE = os.environ["DISCORD_SERVER"]
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY"])
runpy.run_path("bot.py", run_name="__main__")
