"""The plugin under nonebug, NoneBot's own framework for tests, which starts NoneBot around a whole run of pytest.

`test_nonebug.py` runs this file in its own environment. Frames go in through the driver's application, and the plugin's
calls come out of the same WebSocket.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import nonebot
import pytest
from nonebot.adapters.onebot.v11 import Adapter, GroupMessageEvent
from nonebug import NONEBOT_INIT_KWARGS, App

from frames import frames

OWN, GROUP = "10001", "700"
pytestmark = pytest.mark.anyio


def pytest_configure(config: pytest.Config) -> None:
    """Say how NoneBot is started; this file is loaded as a plugin too."""
    folder = Path(os.environ["FOLDER"])
    book = Path(__file__).parents[2] / "examples" / "bots" / "nonebot" / "rulebook.yaml"
    settings = {"groundrules_book": str(book), "groundrules_store": f"sqlite:{folder / 'hub.db'}"}
    config.stash[NONEBOT_INIT_KWARGS] = {"driver": "~fastapi", "log_level": "INFO", **settings}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def after_nonebot_init(_nonebot_init: None) -> None:
    nonebot.get_driver().register_adapter(Adapter)
    nonebot.load_plugin("groundrules.bots.nonebot")


class Group:
    """A group behind a WebSocket: sends frames, answers calls and keeps them."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def send(self, frame: dict[str, Any], **fields: Any) -> None:
        """Send a frame as if it happened now: what is a day old is no news."""
        await self._socket.send_json({**frame, "time": int(time.time()), **fields})

    async def answer(self) -> None:
        while True:
            asked = json.loads(await self._socket.receive_text())
            self.calls.append((asked["action"], asked["params"]))
            data = _DATA.get(asked["action"], {"message_id": len(self.calls)})
            await self._socket.send_json({"status": "ok", "retcode": 0, "data": data, "echo": asked["echo"]})


_MEMBER = {"user_id": 3, "nickname": "wang", "card": "", "role": "member"}
_DATA: dict[str, Any] = {
    "get_msg": None,
    "get_group_list": [{"group_id": int(GROUP), "group_name": "组"}],
    "get_group_member_list": [_MEMBER],
    "get_group_member_info": {**_MEMBER, "user_id": int(OWN), "role": "admin"},
}


@asynccontextmanager
async def connected(app: App) -> AsyncIterator[Group]:
    async with app.test_server() as server:
        socket = server.get_client().websocket_connect("/onebot/v11/ws", headers={"X-Self-ID": OWN})
        async with socket, anyio.create_task_group() as tasks:
            group = Group(socket)
            tasks.start_soon(group.answer)
            yield group
            tasks.cancel_scope.cancel()


async def until(what: Any) -> None:
    with anyio.fail_after(60):
        while not what():
            await anyio.sleep(0.02)


async def test_frames_become_the_events_that_they_stand_for(app: App) -> None:
    from groundrules.bots.nonebot import host

    async with connected(app) as group:
        for frame in frames("onebot"):
            await group.send(frame.raw)
        await until(lambda: any("get_group_member_info" in call for call in group.calls))
        wanted = sorted(type for frame in frames("onebot") for type in frame.events)
        found: list[str] = []
        with anyio.move_on_after(60):
            while len(found) < len(wanted):
                await anyio.sleep(0.1)
                lines = [line for one in await host.hub.recorded(GROUP) for line in one.body.splitlines()]
                found = [type for type in (json.loads(line)["type"] for line in lines) if type not in _OWN]
        assert sorted(found) == wanted, found


_OWN = ("roster", "tick", "action.result")
"""What the host brings in beside the frames."""


async def test_a_matcher_that_blocks_hides_nothing_and_answers(app: App) -> None:
    matcher = nonebot.on_message(priority=-1000, block=True)

    @matcher.handle()
    async def _(event: GroupMessageEvent) -> None:
        if "加微信" in event.get_plaintext():
            await matcher.finish("看到广告了")

    async with connected(app) as group:
        frame = next(one.raw for one in frames("onebot") if one.events == ["message"])
        advert = [{"type": "text", "data": {"text": "加微信 领兼职"}}]
        await group.send(frame, message_id=999, message=advert)
        await until(lambda: ("delete_msg", {"message_id": "999"}) in group.calls)
        await until(lambda: any("看到广告了" in str(call) for _, call in group.calls))
