"""A Bot API server on the loopback, as core.telegram.org/bots/api documents it, with one supergroup."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

TOKEN, OWN, GROUP = "10001:secret", 10001, -1007
IDS = {"owner": 1, "li": 2, "wang": 3}
CHAT = {"id": GROUP, "type": "supergroup", "title": "组"}
RIGHTS = ("can_restrict_members", "can_delete_messages", "can_invite_users", "can_pin_messages")


def user(id: int) -> dict[str, Any]:
    name = {number: name for name, number in IDS.items()}.get(id, "bot")
    return {"id": id, "is_bot": id == OWN, "first_name": name, "username": f"{name}_name"}


class TelegramServer:
    """A group on a server of the test's own."""

    community = str(GROUP)

    def __init__(self) -> None:
        self.port = 0
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failing: dict[str, tuple[int, dict[str, Any]]] = {}
        self.muted: set[int] = set()
        self.chat = dict(CHAT)
        self.rights: tuple[str, ...] = RIGHTS
        self._updates: list[dict[str, Any]] = []
        self._number = 100
        self._new = asyncio.Event()
        self._asked = 0.0
        self._seen = 0

    async def start(self) -> None:
        application = web.Application()
        application.router.add_route("*", f"/bot{TOKEN}/{{method}}", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        await self._runner.cleanup()

    def environment(self) -> Mapping[str, str]:
        return {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SERVER": f"http://127.0.0.1:{self.port}"}

    def id(self, name: str) -> str:
        return str(IDS[name])

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        parameters = {name: _value(value) for name, value in (await request.post()).items()}
        if method == "getUpdates":
            return _ok(await self._take(parameters))
        self.calls.append((method, parameters))
        if method in self.failing:
            code, body = self.failing[method]
            return web.json_response({"ok": False, "error_code": code, **body}, status=code)
        if str(parameters.get("chat_id")) == str(GROUP) != str(self.chat["id"]):
            moved = {"description": "Bad Request: group chat was upgraded to a supergroup chat"}
            moved |= {"parameters": {"migrate_to_chat_id": self.chat["id"]}}
            return web.json_response({"ok": False, "error_code": 400, **moved}, status=400)
        return _ok(self._answer(method, parameters))

    async def _take(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        self._asked = time.monotonic()
        offset = int(parameters.get("offset", 0))
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        if not self._updates:
            self._new.clear()
            try:
                await asyncio.wait_for(self._new.wait(), min(float(parameters.get("timeout", 0)), 1))
            except TimeoutError:
                return []
        return self._updates

    def _answer(self, method: str, parameters: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return {**user(OWN), "can_join_groups": True, "can_read_all_group_messages": True}
            case "getChatAdministrators":
                return [self._member(IDS["owner"]), self._member(OWN)]
            case "getChatMember":
                return self._member(int(parameters["user_id"]))
            case "sendMessage":
                self._number += 1
                chat = {"id": int(parameters["chat_id"]), "type": "private"}
                chat = self.chat if chat["id"] == self.chat["id"] else chat
                sent = {"message_id": self._number, "date": int(time.time()), "from": user(OWN), "chat": chat}
                return {**sent, "text": parameters["text"]}
            case "restrictChatMember":
                free = parameters["permissions"].get("can_send_messages")
                (self.muted.discard if free else self.muted.add)(int(parameters["user_id"]))
        return True

    def _member(self, id: int) -> dict[str, Any]:
        if id == IDS["owner"]:
            return {"status": "creator", "user": user(id), "is_anonymous": False}
        if id != OWN:
            return {"status": "member", "user": user(id)}
        flags = ("can_be_edited", "is_anonymous", "can_manage_chat", "can_manage_video_chats", "can_promote_members")
        flags += ("can_change_info", "can_post_stories", "can_edit_stories", "can_delete_stories")
        return {
            "status": "administrator",
            "user": user(id),
            **dict.fromkeys(flags, False),
            **{right: right in self.rights for right in RIGHTS},
        }

    def send(self, **update: Any) -> None:
        self._seen += 1
        self._updates.append({"update_id": self._seen, **update})
        self._new.set()

    def connected(self) -> bool:
        """Whether the bot asks for updates; one that was killed asks no more within a second."""
        return time.monotonic() - self._asked < 0.9

    def gone(self) -> bool:
        return not self.connected()

    async def join(self, name: str) -> None:
        who = user(IDS[name])
        old, new = {"status": "left", "user": who}, {"status": "member", "user": who}
        changed = {"chat": self.chat, "from": who, "date": int(time.time())}
        self.send(chat_member={**changed, "old_chat_member": old, "new_chat_member": new})

    async def write(self, name: str, words: str) -> None:
        self.send_message(IDS[name], text=words)

    def send_message(self, who: int, chat: Mapping[str, Any] | None = None, **fields: Any) -> None:
        self._number += 1
        chat = dict(chat or self.chat)
        header = {"message_id": self._number, "date": int(time.time()), "chat": chat, "from": user(who)}
        self.send(message={**header, **fields})

    def press(self, name: str, data: str) -> None:
        """Press a button under the bot's latest message."""
        message = {"message_id": self._number, "date": int(time.time()), "chat": self.chat, "from": user(OWN)}
        who = {"from": user(IDS[name]), "chat_instance": "1"}
        self.send(callback_query={"id": f"press-{self._seen}", "message": message, "data": data, **who})

    def migrate(self, now: int) -> None:
        """The group becomes a supergroup, which has another number and says so in both."""
        owner = IDS["owner"]
        before, self.chat = self.chat, {**self.chat, "id": now}
        self.send_message(owner, before, migrate_to_chat_id=now)
        self.send_message(owner, migrate_from_chat_id=before["id"])

    async def whisper(self, name: str, words: str) -> None:
        self.send_message(IDS[name], {"id": IDS[name], "type": "private", "first_name": name}, text=words)

    def said(self) -> list[str]:
        return [str(parameters["text"]) for method, parameters in self.calls if method == "sendMessage"]

    def deleted(self) -> int:
        return sum(len(parameters["message_ids"]) for method, parameters in self.calls if method == "deleteMessages")

    def is_muted(self, name: str) -> bool:
        return IDS[name] in self.muted


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _value(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value
