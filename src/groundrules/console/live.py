"""News without reloading: a stream that says that something has changed, and nothing else.

Whoever hears it asks for the page again, as it would be without script; so there is one way in which a page is made.
A page knows the version of its community from before it was made, and says so, as a browser does that comes back with
the one it last heard: whatever was committed since then is news, also what came before anybody listened.
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
        self._hub = hub
        self._versions: dict[str, int] = {}  # of communities that somebody has listened to
        self._changed: dict[str, asyncio.Event] = {}
        self._listeners = 0
        self._stopping = asyncio.Event()
        hub.watch(self._note)

    def _note(self, batch: Batch) -> None:
        for head in batch.heads:
            if head.community in self._versions:
                self._versions[head.community] = head.version
            event = self._changed.pop(head.community, None)
            if event is not None:
                event.set()

    def stop(self) -> None:
        """End all streams."""
        self._stopping.set()
        for event in self._changed.values():
            event.set()
        self._changed.clear()

    def stream(self, community: str, since: int) -> Response:
        """Return an answer that goes on for a while, to somebody who knows a version of the community."""
        if self._listeners >= MOST or self._stopping.is_set():
            return Response("", 503, {"retry-after": "30"})
        return StreamingResponse(self.news(community, since), media_type="text/event-stream")

    async def news(self, community: str, since: int) -> AsyncIterator[bytes]:
        """Yield what is sent to a browser."""
        self._listeners += 1
        try:
            yield b"retry: 2000\n\n"
            ends = asyncio.get_running_loop().time() + LASTS
            await self._look(community)
            while not self._stopping.is_set():
                if self._versions[community] != since:
                    since = self._versions[community]
                    yield f"id: {since}\ndata: changed\n\n".encode()
                    await asyncio.sleep(SETTLES)
                    continue
                left = ends - asyncio.get_running_loop().time()
                event = self._changed.setdefault(community, asyncio.Event())
                try:
                    await asyncio.wait_for(event.wait(), max(0.0, left))
                except TimeoutError:
                    return
        finally:
            self._listeners -= 1

    async def _look(self, community: str) -> None:
        """Have the version at hand that the store has, or one that was committed meanwhile."""
        self._versions.setdefault(community, 0)
        head = await self._hub.community(community)
        version = 0 if head is None else head.version
        self._versions[community] = max(version, self._versions[community])
