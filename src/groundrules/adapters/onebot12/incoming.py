"""Events of OneBot 12 as events of std/chat.

A group is a community of one channel, a guild one of many. Events carry only ids, and rosters fill in the names
(`roster`). Implementations' own extensions (`qq.…`) are not standard and not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundrules.adapters.common import Json, event, links, mapping, member, number, sequence, text
from groundrules.adapters.context import NOTHING, Context

_HEADER = frozenset({"actor", "actor.self", "channel"})
_IN_COMMUNITY = frozenset({"actor", "actor.self"})

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _HEADER
    | {"text", "links", "mentions", "mentions_everyone", "attachments"}
    | {"reply_to", "reply_to_author", "reply_to_author.self"},
    "message.deleted": _HEADER | {"message", "message.author"},
    "member.joined": _IN_COMMUNITY | {"inviter", "inviter.self", "source"},
    "member.left": _IN_COMMUNITY,
    "member.kicked": _IN_COMMUNITY | {"target", "target.self"},
    "channel.created": _HEADER,
    "channel.deleted": _HEADER,
    "roster": frozenset({"members", "members.name", "members.self"}),
}

_KINDS = {
    "image": "image",
    "voice": "voice",
    "audio": "audio",
    "video": "video",
    "file": "file",
    "location": "location",
}


def events(raw: Mapping[str, Any], context: Context = NOTHING) -> list[Json]:
    """Return the events that one OneBot event stands for; none if it concerns no group or guild.

    Reads nothing from the context: every event says when it happened, and to which of the bot's accounts.
    """
    community = text(raw.get("guild_id")) or text(raw.get("group_id"))
    if not community:
        return []
    of = _Event(raw, community)
    events: list[Json] = []
    match raw.get("type"), text(raw.get("detail_type")):
        case "message", _:
            events = [of.message()]
        case "notice", "group_message_delete" | "channel_message_delete":
            events = list(of.deleted())
        case "notice", "group_member_increase" | "guild_member_increase":
            events = [of.joined()]
        case "notice", "group_member_decrease" | "guild_member_decrease":
            events = [of.gone()]
        case "notice", "channel_create" | "channel_delete" as detail if text(raw.get("channel_id")):
            events = [of.event(f"channel.{detail.removeprefix('channel_')}d", actor=of.who("operator_id"))]
    return events


def roster(community: Any, members: Iterable[Mapping[str, Any]], time: float, own: Any = None) -> Json:
    """The event that seeds a roster from `get_group_member_list` or `get_guild_member_list`; `time` in seconds."""
    rows = [mapping(row) for row in members]
    known = [
        member(
            text(row.get("user_id")) or "0",
            text(row.get("user_displayname")) or text(row.get("user_name")),
            self=True if own is not None and text(row.get("user_id")) == str(own) else None,
        )
        for row in rows
    ]
    return event(f"roster-{community}-{int(time)}", "roster", time * 1000, str(community), members=known)


class _Event:
    """One OneBot event, and what the events it stands for share."""

    def __init__(self, raw: Mapping[str, Any], community: str) -> None:
        self.raw = raw
        self.community = community
        self.own = text(mapping(raw.get("self")).get("user_id"))

    def event(self, type: str, id: str | None = None, **fields: Any) -> Json:
        name = id or text(self.raw.get("id")) or f"{type}-{text(self.raw.get('time'))}-{text(self.raw.get('user_id'))}"
        channel = text(self.raw.get("channel_id")) or text(self.raw.get("group_id"))
        fields = {"channel": {"id": channel} if channel else None} | fields
        return event(name, type, number(self.raw.get("time")) * 1000, self.community, **fields)

    def who(self, key: str = "user_id") -> Json:
        return self.member(text(self.raw.get(key)) or "0")

    def member(self, id: str) -> Json:
        return member(id, self=True if id == self.own else None)

    def message(self) -> Json:
        parts = list(_segments(self.raw.get("message")))
        written = "".join(text(data.get("text")) for kind, data in parts if kind == "text").strip()
        written = written if parts else text(self.raw.get("alt_message"))
        named = dict.fromkeys(text(data.get("user_id")) for kind, data in parts if kind == "mention")
        answered = next((data for kind, data in parts if kind == "reply" and text(data.get("message_id"))), {})
        author = text(answered.get("user_id"))
        return self.event(
            "message",
            id=text(self.raw.get("message_id")) or None,
            actor=self.who(),
            text=written,
            links=links(written),
            mentions=[{"id": id} for id in named if id],
            mentions_everyone=any(kind == "mention_all" for kind, _ in parts),
            attachments=[_attachment(kind, data) for kind, data in parts if kind in _KINDS],
            reply_to=text(answered.get("message_id")) or None,
            reply_to_author=self.member(author) if author else None,
        )

    def deleted(self) -> Iterator[Json]:
        if id := text(self.raw.get("message_id")):
            by = self.who("operator_id") if text(self.raw.get("operator_id")) else self.who()
            yield self.event("message.deleted", actor=by, message={"id": id, "author": {"id": self.who()["id"]}})

    def joined(self) -> Json:
        how = text(self.raw.get("sub_type"))
        inviter = self.who("operator_id") if how == "invite" and text(self.raw.get("operator_id")) else None
        return self.event("member.joined", actor=self.who(), inviter=inviter, source=how or None, channel=None)

    def gone(self) -> Json:
        if self.raw.get("sub_type") == "kick":
            return self.event("member.kicked", actor=self.who("operator_id"), target=self.who(), channel=None)
        return self.event("member.left", actor=self.who(), channel=None)


def _segments(message: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    parts = [message] if isinstance(message, Mapping) else sequence(message)
    if isinstance(message, str):
        yield "text", {"text": message}
    yield from ((text(part.get("type")), mapping(part.get("data"))) for part in map(mapping, parts))


def _attachment(kind: str, data: Mapping[str, Any]) -> Json:
    fields = {"id": text(data.get("file_id")), "name": text(data.get("title")), "text": text(data.get("content"))}
    return {"kind": _KINDS[kind]} | {key: value for key, value in fields.items() if value}
