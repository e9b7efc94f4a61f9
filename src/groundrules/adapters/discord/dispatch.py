"""A dispatch of Discord's gateway: who and where it is about, and what a message in it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from groundrules.adapters.common import Json, event, links, mapping, member, number, sequence, text
from groundrules.adapters.context import Context
from groundrules.adapters.discord.written import attachments, cards, created, rfc

_KINDS = {
    0: "text",
    2: "voice",
    4: "category",
    5: "announcement",
    13: "stage",
    15: "forum",
    16: "media",
} | dict.fromkeys((10, 11, 12), "thread")
_MARKED = re.compile(r"<(?:(@!?|@&|#)([0-9]{1,20})|a?:(\w{1,32}):[0-9]{1,20})>")
_MASKED_LINK = re.compile(
    r"\[([^\[\]\n]{1,1000})\]\(\s{0,4}<?(https?://[^\s<>()]{1,2000})>?[^()\n]{0,200}\)", re.IGNORECASE
)


class Dispatch:
    """One dispatch, and what the events it stands for share."""

    def __init__(self, raw: Mapping[str, Any], data: Mapping[str, Any], guild: str, context: Context) -> None:
        self.data = data
        self.guild = guild
        self.context = context
        self.name = f"{text(raw.get('t')).lower()}-{text(raw.get('s')) or '0'}"

    def event(self, type: str, id: str | None = None, ms: float | None = None, **fields: Any) -> Json:
        return event(id or self.name, type, self.context.now if ms is None else ms, self.guild, **fields)

    def text(self, key: str) -> str:
        return text(self.data.get(key))

    # --- who, where -----------------------------------------------------------------------------

    def who(self, id: str, user: Any = None, of_server: Any = None) -> Json:
        """A member from a user and what the server says about them."""
        user, of_server = mapping(user), mapping(of_server)
        names = (text(of_server.get("nick")), text(user.get("global_name")), text(user.get("username")))
        facts: Json = {"created": created(id), "bot": True if user.get("bot") is True else None}
        if "joined_at" in of_server:
            facts["joined"] = rfc(of_server["joined_at"])
        person = member(id, next(filter(None, names), None), self=True if id == self.context.own else None, **facts)
        return person | ({"roles": self.roles(id, of_server["roles"])} if "roles" in of_server else {})

    def user(self, key: str = "user_id") -> Json:
        return self.who(self.text(key) or "0")

    def member(self, of_server: Mapping[str, Any]) -> Json:
        user = mapping(of_server.get("user"))
        return self.who(text(user.get("id")) or "0", user, of_server)

    def roles(self, id: str, ids: Any) -> list[str]:
        """The names of a member's roles, highest first; a role of unknown name is given by its id."""
        held = [role for role in map(text, sequence(ids)) if role and role != self.guild]
        held.sort(key=lambda role: -self.ranks.get(role, ("", 0.0))[1])
        names = [self.ranks.get(role, (role, 0.0))[0] or role for role in held]
        owner = text(mapping(self.context.state.get(self.guild)).get("owner_id")) == id
        return ["owner", *names] if owner and "owner" not in names else names

    @cached_property
    def ranks(self) -> dict[str, tuple[str, float]]:
        """Name and position of the server's roles by id."""
        server = self.data if "roles" in self.data and "owner_id" in self.data else self.context.state.get(self.guild)
        known = [mapping(role) for role in sequence(mapping(server).get("roles"))]
        by_id = {text(role.get("id")): (text(role.get("name")), number(role.get("position"))) for role in known}
        return {id: (name, 0.0) for name, id in self.context.roles.items()} | by_id

    def channel(self, id: str | None = None, known_channel: Any = None) -> Json:
        id = id or self.text("channel_id") or "0"
        known = mapping(known_channel) or mapping(self.context.state.get(id))
        facts = {
            "name": text(known.get("name")),
            "topic": text(known.get("topic")),
            "kind": _KINDS.get(int(number(known.get("type"), -1))),
            "parent": text(known.get("parent_id")),
        }
        return {"id": id} | {key: value for key, value in facts.items() if value}

    def message_id(self, key: str = "message_id", channel: str | None = None) -> str:
        return f"{channel or self.text('channel_id') or '0'}/{self.text(key)}"

    # --- messages -------------------------------------------------------------------------------

    def author(self) -> Json:
        user = mapping(self.data.get("author"))
        person = self.who(text(user.get("id")) or "0", user, self.data.get("member"))
        return person | ({"bot": True} if self.data.get("webhook_id") else {})

    def written(self) -> Json:
        """Text, links, mentions and attachments of a message, and of what it forwards."""
        data = self.data
        quoted = [mapping(mapping(snapshot).get("message")) for snapshot in sequence(data.get("message_snapshots"))]
        bodies = [data, *quoted]
        users = {
            text(user.get("id")): text(user.get("username")) for user in map(mapping, sequence(data.get("mentions")))
        }
        raw = "\n".join(filter(None, (text(body.get("content")) for body in bodies)))
        shown = self.as_shown(raw, users)
        named = [id for kind, id in _marks(raw) if kind.startswith("@") and kind != "@&"]
        masked = [{"url": match[2], "text": self.as_shown(match[1], users)} for match in _MASKED_LINK.finditer(raw)]
        shown_cards = [card for body in bodies for card in cards(body)]
        hidden = [{"url": card["url"]} for card in shown_cards if "url" in card]
        return {
            "text": shown,
            "links": links(shown, *masked, *hidden),
            "mentions": [member(id, users.get(id)) for id in dict.fromkeys(named)],
            "attachments": [*(attachment for body in bodies for attachment in attachments(body)), *shown_cards],
        }

    def as_shown(self, raw: str, users: Mapping[str, str]) -> str:
        def shown(match: re.Match[str]) -> str:
            kind, id, emoji = match.groups()
            if emoji:
                return f":{emoji}:"
            if kind == "#":
                return f"#{text(mapping(self.context.state.get(id)).get('name')) or id}"
            known = self.ranks.get(id, ("", 0.0))[0] if kind == "@&" else users.get(id) or self.context.members.get(id)
            return f"@{known or 'somebody'}"  # an id is not a number that a member wrote

        return _MARKED.sub(shown, raw)


def _marks(raw: str) -> Iterator[tuple[str, str]]:
    return ((match[1], match[2]) for match in _MARKED.finditer(raw) if match[1])
