"""An endpoint: its path, who may call it, and the types of what comes in and goes out.

`Endpoint.answer` and the OpenAPI document read the same description, so that neither can say what the other doesn't.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from groundrules.service import bodies
from groundrules.service.messages import Nothing
from groundrules.service.problems import ProblemError
from groundrules.service.tokens import Role, Token

if TYPE_CHECKING:
    from groundrules.service.service import Service

JSON = "application/json"
NDJSON = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"
T = TypeVar("T")


@dataclass
class Ask:
    """A request that was let in: who asks, and what was understood of it."""

    service: Service
    request: Request
    token: Token | None
    query: Any
    body: Any

    def path(self, name: str) -> str:
        """Return a part of the path."""
        value: str = self.request.path_params[name]
        return value

    @property
    def media(self) -> str:
        """The media type of the body, without parameters."""
        return _media(self.request)


@dataclass(frozen=True)
class Endpoint:
    """Something that can be asked of the service.

    role: whose it is, None if everybody's. body: its type if it is JSON and read as a whole; with `streams`, the call
    reads the body itself. answers: the answer's type by media type. refuses: the statuses of its own refusals.
    """

    method: str
    path: str
    role: Role | None
    call: Callable[[Ask], Awaitable[ASGIApp | msgspec.Struct]]
    answers: dict[str, Any]
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None
    streams: dict[str, Any] | None = None
    refuses: tuple[int, ...] = ()

    async def answer(self, service: Service, request: Request) -> ASGIApp:
        """Answer a request. Raises ProblemError for one that is refused."""
        token = self._let_in(service, request)
        query = _understood(dict(request.query_params), self.query, "query", strict=False)
        body = await self._body(service, request)
        response: ASGIApp | msgspec.Struct = await self.call(Ask(service, request, token, query, body))
        return (
            Response(msgspec.json.encode(response), media_type=JSON)
            if isinstance(response, msgspec.Struct)
            else response
        )

    def _let_in(self, service: Service, request: Request) -> Token | None:
        if self.role is None:
            return None
        kind, _, shown = request.headers.get("authorization", "").partition(" ")
        token = service.tokens.holder(shown.strip()) if kind.lower() == "bearer" else None
        if token is None:
            challenge = {"WWW-Authenticate": "Bearer"}
            raise ProblemError(401, "unauthorized", "a token is wanted: `Authorization: Bearer …`", headers=challenge)
        request.state.token = token.name
        if not token.may(self.role):
            raise ProblemError(403, "forbidden", f"the token `{token.name}` has the role {token.role}, not {self.role}")
        return token

    async def _body(self, service: Service, request: Request) -> Any:
        if self.streams is not None:
            if _media(request) not in self.streams:
                raise _unsupported(request, self.streams)
            return None
        if self.body is None:
            return None
        async with service.slots.taken():
            body = await bodies.whole(request)
        if not body and not _required(self.body):
            return self.body()
        if _media(request) != JSON:
            raise _unsupported(request, (JSON,))
        return decoded(body, self.body)


def decoded(body: bytes, type: type[T]) -> T:
    """Read a body of JSON. Raises ProblemError."""
    try:
        return msgspec.json.decode(body, type=type)
    except msgspec.ValidationError as error:
        raise _invalid(error, "body") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ProblemError(400, "not_json", f"the body is no JSON: {error}", "body") from None


def _understood(values: dict[str, str], type: type[T], place: str, strict: bool) -> T:
    try:
        return msgspec.convert(values, type, strict=strict)
    except msgspec.ValidationError as error:
        raise _invalid(error, place) from None


def _invalid(error: msgspec.ValidationError, place: str) -> ProblemError:
    reason, _, where = str(error).partition(" - at `$")
    return ProblemError(400, "invalid", reason, place + where.rstrip("`"))


def _required(type: type[msgspec.Struct]) -> bool:
    return any(field.required for field in msgspec.structs.fields(type))


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _unsupported(request: Request, wanted: Any) -> ProblemError:
    sent = _media(request) or "nothing"
    return ProblemError(
        415, "media_type", f"the body's content type is {sent}; wanted is {' or '.join(wanted)}", "headers.content-type"
    )
