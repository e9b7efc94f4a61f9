"""A hub over HTTP for tests: in this process, or in a separate one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from groundrules.runtime import Hub
from groundrules.service import Role, Service, TokenFile, Tokens, application
from groundrules.service.tokens import ROLES
from strategies.hubs import event

START = time.time_ns() // 1_000_000 - 600_000  # a while ago, because the hub's own events have the clock's time
BOOK = """
rulebook: shop
use: [std/chat]
rules:
  - id: advert
    on: message
    when: text contains "advert"
    then: [delete, {mute: 1h}, {reply: "Hi {actor.name}"}]
  - id: gone
    on: message
    when: text contains "banme"
    then: [{ban: {}, or_else: [{mute: 7d}]}]
  - id: serious
    on: message
    when: text contains "serious"
    then: [ban]
    approval: {by: admin, approvals: 1, within: 24h}
"""


def message(id: str, text: str = "", at: int = START, who: str = "ana", community: str = "c") -> dict[str, Any]:
    """A message as an event."""
    return event(id, text, at, who, community)


def lines(*events: Any) -> bytes:
    """Events as a stream of lines."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end, for at most a minute."""
    return asyncio.run(asyncio.wait_for(coroutine, 60))


class Clients:
    """A client for each role, and one without a token."""

    def __init__(self, app: Any, service: Service, secrets: dict[Role, str]) -> None:
        self.service = service
        self.secrets = secrets
        transport = httpx.ASGITransport(app)
        self._clients = {
            role: httpx.AsyncClient(transport=transport, base_url="http://test", headers=bearer(secret))
            for role, secret in secrets.items()
        }
        self.observe, self.moderate, self.administer, self.bot = (self._clients[role] for role in ROLES)
        self.nobody = httpx.AsyncClient(transport=transport, base_url="http://test")

    async def stream(self, body: bytes, **query: Any) -> list[Any]:
        """Send lines; return the answers."""
        headers = {"content-type": "application/x-ndjson"}
        answer = await self.bot.post("/v1/events", content=body, headers=headers, params=query)
        assert answer.status_code == 200
        return [json.loads(line) for line in answer.text.splitlines()]


def bearer(secret: str) -> dict[str, str]:
    """The header with a token."""
    return {"Authorization": f"Bearer {secret}"}


@asynccontextmanager
async def serving(book: Any, place: str = "sqlite::memory:", hold: float = 300.0, **hub: Any) -> AsyncIterator[Clients]:
    """Serve a rulebook in this process."""
    tokens = Tokens()
    secrets: dict[Role, str] = {role: tokens.new(role, role) for role in ROLES}
    async with Hub(place, book, ticks=False, **hub) as decides, Service(decides, tokens, hold) as service:
        yield Clients(application(service), service, secrets)


class Process:
    """`groundrules serve` in a separate process."""

    def __init__(self, folder: Path, book: Path | str, *options: str) -> None:
        self.folder = folder
        self._command = [sys.executable, "-m", "groundrules.cli.main", "serve", str(book)]
        self._command += ["--store", f"sqlite:{folder / 'hub.db'}", "--tokens", str(folder / "tokens.json")]
        self._command += ["--no-ticks", *options]
        tokens = TokenFile(folder / "tokens.json", missing_ok=True)
        self.secret = tokens.new("test", "administer")
        self.process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with open(self.folder / "log.txt", "a", encoding="utf-8") as log:
            before = log.tell()
            command = [*self._command, "--port", str(self.port)]
            self.process = subprocess.Popen(command, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}, text=True)
        while "listening on" not in self.log[before:]:
            assert self.process.poll() is None, self.log
            self._wait()
        self.port = int(self.log[before:].partition("listening on http://")[2].partition("\n")[0].rpartition(":")[2])

    def _wait(self) -> None:
        assert self.process is not None
        try:
            self.process.wait(0.05)
        except subprocess.TimeoutExpired:
            return

    @property
    def log(self) -> str:
        """What it wrote to standard error."""
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    @property
    def client(self) -> httpx.Client:
        """A client with every right."""
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=bearer(self.secret), timeout=30)

    def kill(self, number: int = signal.SIGKILL) -> int:
        """Send it a signal; return how it ended."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def process(folder: Path, book: Path | str, *options: str) -> Iterator[Process]:
    """Serve a rulebook in a separate process."""
    served = Process(folder, book, *options)
    served.start()
    try:
        yield served
    finally:
        if served.process is not None and served.process.poll() is None:
            served.kill()
