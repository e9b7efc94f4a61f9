"""The outbox as a feed, for bots that perform actions themselves and report what became of them.

Who comes without a cursor is given every open action, and a cursor to go on from; who comes with one is given what
came since. An action that may be repeated is handed out again if no result comes in time, or if the bot begins anew.
One that must not be repeated is kept as begun before it is handed out, once; if no result comes, it is in doubt.

A cursor is `EPOCH-SEQ`, or `EPOCH-SEQ-NUMBER-COMMUNITY` while a bot still reads what was open when it began. The epoch
is of this process: after a restart everything open is handed out anew, as after any crash.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import NamedTuple

from groundrules.runtime import Hub, HubError
from groundrules.runtime.core import Core, action_of
from groundrules.service.messages import ToPerform
from groundrules.stores import StoreError
from groundrules.stores.records import OPEN, Batch, Outgoing

REMEMBERED = 20_000
"""Actions of which a cursor can tell whether they were handed out."""
SWEPT_EVERY = 1.0

log = logging.getLogger("groundrules.service")


class Cursor(NamedTuple):
    """How far a bot is: it knows of the first `seq` news, and of what was open then up to (community, number)."""

    seq: int
    community: str | None = None
    number: int = 0


class Handed(NamedTuple):
    """An action that is handed out, and the cursor behind it."""

    after: str
    item: ToPerform


class Feed:
    """Hands out the open actions of all communities. hold: seconds until one without a result is looked at again."""

    def __init__(self, hub: Hub, hold: float) -> None:
        self._hub = hub
        self._hold = hold
        self._epoch = secrets.token_hex(6)
        self._seq = 0
        self._news: deque[tuple[int, str, str]] = deque(maxlen=REMEMBERED)
        self._handed: dict[tuple[str, str], float] = {}
        self._paused: set[str] = set()
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Follow the hub from now on."""
        after = ""
        while heads := await self._hub.communities(after):
            self._paused |= {head.community for head in heads if head.paused}
            after = heads[-1].community
        self._hub.watch(self._kept)
        self._spawn(self._sweep())

    async def end(self) -> None:
        """Follow it no longer."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Let those look who wait for news."""
        self._woken.set()
        self._woken = asyncio.Event()

    # --- news -----------------------------------------------------------------------------------

    def _kept(self, batch: Batch) -> None:
        now = time.time() * 1000
        for action in (*batch.actions, *batch.outcomes):
            if action.status not in OPEN:
                self._handed.pop((action.community, action.key), None)
            elif action.status == "waiting" and action.due <= now:
                self._tell(action.community, action.key)
            elif action.status == "waiting":
                asyncio.get_running_loop().call_later((action.due - now) / 1000, self._tell_and_wake, action)
        for head in batch.heads:
            if head.paused:
                self._paused.add(head.community)
            elif head.community in self._paused:
                self._paused.discard(head.community)
                self._spawn(self._tell_all(head.community))
        self.wake()

    def _tell(self, community: str, key: str) -> None:
        self._seq += 1
        self._news.append((self._seq, community, key))

    def _tell_and_wake(self, action: Outgoing) -> None:
        self._tell(action.community, action.key)
        self.wake()

    async def _tell_all(self, community: str) -> None:
        """Tell of all actions of a community that was paused."""
        for action in await self._hub.do(None, lambda core: core.open(community) if _here(core, community) else []):
            self._tell(community, action.key)
        self.wake()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- handing out ----------------------------------------------------------------------------

    async def next(
        self, after: str, community: str | None, limit: int, wait: float, gone: Callable[[], Awaitable[bool]]
    ) -> tuple[list[Handed], str]:
        """Return the next actions and the cursor behind them; wait for the first, `wait` seconds.

        Nothing is handed out to a bot that is `gone`. What is no cursor of this process begins anew.
        """
        cursor = self._read(after)
        until = time.monotonic() + wait
        while True:
            woken = self._woken
            if await gone():
                return [], self._written(cursor)
            handed, cursor = await self._hub.do(
                None, partial(self._hand_out, cursor=cursor, community=community, limit=limit)
            )
            left = until - time.monotonic()
            if handed or left <= 0:
                return handed, self._written(cursor)
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), left)

    def _hand_out(self, core: Core, cursor: Cursor, community: str | None, limit: int) -> tuple[list[Handed], Cursor]:
        """Take up to `limit` actions, each for the bot to perform."""
        now = core.clock()
        handed: dict[tuple[str, str], Handed] = {}
        for action, at in self._behind(core, cursor, community):
            cursor = at
            if action is None or action.status != "waiting" or action.due > now:
                continue
            handed.setdefault((action.community, action.key), Handed(self._written(at), self._hand(core, action)))
            if len(handed) == limit:
                break
        return list(handed.values()), cursor

    def _behind(self, core: Core, cursor: Cursor, community: str | None) -> Iterator[tuple[Outgoing | None, Cursor]]:
        """Yield what a bot has not seen yet, None for what is over or held back, with the cursor behind it."""
        if cursor.community is not None:
            yield from _open(core, cursor, community)
            cursor = Cursor(cursor.seq)
            yield None, cursor
        skipped = cursor.seq - self._first + 1
        for seq, id, key in islice(self._news, max(0, skipped), None):
            here = community in (None, id) and _here(core, id) and not core.communities[id].head.paused
            yield core.communities[id].open.get(key) if here else None, Cursor(seq)

    def _hand(self, core: Core, action: Outgoing) -> ToPerform:
        asked = action_of(action)
        spec = core.communities[action.community].edition.actions.get(asked.do)
        repeat = "leave" if spec is None else spec.repeat
        if repeat == "leave":
            core.begin(action)
        self._handed[action.community, action.key] = time.monotonic() + self._hold
        return ToPerform(action.community, action.number, repeat, action.attempts, asked)

    # --- results that do not come ---------------------------------------------------------------

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(SWEPT_EVERY, self._hold))
            late = [key for key, until in self._handed.items() if until < time.monotonic()]
            for community, key in late:
                self._handed.pop((community, key), None)
                try:
                    await self._hub.do(community, lambda core, id=community, key=key: self._late(core, id, key))  # type: ignore[misc]
                except (HubError, StoreError) as error:
                    log.warning("an action of %s is stuck: %s", community, error)

    def _late(self, core: Core, community: str, key: str) -> None:
        action = core.communities[community].open.get(key)
        if action is None:
            return
        if action.status == "sending":
            core.doubt(action, "it was handed out, and no result came")
        elif action.status == "waiting":
            self._tell_and_wake(action)

    # --- cursors --------------------------------------------------------------------------------

    @property
    def _first(self) -> int:
        return self._news[0][0] if self._news else self._seq + 1

    def _read(self, text: str) -> Cursor:
        anew = Cursor(self._seq, "")
        if not text:
            return anew
        epoch, *parts = text.split("-", 3)
        try:
            seq = int(parts[0])
            cursor = Cursor(seq) if len(parts) == 1 else Cursor(seq, bytes.fromhex(parts[2]).decode(), int(parts[1]))
        except (ValueError, IndexError):
            return anew
        known = self._first - 1 <= cursor.seq <= self._seq
        return cursor if epoch == self._epoch and known else anew

    def _written(self, cursor: Cursor) -> str:
        live = f"{self._epoch}-{cursor.seq}"
        return live if cursor.community is None else f"{live}-{cursor.number}-{cursor.community.encode().hex()}"


def _here(core: Core, community: str) -> bool:
    return community in core.communities


def _open(core: Core, cursor: Cursor, community: str | None) -> Iterable[tuple[Outgoing, Cursor]]:
    """Yield the open actions behind a cursor, community by community."""
    assert cursor.community is not None
    for id in sorted(id for id, community in core.communities.items() if community.open and not community.head.paused):
        if id < cursor.community or community not in (None, id):
            continue
        behind = cursor.number if id == cursor.community else 0
        for action in core.open(id):
            if action.number > behind:
                yield action, Cursor(cursor.seq, id, action.number)
