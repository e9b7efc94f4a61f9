"""Matrix rooms: room events as events of std/chat, and actions as client-server API calls.

A room is a community of one channel. Who may do what follows from power levels: 100 is `owner`, 50 `admin`; they come
as state of the room and become a `roster` event. A redaction takes a message down. The lines that a reply quotes from
another message are no part of its text; links behind words are read from the formatted text.

The format: https://spec.matrix.org/v1.11/client-server-api/ (Apache-2.0).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from groundrules.adapters.common import Json, event, links, mapping, member, number, sequence, text
from groundrules.decisions import Action
from groundrules.narrate.localised import pick

_HEADER = frozenset({"actor", "channel", "actor.self"})

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _HEADER
    | {"text", "links", "mentions", "mentions_everyone", "attachments", "reply_to", "thread", "actor.bot"},
    "message.edited": _HEADER | {"message", "message.author", "text", "links", "mentions"},
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

ACTIONS = frozenset(
    {
        *("delete", "redact", "hide", "kick", "ban", "unban", "accept"),
        *("reply", "announce", "warn", "notify", "send"),
    }
)

_LEVELS = ((100, "owner"), (50, "admin"))
_KINDS = {
    "m.image": "image",
    "m.video": "video",
    "m.audio": "audio",
    "m.file": "file",
    "m.location": "location",
}

_QUOTED = re.compile(r"> (?:\* )?<@[^\n]*(?:\n>[^\n]*)*\n*")
_TAG = re.compile(r"<(/?)a(?:\s[^<>]*?href\s*=\s*(\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))?[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
_MENTION = re.compile(r"https://matrix\.to/#/(?:@|%40)", re.IGNORECASE)


def events(
    raw: Mapping[str, Any], room: str | None = None, own: str | None = None, authors: Mapping[str, str] | None = None
) -> list[Json]:
    """Return the events that a room event stands for.

    `room` is the room's id where the event does not carry it (in a sync), `own` the bot's own user id. `authors` says
    who sent which event: a reaction names only the event that it is about, and one to an unknown event stands for none.
    """
    where = text(raw.get("room_id")) or room
    if not where or not text(raw.get("sender")) or not text(raw.get("event_id")):
        return []
    room_event = _RoomEvent(raw, where, own)
    derived: list[Json] = []
    match raw.get("type"):
        case "m.room.message" | "m.sticker" if room_event.content:
            derived = [room_event.message()]
        case "m.reaction":
            related = mapping(room_event.content.get("m.relates_to"))
            about = text(related.get("event_id"))
            author = None if authors is None else authors.get(about)
            message = {"id": about, "author": {"id": author}}
            emoji = text(related.get("key"))
            derived = [room_event.event("reaction.added", message=message, emoji=emoji)] if author and emoji else []
        case "m.room.redaction":
            if id := text(raw.get("redacts")) or text(room_event.content.get("redacts")):
                reason = room_event.content_text("reason")
                derived = [room_event.event("message.deleted", message={"id": id}, reason=reason)]
        case "m.room.member":
            derived = room_event.membership()
        case "m.room.name" | "m.room.topic":
            derived = [room_event.room_changed()]
        case "m.room.power_levels":
            derived = [room_event.roster()]
    return derived


class _RoomEvent:
    """One room event, and the events it stands for."""

    def __init__(self, raw: Mapping[str, Any], room: str, own: str | None) -> None:
        self.raw = raw
        self.room = room
        self.own = own
        self.content = mapping(raw.get("content"))

    def event(self, type: str, **fields: Any) -> Json:
        fields = {"channel": {"id": self.room}, "actor": self.who(self.raw["sender"])} | fields
        return event(text(self.raw["event_id"]), type, number(self.raw.get("origin_server_ts")), self.room, **fields)

    def content_text(self, name: str) -> str | None:
        """A text of the content."""
        return text(self.content.get(name)) or None

    def who(self, id: str, **facts: Any) -> Json:
        return member(id, self=True if id == self.own else None, **facts)

    def message(self) -> Json:
        content, related = self.content, mapping(self.content.get("m.relates_to"))
        changed = mapping(content.get("m.new_content"))
        if changed and related.get("rel_type") == "m.replace" and (id := text(related.get("event_id"))):
            about = {"id": id, "author": self.who(self.raw["sender"])}
            return self.event("message.edited", message=about, **_written(changed, text(changed.get("body"))))
        kind = "sticker" if self.raw["type"] == "m.sticker" else _KINDS.get(text(content.get("msgtype")))
        reply = text(mapping(related.get("m.in_reply_to")).get("event_id")) or None
        body = text(content.get("body"))
        return self.event(
            "message",
            actor=self.who(self.raw["sender"], bot=True if content.get("msgtype") == "m.notice" else None),
            **_written(content, body if reply is None else _without_quotation(body)),
            mentions_everyone=bool(mapping(content.get("m.mentions")).get("room")),
            attachments=[{"kind": kind}] if kind else [],
            reply_to=reply,
            thread=text(related.get("event_id")) or None if related.get("rel_type") == "m.thread" else None,
        )

    def membership(self) -> list[Json]:
        """Joining, leaving, being removed: recognised by the membership before and after."""
        before = mapping(mapping(self.raw.get("unsigned")).get("prev_content"))
        was, now = before.get("membership"), self.content.get("membership")
        about = text(self.raw.get("state_key", self.raw["sender"]))
        reason, by_self = self.content_text("reason"), about == self.raw["sender"]
        actor = self.who(about, name=self.content.get("displayname"))
        changes: list[Json] = []
        match now:
            case "join" if was == "join":
                name, old = self.content_text("displayname"), text(before.get("displayname")) or None
                changes = [self.event("member.updated", actor=actor, name=name, old_name=old)] if name != old else []
            case "join":
                changes = [self.event("member.joined", actor=actor)]
            case "knock":
                changes = [self.event("join.requested", actor=actor, answer=reason)]
            case "ban":
                changes = [self.event("member.banned", target=self.who(about), reason=reason)]
            case "leave" if was == "ban":
                changes = [self.event("member.unbanned", target=self.who(about), reason=reason)]
            case "leave" if by_self:
                changes = [self.event("member.left", actor=self.who(about), reason=reason)]
            case "leave":
                changes = [self.event("member.kicked", target=self.who(about), reason=reason)]
        return changes

    def room_changed(self) -> Json:
        titles = {"name": self.content_text("name"), "topic": self.content_text("topic")}
        channel = {"id": self.room} | {key: value for key, value in titles.items() if value}
        return self.event("channel.updated", channel=channel)

    def roster(self) -> Json:
        levels = {str(id): number(level) for id, level in mapping(self.content.get("users")).items()}
        members = [
            self.who(id, roles=[role for least, role in _LEVELS if level >= least][:1])
            for id, level in sorted(levels.items())
        ]
        return event(
            text(self.raw["event_id"]), "roster", number(self.raw.get("origin_server_ts")), self.room, members=members
        )


def _without_quotation(body: str) -> str:
    """A reply without the lines `> <@li:example.org> …` in front, for clients that know no replies."""
    quoted = _QUOTED.match(body)
    return body[quoted.end() :] if quoted else body


def _written(content: Mapping[str, Any], body: str) -> Json:
    """A message's content: its text, the links in it and behind its words, the members it mentions."""
    named = sequence(mapping(content.get("m.mentions")).get("user_ids"))
    return {
        "text": body,
        "links": links(body, *_behind_words(_formatted(content))),
        "mentions": [{"id": who} for who in map(text, named) if who],
    }


def _formatted(content: Mapping[str, Any]) -> str:
    """The formatted text, without what a reply quotes."""
    formatted = text(content.get("formatted_body"))
    _, quoted, answer = formatted.partition("</mx-reply>")
    return answer if quoted and "m.in_reply_to" in mapping(content.get("m.relates_to")) else formatted


def _behind_words(formatted: str) -> Iterator[Json]:
    """The links of a formatted text with their words; members' names, which are links here, aside."""
    url, start = "", 0
    for tag in _TAG.finditer(formatted):
        if url:
            words = html.unescape(_MARKUP.sub("", formatted[start : tag.start()])).strip()
            yield {"url": url, "text": words} if words and words != url else {"url": url}
        url, start = html.unescape((tag[2] or "").strip("\"'")), tag.end()
        if tag[1] or _MENTION.match(url):
            url = ""
    if url:
        yield {"url": url}


# --- going out ----------------------------------------------------------------------------------------


def calls(action: Action, room: str, lang: str = "en") -> list[tuple[str, str, Json]]:
    """Return the calls (method, path, body) that carry out an action in a room; none for what Matrix can't do.

    The action's key is the transaction id, so that a repeated call changes nothing.
    """
    base = f"/_matrix/client/v3/rooms/{quote(room, safe='')}"
    parameters, text = action.parameters, pick(action.parameters.get("text") or {}, lang)
    reason = {"reason": ", ".join(action.rules)}
    match action.do:
        case "delete" | "redact" | "hide":
            ids = parameters.get("events", [action.who]) if action.do == "delete" else [action.who]
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
