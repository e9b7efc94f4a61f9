"""What the hosts for OneBot 11 share: who is in a group, and what the bot may do there."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from groundrules.adapters import Platform, onebot
from groundrules.adapters.common import Json, mapping, sequence, text
from groundrules.bots.hands import Answer
from groundrules.bots.host import Host
from groundrules.decisions import Action


class OneBot11:
    """Makes OneBot calls; a library says how one is made (`call`)."""

    platform: Platform = onebot
    language = "zh"
    own = None  # raw events say whose they are

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {}
        """The bot's account in each group: a library may have several."""

    async def call(self, call: tuple[str, Json], community: str) -> Answer:
        """Make one of the adapter's calls."""
        raise NotImplementedError

    async def _asked(self, name: str, community: str, **parameters: Any) -> Any:
        answer = await self.call((name, parameters), community)
        if answer.body.get("status") != "ok":
            raise LookupError(f"{name}: {dict(answer.body)}")
        return answer.body.get("data")

    async def rosters(self, community: str) -> Sequence[Json]:
        members = await self._asked("get_group_member_list", community, group_id=_number(community))
        own = self.accounts.get(community)
        return [onebot.roster(community, map(mapping, sequence(members)), time.time(), own)]

    async def rights(self, community: str) -> Collection[str] | None:
        whom = {"group_id": _number(community), "user_id": _number(self.accounts.get(community, "0"))}
        role = mapping(await self._asked("get_group_member_info", community, **whom)).get("role")
        return {"owner": {"owner", "admin"}, "admin": {"admin"}}.get(text(role), set())

    async def known(self, community: str, action: Action | None) -> Mapping[str, Any]:
        return {}


def _number(id: str) -> int | str:
    return int(id) if id.isdecimal() else id


async def began(client: OneBot11, host: Host, groups: Any, account: str) -> None:
    """Load the groups that an account is in, from `get_group_list`."""
    for group in map(mapping, sequence(groups)):
        if id := text(group.get("group_id")):
            client.accounts[id] = account
            await host.begin(id, anew=True)


async def heard(client: OneBot11, host: Host, raw: Mapping[str, Any]) -> None:
    """Handle a raw event: what happens in a group, and direct messages to the bot."""
    community, who = text(raw.get("group_id")), text(raw.get("user_id"))
    if community:
        client.accounts[community] = text(raw.get("self_id"))
        if raw.get("post_type") == "request" and who:
            host.room(community).requests[who] = {"flag": raw.get("flag"), "sub_type": raw.get("sub_type")}
        await host.hear(raw, community)
    elif raw.get("post_type") == "message" and who:
        name = text(mapping(raw.get("sender")).get("nickname"))
        await host.whisper(who, onebot.written(raw), text(raw.get("message_id")), name)
