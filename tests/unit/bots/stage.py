"""A platform without a platform: OneBot's terms, and calls that are only recorded."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from groundrules.adapters import Platform, onebot
from groundrules.adapters.common import Json
from groundrules.bots import Answer, Host, Options
from groundrules.decisions import Action

RULEBOOK = Path(__file__).parents[3] / "examples" / "bots" / "nonebot" / "rulebook.yaml"
GROUP = "700"
_numbers = itertools.count(1)


class Kept:
    """A client that keeps calls; `answers` are given to the calls of a name, one after another, then success."""

    platform: Platform = onebot
    language = "zh"
    own: str | None = "99"

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.answers: dict[str, list[Answer | Exception]] = {}
        self.held: Collection[str] | None = {"owner", "admin"}

    async def call(self, call: Any, community: str) -> Answer:
        self.calls.append(call)
        waiting = self.answers.get(call[0])
        if waiting:
            answer = waiting.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return Answer({"status": "ok", "data": {"message_id": f"sent-{len(self.calls)}"}})

    async def rosters(self, community: str) -> Sequence[Json]:
        members = [{"user_id": 1, "nickname": "owner", "role": "owner"}, {"user_id": 2, "nickname": "li"}]
        return [onebot.roster(community, members, time.time())] if community == GROUP else []

    async def rights(self, community: str) -> Collection[str] | None:
        return self.held

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        return {}

    def said(self) -> list[str]:
        sent = [parameters for name, parameters in self.calls if name.startswith("send_")]
        return ["".join(part["data"].get("text", "") for part in one["message"]) for one in sent]


@asynccontextmanager
async def hosted(folder: Path, client: Kept | None = None, **options: Any) -> AsyncIterator[tuple[Host, Kept]]:
    client = client or Kept()
    options = {"book": RULEBOOK, "store": f"sqlite:{folder / 'hub.db'}", **options}
    async with Host(client, Options(**options)) as host:
        yield host, client


def message(who: int, words: Any, **fields: Any) -> Json:
    """A group message of now, as OneBot sends it."""
    segments = [{"type": "text", "data": {"text": words}}] if isinstance(words, str) else words
    raw = {"post_type": "message", "message_type": "group", "sub_type": "normal", "group_id": int(GROUP)}
    role = "owner" if who == 1 else "member"
    sender = {"user_id": who, "nickname": {1: "owner", 2: "li", 3: "wang"}.get(who, str(who)), "role": role}
    raw |= {"user_id": who, "message_id": f"m{next(_numbers)}", "message": segments, "sender": sender}
    return {**raw, "time": int(time.time()), "self_id": 99, **fields}


async def settled(host: Host) -> None:
    await host.hub.drained()
