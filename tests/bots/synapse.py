"""A Synapse on the loopback, with a room, and its members as clients of the test's own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from bots.scenario import free_port

ENVIRONMENT = Path(__file__).parents[2] / ".venv-synapse"
"""Synapse has one of its own; it is whole if its stamp is there."""
NAME, PASSWORD = "localhost", "secret"
MEMBERS = ("owner", "li", "wang", "bot")
STARTS_WITHIN = 90.0
"""Seconds."""
_CONFIG = """\
listeners:
  - {{port: {port}, bind_addresses: ["127.0.0.1"], type: http, x_forwarded: false, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
enable_registration: true
enable_registration_without_verification: true
trusted_key_servers: []
presence: {{enabled: true}}
rc_message: {writing}
rc_registration: {fast}
rc_joins: {{local: {fast}, remote: {fast}}}
rc_invites: {{per_room: {fast}, per_user: {fast}, per_issuer: {fast}}}
rc_login: {{address: {fast}, account: {fast}, failed_attempts: {fast}}}
"""
_FAST = "{per_second: 1000, burst_count: 1000}"


class Synapse:
    """A room on a server of the test's own.

    room_version: what the room is made as. level: the bot's power. writing: how fast anybody may write.
    """

    def __init__(self, folder: Path, room_version: str, level: int = 100, writing: str = _FAST) -> None:
        self.folder = folder / "synapse"
        self.folder.mkdir()
        self.room_version = room_version
        self.level = level
        self.writing = writing
        self.community = ""
        self._tokens: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._events: dict[str, dict[str, Any]] = {}
        self._levels: dict[str, Any] = {}
        self._online = False
        self._tasks: list[asyncio.Task[None]] = []
        self.port = free_port()

    # --- the server -----------------------------------------------------------------------------

    async def start(self) -> None:
        own = self.folder / "own.yaml"
        own.write_text(
            _CONFIG.format(port=self.port, folder=self.folder, fast=_FAST, writing=self.writing), encoding="utf-8"
        )
        generated = self.folder / "homeserver.yaml"
        generate = ("--server-name", NAME, "--generate-config", "--report-stats=no", "--config-path", str(generated))
        await (await self._run(*generate)).wait()
        self._server = await self._run("--config-path", str(generated), "--config-path", str(own))
        self._session = aiohttp.ClientSession(f"http://127.0.0.1:{self.port}")
        await self._up()
        for name in MEMBERS:
            self._tokens[name] = await self._register(name)
        await self._furnish()
        self._tasks = [asyncio.create_task(self._watch(name)) for name in ("owner", "li")]

    async def _run(self, *arguments: str) -> asyncio.subprocess.Process:
        with (self.folder / "synapse.log").open("ab") as log:
            program = (str(ENVIRONMENT / "bin" / "python"), "-m", "synapse.app.homeserver")
            return await asyncio.create_subprocess_exec(*program, *arguments, cwd=self.folder, stdout=log, stderr=log)

    async def _up(self) -> None:
        for _ in range(int(STARTS_WITHIN / 0.2)):
            try:
                async with self._session.get("/_matrix/client/versions") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
        raise AssertionError("Synapse does not start\n" + (self.folder / "synapse.log").read_text()[-3000:])

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()
        self._server.terminate()
        await self._server.wait()

    async def ask(self, name: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._tokens[name]}"} if name in self._tokens else {}
        where = f"/_matrix/client/v3{path}"
        while True:
            async with self._session.request(method, where, json=body, headers=headers) as answer:
                said: dict[str, Any] = await answer.json()
            if answer.status != 429:
                assert answer.status == 200, (method, path, said)
                return said
            await asyncio.sleep(said["retry_after_ms"] / 1000)

    async def _register(self, name: str) -> str:
        auth = {"auth": {"type": "m.login.dummy"}, "username": name, "password": PASSWORD}
        return str((await self.ask("", "POST", "/register", auth))["access_token"])

    async def _furnish(self) -> None:
        """A room with its owner, another member, and the bot as an admin above the members."""
        levels = {
            "users": {self.id("bot"): self.level} | ({} if self.room_version >= "12" else {self.id("owner"): 100})
        }
        about = {"name": "组", "preset": "public_chat", "room_version": self.room_version}
        made = await self.ask("owner", "POST", "/createRoom", {**about, "power_level_content_override": levels})
        self.community = made["room_id"]
        for name in ("wang", "bot"):
            await self.join(name)

    # --- members --------------------------------------------------------------------------------

    def environment(self) -> Mapping[str, str]:
        server = f"http://127.0.0.1:{self.port}"
        return {"MATRIX_SERVER": server, "MATRIX_USER": self.id("bot"), "MATRIX_PASSWORD": PASSWORD}

    def id(self, name: str) -> str:
        return f"@{name}:{NAME}"

    async def _watch(self, name: str) -> None:
        """See the room, and what is written to a member alone, as a client does."""
        since = ""
        while True:
            synced = await self.ask(name, "GET", f"/sync?timeout=500{since}")
            since = f"&since={synced['next_batch']}"
            for room, joined in synced.get("rooms", {}).get("join", {}).items():
                for event in (*joined["state"]["events"], *joined["timeline"]["events"]):
                    self._events[event["event_id"]] = {**event, "room_id": room}
                    if event["type"] == "m.room.power_levels" and room == self.community:
                        self._levels = event["content"]
            status = await self.ask(name, "GET", f"/presence/{quote(self.id('bot'))}/status")
            self._online = self._online or status.get("presence") == "online"

    def connected(self) -> bool:
        return self._online

    def gone(self) -> bool:
        return True  # what is written while the bot is away it reads when it is back

    async def join(self, name: str) -> None:
        await self.ask(name, "POST", f"/join/{quote(self.community)}", {})

    async def leave(self, name: str) -> None:
        await self.ask(name, "POST", f"/rooms/{quote(self.community)}/leave", {})

    async def write(self, name: str, words: str) -> None:
        await self._send(name, self.community, words)

    async def _send(self, name: str, room: str, words: str) -> None:
        path = f"/rooms/{quote(room)}/send/m.room.message/t{next(self._numbers)}"
        await self.ask(name, "PUT", path, {"msgtype": "m.text", "body": words})

    async def whisper(self, name: str, words: str) -> None:
        invited = {"is_direct": True, "invite": [self.id("bot")], "preset": "trusted_private_chat"}
        room = (await self.ask(name, "POST", "/createRoom", invited))["room_id"]
        for _ in range(200):
            joined = (await self.ask(name, "GET", f"/rooms/{quote(room)}/joined_members"))["joined"]
            if self.id("bot") in joined:
                break
            await asyncio.sleep(0.1)
        await self._send(name, room, words)

    # --- what is seen ---------------------------------------------------------------------------

    def _of_bot(self, type: str) -> list[dict[str, Any]]:
        return [one for one in self._events.values() if one["type"] == type and one["sender"] == self.id("bot")]

    def mentions(self) -> list[dict[str, Any]]:
        return [one["content"]["m.mentions"] for one in self._of_bot("m.room.message")]

    def said(self) -> list[str]:
        return [str(one["content"].get("body", "")) for one in self._of_bot("m.room.message")]

    def deleted(self) -> int:
        return len(self._of_bot("m.room.redaction"))

    def is_muted(self, name: str) -> bool:
        return float(self._levels.get("users", {}).get(self.id(name), 0)) < 0
