"""A OneBot 11 implementation as a bot sees it: connects to its WebSocket, sends frames and answers calls."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

OWN, GROUP = 10001, 700
IDS = {"owner": 1, "li": 2, "wang": 3}


class OneBotClient:
    """A QQ group. `run` connects, and connects again whenever the bot goes."""

    community = str(GROUP)

    def __init__(self, port: int, path: str = "/onebot/v11/ws") -> None:
        self.port = port
        self.path = path
        self.members = {IDS["owner"]: "owner", IDS["wang"]: "member", OWN: "admin"}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failing: dict[str, dict[str, Any]] = {}
        self.muted: set[int] = set()
        self._numbers = itertools.count(1000)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._asked = asyncio.Event()

    def environment(self) -> Mapping[str, str]:
        return {"PORT": str(self.port), "DRIVER": "~fastapi", "LOG_LEVEL": "INFO"}

    def id(self, name: str) -> str:
        return str(IDS[name])

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        headers = {"X-Self-ID": str(OWN), "X-Client-Role": "Universal"}
        url = f"ws://127.0.0.1:{self.port}{self.path}"
        async with aiohttp.ClientSession(headers=headers) as session:
            while True:
                try:
                    async with session.ws_connect(url) as socket:
                        self._socket = socket
                        await self._serve(socket)
                except (aiohttp.ClientError, ConnectionError):
                    pass
                self._socket = None
                self._asked.clear()
                await asyncio.sleep(0.1)

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        lifecycle = {"post_type": "meta_event", "meta_event_type": "lifecycle", "sub_type": "connect"}
        await self.send(lifecycle)
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            call = json.loads(frame.data)
            name, parameters = call["action"], call["params"]
            self.calls.append((name, parameters))
            await socket.send_str(json.dumps({**self.answer(name, parameters), "echo": call["echo"]}))

    def answer(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if name in self.failing:
            return {"status": "failed", "data": None, **self.failing[name]}
        data: Any = None
        if name == "get_group_list":
            data = [{"group_id": GROUP, "group_name": "组"}]
        elif name == "get_group_member_list":
            data = [self._sender(who) for who in self.members]
        elif name == "get_group_member_info":
            self._asked.set()
            data = self._sender(parameters["user_id"])
        elif name.startswith("send_"):
            data = {"message_id": next(self._numbers)}
        elif name == "set_group_ban":
            change = self.muted.add if parameters["duration"] else self.muted.discard
            change(int(parameters["user_id"]))
        return {"status": "ok", "retcode": 0, "data": data}

    def _sender(self, who: int) -> dict[str, Any]:
        name = {id: name for name, id in IDS.items()}.get(who, "bot")
        return {"user_id": who, "nickname": name, "card": "", "role": self.members.get(who, "member")}

    async def send(self, event: Mapping[str, Any]) -> None:
        assert self._socket is not None, "the bot is not there"
        await self._socket.send_str(json.dumps({"time": int(time.time()), "self_id": OWN, **event}))

    def connected(self) -> bool:
        return self._asked.is_set()

    def gone(self) -> bool:
        return not self.connected()

    async def join(self, name: str) -> None:
        self.members[IDS[name]] = "member"
        notice = {"notice_type": "group_increase", "sub_type": "approve", "operator_id": 0}
        await self.send({"post_type": "notice", "group_id": GROUP, "user_id": IDS[name], **notice})

    async def write(self, name: str, words: str) -> None:
        await self.send_message(IDS[name], [{"type": "text", "data": {"text": words}}])

    async def send_message(self, who: int, segments: Any, **fields: Any) -> None:
        message = {"post_type": "message", "message_type": "group", "sub_type": "normal", "group_id": GROUP}
        message |= {"user_id": who, "message_id": next(self._numbers), "message": segments, "raw_message": ""}
        await self.send({**message, "font": 0, "anonymous": None, "sender": self._sender(who), **fields})

    async def whisper(self, name: str, words: str) -> None:
        message = {"post_type": "message", "message_type": "private", "sub_type": "friend", "font": 0}
        message |= {"user_id": IDS[name], "message_id": next(self._numbers), "raw_message": words}
        text = [{"type": "text", "data": {"text": words}}]
        await self.send({**message, "message": text, "sender": {"user_id": IDS[name], "nickname": name}})

    def said(self) -> list[str]:
        sent = [parameters for name, parameters in self.calls if name.startswith("send_")]
        return ["".join(part["data"].get("text", "") for part in one["message"]) for one in sent]

    def deleted(self) -> int:
        return sum(name == "delete_msg" for name, _ in self.calls)

    def is_muted(self, name: str) -> bool:
        return IDS[name] in self.muted
