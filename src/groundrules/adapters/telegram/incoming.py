"""Updates of Telegram's Bot API as events of std/chat.

A group is a community; in a forum each topic is a channel, `chat/topic`, and the rest of the group another, `chat`.
Joins, departures, removals, mutes and promotions are read only from `chat_member` updates, which say who did it;
Telegram sends them to bots that are admins and request them (`UPDATES`). Bots never learn that a message was deleted,
nor the ids of members mentioned only by `@name`; the context's `usernames` gives them, else the name is used as the id.
Members who write as a channel, and admins who write as the group, have that chat's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundrules.adapters.common import Json, event, mapping, member, number, sequence, text
from groundrules.adapters.context import NOTHING, Context
from groundrules.adapters.telegram.written import origin_of, poll_of, user_of, written

_GROUPS = ("group", "supergroup")
_SPEAKING_FOR_TELEGRAM = "777000"
_SERVICE = (
    ("pinned_message", "message.pinned"),
    ("forum_topic_created", "thread.created"),
    ("forum_topic_closed", "thread.closed"),
    ("forum_topic_edited", "channel.updated"),
    ("new_chat_title", "channel.updated"),
)
_UNSAID = (
    "new_chat_members",
    "left_chat_member",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "message_auto_delete_timer_changed",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "boost_added",
    "chat_background_set",
    "giveaway_created",
    "giveaway_completed",
    "write_access_allowed",
    "proximity_alert_triggered",
)
"""Telegram's own service messages, which no member wrote."""


def events(raw: Mapping[str, Any], context: Context = NOTHING) -> list[Json]:
    """Return the events that one update stands for; none if it concerns no group.

    Reads from the context: `own`, `authors`, `usernames`, `polls` and `now`. Votes and ending polls name no group: only
    a poll that the host knows in `polls`, with its `community` and `options`, has events.
    """
    for kind, reader in _READERS.items():
        if isinstance(payload := raw.get(kind), Mapping):
            return list(reader(_Update(payload, text(raw.get("update_id")), context)))
    return []


def roster(chat: Any, administrators: Iterable[Mapping[str, Any]], time: float, own: Any = None) -> Json:
    """The event that says who is admin, from `getChatAdministrators`; `time` in seconds since 1970."""
    context = Context(own=None if own is None else str(own))
    rows = [mapping(row) for row in administrators]
    members = [
        user_of(mapping(row.get("user")), context, roles=_roles(row), title=text(row.get("custom_title")) or None)
        for row in rows
    ]
    return event(f"roster-{chat}-{int(time)}", "roster", time * 1000, str(chat), members=members)


class _Update:
    """What an update contains, and what the events it stands for share."""

    def __init__(self, data: Mapping[str, Any], number_of: str, context: Context) -> None:
        self.data = data
        self.context = context
        self.name = f"update-{number_of or '0'}"
        self.chat = mapping(data.get("chat"))
        self.community = text(self.chat.get("id"))

    @property
    def in_group(self) -> bool:
        return bool(self.community) and self.chat.get("type") in _GROUPS

    def event(self, type: str, suffix: str = "", **fields: Any) -> Json:
        id, ms = fields.pop("id", None) or self.name, fields.pop("ms", None)
        fields = {"channel": self.channel(), "actor": self.sender()} | fields
        return event(id + suffix, type, self.ms() if ms is None else ms, self.community, **fields)

    def ms(self) -> float:
        return number(self.data.get("date")) * 1000 or self.context.now

    def topic(self) -> str | None:
        return text(self.data.get("message_thread_id")) or None if self.data.get("is_topic_message") else None

    def channel(self) -> Json:
        if topic := self.topic():
            return {"id": f"{self.community}/{topic}", "kind": "topic", "parent": self.community}
        name = text(self.chat.get("title"))
        return {"id": self.community} | ({"name": name} if name else {})

    def sender(self) -> Json:
        return _sender(self.data, self.context)


def _sender(data: Mapping[str, Any], context: Context) -> Json:
    """Who wrote a message; `from` is a placeholder if a chat wrote it."""
    chat = mapping(data.get("sender_chat")) or mapping(data.get("actor_chat"))
    if id := text(chat.get("id")):
        as_group = id == text(mapping(data.get("chat")).get("id"))
        return member(id, chat.get("title"), roles=["admin"] if as_group else [])
    return user_of(mapping(data.get("from")) or mapping(data.get("user")), context)


# --- messages -----------------------------------------------------------------------------------------


def _message(of: _Update) -> Iterator[Json]:
    id = text(of.data.get("message_id"))
    if not of.in_group or not id:
        return
    service = next(((key, type) for key, type in _SERVICE if of.data.get(key) is not None), None)
    if service:
        yield from _service_messages(of, id, *service)
    if service or any(of.data.get(key) is not None for key in _UNSAID):
        return
    reply = mapping(of.data.get("reply_to_message"))
    answered = text(reply.get("message_id")) if text(reply.get("message_id")) != of.topic() else ""
    origin = mapping(of.data.get("forward_origin"))
    yield of.event(
        "message",
        id=id,
        **written(of.data, of.context),
        reply_to=answered or None,
        reply_to_author=_sender(reply, of.context)
        if answered and ("from" in reply or "sender_chat" in reply)
        else None,
        thread=of.topic(),
        forwarded=True if origin else None,
        forwarded_from=origin_of(origin) or None,
        anonymous=True if mapping(of.data.get("sender_chat")) else None,
    )
    if poll := poll_of(mapping(of.data.get("poll"))):
        yield of.event("poll.created", id=id, suffix="-poll", poll=poll | {"creator": {"id": of.sender()["id"]}})


def _service_messages(of: _Update, id: str, key: str, type: str) -> Iterator[Json]:
    inner = mapping(of.data.get(key))
    topic = text(of.data.get("message_thread_id"))
    match type:
        case "message.pinned" if pinned := text(inner.get("message_id")):
            author = _sender(inner, of.context) if "from" in inner or "sender_chat" in inner else None
            yield of.event(type, id=id, message={"id": pinned} | ({"author": author} if author else {}))
        case "thread.created" if topic:
            thread = {"id": topic, "title": text(inner.get("name")), "author": {"id": of.sender()["id"]}}
            yield of.event(type, id=id, thread=thread)
        case "thread.closed" if topic:
            yield of.event(type, id=id, thread={"id": topic})
        case "channel.updated" if name := text(inner.get("name")) or text(of.data.get("new_chat_title")):
            yield of.event(type, id=id, channel=of.channel() | {"name": name})


def _edited(of: _Update) -> Iterator[Json]:
    id, changed = text(of.data.get("message_id")), number(of.data.get("edit_date"))
    if of.in_group and id:
        about = {"id": id, "author": {"id": of.sender()["id"]}}
        name = f"{id}-edit-{int(changed)}-{of.name}"
        ms = changed * 1000 or None
        yield of.event("message.edited", id=name, ms=ms, message=about, **written(of.data, of.context))


# --- members ------------------------------------------------------------------------------------------


def _members_changed(of: _Update) -> Iterator[Json]:
    before, now = mapping(of.data.get("old_chat_member")), mapping(of.data.get("new_chat_member"))
    user = mapping(now.get("user")) or mapping(before.get("user"))
    if not of.in_group or not text(user.get("id")):
        return
    who = user_of(user, of.context)
    by_self = who["id"] == of.sender()["id"]
    yield from _unbanned(of, before, now, who)
    if _inside(before) and not _inside(now):
        yield from _gone(of, now, who, by_self)
    elif not _inside(before) and now.get("status") == "kicked" and before.get("status") != "kicked":
        yield of.event("member.banned", suffix="-banned", target=who, duration=_lasts(of, now))
    elif _inside(now) and not _inside(before):
        inviter = None if by_self or "invite_link" in of.data else of.sender()
        yield of.event("member.joined", suffix="-joined", actor=who, inviter=inviter, source=_source(of.data))
    yield from _muted(of, before, now, who)
    yield from _roles_changed(of, before, now, who)


def _inside(row: Mapping[str, Any]) -> bool:
    status = row.get("status")
    return status in ("creator", "administrator", "member") or (status == "restricted" and bool(row.get("is_member")))


def _gone(of: _Update, now: Mapping[str, Any], who: Json, by_self: bool) -> Iterator[Json]:
    if now.get("status") == "kicked":
        yield of.event("member.banned", suffix="-banned", target=who, duration=_lasts(of, now))
    elif by_self:
        yield of.event("member.left", suffix="-left")
    else:
        yield of.event("member.kicked", suffix="-kicked", target=who)


def _unbanned(of: _Update, before: Mapping[str, Any], now: Mapping[str, Any], who: Json) -> Iterator[Json]:
    if before.get("status") == "kicked" and now.get("status") != "kicked":
        yield of.event("member.unbanned", suffix="-unbanned", target=who)


def _muted(of: _Update, before: Mapping[str, Any], now: Mapping[str, Any], who: Json) -> Iterator[Json]:
    was, silent = _silent(before), _silent(now)
    if silent and (not was or before.get("until_date") != now.get("until_date")):
        yield of.event("member.muted", suffix="-muted", target=who, duration=_lasts(of, now))
    elif was and not silent and _inside(now):
        yield of.event("member.unmuted", suffix="-unmuted", target=who)


def _silent(row: Mapping[str, Any]) -> bool:
    return row.get("status") == "restricted" and row.get("can_send_messages") is False


def _lasts(of: _Update, row: Mapping[str, Any]) -> int | None:
    """How long a ban or mute lasts, in milliseconds; None if permanent."""
    left = number(row.get("until_date")) * 1000 - of.ms()
    return min(max(int(left), 1000), 2**53) if number(row.get("until_date")) > 0 else None


def _roles(row: Mapping[str, Any]) -> list[str]:
    return {"creator": ["owner"], "administrator": ["admin"]}.get(text(row.get("status")), [])


def _roles_changed(of: _Update, before: Mapping[str, Any], now: Mapping[str, Any], who: Json) -> Iterator[Json]:
    for type, roles, others in (
        ("role.removed", _roles(before), _roles(now)),
        ("role.added", _roles(now), _roles(before)),
    ):
        for role in roles:
            if role not in others:
                yield of.event(type, suffix=f"-{type}", target=who, role=role)


def _source(data: Mapping[str, Any]) -> str | None:
    if data.get("via_join_request"):
        return "request"
    if data.get("via_chat_folder_invite_link"):
        return "folder"
    return "link" if "invite_link" in data else None


def _join_requested(of: _Update) -> Iterator[Json]:
    if of.in_group:
        actor = user_of(mapping(of.data.get("from")), of.context, about=text(of.data.get("bio")) or None)
        source = text(mapping(of.data.get("invite_link")).get("name")) or _source(of.data)
        yield of.event("join.requested", actor=actor, source=source)


# --- reactions, votes ---------------------------------------------------------------------------------


def _reacted(of: _Update) -> Iterator[Json]:
    id = text(of.data.get("message_id"))
    author = of.context.authors.get(id)
    before, now = _marks(of.data.get("old_reaction")), _marks(of.data.get("new_reaction"))
    for type, marks, others in (("reaction.removed", before, now), ("reaction.added", now, before)):
        for emoji in marks if of.in_group and author else ():
            if emoji not in others:
                message = {"id": id, "author": {"id": author}}
                yield of.event(type, suffix=f"-{type}-{emoji}", message=message, emoji=emoji)


def _marks(reactions: Any) -> list[str]:
    rows = map(mapping, sequence(reactions))
    marks = (text(row.get("emoji")) or text(row.get("custom_emoji_id")) or text(row.get("type")) for row in rows)
    return [mark for mark in dict.fromkeys(marks) if mark]


def _voted(of: _Update) -> Iterator[Json]:
    of.data = {**of.data, "sender_chat": of.data.get("voter_chat")}
    poll = _known_poll(of, text(of.data.get("poll_id")))
    if poll is None:
        return
    chosen = [int(number(index, -1)) for index in sequence(of.data.get("option_ids"))]
    options = poll.get("options", [])
    picked = [options[index] if 0 <= index < len(options) else str(index) for index in chosen]
    for index, option in enumerate(picked):
        yield of.event("vote.cast", suffix=f"-{index}", channel=None, poll=poll, option=option)
    if not picked:
        yield of.event("vote.withdrawn", channel=None, poll=poll)


def _poll_changed(of: _Update) -> Iterator[Json]:
    poll = _known_poll(of, text(of.data.get("id")))
    if poll is None or not of.data.get("is_closed"):
        return
    rows = [mapping(option) for option in sequence(of.data.get("options"))]
    votes = sorted(((number(row.get("voter_count")), text(row.get("text"))) for row in rows), reverse=True)
    won = votes and (len(votes) == 1 or votes[0][0] > votes[1][0]) and votes[0][0] > 0
    total = int(min(max(number(of.data.get("total_voter_count")), 0), 2**53))
    result = votes[0][1] if won else None
    poll |= {key: value for key, value in poll_of(of.data).items() if key in ("question", "options")}
    yield of.event("poll.closed", channel=None, actor=None, poll=poll, result=result or None, votes=total)


def _known_poll(of: _Update, id: str) -> Json | None:
    known = mapping(of.context.polls.get(id))
    of.community = text(known.get("community"))
    if not of.community:
        return None
    return {"id": id} | {key: known[key] for key in ("question", "options") if key in known}


_READERS: dict[str, Any] = {
    "message": _message,
    "edited_message": _edited,
    "message_reaction": _reacted,
    "chat_member": _members_changed,
    "chat_join_request": _join_requested,
    "poll_answer": _voted,
    "poll": _poll_changed,
}
