"""Dispatches of Discord's gateway as events of std/chat.

A server is a community of many channels. A message's id here is `channel/message`, because every call about it needs
both. The context's `state` holds servers and channels as the gateway gives them, by id: they provide the names of
roles, highest first, the owner, and channels' names. Bans, mutes and roles that moderators give by hand are read from
the audit log, because only it says who did it and why; a removed member also leaves (`GUILD_MEMBER_REMOVE` does not say
why). Texts are as members see them: `@name` for `<@1>`, `:wave:` for `<:wave:1>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from groundrules.adapters.common import Json, mapping, number, sequence, text
from groundrules.adapters.context import NOTHING, Context
from groundrules.adapters.discord.dispatch import Dispatch
from groundrules.adapters.discord.written import created_ms, ms_of, poll_of

_FORWARD = 1
_UNSAID = frozenset((*range(1, 13), *range(14, 19), 21, 22, *range(24, 30), 31, 32, *range(36, 40), 44))
"""Types of messages from Discord itself; what they report comes in events of its own."""
_POLL_RESULT = 46
_AUDITED = {
    20: "member.kicked",
    22: "member.banned",
    23: "member.unbanned",
    74: "message.pinned",
    75: "message.unpinned",
}
_MEMBER_UPDATE, _MEMBER_ROLE_UPDATE = 24, 25


def events(raw: Mapping[str, Any], context: Context = NOTHING) -> list[Json]:
    """Return the events that one dispatch (`{op, t, s, d}`) stands for; none if it concerns no server.

    Reads from the context: `now` (most dispatches have no time), `own`, `state`, `roles`, `authors`, `polls` and
    `voice`. A reaction to a message of unknown author stands for none.
    """
    data = mapping(raw.get("d"))
    type = text(raw.get("t"))
    guild = text(data.get("id") if type == "GUILD_CREATE" else data.get("guild_id"))
    reader = _READERS.get(type)
    return list(reader(Dispatch(raw, data, guild, context))) if guild and reader else []


# --- one reader per kind of dispatch ------------------------------------------------------------------


def _message(of: Dispatch) -> Iterator[Json]:
    data, type = of.data, int(number(of.data.get("type")))
    if type == _POLL_RESULT:
        yield from _poll_result(of)
        return
    if type in _UNSAID or not of.text("id"):
        return
    reference = mapping(data.get("message_reference"))
    forwarded = int(number(reference.get("type"))) == _FORWARD
    replied = not forwarded and text(reference.get("message_id"))
    author, where, id = of.author(), of.channel(), of.message_id("id")
    ms = ms_of(data.get("timestamp"))
    yield of.event(
        "message",
        id=id,
        ms=ms,
        channel=where,
        actor=author,
        **of.written(),
        mentions_everyone=bool(data.get("mention_everyone")),
        reply_to=f"{text(reference.get('channel_id')) or where['id']}/{replied}" if replied else None,
        reply_to_author=_replied_author(of),
        thread=where["id"] if "position" in data else None,
        forwarded=True if forwarded else None,
    )
    if poll := poll_of(data.get("poll")):
        about = {"id": id, **poll, "creator": {"id": author["id"]}}
        yield of.event("poll.created", id=f"{id}-poll", ms=ms, channel=where, actor=author, poll=about)


def _replied_author(of: Dispatch) -> Json | None:
    user = mapping(mapping(of.data.get("referenced_message")).get("author"))
    id = text(user.get("id"))
    return of.who(id, user) if id else None


def _poll_result(of: Dispatch) -> Iterator[Json]:
    """Discord's message when a poll is over; it answers the poll's message."""
    id = text(mapping(of.data.get("message_reference")).get("message_id"))
    rows = [mapping(row) for embed in sequence(of.data.get("embeds")) for row in sequence(mapping(embed).get("fields"))]
    values = {text(row.get("name")): text(row.get("value")) for row in rows}
    if id:
        poll = _known_poll(of, f"{of.channel()['id']}/{id}")
        question = values.get("poll_question_text")
        votes = number(values.get("total_votes"), -1)
        yield of.event(
            "poll.closed",
            id=of.message_id("id"),
            ms=ms_of(of.data.get("timestamp")),
            channel=of.channel(),
            actor=of.author(),
            poll=poll | ({"question": question} if question else {}),
            result=values.get("victor_answer_text") or None,
            votes=int(votes) if 0 <= votes < 2**53 else None,
        )


def _edited(of: Dispatch) -> Iterator[Json]:
    """An edit by its author; what Discord adds to a message, such as previews, is not one."""
    ms = ms_of(of.data.get("edited_timestamp"))
    user = mapping(of.data.get("author"))
    if ms is not None and of.text("id") and text(user.get("id")):
        author = of.author()
        about = {"id": of.message_id("id"), "author": {"id": author["id"]}}
        id = f"{about['id']}-{of.text('edited_timestamp')}"
        yield of.event(
            "message.edited", id=id, ms=ms, channel=of.channel(), actor=author, message=about, **of.written()
        )


def _deleted(of: Dispatch) -> Iterator[Json]:
    for id in (of.text("id"), *map(text, sequence(of.data.get("ids")))):
        if id:
            name = f"{of.channel()['id']}/{id}"
            yield of.event("message.deleted", id=f"{name}-deleted", channel=of.channel(), message=_about(of, name))


def _about(of: Dispatch, id: str) -> Json:
    author = of.context.authors.get(id)
    return {"id": id} | ({"author": {"id": author}} if author else {})


def _reaction(type: str) -> Any:
    def read(of: Dispatch) -> Iterator[Json]:
        mark = mapping(of.data.get("emoji"))
        emoji = text(mark.get("name")) or text(mark.get("id"))
        author, id = of.text("message_author_id"), of.message_id()
        message = {"id": id, "author": {"id": author}} if author else _about(of, id)
        if emoji and "author" in message:
            actor = of.member(mapping(of.data["member"])) if "member" in of.data else of.user()
            name = f"{of.name}-{id}-{of.text('user_id')}"
            yield of.event(type, id=name, channel=of.channel(), actor=actor, message=message, emoji=emoji)

    return read


def _vote(type: str) -> Any:
    def read(of: Dispatch) -> Iterator[Json]:
        id = of.message_id()
        poll = _known_poll(of, id)
        options, number_of = poll.get("options", []), int(number(of.data.get("answer_id"))) - 1
        option = options[number_of] if 0 <= number_of < len(options) else of.text("answer_id")
        name = f"{of.name}-{id}-{of.text('user_id')}"
        yield of.event(type, id=name, channel=of.channel(), actor=of.user(), poll=poll, option=option or None)

    return read


def _known_poll(of: Dispatch, id: str) -> Json:
    known = mapping(of.context.polls.get(id))
    return {"id": id} | {key: known[key] for key in ("question", "options") if key in known}


def _joined(of: Dispatch) -> Iterator[Json]:
    who = of.member(of.data)
    ms = ms_of(of.data.get("joined_at"))
    yield of.event("member.joined", id=f"joined-{who['id']}-{of.text('joined_at') or of.name}", ms=ms, actor=who)


def _left(of: Dispatch) -> Iterator[Json]:
    who = of.member(of.data)
    yield of.event("member.left", id=f"{of.name}-{who['id']}", actor=who)


def _updated(of: Dispatch) -> Iterator[Json]:
    who = of.member(of.data)
    yield of.event("member.updated", id=f"{of.name}-{who['id']}", actor=who, name=who.get("name"))


def _audited(of: Dispatch) -> Iterator[Json]:
    """What moderators did by hand, from the audit log."""
    kind, id = int(number(of.data.get("action_type"))), of.text("id")
    if not id.isdecimal() or len(id) > 20 or not of.text("target_id"):
        return
    by: Json = {
        "ms": created_ms(id),
        "actor": of.user(),
        "target": of.user("target_id"),
        "reason": of.text("reason") or None,
    }
    if kind in (74, 75):
        options = mapping(of.data.get("options"))
        message = {"id": f"{text(options.get('channel_id'))}/{text(options.get('message_id'))}", "author": by["target"]}
        where = of.channel(text(options.get("channel_id")))
        yield of.event(_AUDITED[kind], id=id, ms=by["ms"], actor=by["actor"], channel=where, message=message)
    elif kind in _AUDITED:
        yield of.event(_AUDITED[kind], id=id, **by)
    elif kind == _MEMBER_UPDATE:
        yield from _muted(of, id, by)
    elif kind == _MEMBER_ROLE_UPDATE:
        yield from _roles_changed(of, id, by)


def _changes(of: Dispatch) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((text(change.get("key")), change) for change in map(mapping, sequence(of.data.get("changes"))))


def _muted(of: Dispatch, id: str, by: Json) -> Iterator[Json]:
    for key, change in _changes(of):
        if key == "communication_disabled_until":
            until = ms_of(change.get("new_value"))
            if until is not None and until > by["ms"]:
                duration = max(int(until - by["ms"]), 1000)
                yield of.event("member.muted", id=id, **by, duration=min(duration, 2**53))
            else:
                yield of.event("member.unmuted", id=id, **by)


def _roles_changed(of: Dispatch, id: str, by: Json) -> Iterator[Json]:
    for key, change in _changes(of):
        for role in map(mapping, sequence(change.get("new_value"))):
            name = text(role.get("name")) or text(role.get("id"))
            if name and key == "$add":
                yield of.event("role.added", id=f"{id}-{text(role.get('id'))}", **by, role=name)
            elif name and key == "$remove":
                without = {field: value for field, value in by.items() if field != "reason"}
                yield of.event("role.removed", id=f"{id}-{text(role.get('id'))}", **without, role=name)


def _channel(type: str) -> Any:
    def read(of: Dispatch) -> Iterator[Json]:
        if id := of.text("id"):
            yield of.event(type, id=f"{of.name}-{id}", channel=of.channel(id, of.data))

    return read


def _thread(of: Dispatch) -> Json:
    owner = of.text("owner_id")
    thread = {"id": of.text("id"), "title": of.text("name"), "author": {"id": owner} if owner else None}
    return {key: value for key, value in thread.items() if value}


def _thread_created(of: Dispatch) -> Iterator[Json]:
    if of.text("id") and of.text("owner_id") and of.data.get("newly_created"):
        where = of.channel(of.text("parent_id"))
        yield of.event(
            "thread.created", id=f"thread-{of.text('id')}", channel=where, actor=of.user("owner_id"), thread=_thread(of)
        )


def _thread_closed(of: Dispatch) -> Iterator[Json]:
    gone = "thread_metadata" not in of.data
    shut = mapping(of.data.get("thread_metadata"))
    if of.text("id") and (gone or shut.get("archived") or shut.get("locked")):
        where = of.channel(of.text("parent_id"))
        yield of.event("thread.closed", id=f"{of.name}-{of.text('id')}", channel=where, thread=_thread(of))


def _voice(of: Dispatch) -> Iterator[Json]:
    """Whether somebody moved from one voice channel to another; muting oneself is not a move."""
    who = of.member(mapping(of.data["member"])) if mapping(of.data.get("member")).get("user") else of.user()
    before, now = of.context.voice.get(who["id"]), of.text("channel_id")
    if before != now and (before or not now):
        where = of.channel(before) if before else None
        yield of.event("voice.left", id=f"{of.name}-left", channel=where, actor=who)
    if before != now and now:
        yield of.event("voice.joined", id=f"{of.name}-joined", channel=of.channel(now), actor=who)


def _roster(of: Dispatch) -> Iterator[Json]:
    """All members in a dispatch: on joining a server, and in chunks when the host requests them."""
    members = [of.member(mapping(entry)) for entry in sequence(of.data.get("members"))]
    if members:
        part = of.text("chunk_index") or "0"
        yield of.event("roster", id=f"{of.name}-{part}", members=members)


_READERS: dict[str, Any] = {
    "MESSAGE_CREATE": _message,
    "MESSAGE_UPDATE": _edited,
    "MESSAGE_DELETE": _deleted,
    "MESSAGE_DELETE_BULK": _deleted,
    "MESSAGE_REACTION_ADD": _reaction("reaction.added"),
    "MESSAGE_REACTION_REMOVE": _reaction("reaction.removed"),
    "MESSAGE_POLL_VOTE_ADD": _vote("vote.cast"),
    "MESSAGE_POLL_VOTE_REMOVE": _vote("vote.withdrawn"),
    "GUILD_MEMBER_ADD": _joined,
    "GUILD_MEMBER_REMOVE": _left,
    "GUILD_MEMBER_UPDATE": _updated,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": _audited,
    "CHANNEL_CREATE": _channel("channel.created"),
    "CHANNEL_UPDATE": _channel("channel.updated"),
    "CHANNEL_DELETE": _channel("channel.deleted"),
    "THREAD_CREATE": _thread_created,
    "THREAD_UPDATE": _thread_closed,
    "THREAD_DELETE": _thread_closed,
    "VOICE_STATE_UPDATE": _voice,
    "GUILD_CREATE": _roster,
    "GUILD_MEMBERS_CHUNK": _roster,
}
