"""What Discord sends: the intents to ask for, and the fields that each event type fills in."""

from __future__ import annotations

INTENTS: dict[str, int] = {
    "GUILDS": 1 << 0,
    "GUILD_MEMBERS": 1 << 1,
    "GUILD_MODERATION": 1 << 2,
    "GUILD_VOICE_STATES": 1 << 7,
    "GUILD_MESSAGES": 1 << 9,
    "GUILD_MESSAGE_REACTIONS": 1 << 10,
    "MESSAGE_CONTENT": 1 << 15,
    "GUILD_MESSAGE_POLLS": 1 << 24,
}
"""The intents that events need; GUILD_MEMBERS and MESSAGE_CONTENT must be switched on for the bot."""

_HEADER = frozenset({"actor", "channel"})
_CHANNEL = frozenset({f"channel.{fact}" for fact in ("name", "topic", "kind", "parent")})
_USER = frozenset({f"actor.{fact}" for fact in ("name", "created", "bot", "self")})
_MEMBER = _USER | {"actor.roles", "actor.joined"}
_BY = frozenset({"actor", "actor.created", "actor.self"})
_ON_SOMEBODY = _BY | {"target", "target.created", "target.self", "reason"}
_VOTE = _HEADER | _CHANNEL | {"actor.created", "actor.self", "poll", "poll.question", "poll.options", "option"}

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _HEADER
    | _CHANNEL
    | _MEMBER
    | {"text", "links", "mentions", "mentions_everyone", "attachments", "reply_to", "reply_to_author", "thread"}
    | {f"reply_to_author.{fact}" for fact in ("name", "created", "bot", "self")}
    | {"forwarded"},
    "message.edited": _HEADER
    | _CHANNEL
    | _MEMBER
    | {"message", "message.author", "text", "links", "mentions", "attachments"},
    "message.deleted": frozenset({"channel", "message", "message.author"}) | _CHANNEL,
    "message.pinned": _HEADER | _CHANNEL | {"actor.created", "actor.self", "message", "message.author"},
    "message.unpinned": _HEADER | _CHANNEL | {"actor.created", "actor.self", "message", "message.author"},
    "reaction.added": _HEADER | _CHANNEL | _MEMBER | {"message", "message.author", "emoji"},
    "reaction.removed": _HEADER | _CHANNEL | {"actor.created", "actor.self", "message", "message.author", "emoji"},
    "member.joined": _MEMBER | {"actor"},
    "member.left": _USER | {"actor"},
    "member.updated": _MEMBER | {"actor", "name"},
    "member.kicked": _ON_SOMEBODY,
    "member.banned": _ON_SOMEBODY,
    "member.unbanned": _ON_SOMEBODY,
    "member.muted": _ON_SOMEBODY | {"duration"},
    "member.unmuted": _ON_SOMEBODY,
    "role.added": _ON_SOMEBODY | {"role"},
    "role.removed": _BY | {"target", "target.created", "target.self", "role"},
    "poll.created": _HEADER
    | _CHANNEL
    | _MEMBER
    | {"poll", "poll.question", "poll.options", "poll.closes", "poll.creator"},
    "poll.closed": _HEADER | _CHANNEL | _MEMBER | {"poll", "poll.question", "poll.options", "result", "votes"},
    "vote.cast": _VOTE,
    "vote.withdrawn": _VOTE,
    "thread.created": _HEADER | _CHANNEL | {"actor.created", "actor.self", "thread", "thread.title", "thread.author"},
    "thread.closed": frozenset({"channel", "thread", "thread.title", "thread.author"}) | _CHANNEL,
    "voice.joined": _HEADER | _CHANNEL | _MEMBER,
    "voice.left": _HEADER | _CHANNEL | _MEMBER,
    "channel.created": frozenset({"channel"}) | _CHANNEL,
    "channel.updated": frozenset({"channel"}) | _CHANNEL,
    "channel.deleted": frozenset({"channel"}) | _CHANNEL,
    "roster": frozenset(
        {"members", *(f"members.{fact}" for fact in ("name", "roles", "joined", "created", "bot", "self"))}
    ),
}
