"""The hub for plain threads: the same hub, on an event loop in its own thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from types import TracebackType
from typing import Any, TypeVar

from groundrules.decisions import Decision
from groundrules.runtime.hub import Hub
from groundrules.runtime.jobs import Event

T = TypeVar("T")


class SyncHub:
    """A Hub whose methods may be called from any thread and return when they are done. Takes the arguments of `Hub`.

    `call(hub.pause, "c")` does anything else a hub does.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.hub = Hub(*arguments, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="groundrules-hub", daemon=True)

    def __enter__(self) -> SyncHub:
        self._thread.start()
        try:
            self._wait(self.hub.__aenter__())
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._wait(self.hub.close())
        finally:
            self._stop()

    def handle(self, event: Event) -> list[Decision]:
        """Decide on an event, as `Hub.handle` does."""
        return self._wait(self.hub.handle(event))

    def handle_many(self, events: Iterable[Event]) -> list[list[Decision]]:
        """Decide on events in order, as `Hub.handle_many` does."""
        return self._wait(self.hub.handle_many(events))

    def call(self, method: Callable[..., Coroutine[Any, Any, T]], *arguments: Any, **options: Any) -> T:
        """Call a method of the hub and wait for its answer."""
        return self._wait(method(*arguments, **options))

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
