"""Matrix rooms: room events as events of std/chat, and actions as client-server API calls.

A room is a community of one channel. Who may do what follows from power levels: 100 is `owner`, 50 `admin`; they come
as state of the room and become a `roster` event. A redaction takes a message down.

The format: https://spec.matrix.org/v1.11/client-server-api/ (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from groundrules.adapters.common import Json, event, links, member
from groundrules.decisions import Action
from groundrules.narrate.localised import pick

_HEADER = frozenset({"actor", "channel", "actor.self"})

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _HEADER
    | {"text", "links", "mentions", "mentions_everyone", "attachments", "reply_to", "thread", "actor.bot"},
    "message.edited": _HEADER | {"message", "message.author", "text"},
    "message.deleted": _HEADER | {"message", "reason"},
    "reaction.added": _HEADER | {"message", "message.author", "emoji"},
    "member.joined": _HEADER | {"actor.name"},
    "member.updated": _HEADER | {"actor.name", "name", "old_name"},
    "member.left": _HEADER | {"reason"},
    "member.kicked": _HEADER | {"target", "reason"},
    "member.banned": _HEADER | {"target", "reason"},
    "member.unbanned": _HEADER | {"target", "reason"},
    "join.requested": _HEADER | {"actor.name", "answer"},
    "channel.updated": _HEADER | {"channel.name", "channel.topic"},
    "roster": frozenset({"members", "members.roles", "members.self"}),
}

_LEVELS = ((100, "owner"), (50, "admin"))
_KINDS = {
    "m.image": "image",
    "m.video": "video",
    "m.audio": "audio",
    "m.file": "file",
    "m.location": "location",
}


def events(
    raw: Mapping[str, Any], room: str | None = None, own: str | None = None, authors: Mapping[str, str] | None = None
) -> list[Json]:
    """Return the events that a room event stands for.

    `room` is the room's id where the event does not carry it (in a sync), `own` the bot's own user id. `authors` says
    who sent which event: a reaction names only the event that it is about, and one to an unknown event stands for none.
    """
    where = raw.get("room_id") or room
    if not where or "sender" not in raw or "event_id" not in raw:
        return []
    said = _Said(raw, str(where), own)
    found: list[Json] = []
    match raw.get("type"):
        case "m.room.message" | "m.sticker" if raw.get("content"):
            found = [said.message()]
        case "m.reaction":
            related = said.content.get("m.relates_to", {})
            about = str(related.get("event_id"))
            author = None if authors is None else authors.get(about)
            message = {"id": about, "author": {"id": author}}
            found = [said.event("reaction.added", message=message, emoji=str(related.get("key", "")))] if author else []
        case "m.room.redaction":
            gone = {"id": str(raw.get("redacts") or said.content.get("redacts"))}
            found = [said.event("message.deleted", message=gone, reason=said.content.get("reason"))]
        case "m.room.member":
            found = said.membership()
        case "m.room.name" | "m.room.topic":
            found = [said.room_changed()]
        case "m.room.power_levels":
            found = [said.roster()]
    return found


class _Said:
    """One room event, and how to tell it."""

    def __init__(self, raw: Mapping[str, Any], room: str, own: str | None) -> None:
        self.raw = raw
        self.room = room
        self.own = own
        self.content: Mapping[str, Any] = raw.get("content") or {}

    def event(self, type: str, **fields: Any) -> Json:
        fields = {"channel": {"id": self.room}, "actor": self.who(self.raw["sender"])} | fields
        return event(str(self.raw["event_id"]), type, self.raw["origin_server_ts"], self.room, **fields)

    def who(self, id: str, **facts: Any) -> Json:
        return member(id, self=True if id == self.own else None, **facts)

    def message(self) -> Json:
        content, related = self.content, self.content.get("m.relates_to") or {}
        changed = content.get("m.new_content")
        if changed and related.get("rel_type") == "m.replace":
            about = {"id": str(related.get("event_id")), "author": self.who(self.raw["sender"])}
            return self.event("message.edited", message=about, text=str(changed.get("body", "")))
        text = str(content.get("body", ""))
        kind = "sticker" if self.raw["type"] == "m.sticker" else _KINDS.get(str(content.get("msgtype")))
        mentioned = content.get("m.mentions") or {}
        return self.event(
            "message",
            actor=self.who(self.raw["sender"], bot=True if content.get("msgtype") == "m.notice" else None),
            text=text,
            links=links(text),
            mentions=[{"id": who} for who in mentioned.get("user_ids", [])],
            mentions_everyone=bool(mentioned.get("room")),
            attachments=[{"kind": kind}] if kind else [],
            reply_to=(related.get("m.in_reply_to") or {}).get("event_id"),
            thread=related.get("event_id") if related.get("rel_type") == "m.thread" else None,
        )

    def membership(self) -> list[Json]:
        """Joining, leaving, being sent away: told by what the membership was and is."""
        before = (self.raw.get("unsigned") or {}).get("prev_content") or {}
        was, now = before.get("membership"), self.content.get("membership")
        about = str(self.raw.get("state_key", self.raw["sender"]))
        reason, by_self = self.content.get("reason"), about == self.raw["sender"]
        actor = self.who(about, name=self.content.get("displayname"))
        found: list[Json] = []
        match now:
            case "join" if was == "join":
                name, old = self.content.get("displayname"), before.get("displayname")
                found = [self.event("member.updated", actor=actor, name=name, old_name=old)] if name != old else []
            case "join":
                found = [self.event("member.joined", actor=actor)]
            case "knock":
                found = [self.event("join.requested", actor=actor, answer=reason)]
            case "ban":
                found = [self.event("member.banned", target=self.who(about), reason=reason)]
            case "leave" if was == "ban":
                found = [self.event("member.unbanned", target=self.who(about), reason=reason)]
            case "leave" if by_self:
                found = [self.event("member.left", actor=self.who(about), reason=reason)]
            case "leave":
                found = [self.event("member.kicked", target=self.who(about), reason=reason)]
        return found

    def room_changed(self) -> Json:
        named = {"name": self.content.get("name"), "topic": self.content.get("topic")}
        channel = {"id": self.room} | {key: value for key, value in named.items() if value}
        return self.event("channel.updated", channel=channel)

    def roster(self) -> Json:
        levels = self.content.get("users") or {}
        found = [
            self.who(str(id), roles=[role for least, role in _LEVELS if level >= least][:1])
            for id, level in sorted(levels.items())
        ]
        return event(str(self.raw["event_id"]), "roster", self.raw["origin_server_ts"], self.room, members=found)


# --- going out ----------------------------------------------------------------------------------------


def calls(action: Action, room: str, lang: str = "en") -> list[tuple[str, str, Json]]:
    """Return the calls (method, path, body) that carry out an action in a room; none for what Matrix can't do.

    The action's key is the transaction id, so that a repeated call changes nothing.
    """
    base = f"/_matrix/client/v3/rooms/{quote(room, safe='')}"
    told, text = action.parameters, pick(action.parameters.get("text") or {}, lang)
    reason = {"reason": ", ".join(action.rules)}
    match action.do:
        case "delete" | "redact" | "hide":
            ids = told.get("events", [action.who]) if action.do == "delete" else [action.who]
            return [("PUT", f"{base}/redact/{quote(str(id), safe='')}/{action.key}", reason) for id in ids]
        case "kick" | "ban" | "unban":
            return [("POST", f"{base}/{action.do}", {"user_id": action.who, **reason})]
        case "accept":
            return [("POST", f"{base}/invite", {"user_id": action.who})]
        case "reply" | "announce" | "warn" | "notify" | "send" if text:
            body: Json = {"msgtype": "m.notice", "body": text}
            if action.do == "reply":
                body["m.relates_to"] = {"m.in_reply_to": {"event_id": action.who}}
            if action.do == "warn":
                body["m.mentions"] = {"user_ids": [action.who]}
            return [("PUT", f"{base}/send/m.room.message/{action.key}", body)]
    return []
