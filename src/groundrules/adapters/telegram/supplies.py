"""What Telegram sends: the updates to ask for, and the fields that each event type fills in."""

from __future__ import annotations

UPDATES = (
    "message",
    "edited_message",
    "message_reaction",
    "chat_member",
    "chat_join_request",
    "poll",
    "poll_answer",
    "callback_query",
)
"""What to ask for as `allowed_updates`: three of them are not sent otherwise."""

_USER = frozenset({f"actor.{fact}" for fact in ("name", "bot", "language", "self")})
_AT = frozenset({"actor", "channel", "channel.name"}) | _USER
_HEADER = _AT | {"channel.kind", "channel.parent"}
_TARGET = frozenset({"target", *(f"target.{fact}" for fact in ("name", "bot", "language", "self"))})
_INVITER = frozenset({"inviter", *(f"inviter.{fact}" for fact in ("name", "bot", "language", "self"))})
_ANSWERED = frozenset(
    {"reply_to", "reply_to_author", *(f"reply_to_author.{fact}" for fact in ("name", "bot", "language", "self"))}
)
_WRITTEN = frozenset({"text", "links", "mentions", "attachments"})
_REACTION = _HEADER | {"message", "message.author", "emoji"}
_VOTE = _USER | {"actor", "poll", "poll.question", "poll.options"}

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _HEADER | _WRITTEN | _ANSWERED | {"actor.roles", "thread", "forwarded", "forwarded_from", "anonymous"},
    "message.edited": _HEADER | _WRITTEN | {"actor.roles", "message", "message.author"},
    "message.pinned": _HEADER | {"actor.roles", "message", "message.author"},
    "reaction.added": _REACTION,
    "reaction.removed": _REACTION,
    "member.joined": _AT | _INVITER | {"source"},
    "member.left": _AT,
    "member.kicked": _AT | _TARGET,
    "member.banned": _AT | _TARGET | {"duration"},
    "member.unbanned": _AT | _TARGET,
    "member.muted": _AT | _TARGET | {"duration"},
    "member.unmuted": _AT | _TARGET,
    "role.added": _AT | _TARGET | {"role"},
    "role.removed": _AT | _TARGET | {"role"},
    "join.requested": _AT | {"actor.about", "source"},
    "poll.created": _HEADER | {"actor.roles", "poll", "poll.question", "poll.options", "poll.closes", "poll.creator"},
    "poll.closed": frozenset({"poll", "poll.question", "poll.options", "result", "votes"}),
    "vote.cast": _VOTE | {"option"},
    "vote.withdrawn": _VOTE,
    "thread.created": _HEADER | {"actor.roles", "thread", "thread.title", "thread.author"},
    "thread.closed": _HEADER | {"actor.roles", "thread"},
    "channel.updated": _HEADER | {"actor.roles"},
    "roster": frozenset(
        {"members", *(f"members.{fact}" for fact in ("name", "roles", "bot", "language", "title", "self"))}
    ),
}
