"""A QQ bot that keeps a group's rules. OneBot connects to ws://127.0.0.1:8080/onebot/v11/ws."""

from pathlib import Path

import nonebot
from nonebot.adapters.onebot.v11 import Adapter

HERE = Path(__file__).parent

nonebot.init(groundrules_book=str(HERE / "rulebook.yaml"), groundrules_store=f"sqlite:{HERE / 'groundrules.db'}")
nonebot.get_driver().register_adapter(Adapter)
nonebot.load_plugin("groundrules.bots.nonebot")
nonebot.load_plugins(str(HERE / "plugins"))  # your own plugins go on as before

if __name__ == "__main__":
    nonebot.run()
