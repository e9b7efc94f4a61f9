"""Bodies, read with bounds: how large, how slow, and how many at once.

A line of a stream that is too long is never held: what follows in it is skipped, and the line is answered as refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from groundrules.runtime.arrivals import LARGEST
from groundrules.service.problems import ProblemError, busy

PAUSE = 30.0
"""Seconds for which a sender may stop in the middle of a body or a line."""
WHOLE = 60.0
"""Seconds that a body which is read as a whole may take."""
BETWEEN = 3600.0
"""Seconds for which a stream may stay open without a new line."""
AT_ONCE = 1000


class Slots:
    """So many bodies may be under way; who brings another is to come again."""

    def __init__(self, number: int = AT_ONCE) -> None:
        self._free = number

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold one. Raises ProblemError if there is none."""
        if not self._free:
            raise busy("so many bodies are under way that no other can be read; come again")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


async def whole(request: Request, largest: int = LARGEST) -> bytes:
    """Return a body. Raises ProblemError if it is larger than `largest`, encoded, or does not come to an end."""
    _plain(request)
    if int(request.headers.get("content-length", "0")) > largest:
        raise _too_large(largest)
    body = bytearray()
    try:
        async with asyncio.timeout(WHOLE):
            async for chunk in chunks(request):
                body += chunk
                if len(body) > largest:
                    raise _too_large(largest)
    except TimeoutError:
        raise _slow() from None
    return bytes(body)


async def chunks(request: Request, lines: Lines | None = None) -> AsyncIterator[bytes]:
    """Yield a body piece by piece; a stream of `lines` may rest between two of them. Raises ProblemError."""
    while True:
        pause = BETWEEN if lines is not None and not lines.begun else PAUSE
        try:
            message = await asyncio.wait_for(request.receive(), pause)
        except TimeoutError:
            raise _slow() from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body", False):
            return


class Lines:
    """Cuts pieces into lines. A line is its number, from 1, and its bytes, or None if it is too long."""

    def __init__(self, longest: int = LARGEST) -> None:
        self._longest = longest
        self._rest = bytearray()
        self._skipping = False
        self._number = 0

    @property
    def begun(self) -> bool:
        """Whether a line has begun that has no end yet."""
        return bool(self._rest) or self._skipping

    def take(self, piece: bytes) -> Iterator[tuple[int, bytes | None]]:
        """Yield the lines that end in this piece; empty ones are counted only."""
        *ended, rest = piece.split(b"\n")
        for part in ended:
            yield from self._end(part)
        self._append(rest)

    def end(self) -> Iterator[tuple[int, bytes | None]]:
        """Yield the last line if no line break ended it."""
        if self.begun:
            yield from self._end(b"")

    def _end(self, part: bytes) -> Iterator[tuple[int, bytes | None]]:
        self._append(part)
        line: bytes | None = None if self._skipping else bytes(self._rest).strip()
        self._rest.clear()
        self._skipping = False
        self._number += 1
        if line != b"":
            yield self._number, line

    def _append(self, part: bytes) -> None:
        if self._skipping:
            return
        self._rest += part
        if len(self._rest) > self._longest:
            self._skipping = True
            self._rest = bytearray()


def too_long(longest: int = LARGEST) -> ProblemError:
    """Return why a line is refused."""
    return ProblemError(413, "too_large", f"the line has more than {longest:,} bytes, and an event has no more")


def _plain(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "encoded", "the body is compressed; send it as it is", "headers.content-encoding")


def _too_large(largest: int) -> ProblemError:
    return ProblemError(413, "too_large", f"the body has more than {largest:,} bytes", "body")


def _slow() -> ProblemError:
    return ProblemError(
        408, "slow", "the rest of the body did not come in time", "body", headers={"Connection": "close"}
    )
