"""What the plugins for NoneBot2 share: settings, and the hub opened and closed with the driver."""

from __future__ import annotations

from nonebot import get_driver
from pydantic import BaseModel

from groundrules.bots.hands import Client
from groundrules.bots.host import Host
from groundrules.bots.options import Options

PREFIX = "groundrules_"


class Config(BaseModel):
    """A plugin's settings; `Options` says what they mean."""

    groundrules_book: str
    groundrules_store: str = "sqlite:groundrules.db"
    groundrules_language: str = ""
    groundrules_languages: dict[str, str] = {}
    groundrules_staff: dict[str, str] = {}
    groundrules_announcements: dict[str, str] = {}
    groundrules_moderators: frozenset[str] = frozenset({"owner", "admin"})
    groundrules_commands: dict[str, list[str]] = {}

    def options(self) -> Options:
        """Return them as a host's options."""
        names = (name for name in Config.model_fields if name.startswith(PREFIX))
        return Options(**{name.removeprefix(PREFIX): getattr(self, name) for name in names})


def hosted(client: Client, options: Options) -> Host:
    """Return a host that opens when NoneBot starts and closes when it ends."""
    host = Host(client, options)
    driver = get_driver()

    @driver.on_startup
    async def _open() -> None:
        await host.__aenter__()

    @driver.on_shutdown
    async def _close() -> None:
        await host.close()

    return host
