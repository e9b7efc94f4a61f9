"""The service on a socket: uvicorn, with clocks for those who connect and then say nothing, or do not listen.

A connection that does not send a whole head in `HEAD` seconds is closed; so is one whose peer reads nothing for
`UNREAD` seconds while answers wait. Connections that are open and idle cost memory for a few seconds and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from groundrules.service.app import application
from groundrules.service.problems import ProblemError
from groundrules.service.service import Service

HEAD = 10.0
UNREAD = 120.0
KEEP_ALIVE = 65
GRACE = 10
LARGEST_HEAD = 32 << 10
BACKLOG = 2048


class Connection(H11Protocol):
    """A connection with clocks."""

    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head = self.loop.call_later(HEAD, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waits = self.conn.their_state is h11.IDLE
        if waits and self._head is None and self.timeout_keep_alive_task is None:
            self._head = self.loop.call_later(HEAD, self.transport.abort)
        elif not waits and self._head is not None:
            self._head.cancel()
            self._head = None

    def connection_lost(self, exc: Exception | None) -> None:
        for clock in (self._head, self._unread):
            if clock is not None:
                clock.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD, self.transport.abort)

    def resume_writing(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        body = ProblemError(400, "not_http", "it is no HTTP request that can be understood").response("").body
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        headers += [(b"content-length", str(len(body)).encode())]
        for event in (
            h11.Response(status_code=400, headers=headers),
            h11.Data(data=bytes(body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class Server(uvicorn.Server):
    """Stops gently on Ctrl-C or SIGTERM, at once when asked a second time.

    Without `signals` it leaves them to the program that it runs in, which sets `should_exit`, or cancels it.
    """

    def __init__(self, service: Service, app: ASGIApp | None = None, *, signals: bool = True) -> None:
        self._service = service
        self._signals = signals
        super().__init__(
            uvicorn.Config(
                app or application(service),
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=GRACE,
                h11_max_incomplete_event_size=LARGEST_HEAD,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.stop()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        heard = (signal.SIGINT, signal.SIGTERM) if self._signals else ()
        before = {number: signal.signal(number, self._asked) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number: int, frame: Any) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def allow_connections() -> None:
    """Let the process have as many open files as the system allows it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
