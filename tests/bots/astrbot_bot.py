"""Starts AstrBot in this folder as `astrbot run` does, without its dashboard, which it would fetch from outside."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

HERE = Path.cwd()
os.environ["ASTRBOT_ROOT"] = str(HERE)
PLUGINS = HERE / "data" / "plugins"


def furnish() -> None:
    """Lay out AstrBot's folder around the plugin that lies here."""
    platform = {"id": "qq", "type": "aiocqhttp", "enable": True, "ws_reverse_token": ""}
    platform |= {"ws_reverse_host": "127.0.0.1", "ws_reverse_port": int(os.environ["PORT"])}
    config = {"platform": [platform], "dashboard": {"enable": False}, "admins_id": []}
    PLUGINS.mkdir(parents=True, exist_ok=True)
    (HERE / "data" / "cmd_config.json").write_text(json.dumps(config), encoding="utf-8-sig")
    plugin = PLUGINS / "groundrules"
    shutil.copytree(HERE, plugin, ignore=shutil.ignore_patterns("data", "temp"), dirs_exist_ok=True)


async def run() -> None:
    from astrbot.core import LogBroker, LogManager, db_helper, logger
    from astrbot.core.initial_loader import InitialLoader

    broker = LogBroker()
    LogManager.set_queue_handler(logger, broker)
    await InitialLoader(db_helper, broker).start()


if __name__ == "__main__":
    furnish()
    sys.path.insert(0, str(HERE))
    asyncio.run(run())
