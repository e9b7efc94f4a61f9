"""Updates of Telegram's Bot API as events of std/chat.

A group is a community; in a forum each topic is a channel, `chat/topic`, and the rest of the group another, `chat`. Who
comes, goes, is sent away, muted or made admin is read from `chat_member` updates alone, which say who did it; Telegram
sends them to bots that are admins and ask for them (`UPDATES`). Bots never learn that a message was deleted, nor the
numbers of members who are only mentioned by `@name`; the context's `usernames` gives them, else the name stands for
them. Members who write as a channel, and admins who write as the group, are known by that chat's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from groundrules.adapters.common import Json, event, instant, links, mapping, member, number, sequence, text
from groundrules.adapters.context import NOTHING, Context

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

_GROUPS = ("group", "supergroup")
_SPEAKING_FOR_TELEGRAM = "777000"
_MEDIA = {
    "photo": "image",
    "animation": "image",
    "video": "video",
    "video_note": "video",
    "audio": "audio",
    "voice": "voice",
    "document": "file",
    "sticker": "sticker",
    "dice": "sticker",
    "contact": "contact",
    "venue": "location",
    "location": "location",
    "poll": "poll",
    "story": "other",
    "game": "mini_app",
    "invoice": "card",
    "paid_media": "other",
    "checklist": "card",
    "giveaway": "card",
}
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
"""What Telegram itself tells in messages, and is no message of a member's."""


def events(raw: Mapping[str, Any], context: Context = NOTHING) -> list[Json]:
    """Return the events that one update stands for; none for what concerns no group.

    Of the context `own`, `authors`, `usernames`, `polls` and `now` are read. Votes and polls that end name no group: a
    poll that the host knows in `polls`, with its `community` and `options`, has events.
    """
    for kind, reader in _READERS.items():
        if isinstance(found := raw.get(kind), Mapping):
            return list(reader(_Update(found, text(raw.get("update_id")), context)))
    return []


def roster(chat: Any, administrators: Iterable[Mapping[str, Any]], time: float, own: Any = None) -> Json:
    """The event that tells who is admin, from `getChatAdministrators`; `time` in seconds since 1970."""
    context = Context(own=None if own is None else str(own))
    rows = [mapping(row) for row in administrators]
    members = [
        _user(mapping(row.get("user")), context, roles=_roles(row), title=text(row.get("custom_title")) or None)
        for row in rows
    ]
    return event(f"roster-{chat}-{int(time)}", "roster", time * 1000, str(chat), members=members)


class _Update:
    """What an update holds, and what the events that it stands for share."""

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


def _user(user: Mapping[str, Any], context: Context, **facts: Any) -> Json:
    id = text(user.get("id")) or "0"
    name = " ".join(filter(None, (text(user.get("first_name")), text(user.get("last_name")))))
    return member(
        id,
        name or text(user.get("username")),
        bot=True if user.get("is_bot") is True else None,
        language=text(user.get("language_code")) or None,
        self=True if id == context.own else None,
        **facts,
    )


def _sender(data: Mapping[str, Any], context: Context) -> Json:
    """Who wrote a message; `from` stands in for somebody else where a chat wrote it."""
    chat = mapping(data.get("sender_chat")) or mapping(data.get("actor_chat"))
    if id := text(chat.get("id")):
        as_group = id == text(mapping(data.get("chat")).get("id"))
        return member(id, chat.get("title"), roles=["admin"] if as_group else [])
    return _user(mapping(data.get("from")) or mapping(data.get("user")), context)


# --- messages -----------------------------------------------------------------------------------------


def _message(of: _Update) -> Iterator[Json]:
    id = text(of.data.get("message_id"))
    if not of.in_group or not id:
        return
    service = next(((key, type) for key, type in _SERVICE if of.data.get(key) is not None), None)
    if service:
        yield from _told_by_telegram(of, id, *service)
    if service or any(of.data.get(key) is not None for key in _UNSAID):
        return
    reply = mapping(of.data.get("reply_to_message"))
    answered = text(reply.get("message_id")) if text(reply.get("message_id")) != of.topic() else ""
    origin = mapping(of.data.get("forward_origin"))
    yield of.event(
        "message",
        id=id,
        **_written(of.data, of.context),
        reply_to=answered or None,
        reply_to_author=_sender(reply, of.context)
        if answered and ("from" in reply or "sender_chat" in reply)
        else None,
        thread=of.topic(),
        forwarded=True if origin else None,
        forwarded_from=_origin(origin) or None,
        anonymous=True if mapping(of.data.get("sender_chat")) else None,
    )
    if poll := _poll(mapping(of.data.get("poll"))):
        yield of.event("poll.created", id=id, suffix="-poll", poll=poll | {"creator": {"id": of.sender()["id"]}})


def _told_by_telegram(of: _Update, id: str, key: str, type: str) -> Iterator[Json]:
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
        yield of.event("message.edited", id=name, ms=ms, message=about, **_written(of.data, of.context))


def _written(data: Mapping[str, Any], context: Context) -> Json:
    """Text or caption, links in it, behind words, on buttons and in previews, mentions, and what came along."""
    words = text(data.get("text")) or text(data.get("caption")) or _poll(mapping(data.get("poll"))).get("question", "")
    marks = [mapping(one) for one in sequence(data.get("entities")) or sequence(data.get("caption_entities"))]
    quoted = _quoted(data)
    cards = [*_attachments(data), *quoted]
    further = [*_linked(words, marks), *_buttons(data), *({"url": card["url"]} for card in cards if "url" in card)]
    further += [{"url": link["url"]} for card in quoted for link in links(card.get("text", ""))]
    if preview := text(mapping(data.get("link_preview_options")).get("url")):
        further.append({"url": preview})
    return {
        "text": words,
        "links": links(words, *further),
        "mentions": list(_mentions(words, marks, context)),
        "attachments": cards,
    }


def _covered(words: str, mark: Mapping[str, Any]) -> str:
    """The words that an entity stands on; Telegram counts in UTF-16 units."""
    start, length = int(number(mark.get("offset"))), int(number(mark.get("length")))
    if start < 0 or length <= 0 or start > 2 * len(words):
        return ""
    units = words.encode("utf-16-le", "surrogatepass")[2 * start : 2 * (start + length)]
    return units.decode("utf-16-le", "replace")


def _linked(words: str, marks: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
    for mark in marks:
        if mark.get("type") == "text_link" and (url := text(mark.get("url"))):
            covered = _covered(words, mark)
            yield {"url": url, "text": covered} if covered and covered != url else {"url": url}
        elif mark.get("type") == "url" and (url := _covered(words, mark)):
            yield {"url": url}


def _buttons(data: Mapping[str, Any]) -> Iterator[Json]:
    rows = sequence(mapping(data.get("reply_markup")).get("inline_keyboard"))
    for button in (mapping(one) for row in rows for one in sequence(row)):
        if url := text(button.get("url")) or text(mapping(button.get("web_app")).get("url")):
            label = text(button.get("text"))
            yield {"url": url, "text": label} if label else {"url": url}


def _mentions(words: str, marks: Iterable[Mapping[str, Any]], context: Context) -> Iterator[Json]:
    found: dict[str, Json] = {}
    for mark in marks:
        if mark.get("type") == "text_mention" and (user := mapping(mark.get("user"))):
            one = _user(user, context)
            found.setdefault(one["id"], one)
        elif mark.get("type") == "mention" and len(name := _covered(words, mark)) > 1:
            id = context.usernames.get(name[1:]) or context.usernames.get(name[1:].lower()) or name
            found.setdefault(id, member(id))
    yield from found.values()


def _attachments(data: Mapping[str, Any]) -> Iterator[Json]:
    sent = [key for key in _MEDIA if data.get(key)]
    for key in sent:
        if (key, "animation" in sent) in (("document", True), ("location", "venue" in sent)):
            continue  # the same thing told a second time, for older bots
        yield {"kind": _MEDIA[key]} | _details(key, data[key])
    if mapping(data.get("web_app_data")):
        yield {"kind": "mini_app"}


def _details(key: str, sent: Any) -> Json:
    if key == "photo":
        sizes = [mapping(one) for one in sequence(sent)]
        sent = sizes[-1] if sizes else {}
    inner = mapping(sent)
    fields = {
        "id": text(inner.get("file_unique_id")),
        "name": text(inner.get("file_name")) or text(inner.get("title")) or text(inner.get("set_name")),
        "mime": text(inner.get("mime_type")),
        "text": text(inner.get("description")) or text(inner.get("address")),
    }
    if key == "poll":
        poll = _poll(inner)
        fields |= {"name": poll.get("question", ""), "text": "\n".join(poll.get("options", []))}
    if key == "contact":
        fields["name"] = " ".join(filter(None, (text(inner.get("first_name")), text(inner.get("last_name")))))
    if key == "checklist":
        fields["text"] = "\n".join(text(mapping(task).get("text")) for task in sequence(inner.get("tasks")))
    size = number(inner.get("file_size"), -1)
    return {name: value for name, value in fields.items() if value} | ({"size": int(size)} if 0 <= size < 2**53 else {})


def _quoted(data: Mapping[str, Any]) -> list[Json]:
    """What is quoted from another chat: its members have not seen it, so it says what a message says."""
    external = mapping(data.get("external_reply"))
    words = text(mapping(data.get("quote")).get("text")) if external else ""
    fields = {"name": _origin(mapping(external.get("origin"))), "text": words}
    found = {key: value for key, value in fields.items() if value}
    cards = [{"kind": "card"} | found] if external else []
    return cards + [{"kind": _MEDIA[key]} | _details(key, external[key]) for key in _MEDIA if external.get(key)]


def _origin(origin: Mapping[str, Any]) -> str:
    """The name of who wrote what is forwarded or quoted."""
    user, chat = mapping(origin.get("sender_user")), mapping(origin.get("chat")) or mapping(origin.get("sender_chat"))
    name = " ".join(filter(None, (text(user.get("first_name")), text(user.get("last_name")))))
    return name or text(origin.get("sender_user_name")) or text(chat.get("title"))


def _poll(poll: Mapping[str, Any]) -> Json:
    id = text(poll.get("id"))
    options = [text(mapping(one).get("text")) for one in sequence(poll.get("options"))]
    closes = number(poll.get("close_date"))
    fields = {"id": id, "question": text(poll.get("question"))} | ({"closes": instant(closes * 1000)} if closes else {})
    return {key: value for key, value in fields.items() if value} | {"options": options} if id else {}


# --- members ------------------------------------------------------------------------------------------


def _members_changed(of: _Update) -> Iterator[Json]:
    before, now = mapping(of.data.get("old_chat_member")), mapping(of.data.get("new_chat_member"))
    user = mapping(now.get("user")) or mapping(before.get("user"))
    if not of.in_group or not text(user.get("id")):
        return
    who = _user(user, of.context)
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
    """How long a ban or mute lasts, in milliseconds; None for good."""
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
        actor = _user(mapping(of.data.get("from")), of.context, about=text(of.data.get("bio")) or None)
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
    found = (text(row.get("emoji")) or text(row.get("custom_emoji_id")) or text(row.get("type")) for row in rows)
    return [mark for mark in dict.fromkeys(found) if mark]


def _voted(of: _Update) -> Iterator[Json]:
    of.data = {**of.data, "sender_chat": of.data.get("voter_chat")}
    poll = _known_poll(of, text(of.data.get("poll_id")))
    if poll is None:
        return
    chosen = [int(number(one, -1)) for one in sequence(of.data.get("option_ids"))]
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
    rows = [mapping(one) for one in sequence(of.data.get("options"))]
    votes = sorted(((number(row.get("voter_count")), text(row.get("text"))) for row in rows), reverse=True)
    won = votes and (len(votes) == 1 or votes[0][0] > votes[1][0]) and votes[0][0] > 0
    total = int(min(max(number(of.data.get("total_voter_count")), 0), 2**53))
    result = votes[0][1] if won else None
    poll |= {key: value for key, value in _poll(of.data).items() if key in ("question", "options")}
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
