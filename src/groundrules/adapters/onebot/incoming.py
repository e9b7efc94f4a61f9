"""Events of OneBot 11 as events of std/chat.

A group is a community of one channel. OneBot gives a group message's sender with card, nickname and role; other notices
carry only ids, and rosters fill in the rest (`roster`). Texts come as segments or as CQ codes; both are read. Cards
with a link count as links, and the words of cards and forwarded messages are kept. All anonymous members of a group
share one number; here each has the id of their mask, and can't be muted or removed. Muting everybody (member 0)
concerns no member. Beyond the standard, the notices that go-cqhttp and NapCat add are read: essence messages as pins,
cards as names, titles, reactions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from groundrules.adapters.common import Json, event, instant, links, mapping, member, number, sequence, text
from groundrules.adapters.context import NOTHING, Context
from groundrules.adapters.limits import QQ

_HEADER = ("actor", "channel")
_SENDER = frozenset({*_HEADER, "actor.name", "actor.roles", "actor.level", "actor.title", "actor.self"})
_NOTICE = frozenset({*_HEADER, "actor.self"})
_ON_SOMEBODY = _NOTICE | {"target", "target.self"}

SUPPLIES: dict[str, frozenset[str]] = {
    "message": _SENDER
    | {"text", "links", "mentions", "mentions_everyone", "attachments", "reply_to", "anonymous", "forwarded"},
    "message.deleted": _NOTICE | {"message", "message.author"},
    "member.joined": _NOTICE | {"inviter", "source"},
    "member.left": _NOTICE,
    "member.kicked": _ON_SOMEBODY,
    "member.muted": _ON_SOMEBODY | {"duration"},
    "member.unmuted": _ON_SOMEBODY,
    "role.added": frozenset({*_HEADER, "target", "target.self", "role"}),
    "role.removed": frozenset({*_HEADER, "target", "target.self", "role"}),
    "join.requested": _NOTICE | {"question", "answer", "source"},
    "member.updated": _NOTICE | {"actor.name", "actor.title", "name", "old_name"},
    "message.pinned": _NOTICE | {"message", "message.author"},
    "message.unpinned": _NOTICE | {"message", "message.author"},
    "reaction.added": _NOTICE | {"message", "message.author", "emoji"},
    "document.shared": _NOTICE | {"document", "document.title"},
    "roster": frozenset(
        {"members", *(f"members.{fact}" for fact in ("name", "roles", "level", "title", "joined", "self"))}
    ),
}

_KINDS = {
    "image": "image",
    "record": "voice",
    "video": "video",
    "face": "sticker",
    "mface": "sticker",
    "file": "file",
    "contact": "card",
    "location": "location",
    "share": "link",
    "json": "mini_app",
    "xml": "mini_app",
    "music": "card",
    "markdown": "card",
    "dice": "sticker",
    "rps": "sticker",
    "poke": "sticker",
    "forward": "card",
    "node": "card",
}
_EVERYBODY = ("all", "0")
MASKED = "anonymous-"
_HIGHEST = 2**31 - 1
_LONGEST_CARD = 50_000
_DEEPEST = 4
"""How deep nested forwarded messages are read."""
_ASKED = re.compile(r"\s*(?:问题|問題|Question)[：:]\s*(.*?)\s*\n\s*(?:答案|Answer)[：:]\s*(.*)", re.DOTALL)

_CQ = re.compile(r"\[CQ:([^,\[\]]+)((?:,[^\[\]]*)?)\]")
_ENTITIES = (("&#91;", "["), ("&#93;", "]"), ("&#44;", ","), ("&amp;", "&"))


def events(raw: Mapping[str, Any], context: Context = NOTHING) -> list[Json]:
    """Return the events that one OneBot event stands for; none if it concerns no group.

    Reads `authors` from the context: a reaction names only the message, and one to an unknown one stands for none.
    """
    if not text(raw.get("group_id")):
        return []
    match raw.get("post_type"):
        case "message" | "message_sent" if raw.get("sub_type") != "notice":  # where QQ itself speaks
            return [_message(raw)]
        case "notice":
            return list(_notice(raw, context))
        case "request" if raw.get("request_type") == "group" and raw.get("sub_type") == "add":
            return [_base(raw, "join.requested", _who(raw), **_asked(text(raw.get("comment"))), source="search")]
    return []


def _asked(comment: str) -> Json:
    """What an applicant was asked and answers; QQ puts both in one text if the group asks a question."""
    asked = _ASKED.fullmatch(comment)
    return {"question": asked[1] or None, "answer": asked[2]} if asked else {"answer": comment}


def roster(group: Any, members: Iterable[Mapping[str, Any]], time: float, own: Any = None) -> Json:
    """The event that seeds a group's roster from `get_group_member_list`; `time` in seconds since 1970."""
    known = [
        _sender(mapping(row), self=True if own is not None and text(mapping(row).get("user_id")) == str(own) else None)
        for row in members
    ]
    return event(f"roster-{group}-{int(time)}", "roster", time * 1000, str(group), members=known)


def written(raw: Mapping[str, Any]) -> str:
    """The text of a message, in whichever field it is."""
    parts = (text(data.get("text")) for kind, data in _segments(raw.get("message")) if kind == "text")
    return "".join(parts).strip()


# --- coming in ----------------------------------------------------------------------------------------


def _base(raw: Mapping[str, Any], type: str, actor: Json, id: str | None = None, **fields: Any) -> Json:
    group = text(raw["group_id"])
    name = id or f"{type}-{text(raw.get('time'))}-{text(raw.get('user_id'))}-{text(raw.get('operator_id'))}"
    fields = {"channel": {"id": group}, "actor": actor, **fields}
    return event(name, type, number(raw.get("time")) * 1000, group, **fields)


def _who(raw: Mapping[str, Any], key: str = "user_id") -> Json:
    id = text(raw.get(key)) or "0"
    return member(id, self=True if id == text(raw.get("self_id")) else None)


def _sender(sender: Mapping[str, Any], **facts: Any) -> Json:
    role, level = sender.get("role"), number(sender.get("level"), -1)
    joined = number(sender.get("join_time"))  # 0 if QQ doesn't say
    return member(
        text(sender.get("user_id")) or "0",
        text(sender.get("card")) or text(sender.get("nickname")),
        roles=[role] if role in ("owner", "admin") else [],
        level=int(level) if 0 <= level <= _HIGHEST else None,
        title=text(sender.get("title")) or None,
        joined=instant(joined * 1000) if joined > 0 else None,
        **facts,
    )


def _message(raw: Mapping[str, Any]) -> Json:
    segments = list(_segments(raw.get("message")))
    words = "".join(text(data.get("text")) for kind, data in segments if kind == "text")
    at = [text(data.get("qq")) for kind, data in segments if kind == "at"]
    mask = text(mapping(raw.get("anonymous")).get("id"))
    id = f"{MASKED}{mask}" if mask else text(raw.get("user_id"))
    own = id == text(raw.get("self_id"))
    replies = [text(data.get("id")) for kind, data in segments if kind == "reply"]
    return _base(
        raw,
        "message",
        _sender({**mapping(raw.get("sender")), "user_id": id}, self=own or None),
        id=text(raw.get("message_id")),
        text=words.strip(),
        links=links(words, *(link for kind, data in segments for link in _links_of_card(kind, data))),
        mentions=[{"id": who} for who in at if who not in ("", *_EVERYBODY)],
        mentions_everyone=any(who in _EVERYBODY for who in at),
        attachments=[_attachment(kind, data) for kind, data in segments if kind in _KINDS],
        reply_to=next(filter(None, replies), None),
        anonymous=True if raw.get("anonymous") else None,
        forwarded=True if any(kind in ("forward", "node") for kind, _ in segments) else None,
    )


def _attachment(kind: str, data: Mapping[str, Any]) -> Json:
    """A card's title and text are words that members read."""
    attachment = {"kind": _KINDS[kind]}
    if kind == "share":
        fields = {"name": data.get("title"), "text": data.get("content"), "url": data.get("url")}
        attachment |= {name: text(value) for name, value in fields.items() if text(value)}
    elif kind in _BEARING_WORDS and (words := _BEARING_WORDS[kind](data)):
        attachment["text"] = words
    elif kind == "file" and (name := text(data.get("name")) or text(data.get("file"))):
        attachment["name"] = name
    return attachment


def _links_of_card(kind: str, data: Mapping[str, Any]) -> Iterator[Json]:
    if kind == "share" and (url := text(data.get("url"))):
        title = text(data.get("title"))
        yield {"url": url, "text": title} if title else {"url": url}
    elif kind == "music" and (url := text(data.get("url"))):
        yield {"url": url}
    elif kind in _BEARING_WORDS:
        yield from ({"url": link["url"]} for link in links(_BEARING_WORDS[kind](data)))


def _words_of_card(data: Mapping[str, Any]) -> str:
    """What a JSON or XML card contains, unescaped."""
    written = text(data.get("data"))[:_LONGEST_CARD]
    try:
        return json.dumps(json.loads(written), ensure_ascii=False)
    except (ValueError, RecursionError):
        return _plain(written)


def _words_forwarded(data: Mapping[str, Any]) -> str:
    """What forwarded messages say, if OneBot includes their content."""
    return "\n".join(_texts(data.get("content"), _DEEPEST))[:_LONGEST_CARD]


def _texts(nodes: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    for node in map(mapping, sequence(nodes)) if not isinstance(nodes, str) else ({"message": nodes},):
        inner = mapping(node.get("data")) if node.get("type") == "node" else node
        for kind, data in _segments(inner.get("message", inner.get("content"))):
            if kind == "text":
                yield text(data.get("text"))
            yield from _texts(data.get("content"), depth - 1)


def _words_of_markdown(data: Mapping[str, Any]) -> str:
    return text(data.get("content"))[:_LONGEST_CARD]


def _words_of_music(data: Mapping[str, Any]) -> str:
    return "\n".join(filter(None, (text(data.get("title")), text(data.get("content")))))


_BEARING_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "json": _words_of_card,
    "xml": _words_of_card,
    "markdown": _words_of_markdown,
    "music": _words_of_music,
    "forward": _words_forwarded,
    "node": _words_forwarded,
}


def _segments(message: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Kind and data of each part of a message, written as segments or as CQ codes."""
    if not isinstance(message, str):
        parts = sequence([message] if isinstance(message, Mapping) else message)
        yield from ((text(part.get("type")), mapping(part.get("data"))) for part in map(mapping, parts))
        return
    end = 0
    for code in _CQ.finditer(message):
        yield "text", {"text": _plain(message[end : code.start()])}
        pairs = (pair.partition("=") for pair in code[2].split(",") if "=" in pair)
        yield code[1], {key: _plain(value) for key, _, value in pairs}
        end = code.end()
    yield "text", {"text": _plain(message[end:])}


def _plain(written: str) -> str:
    for entity, letter in _ENTITIES:
        written = written.replace(entity, letter)
    return written


def _notice(raw: Mapping[str, Any], context: Context) -> Iterator[Json]:
    kind, detail = raw.get("notice_type"), raw.get("sub_type")
    match kind, detail:
        case "group_increase" | "group_decrease", _:
            yield _came_or_went(raw, kind, detail)
        case "group_ban", _ if text(raw.get("user_id")) not in ("", "0"):  # 0: all are muted, or unmuted
            yield _muted(raw, detail)
        case "group_admin", _:
            type = "role.added" if detail == "set" else "role.removed"
            # Only an owner can, and the notice doesn't say who that is.
            owner = {"id": f"owner-of-{text(raw['group_id'])}"}
            yield _base(raw, type, owner, target=_who(raw), role="admin")
        case "group_card", _:
            yield _renamed(raw)
        case "notify", "title":
            yield _base(raw, "member.updated", _who(raw) | {"title": text(raw.get("title"))})
        case "group_recall" | "essence", _ if text(raw.get("message_id")):
            yield from _on_message(raw, kind, detail)
        case "group_msg_emoji_like", _:
            yield from _reactions(raw, context)
        case "group_upload", _:
            file = mapping(raw.get("file"))
            document = {"id": text(file.get("id")) or "unknown", "title": text(file.get("name"))}
            yield _base(raw, "document.shared", _who(raw), id=f"file-{document['id']}", document=document)


def _by(raw: Mapping[str, Any]) -> Json:
    return {"actor": _who(raw, "operator_id"), "target": _who(raw)}


def _came_or_went(raw: Mapping[str, Any], kind: str, detail: Any) -> Json:
    if kind == "group_increase":
        invited = detail == "invite" and text(raw.get("operator_id")) not in ("", "0")
        inviter = _who(raw, "operator_id") if invited else None
        return _base(raw, "member.joined", _who(raw), inviter=inviter, source=text(detail) or None)
    return _base(raw, "member.left", _who(raw)) if detail == "leave" else _base(raw, "member.kicked", **_by(raw))


def _muted(raw: Mapping[str, Any], detail: Any) -> Json:
    if detail != "ban":
        return _base(raw, "member.unmuted", **_by(raw))
    seconds = min(max(number(raw.get("duration")), 0), QQ["mute"].value + 1)
    return _base(raw, "member.muted", **_by(raw), duration=int(seconds * 1000))


def _on_message(raw: Mapping[str, Any], kind: Any, detail: Any) -> Iterator[Json]:
    """A message was recalled, made an essence, or unmade one."""
    id, by = text(raw.get("message_id")), _who(raw, "operator_id")
    if kind == "group_recall":
        yield _base(raw, "message.deleted", by, id=f"recall-{id}", message={"id": id, "author": _who(raw)})
    elif detail in ("add", "delete"):
        type = "message.pinned" if detail == "add" else "message.unpinned"
        name = f"essence-{detail}-{id}-{text(raw.get('time'))}"
        yield _base(raw, type, by, id=name, message={"id": id, "author": _who(raw, "sender_id")})


def _renamed(raw: Mapping[str, Any]) -> Json:
    new, old = text(raw.get("card_new")), text(raw.get("card_old"))
    return _base(raw, "member.updated", member(_who(raw)["id"], new), name=new or None, old_name=old or None)


def _reactions(raw: Mapping[str, Any], context: Context) -> Iterator[Json]:
    id = text(raw.get("message_id"))
    author = context.authors.get(id)
    for like in map(mapping, sequence(raw.get("likes"))) if author else ():
        if emoji := text(like.get("emoji_id")):
            message = {"id": id, "author": {"id": author}}
            name = f"reaction-{id}-{text(raw.get('user_id'))}-{emoji}-{text(raw.get('time'))}"
            yield _base(raw, "reaction.added", _who(raw), id=name, message=message, emoji=emoji)
