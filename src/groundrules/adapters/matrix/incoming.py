"""Room events of Matrix as events of std/chat.

A room is a community of one channel. Who may do what follows from power levels: 100 is `owner`, 50 `admin`; they come
as room state and become a `roster` event and, if the previous state is known, the roles and mutes that a moderator gave
by hand. From room version 12 on, creators are owners whatever the levels say. A redaction deletes a message. The lines
that a reply quotes are not part of its text; links behind words are read from the formatted text. Encrypted content is
no event until the host has decrypted it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from groundrules.adapters.common import Json, event, links, mapping, member, number, sequence, text
from groundrules.adapters.context import NOTHING, Context
from groundrules.adapters.limits import MATRIX

_HEADER = frozenset({"actor", "channel", "actor.self"})

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _HEADER
    | {"text", "links", "mentions", "mentions_everyone", "attachments", "thread", "actor.bot"}
    | {"reply_to", "reply_to_author"},
    "message.edited": _HEADER | {"message", "message.author", "text", "links", "mentions", "attachments"},
    "message.deleted": _HEADER | {"message", "message.author", "reason"},
    "reaction.added": _HEADER | {"message", "message.author", "emoji"},
    "member.joined": _HEADER | {"actor.name"},
    "member.updated": _HEADER | {"actor.name", "name", "old_name"},
    "member.left": _HEADER | {"reason"},
    "member.kicked": _HEADER | {"target", "reason"},
    "member.banned": _HEADER | {"target", "reason"},
    "member.unbanned": _HEADER | {"target", "reason"},
    "member.invited": _HEADER | {"target"},
    "member.muted": _HEADER | {"target"},
    "member.unmuted": _HEADER | {"target"},
    "role.added": _HEADER | {"target", "role"},
    "role.removed": _HEADER | {"target", "role"},
    "join.requested": _HEADER | {"actor.name", "answer"},
    "join.approved": _HEADER | {"target", "target.name"},
    "join.refused": _HEADER | {"target", "reason"},
    "message.pinned": _HEADER | {"message", "message.author"},
    "message.unpinned": _HEADER | {"message", "message.author"},
    "poll.created": _HEADER | {"poll", "poll.question", "poll.options", "poll.creator"},
    "poll.closed": _HEADER | {"poll", "poll.question", "poll.options"},
    "vote.cast": _HEADER | {"poll", "poll.question", "poll.options", "option"},
    "vote.withdrawn": _HEADER | {"poll", "poll.question", "poll.options"},
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

_QUOTED = re.compile(r"> (?:\* )?<@[^\n]*(?:\n>[^\n]*)*\n*")
_TAG = re.compile(r"<(/?)a(?:\s[^<>]*?href\s*=\s*(\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))?[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
_MENTION = re.compile(r"https://matrix\.to/#/(?:@|%40)", re.IGNORECASE)
_MENTION_START = len("https://matrix.to/#/")


def events(raw: Mapping[str, Any], context: Context = NOTHING) -> list[Json]:
    """Return the events that a room event stands for.

    Reads from the context: `community` (the room's id where the event lacks it, in a sync), `own`, `authors` (a
    reaction names only its target event, and one to an unknown event stands for none), and `polls`.
    """
    where = text(raw.get("room_id")) or context.community
    if not where or not text(raw.get("sender")) or not text(raw.get("event_id")):
        return []
    return list(_RoomEvent(raw, where, context).events())


class _RoomEvent:
    """One room event, and the events it stands for."""

    def __init__(self, raw: Mapping[str, Any], room: str, context: Context) -> None:
        self.raw = raw
        self.room = room
        self.context = context
        self.content = mapping(raw.get("content"))

    def events(self) -> Iterator[Json]:
        match self.raw.get("type"):
            case "m.room.message" | "m.sticker" if self.content:
                yield self.message()
            case "m.reaction":
                yield from self.reaction()
            case "m.room.redaction":
                yield from self.redaction()
            case "m.room.member":
                yield from self.membership()
            case "m.room.name" | "m.room.topic":
                yield self.room_changed()
            case "m.room.create" | "m.room.power_levels" | "m.room.pinned_events":
                yield from self.state_changed()
            case str(type) if "poll" in type:
                yield from self.poll(type.rpartition(".")[2])

    def event(self, type: str, **fields: Any) -> Json:
        fields = {"channel": {"id": self.room}, "actor": self.who(self.raw["sender"])} | fields
        id = text(self.raw["event_id"]) + fields.pop("suffix", "")
        return event(id, type, number(self.raw.get("origin_server_ts")), self.room, **fields)

    def content_text(self, name: str) -> str | None:
        """A text in the content."""
        return text(self.content.get(name)) or None

    def who(self, id: str, **facts: Any) -> Json:
        return member(id, self=True if id == self.context.own else None, **facts)

    def message(self) -> Json:
        content, related = self.content, mapping(self.content.get("m.relates_to"))
        changed = mapping(content.get("m.new_content"))
        if changed and related.get("rel_type") == "m.replace" and (id := text(related.get("event_id"))):
            about = {"id": id, "author": self.who(self.raw["sender"])}
            written = _written(changed, text(changed.get("body")))
            return self.event("message.edited", message=about, **written, attachments=self.attachments(changed))
        reply = text(mapping(related.get("m.in_reply_to")).get("event_id")) or None
        body = text(content.get("body"))
        return self.event(
            "message",
            actor=self.who(self.raw["sender"], bot=True if content.get("msgtype") == "m.notice" else None),
            **_written(content, body if reply is None else _without_quotation(body)),
            mentions_everyone=_for_everyone(content, body),
            attachments=self.attachments(content),
            reply_to=reply,
            reply_to_author=self.author(reply),
            thread=text(related.get("event_id")) or None if related.get("rel_type") == "m.thread" else None,
        )

    def attachments(self, content: Mapping[str, Any]) -> list[Json]:
        kind = "sticker" if self.raw["type"] == "m.sticker" else _KINDS.get(text(content.get("msgtype")))
        if kind is None:
            return []
        if kind == "audio" and any("voice" in str(key) for key in content):
            kind = "voice"
        info = mapping(content.get("info"))
        size = number(info.get("size"), -1)
        fields: Json = {"name": text(content.get("filename")) or None, "mime": text(info.get("mimetype")) or None}
        fields |= {"size": int(size) if 0 <= size <= MATRIX["power"].value else None}
        return [{"kind": kind} | {key: value for key, value in fields.items() if value is not None}]

    def author(self, id: str | None) -> Json | None:
        """Who wrote an event, if the host knows."""
        known = self.context.authors.get(id) if id else None
        return self.who(known) if known else None

    def reaction(self) -> Iterator[Json]:
        related = mapping(self.content.get("m.relates_to"))
        about, emoji = text(related.get("event_id")), text(related.get("key"))
        if emoji and (author := self.author(about)):
            yield self.event("reaction.added", message={"id": about, "author": author}, emoji=emoji)

    def redaction(self) -> Iterator[Json]:
        if id := text(self.raw.get("redacts")) or text(self.content.get("redacts")):
            author = self.author(id)
            message = {"id": id} | ({"author": author} if author else {})
            yield self.event("message.deleted", message=message, reason=self.content_text("reason"))

    def poll(self, part: str) -> Iterator[Json]:
        """Polls as MSC 3381 and version 1.7 of the specification write them: `start`, `response`, `end`."""
        if part == "start":
            poll = _poll(self.content) | {"id": text(self.raw["event_id"]), "creator": self.who(self.raw["sender"])}
            words = {"kind": "poll", "name": poll.get("question", ""), "text": "\n".join(poll["options"])}
            yield self.event("message", **_written({}, poll.get("question", "")), attachments=[words])
            yield self.event("poll.created", poll=poll, suffix="-poll")
            return
        id = text(mapping(self.content.get("m.relates_to")).get("event_id"))
        known = self.context.polls.get(id, {})
        poll = {"id": id} | {key: known[key] for key in ("question", "options") if key in known}
        if id and part == "end":
            yield self.event("poll.closed", poll=poll)
        elif id and part == "response":
            answers = _answers(self.content)
            option = {"option": _option(known, answers[0])} if answers else {}
            yield self.event("vote.cast" if answers else "vote.withdrawn", poll=poll, **option)

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
            case "invite":
                type = "join.approved" if was == "knock" else "member.invited"
                changes = [self.event(type, target=actor if was == "knock" else self.who(about))]
            case "ban":
                changes = [self.event("member.banned", target=self.who(about), reason=reason)]
            case "leave" if was == "ban":
                changes = [self.event("member.unbanned", target=self.who(about), reason=reason)]
            case "leave" if was in ("knock", "invite"):  # they never joined
                refused = was == "knock" and not by_self
                changes = [self.event("join.refused", target=self.who(about), reason=reason)] if refused else []
            case "leave" if by_self:
                changes = [self.event("member.left", actor=self.who(about), reason=reason)]
            case "leave":
                changes = [self.event("member.kicked", target=self.who(about), reason=reason)]
        return changes

    def room_changed(self) -> Json:
        titles = {"name": self.content_text("name"), "topic": self.content_text("topic")}
        channel = {"id": self.room} | {key: value for key, value in titles.items() if value}
        return self.event("channel.updated", channel=channel)

    def state_changed(self) -> Iterator[Json]:
        before = mapping(mapping(self.raw.get("unsigned")).get("prev_content"))
        match self.raw["type"]:
            case "m.room.create":
                yield from self.created()
            case "m.room.pinned_events":
                yield from self.pins(_ids(before.get("pinned")), _ids(self.content.get("pinned")))
            case _:
                yield self.roster(_levels(before), _levels(self.content))
                if before:
                    yield from self.levels_changed(_Levels(before), _Levels(self.content))

    def created(self) -> Iterator[Json]:
        """A room's creators rule over it from version 12 on; before, the power levels say so too."""
        if number(self.content.get("room_version")) >= MATRIX["creator_power_from"].value:
            ids = dict.fromkeys([self.raw["sender"], *_ids(self.content.get("additional_creators"))])
            yield self.event("roster", members=[self.who(id) | {"roles": ["owner"]} for id in ids], **_NOBODY)

    def pins(self, before: list[str], now: list[str]) -> Iterator[Json]:
        for type, ids in (("message.pinned", set(now) - set(before)), ("message.unpinned", set(before) - set(now))):
            for id in sorted(ids):
                author = self.author(id)
                message = {"id": id} | ({"author": author} if author else {})
                yield self.event(type, message=message, suffix=f"-{id}")

    def roster(self, before: Mapping[str, float], now: Mapping[str, float]) -> Json:
        """All who have their own levels, and those who had: they are ordinary members again."""
        members = [self.who(id) | {"roles": _roles(now.get(id, 0))} for id in sorted({*before, *now})]
        return self.event("roster", members=members, **_NOBODY)

    def levels_changed(self, before: _Levels, now: _Levels) -> Iterator[Json]:
        for id in sorted({*before.users, *now.users}):
            old, new = _roles(before.of(id)), _roles(now.of(id))
            for type, roles in (("role.removed", old), ("role.added", new)) if old != new else ():
                for role in roles:
                    yield self.event(type, target=self.who(id), role=role, suffix=f"-{type}-{id}")
            if before.may_write(id) != now.may_write(id):
                type = "member.unmuted" if now.may_write(id) else "member.muted"
                yield self.event(type, target=self.who(id), suffix=f"-{type}-{id}")


_NOBODY: Json = {"actor": None, "channel": None}
"""A roster is nobody's action."""


class _Levels:
    """The power levels of a room."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.users = _levels(content)
        self.default = number(content.get("users_default"))
        sending = mapping(content.get("events")).get("m.room.message", content.get("events_default"))
        self.to_write = number(sending)

    def of(self, id: str) -> float:
        return self.users.get(id, self.default)

    def may_write(self, id: str) -> bool:
        return self.of(id) >= self.to_write


def _levels(content: Mapping[str, Any]) -> dict[str, float]:
    return {str(id): number(level) for id, level in mapping(content.get("users")).items() if str(id)}


def _roles(level: float) -> list[str]:
    return [role for least, role in _LEVELS if level >= least][:1]


def _ids(value: Any) -> list[str]:
    return [id for id in map(text, sequence(value)) if id]


def _for_everyone(content: Mapping[str, Any], body: str) -> bool:
    """`@room` in the body pings everybody if the message doesn't itself say who it pings."""
    mentions = content.get("m.mentions")
    return bool(mapping(mentions).get("room")) if isinstance(mentions, Mapping) else "@room" in body


def _poll(content: Mapping[str, Any]) -> Json:
    inner = next((mapping(content[key]) for key in content if str(key).endswith(("poll.start", "m.poll"))), {})
    question = _words(inner.get("question"))
    options = [_words(answer) for answer in sequence(inner.get("answers"))]
    return ({"question": question} if question else {}) | {"options": [option for option in options if option]}


def _words(value: Any) -> str:
    """The text of extensible events, in any of the forms that were in use."""
    written = mapping(value)
    body = text(written.get("body")) or text(written.get("org.matrix.msc1767.text"))
    rows = sequence(written.get("m.text"))
    return (
        body or text(written.get("m.text")) or next(filter(None, (text(mapping(row).get("body")) for row in rows)), "")
    )


def _answers(content: Mapping[str, Any]) -> list[str]:
    inner = next((mapping(content[key]) for key in content if str(key).endswith("poll.response")), {})
    return _ids(content.get("m.selections")) or _ids(inner.get("answers"))


def _option(poll: Mapping[str, Any], id: str) -> str:
    """The chosen answer's text, if the host knows the poll and the `ids` of its answers."""
    ids, options = list(sequence(poll.get("ids"))), list(sequence(poll.get("options")))
    return text(options[ids.index(id)]) if id in ids and ids.index(id) < len(options) else id


def _without_quotation(body: str) -> str:
    """A reply without the leading lines `> <@li:example.org> …`, for clients that don't know replies."""
    quoted = _QUOTED.match(body)
    return body[quoted.end() :] if quoted else body


def _written(content: Mapping[str, Any], body: str) -> Json:
    """A message's content: its text, the links in it and behind its words, the members it mentions."""
    formatted = _formatted(content)
    mentions = content.get("m.mentions")
    named = _ids(mapping(mentions).get("user_ids")) if isinstance(mentions, Mapping) else _named_in(formatted)
    return {
        "text": body,
        "links": links(body, *_behind_words(formatted)),
        "mentions": [{"id": who} for who in dict.fromkeys(named)],
    }


def _named_in(formatted: str) -> list[str]:
    """Members whose names are links in a formatted text."""
    urls = (html.unescape((tag[2] or "").strip("\"'")) for tag in _TAG.finditer(formatted))
    return [unquote(url[_MENTION_START:]).partition("?")[0] for url in urls if _MENTION.match(url)]


def _formatted(content: Mapping[str, Any]) -> str:
    """The formatted text, without a reply's quotation."""
    formatted = text(content.get("formatted_body"))
    _, quoted, answer = formatted.partition("</mx-reply>")
    return answer if quoted and "m.in_reply_to" in mapping(content.get("m.relates_to")) else formatted


def _behind_words(formatted: str) -> Iterator[Json]:
    """The links of a formatted text with their words, except members' names, which are links here."""
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
