"""News without reloading: a stream that says that something has changed, and nothing else.

Whoever hears it asks for the page again, as it would be without script; so there is one way in which a page is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from groundrules.runtime import Hub
from groundrules.stores.records import Batch

LASTS = 55.0
"""Seconds of a stream; a browser asks again by itself."""
SETTLES = 0.7
"""Seconds between two pieces of news, at least."""
MOST = 200


class Live:
    """Tells those who listen when a community has changed."""

    def __init__(self, hub: Hub) -> None:
        self._changed: dict[str, asyncio.Event] = {}
        self._listeners = 0
        self._stopping = asyncio.Event()
        hub.watch(self._note)

    def _note(self, batch: Batch) -> None:
        for head in batch.heads:
            event = self._changed.pop(head.community, None)
            if event is not None:
                event.set()

    def stop(self) -> None:
        """End all streams."""
        self._stopping.set()
        for event in self._changed.values():
            event.set()
        self._changed.clear()

    def stream(self, community: str) -> Response:
        """Return an answer that goes on for a while."""
        if self._listeners >= MOST or self._stopping.is_set():
            return Response("", 503, {"retry-after": "30"})
        return StreamingResponse(self._news(community), media_type="text/event-stream")

    async def _news(self, community: str) -> AsyncIterator[bytes]:
        self._listeners += 1
        try:
            yield b"retry: 2000\n\n"
            ends = asyncio.get_running_loop().time() + LASTS
            while not self._stopping.is_set():
                left = ends - asyncio.get_running_loop().time()
                event = self._changed.setdefault(community, asyncio.Event())
                try:
                    await asyncio.wait_for(event.wait(), max(0.0, left))
                except TimeoutError:
                    return
                if not self._stopping.is_set():
                    yield b"data: changed\n\n"
                    await asyncio.sleep(SETTLES)
        finally:
            self._listeners -= 1
