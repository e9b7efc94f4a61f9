"""An AstrBot plugin that keeps the rules of QQ groups. This folder lies in AstrBot's `data/plugins`."""

from pathlib import Path

from astrbot.api.event import filter
from astrbot.api.star import Context, Star, StarTools

from groundrules.bots import Options
from groundrules.bots.astrbot import Groundrules

HERE = Path(__file__).parent


class Rules(Star):  # type: ignore[misc]  # AstrBot brings no types
    def __init__(self, context: Context) -> None:
        super().__init__(context)
        store = StarTools.get_data_dir("groundrules") / "groundrules.db"
        self.rules = Groundrules(context, Options(HERE / "rules", f"sqlite:{store}"))

    async def initialize(self) -> None:
        await self.rules.open()

    @filter.on_astrbot_loaded()  # type: ignore[untyped-decorator]  # as above
    async def loaded(self) -> None:
        await self.rules.open()  # the platforms are there now; other plugins go on as before

    async def terminate(self) -> None:
        await self.rules.close()
