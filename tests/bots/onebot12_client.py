"""A OneBot 12 implementation as a bot sees it: connects to its WebSocket, sends events and answers actions."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

OWN, GROUP = "10001", "g700"
IDS = {"owner": "u1", "li": "u2", "wang": "u3"}
SELF = {"platform": "qq", "user_id": OWN}
_NO_SUCH_ACTION = 10_002


class OneBot12Client:
    """A group. It connects again whenever the bot goes."""

    community = GROUP

    def __init__(self, port: int) -> None:
        self.port = port
        self.members = [IDS["owner"], IDS["wang"], OWN]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._numbers = itertools.count(1000)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._asked = asyncio.Event()

    def environment(self) -> Mapping[str, str]:
        return {"PORT": str(self.port), "DRIVER": "~fastapi", "LOG_LEVEL": "INFO"}

    def id(self, name: str) -> str:
        return IDS[name]

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        url = f"ws://127.0.0.1:{self.port}/onebot/v12/ws"
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.ws_connect(url, protocols=("12.example",)) as socket:
                        self._socket = socket
                        await self._serve(socket)
                except (aiohttp.ClientError, ConnectionError):
                    pass
                self._socket = None
                self._asked.clear()
                await asyncio.sleep(0.1)

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        version = {"impl": "example", "version": "1.0.0", "onebot_version": "12"}
        status = {"good": True, "bots": [{"self": SELF, "online": True}]}
        await self.send("meta", "connect", version=version)
        await self.send("meta", "status_update", status=status)
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                asked = json.loads(frame.data)
                self.calls.append((asked["action"], asked["params"]))
                answer = {"message": "", "echo": asked["echo"], **self._answer(asked["action"], asked["params"])}
                await socket.send_str(json.dumps(answer))

    def _answer(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        data: Any = None
        match name:
            case "get_group_list":
                data = [{"group_id": GROUP, "group_name": "组"}]
            case "get_group_member_list":
                self._asked.set()
                names = {id: name for name, id in IDS.items()}
                data = [
                    {"user_id": id, "user_name": names.get(id, "bot"), "user_displayname": ""} for id in self.members
                ]
            case "send_message":
                data = {"message_id": f"b{next(self._numbers)}", "time": time.time()}
            case "delete_message":
                pass
            case _:
                return {"status": "failed", "retcode": _NO_SUCH_ACTION, "data": None, "message": "no such action"}
        return {"status": "ok", "retcode": 0, "data": data}

    async def send(self, type: str, detail: str, **fields: Any) -> None:
        assert self._socket is not None, "the bot is not there"
        event = {"id": f"e{next(self._numbers)}", "time": time.time(), "type": type, "detail_type": detail}
        own = {} if type == "meta" else {"self": SELF}
        await self._socket.send_str(json.dumps({**event, "sub_type": "", **own, **fields}))

    def connected(self) -> bool:
        return self._asked.is_set()

    def gone(self) -> bool:
        return not self.connected()

    async def join(self, name: str) -> None:
        self.members.append(IDS[name])
        who = {"group_id": GROUP, "user_id": IDS[name], "operator_id": ""}
        await self.send("notice", "group_member_increase", **who)

    async def write(self, name: str, words: str) -> None:
        await self._message("group", IDS[name], words, group_id=GROUP)

    async def whisper(self, name: str, words: str) -> None:
        await self._message("private", IDS[name], words)

    async def _message(self, detail: str, who: str, words: str, **fields: Any) -> None:
        parts = [{"type": "text", "data": {"text": words}}]
        message = {"message_id": f"m{next(self._numbers)}", "message": parts, "alt_message": words, "user_id": who}
        await self.send("message", detail, **message, **fields)

    def said(self) -> list[str]:
        sent = [parameters for name, parameters in self.calls if name == "send_message"]
        return ["".join(part["data"].get("text", "") for part in one["message"]) for one in sent]

    def deleted(self) -> int:
        return sum(name == "delete_message" for name, _ in self.calls)

    def is_muted(self, name: str) -> bool:
        return False  # no action of the standard mutes
