"""The service as an ASGI application: finds the endpoint, and turns whatever goes wrong into an answer.

async with Hub(…) as hub, Service(hub, tokens) as service:
    app = application(service)
"""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from groundrules.errors import GroundrulesError
from groundrules.service import problems, tracing
from groundrules.service.endpoints import ENDPOINTS
from groundrules.service.logs import request_id, request_name
from groundrules.service.problems import ProblemError
from groundrules.service.routes import Routes
from groundrules.service.service import Service

log = logging.getLogger("groundrules.http")
Message = MutableMapping[str, Any]


def application(service: Service) -> ASGIApp:
    """Return the application that serves a hub."""
    return Application(service, Routes(ENDPOINTS))


class Application:
    """What happens around each request: its id, its line in the log, its time, its trace, and its last resort."""

    def __init__(self, service: Service, routes: Routes) -> None:
        self._service = service
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        state = scope.setdefault("state", {})
        state["id"] = request_name(Request(scope).headers.get("x-request-id", ""))
        token = request_id.set(state["id"])
        exchange = _Exchange(send, state["id"])
        began = time.perf_counter()
        try:
            with tracing.span(scope):
                await self._answered(scope, receive, exchange)
                tracing.note(scope["method"], state.get("endpoint", "none"), exchange.status, state["id"])
        finally:
            self._tell(scope, exchange.status, time.perf_counter() - began)
            request_id.reset(token)

    async def _answered(self, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        try:
            endpoint, scope["path_params"] = self._routes.find(scope)
            scope["state"]["endpoint"] = endpoint.path
            response = await endpoint.answer(self._service, Request(scope, receive))
            await response(scope, receive, exchange.send)
        except* ClientDisconnect:
            exchange.status = exchange.status or 499
        except* GroundrulesError as group:
            await exchange.refuse(problems.of(_first(group)), scope, receive)
        except* Exception as group:
            log.exception("an internal error while %s was answered", scope["path"])
            await exchange.refuse(problems.of(_first(group)), scope, receive)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        state = scope["state"]
        self._service.metrics.request(state.get("endpoint", "none"), status, seconds)
        fields = {
            "request": state["id"],
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round(1000 * seconds, 1),
        }
        fields |= {"token": state["token"]} if "token" in state else {}
        log.log(
            logging.INFO if "token" in state or status >= 400 else logging.DEBUG,
            "request",
            extra={"fields": fields | state.get("counts", {})},
        )


class _Exchange:
    """What is sent for one request. status: what was answered, 0 before."""

    def __init__(self, send: Send, id: str) -> None:
        self._send = send
        self._id = id
        self.status = 0

    async def send(self, message: Message) -> None:
        """Send something of the answer, with the headers that each has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [(b"x-request-id", self._id.encode()), (b"x-content-type-options", b"nosniff")]
            headers += [(b"cache-control", b"no-store")]
            message["headers"] = [*message.get("headers", ()), *headers]
        await self._send(message)

    async def refuse(self, problem: ProblemError, scope: Scope, receive: Receive) -> None:
        """Answer with a problem, unless an answer has begun."""
        if self.status == 0:
            await problem.response(self._id)(scope, receive, self.send)


def _first(group: BaseExceptionGroup[Any]) -> Exception:
    error: Any = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Exception)
    return error
