"""The same over OneBot 12, which connects to ws://127.0.0.1:8080/onebot/v12/ws. Its standard can't mute anybody."""

from pathlib import Path

import nonebot
from nonebot.adapters.onebot.v12 import Adapter

HERE = Path(__file__).parent

nonebot.init(groundrules_book=str(HERE / "rulebook.yaml"), groundrules12_store=f"sqlite:{HERE / 'groundrules.db'}")
nonebot.get_driver().register_adapter(Adapter)
nonebot.load_plugin("groundrules.bots.nonebot12")

if __name__ == "__main__":
    nonebot.run()
