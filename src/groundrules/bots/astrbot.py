"""For AstrBot's plugins: `Groundrules(context, Options(book=…))`, opened when AstrBot is loaded.

It listens to QQ groups through AstrBot's platform `aiocqhttp` (OneBot 11), at the underlying client: AstrBot limits the
rate and sources of the events it passes on, and a moderator must hear all. It stops nothing, so AstrBot and its plugins
go on as before. It imports nothing from AstrBot, only its platform's library.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from aiocqhttp.exceptions import ActionFailed, ApiNotAvailable

from groundrules.adapters.common import Json, text
from groundrules.bots.hands import Answer
from groundrules.bots.host import Host
from groundrules.bots.options import Options
from groundrules.bots.qq import OneBot11, began, heard

PLATFORM = "aiocqhttp"
_HEARD = ("message", "notice", "request", "message_sent")
_CONNECTED = "meta_event.lifecycle"

log = logging.getLogger("groundrules.bots")


class Connection(Protocol):
    """The part of aiocqhttp's `CQHttp` that we use."""

    def subscribe(self, event_name: str, func: Callable[..., Awaitable[None]], /) -> None: ...
    def unsubscribe(self, event_name: str, func: Callable[..., Awaitable[None]], /) -> None: ...
    async def call_action(self, action: str, /, **parameters: Any) -> Any: ...


class PlatformManager(Protocol):
    """The part of AstrBot's platforms that we use: each has `meta()` and `get_client()`."""

    def get_insts(self) -> Iterable[Any]: ...


class Context(Protocol):
    """The part of AstrBot's plugin context that we use."""

    @property
    def platform_manager(self) -> PlatformManager: ...


class AstrBot(OneBot11):
    """Makes OneBot calls through whichever AstrBot connection has the account that is in the group."""

    def __init__(self) -> None:
        super().__init__()
        self.connections: dict[str, Connection] = {}
        """By account."""

    async def call(self, call: tuple[str, Json], community: str) -> Answer:
        name, parameters = call
        account = self.accounts.get(community, "")
        if (connection := self.connections.get(account)) is None:
            return Answer({}, 503)  # nothing was sent: there is no connection to send it
        try:
            data = await connection.call_action(name, self_id=account, **parameters)
        except ActionFailed as error:
            return Answer({"status": "failed", **error.result})
        except ApiNotAvailable:
            return Answer({}, 503)
        return Answer({"status": "ok", "retcode": 0, "data": data})


class Groundrules:
    """Adds a host to AstrBot. `host` is for the plugin's own commands."""

    def __init__(self, context: Context, options: Options) -> None:
        self._context = context
        self.client = AstrBot()
        self.host = Host(self.client, options)
        self._joined: list[tuple[Connection, Callable[..., Awaitable[None]]]] = []
        self._is_open = False

    async def open(self) -> None:
        """Join the existing platforms. Call again when there are more: each is joined once."""
        if not self._is_open:
            self._is_open = True
            await self.host.__aenter__()
        for platform in self._context.platform_manager.get_insts():
            if platform.meta().name == PLATFORM:
                self._join(platform.get_client())

    def _join(self, connection: Connection) -> None:
        if any(joined is connection for joined, _ in self._joined):
            return

        async def hear(event: Mapping[str, Any]) -> None:
            account = text(event.get("self_id"))
            first = self.client.connections.get(account) is not connection
            self.client.connections[account] = connection
            if first or event.get("post_type") == "meta_event":
                await self._begin(account)
            if event.get("post_type") != "meta_event":
                await heard(self.client, self.host, dict(event))

        for name in (*_HEARD, _CONNECTED):
            connection.subscribe(name, hear)
        self._joined.append((connection, hear))

    async def _begin(self, account: str) -> None:
        try:
            groups = await self.client.connections[account].call_action("get_group_list", self_id=account)
        except (ActionFailed, ApiNotAvailable, OSError) as error:
            log.warning("which groups %s is in can't be asked: %r", account, error)
            return
        await began(self.client, self.host, groups, account)

    async def close(self) -> None:
        """Stop listening, commit what was decided, release the store."""
        for connection, hear in self._joined:
            for name in (*_HEARD, _CONNECTED):
                connection.unsubscribe(name, hear)
        self._joined.clear()
        if self._is_open:
            await self.host.close()
