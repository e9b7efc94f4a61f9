"""Events come in: one as JSON, or any number as lines of a stream that may go on for as long as its sender likes.

While a batch of lines is decided and kept, the next ones gather. Answers wait for a reader who is slower than its own
lines until they fill `MOST_UNREAD`; then nothing more is read of that sender, and after a while the connection ends.
Whoever sends the same events again, with the same ids, changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from groundrules.decisions import Decision, encode
from groundrules.service import bodies, messages, problems
from groundrules.service.endpoint import JSON, NDJSON, Ask, Endpoint
from groundrules.service.endpoints.common import valid
from groundrules.service.endpoints.plans import version
from groundrules.service.problems import ProblemError

MOST_AT_ONCE = 2000
"""Lines that are decided together."""
MOST_UNREAD = 8 << 20
"""Bytes of answers that wait for whoever reads them."""
MOST_AHEAD = 64
"""Pieces of a body that are read before what came earlier is decided."""

Numbered = tuple[int, bytes | None]


async def post(ask: Ask) -> ASGIApp:
    """Decide on one event, or on each line of a stream, and keep what was decided.

    The answer comes after the commit. An event with an id that was handled within a day changes nothing. One that can't
    be handled is refused with 422, and the log has it; in a stream, its line is answered and the others go on.
    """
    _ready(ask)
    if ask.media == JSON:
        async with ask.service.slots.taken():
            line = await bodies.whole(ask.request)
        return await _lone(ask, line)
    return _Stream(ask)


async def what_if(ask: Ask) -> Response:
    """Return what an event would bring about now, or under a candidate; nothing changes, and nothing is kept."""
    async with ask.service.slots.taken():
        line = await bodies.whole(ask.request)
    candidate = await version(ask, ask.query.revision) if ask.query.files or ask.query.revision else None
    decisions = await ask.service.hub.what_if(line, candidate)
    return Response(_decided(valid(decisions)), media_type=JSON)


def _ready(ask: Ask) -> None:
    hub = ask.service.hub
    if hub.trouble is not None:
        raise problems.out_of_reach(f"the store can't be written to: {hub.trouble}")
    if hub.full:
        raise problems.busy()


async def _lone(ask: Ask, line: bytes) -> Response:
    _ready(ask)
    decisions = await ask.service.hub.handle(line)
    ask.request.state.counts = {"events": 1, "event": _id(decisions), "decisions": len(decisions)}
    return Response(_decided(valid(decisions)), media_type=JSON)


def _id(decisions: Sequence[Decision]) -> str | None:
    return next((decision.event for decision in decisions if decision.event is not None), None)


def _decided(decisions: Sequence[Decision]) -> bytes:
    return b'{"decisions":[' + b",".join(map(encode, decisions)) + b"]}"


class _Stream:
    """The answer to a stream of lines, as an ASGI application: reads, decides and writes side by side."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._hub = ask.service.hub
        self._lines: asyncio.Queue[list[Numbered] | ProblemError | None] = asyncio.Queue(MOST_AHEAD)
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._changed = asyncio.Event()
        self._over = False
        self.counts = {"events": 0, "decisions": 0, "refused": 0}
        ask.request.state.counts = self.counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._ask.service.slots.taken(), asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(self._read())
            stopping = tasks.create_task(self._stop(reading))
            tasks.create_task(self._write(send))
            await self._decide()
            stopping.cancel()

    async def _stop(self, reading: asyncio.Task[None]) -> None:
        """Read no more when the service is about to stop."""
        await self._ask.service.stopping.wait()
        reading.cancel()

    async def _read(self) -> None:
        """Cut the body into lines until it ends."""
        lines = bodies.Lines()
        try:
            async for piece in bodies.chunks(self._ask.request, lines):
                if batch := list(lines.take(piece)):
                    await self._lines.put(batch)
            await self._lines.put(list(lines.end()))
        except ProblemError as problem:
            await self._lines.put(problem)
        except ClientDisconnect:
            pass
        except asyncio.CancelledError:
            if not self._ask.service.stopping.is_set():
                raise
            await self._lines.put(problems.out_of_reach("the service is about to stop; send what follows again"))
        await self._lines.put(None)

    async def _decide(self) -> None:
        """Decide on lines as they come, on as many together as there are."""
        try:
            more = True
            while more:
                lines, more = await self._gathered()
                if lines:
                    await self._answer(lines)
            if self._ask.query.answer == "count":
                await self._say(msgspec.json.encode(self.counts) + b"\n")
        finally:
            self._over = True
            self._changed.set()

    async def _gathered(self) -> tuple[list[Numbered], bool]:
        """Return lines that came, and whether more may come."""
        lines: list[Numbered] = []
        part = await self._lines.get()
        while True:
            if isinstance(part, ProblemError):
                await self._say(self._refused(0, part))
            elif part is None:
                return lines, False
            else:
                lines += part
            if len(lines) >= MOST_AT_ONCE or self._lines.empty():
                return lines, True
            part = self._lines.get_nowait()

    async def _answer(self, lines: list[Numbered]) -> None:
        answers = iter(await self._hub.handle_each([line for _, line in lines if line is not None]))
        shown = []
        for number, line in lines:
            answer = bodies.too_long() if line is None else next(answers)
            if isinstance(answer, Exception):
                shown.append(self._refused(number, problems.of(answer)))
            else:
                self.counts["events"] += 1
                self.counts["decisions"] += len(answer)
                shown.append(b'{"line":%d,"decisions":[%b]}\n' % (number, b",".join(map(encode, answer))))
        if self._ask.query.answer == "decisions":
            await self._say(b"".join(shown))

    def _refused(self, number: int, error: ProblemError) -> bytes:
        self.counts["refused"] += 1
        problem = msgspec.structs.replace(error.problem, request=self._ask.request.state.id)
        return msgspec.json.encode({"line": number, "problem": problem}) + b"\n"

    # --- what is said -------------------------------------------------------------------------------

    async def _say(self, line: bytes) -> None:
        while self._unread_bytes > MOST_UNREAD:
            self._changed.clear()
            await self._changed.wait()
        self._unread.append(line)
        self._unread_bytes += len(line)
        self._changed.set()

    async def _write(self, send: Send) -> None:
        headers = [(b"content-type", NDJSON.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while not self._over or self._unread:
            piece, self._unread, self._unread_bytes = b"".join(self._unread), [], 0
            self._changed.set()
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            elif not self._over:
                self._changed.clear()
                await self._changed.wait()
        await send({"type": "http.response.body", "body": b""})


ENDPOINTS = (
    Endpoint(
        "POST",
        "/v1/events",
        "bot",
        post,
        {JSON: messages.Decided, NDJSON: messages.Answer},
        query=messages.HowToAnswer,
        streams={JSON: messages.Event, NDJSON: messages.Event},
        refuses=(409, 413, 422, 429, 503),
    ),
    Endpoint(
        "POST",
        "/v1/what-if",
        "bot",
        what_if,
        {JSON: messages.Decided},
        query=messages.Supposing,
        streams={JSON: messages.Event},
        refuses=(409, 413, 422, 429),
    ),
)
