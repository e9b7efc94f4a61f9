"""Ending what a platform doesn't end by itself: a mute on Matrix, a suspension on Discord.

What ends when is read from the log, so nothing is lost with the process: anything overdue is ended after a start. For
each member only the latest counts: a member muted again, or released, is left as last decided. When the time has come
the engine is asked what else is in force, including what people did by hand. A suspension that is over doesn't end the
ban that followed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import msgspec

from groundrules.adapters import Context
from groundrules.decisions import Action, Decision
from groundrules.outcomes import Done, Retry
from groundrules.runtime.passing_time import FAR
from groundrules.stores.records import Query

if TYPE_CHECKING:
    from groundrules.bots.host import Host
    from groundrules.engine.upkeep.contents import InForce
    from groundrules.runtime.core import Core

LOOKED_AT = 1_000
"""Decisions of a community that are read at the start."""
LONGEST_SLEEP, AGAIN = 3_600.0, 60.0
"""Seconds."""

log = logging.getLogger("groundrules.bots")
_decision = msgspec.json.Decoder(Decision).decode


class Endings:
    """Undoes actions when their time is over."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._tasks: dict[tuple[str, str, str], asyncio.Task[None]] = {}

    async def begin(self, community: str) -> None:
        """Read from the log what has to end in a community."""
        if not self._host.client.platform.ENDED_BY:
            return
        logged = await self._host.hub.decisions(Query(community, before=FAR, limit=LOOKED_AT))
        for entry in reversed(logged):
            for action in _decision(entry.body).actions:
                self.note(action, community, entry.at)

    def note(self, action: Action, community: str, at: float) -> None:
        """Note an action that was done, decided at a time (ms)."""
        ended_by = self._host.client.platform.ENDED_BY
        length = action.parameters.get("duration")
        names = (action.do, *(do for do, end in ended_by.items() if end == action.do))
        for name in names:
            if task := self._tasks.pop((community, name, action.who or ""), None):
                task.cancel()
        if action.do in ended_by and action.who and isinstance(length, int | float):
            end = Action(do=ended_by[action.do], who=action.who, key=f"{action.key}-end", rules=action.rules)
            task = asyncio.create_task(self._end(end, action.key, community, at + length), name=f"{end.do} {community}")
            self._tasks[community, action.do, action.who] = task

    async def _end(self, action: Action, ended: str, community: str, at: float) -> None:
        while (left := at / 1000 - time.time()) > 0:
            await asyncio.sleep(min(left, LONGEST_SLEEP))
        while not await self._outlasted(action, ended, community, at):
            try:
                context: Context = await self._host.context(action, community)
                outcome = await self._host.hands.perform(action, community, "en", context)
            except Exception as error:
                outcome = Retry(reason=f"{type(error).__name__}: {error}")
            if not isinstance(outcome, Retry):
                break
            await asyncio.sleep(outcome.after or AGAIN)
        else:
            return
        if not isinstance(outcome, Done):
            log.warning("%s of %s in %s: %s", action.do, action.who, community, outcome.reason)

    async def _outlasted(self, action: Action, ended: str, community: str, at: float) -> bool:
        """Tell whether something else is in force that the action would also end: then it is left alone."""

        def read(core: Core) -> list[InForce]:
            return core.communities[community].engine.in_force(community, action.who or "")

        others = [held for held in await self._host.hub.do(community, read) if held.key != ended]
        return any(action.do in held.ended_by and (held.until is None or held.until > at) for held in others)

    async def close(self) -> None:
        """Forget everything; the log has it."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
